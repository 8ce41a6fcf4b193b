import { randomBytes } from 'node:crypto';
import { GatepostError } from '../../core/errors.ts';
import { GENESIS_HASH } from '../../core/events/chain.ts';
import { eventGroup, ROW_SALT_BYTES, sealEvent } from '../../core/events/envelope.ts';
import type { EventDraft, LogResetCause, StoredEvent } from '../../core/events/event.ts';
import type { LogMark, LogVerdict } from '../../core/events/log-mark.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog, LogEntry, LogRehearsal, LogRenewal, WriteTimes } from '../../ports/event-log.ts';
import type { Connection } from './connection.ts';
import { applyEffect, type EffectTables } from './effects.ts';
import { noteAbout } from './event-about.ts';
import { chainHeadOf, purgePointer, readLogRow, readNewestOf } from './event-rows.ts';
import { putKept, readKept } from './kept-numbers.ts';
import { isPacked, packedId } from './packed-rows.ts';
import { asLogError } from './store-errors.ts';
import { RandomSupply, Uuid7 } from './uuid7.ts';

const HOUR_MS = 3_600_000;
/** How long after a failed write isWritable() tries again. */
const RETRY_AFTER_MS = 1_000;
/** The probe after a failure must find room for more than an ordinary event. */
const ROOM_BYTES = 16 * 1024;

/** The cause that log.reset gives for each verdict. */
const CAUSES: Readonly<Record<LogVerdict, LogResetCause>> = {
  new: 'new log',
  intact: 'new log',
  lost: 'lost',
  restored: 'restored',
};

interface EventLogDeps {
  readonly connection: Connection;
  /** The tables that effects change. */
  readonly tables: EffectTables;
  readonly clock: Clock;
  readonly site: string;
  readonly gate: string;
  /** Called after every commit that wrote events, with the new end of the log and the rows. Must not throw. */
  readonly onCommitted: (head: LogMark, rows: readonly StoredEvent[]) => void;
  /** Up to where the broker has stored the log; 0 while that is not known. */
  readonly stored?: () => number;
  /** Whether there is free space beyond the reserve. */
  readonly hasRoom?: () => boolean;
}

/** How a log begins. */
interface LogBeginning {
  /** Id of this boot of the machine, for all events from now on. */
  readonly bootId: string;
  readonly verdict?: LogVerdict;
  /** What is known of the log that was there before. */
  readonly before?: { readonly epoch: string; readonly sequence?: number } | undefined;
  /** Why there is a new log, if somebody ordered it. */
  readonly cause?: LogResetCause;
}

/** The event log in SQLite: sequence, hash chain and effects of an entry in one transaction. */
export class SqliteEventLog implements EventLog, LogRehearsal, LogRenewal {
  readonly #deps: EventLogDeps;
  readonly #random = new RandomSupply();
  /** Ids of rows outlive what the rows say of persons, so they tell the hour alone. */
  readonly #ids = new Uuid7(this.#random, HOUR_MS);
  readonly #epochIds = new Uuid7(this.#random);
  #bootId = '';
  /** Head after the last transaction, whether or not it was committed. */
  #head: LogMark = { epoch: '', sequence: 0, hash: GENESIS_HASH };

  constructor(deps: EventLogDeps) {
    this.#deps = deps;
  }

  commit({ events, effects = [], usesReserve = false }: LogEntry): readonly StoredEvent[] {
    const { connection, clock, tables } = this.#deps;
    if (!usesReserve) this.#demandRoom();
    const now = clock.read();
    const { wallMs, floorMs = wallMs } = now;
    return connection.write(() => {
      for (const effect of effects) applyEffect(tables, effect, wallMs, floorMs);
      if (events.length === 0) return [];
      const rows = this.#append(events, now);
      this.#tell(rows);
      return rows;
    });
  }

  recent(names: readonly string[], limit: number): readonly StoredEvent[] {
    const { connection } = this.#deps;
    return connection.read(() => readNewestOf(connection, names, limit));
  }

