import type { EventDraft } from '../../core/events/event.ts';
import type { DeletionReport, ErasedCounts } from '../../core/report/deletion-report.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { RowReducer } from '../../ports/row-reducer.ts';
import type { SiteEnding } from '../../ports/site-store.ts';
import type { Connection } from './connection.ts';
import { readLogRow } from './event-rows.ts';
import { writeKept } from './kept-numbers.ts';
import { stoodDownMs } from './stood-down.ts';

/** Rows erased in one transaction, so that the write-ahead file stays small however long the log is. */
const BATCH_ROWS = 1_000;

/**
 * Events that contain nothing about a person. Of all other events, including kinds added later, the reduced row
 * is kept.
 */
const IMPERSONAL = [
  'device.clock',
  'device.scanner',
  'device.started',
  'device.stopping',
  'device.storage',
  'directory.applied',
  'door.alarm',
  'door.fault',
  'door.physical',
  'door.tamper',
  'log.altered',
  'log.purged',
  'log.reset',
  'muster.erased',
  'policy.rejected',
  'privacy.erased',
  'privacy.exported',
  'privacy.requested',
  'screening.sensor',
  'site.stooddown',
  'stats.daily',
  'storage.backup',
]
  .map((name) => `'${name}'`)
  .join(', ');

/** Tables whose rows are counted before they are erased. */
const PERSONAL_TABLES = {
  passages: 'passage',
  holders: 'holder',
  photographs: 'holder_photo',
  visitors: 'visitor',
  orders: 'standing_order',
  reports: 'self_report',
  operators: 'operator',
  lists: 'bundle',
} as const;

/** The day's numbers are erased too: the report has them in the form that may leave the kiosk. */
const OTHER_TABLES = [
  'register_line',
  'attention',
  'event_about',
  'erasure_left',
  'erasure_pending',
  'erasure_receipt',
  'data_request',
  'pass_step',
  'quota_window',
  'day_count',
  'open_count',
  'quarter_count',
  'reading_count',
  'sensor_day',
  'device_day',
  'day_review',
  'site_order',
  'shift',
  'muster',
  'muster_person',
  'session',
  'known_browser',
  'operator_change',
  'operator_code',
  'operator_recovery',
  'operator_passkey',
] as const;

export class SqliteSiteEnding implements SiteEnding {
  readonly #connection: Connection;
  readonly #log: EventLog;
  readonly #reducer: RowReducer;

  constructor(connection: Connection, log: EventLog, reducer: RowReducer) {
    this.#connection = connection;
    this.#log = log;
    this.#reducer = reducer;
  }

  isStoodDown(): boolean {
    return stoodDownMs(this.#connection) > 0;
  }

  logEnd(): DeletionReport['log'] {
    const row = this.#connection.read(() => readLogRow(this.#connection));
    return {
      epoch: row?.epoch ?? '',
      lastSequence: row?.lastSequence ?? 0,
      lastHash: row?.lastHash.toString('hex') ?? '',
      unpublished: (row?.lastSequence ?? 0) - (row?.publishedSequence ?? 0),
    };
  }

  holdings(): ErasedCounts {
    const events = this.#count(`event WHERE body IS NOT NULL AND name NOT IN (${IMPERSONAL})`);
    const tables = Object.entries(PERSONAL_TABLES).map(([name, table]) => [name, this.#count(table)]);
    // Object.fromEntries loses the key type that PERSONAL_TABLES has.
    return { events, ...(Object.fromEntries(tables) as Omit<ErasedCounts, 'events'>) };
  }

  standDown(event: EventDraft): void {
    const connection = this.#connection;
    connection.write(() => {
      for (const table of [...Object.values(PERSONAL_TABLES), ...OTHER_TABLES])
        connection.statement(`DELETE FROM ${table}`).run();
      writeKept(connection, 'occupancy', 0);
      writeKept(connection, 'stood-down', Math.floor(event.timeMs));
      this.#log.commit({ events: [event] });
    });
  }

  eraseEvents(): void {
    const connection = this.#connection;
    const personal = connection.statement<[number, number], { sequence: number }>(
      `SELECT sequence FROM event WHERE sequence > ? AND body IS NOT NULL AND name NOT IN (${IMPERSONAL})
        ORDER BY sequence LIMIT ?`,
    );
    for (let after = 0; ; ) {
      const found = connection.read(() => personal.all(after, BATCH_ROWS)).map(({ sequence }) => sequence);
      const last = found.at(-1);
      if (last === undefined) return;
      this.#reducer.reduceRows(found);
      after = last;
    }
  }

  compact(): void {
    const { database } = this.#connection;
    // Erased data is still in the write-ahead file and in unused pages.
    this.#connection.read(() => {
      database.exec('VACUUM');
      database.pragma('wal_checkpoint(TRUNCATE)');
    });
  }

  #count(from: string): number {
    const sql = `SELECT count(*) AS count FROM ${from}`;
    return this.#connection.read(
      () => this.#connection.statement<[], { count: number }>(sql).get()?.count ?? 0,
    );
  }
}