  isWritable(): boolean {
    const { connection, clock } = this.#deps;
    const { failedAtMs } = connection;
    if (!connection.isOpen || connection.trouble === 'log.damaged') return false;
    if (!this.#hasRoom()) return false;
    if (failedAtMs === undefined) return true;
    if (clock.read().monotonicMs - failedAtMs < RETRY_AFTER_MS) return false;
    try {
      this.probe();
      return true;
    } catch (error) {
      // The returned `false` reports the failure; the next commit throws it in full.
      if (error instanceof GatepostError) return false;
      throw error;
    }
  }

  writeTimes(): WriteTimes {
    return this.#deps.connection.writeTimes();
  }

  probe(): void {
    const { connection } = this.#deps;
    const mark = randomBytes(8);
    if (connection.failedAtMs !== undefined) this.#findRoom();
    connection.write(() => {
      connection.statement<[Buffer]>('INSERT OR REPLACE INTO probe VALUES (1, ?)').run(mark);
    });
    const found = connection.read(() =>
      connection.statement<[], { value: Buffer }>('SELECT value FROM probe').get(),
    );
    if (found?.value.equals(mark) !== true) {
      throw new GatepostError(
        'log.unavailable',
        `The log ${connection.path} did not give back what was written. Replace the card.`,
      );
    }
  }

  /**
   * Begins the log of a new database, or continues the existing one. A log that was lost, in part or as a whole,
   * continues in a new epoch, which its first row announces, and the records of earlier passages are doubted.
   * @throws GatepostError `log.unavailable`
   */
  begin({ bootId, verdict = 'new', before, cause }: LogBeginning): void {
    this.#bootId = bootId;
    const { connection, clock, gate } = this.#deps;
    const { wallMs, quality } = clock.read();
    this.#ids.continueAfter(lastId(connection));
    connection.write(() => {
      const log = readLogRow(connection);
      if (log !== undefined && verdict !== 'restored') return;
      const epoch = this.#epochIds.next(wallMs);
      if (log === undefined) {
        connection
          .statement<[string, Buffer]>('INSERT INTO log VALUES (1, ?, 0, ?, 0)')
          .run(epoch, Buffer.from(GENESIS_HASH, 'hex'));
      } else connection.statement<[string]>('UPDATE log SET epoch = ?').run(epoch);
      const first = (log?.lastSequence ?? 0) + 1;
      putKept(connection, 'epoch-from', first);
      connection
        .statement<[number, string]>('INSERT OR REPLACE INTO log_epoch VALUES (?, ?)')
        .run(first, epoch);
      const why = cause ?? CAUSES[verdict];
      if (why !== 'new log') this.#deps.tables.records.doubt(wallMs);
      putKept(connection, 'restored', 0);
      this.#deps.tables.commands.beginAt(quality === 'unsynced' ? 0 : wallMs);
      const reset: EventDraft = {
        name: 'log.reset',
        subject: gate,
        data: {
          cause: why,
          ...(before && { previousEpoch: before.epoch }),
          ...(before?.sequence !== undefined && { previousSequence: before.sequence }),
        },
        timeMs: wallMs,
        timeQuality: quality,
      };
      this.#append([reset], { wallMs, quality });
    });
  }

  renew(before: { readonly epoch: string; readonly sequence?: number }): void {
    this.#deps.connection.write(() => {
      this.begin({ bootId: this.#bootId, verdict: 'restored', before });
      this.#tell([]);
    });
  }

  /** The end of the log. @throws GatepostError `log.unavailable` */
  head(): LogMark {
    const { connection } = this.#deps;
    const log = connection.read(() => readLogRow(connection));
    if (log === undefined) throw notBegun(connection.path);
    return { epoch: log.epoch, ...chainHeadOf(log), writes: readKept(connection, 'writes') };
  }

  rehearse(entry: LogEntry): readonly StoredEvent[] {
    try {
      return this.#takeBack(entry);
    } catch (error) {
      throw asLogError(this.#deps.connection.path, 'write', error);
    }
  }

  /**
   * Writes a row and rolls it back, so that a file with inconsistent pages fails now and not at the first passage.
   * @throws the database's own error
   */
  tryOut(): void {
    const { clock, gate } = this.#deps;
    const { wallMs, quality } = clock.read();
    const data = { cause: 'rehearsal' };
    this.#takeBack({
      events: [{ name: 'device.stopping', subject: gate, data, timeMs: wallMs, timeQuality: quality }],
    });
  }

  #takeBack({ events, effects = [] }: LogEntry): readonly StoredEvent[] {
    const { connection, clock, tables } = this.#deps;
    const now = clock.read();
    const { wallMs, floorMs = wallMs } = now;
    const head = this.#head;
    try {
      return connection.takeBack(() => {
        for (const effect of effects) applyEffect(tables, effect, wallMs, floorMs);
        return this.#append(events, now);
      });
    } finally {
      this.#head = head;
    }
  }

  #hasRoom(): boolean {
    return this.#deps.hasRoom?.() ?? true;
  }

  #demandRoom(): void {
    if (this.#hasRoom()) return;
    throw new GatepostError(
      'log.unavailable',
      `There is no room for the log ${this.#deps.connection.path}: what is left of the disk is kept for records of what has happened. Free some: journalctl --vacuum-size=100M, apt clean.`,
    );
  }

  /** Runs inside a transaction. */
  #tell(rows: readonly StoredEvent[]): void {
    const { connection, onCommitted } = this.#deps;
    connection.onceWritten(() => onCommitted(this.#head, rows));
  }

  #append(
    events: readonly EventDraft[],
    { wallMs: recordedMs, quality }: Pick<ClockReading, 'wallMs' | 'quality'>,
  ): readonly StoredEvent[] {
    const { connection, site, gate } = this.#deps;
    const log = readLogRow(connection);
    if (log === undefined) {
      throw notBegun(connection.path);
    }
    const { epoch } = log;
    let sequence = log.lastSequence;
    let prevHash = log.lastHash.toString('hex');
    const rows: StoredEvent[] = [];
    for (const event of events) {
      sequence += 1;
      const salts = this.#random.take(ROW_SALT_BYTES);
      const id = this.#ids.next(recordedMs);
      const stamp = { id, site, gate, sequence, epoch, bootId: this.#bootId, recordedMs, prevHash, salts };
      const { body, hash } = sealEvent(event, stamp);
      connection
        .statement<unknown[]>(
          `INSERT INTO event
            (sequence, id, name, time_ms, time_quality, passage, holder_ref, body, hash, recorded_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          sequence,
          id,
          event.name,
          event.timeMs,
          event.timeQuality,
          'passage' in event.data ? (event.data.passage ?? null) : null,
          'holderRef' in event.data ? (event.data.holderRef ?? null) : null,
          body,
          Buffer.from(hash, 'hex'),
          quality === 'unsynced' ? null : recordedMs,
        );
      noteAbout(connection, sequence, event);
      if (event.name === 'log.purged') putKept(connection, purgePointer(event.data.class), sequence);
      const { name, timeMs } = event;
      rows.push({ sequence, epoch, name, group: eventGroup(name), timeMs, body });
      prevHash = hash;
    }
    const stored = this.#deps.stored?.() ?? 0;
    const published = stored <= sequence ? Math.max(stored, log.publishedSequence) : log.publishedSequence;
    connection
      .statement<[number, Buffer, number]>(
        'UPDATE log SET last_sequence = ?, last_hash = ?, published_sequence = ?',
      )
      .run(sequence, Buffer.from(prevHash, 'hex'), published);
    this.#head = { epoch, sequence, hash: prevHash };
    return rows;
  }

  /** A full disk often still accepts a small update in place; events need new pages. */
  #findRoom(): void {
    const { connection } = this.#deps;
    connection.write(() => {
      connection
        .statement<[Buffer]>('INSERT OR REPLACE INTO probe VALUES (1, ?)')
        .run(randomBytes(ROOM_BYTES));
    });
  }
}

/** Id of the newest row; empty if there is none, or if it is reduced. */
function lastId(connection: Connection): string {
  const newest = connection.statement<[], { id: string; body: Buffer | null }>(
    'SELECT id, body FROM event ORDER BY sequence DESC LIMIT 1',
  );
  const { id = '', body = null } = connection.read(() => newest.get()) ?? {};
  return body !== null && isPacked(body) ? packedId(body) : id;
}

function notBegun(path: string): GatepostError {
  return new GatepostError('log.unavailable', `The log ${path} was not begun.`);
}
