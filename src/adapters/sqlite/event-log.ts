import { randomBytes } from 'node:crypto';
import { GatepostError } from '../../core/errors.ts';
import { GENESIS_HASH } from '../../core/events/chain.ts';
import { eventGroup, sealEvent } from '../../core/events/envelope.ts';
import type { EventDraft, StoredEvent } from '../../core/events/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog, LogEntry, WriteTimes } from '../../ports/event-log.ts';
import type { Connection } from './connection.ts';
import { applyEffect, type EffectTables } from './effects.ts';
import { readLogRow, readNewest } from './event-rows.ts';
import { RandomSupply } from './random-supply.ts';
import { Uuid7 } from './uuid7.ts';

const SALT_BYTES = 16;
/** How soon after a failed write isWritable() tries again by itself. */
const RETRY_AFTER_MS = 1_000;
/** A probe after a failure must find room for more than an ordinary event. */
const ROOM_BYTES = 16 * 1024;

interface EventLogOptions {
  readonly connection: Connection;
  /** What effects change. */
  readonly tables: EffectTables;
  readonly clock: Clock;
  readonly site: string;
  readonly gate: string;
  /** Called after every commit that wrote an event. Must not throw. */
  readonly onCommitted: () => void;
}

/** The event log in SQLite: sequence, hash chain and effects of an entry in one transaction. */
export class SqliteEventLog implements EventLog {
  readonly #options: EventLogOptions;
  readonly #random = new RandomSupply();
  readonly #ids = new Uuid7(this.#random);
  #bootId = '';

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  commit({ events, effects = [] }: LogEntry): readonly StoredEvent[] {
    const { connection, clock, tables, onCommitted } = this.#options;
    const { wallMs: recordedMs, floorMs = recordedMs } = clock.read();
    const rows = connection.write(() => {
      for (const effect of effects) applyEffect(tables, effect, recordedMs, floorMs);
      return events.length === 0 ? [] : this.#append(events, recordedMs);
    });
    if (rows.length > 0) onCommitted();
    return rows;
  }

  recent(names: readonly string[], limit: number): readonly StoredEvent[] {
    const { connection } = this.#options;
    return connection.read(() => readNewest(connection, limit, names));
  }

  isWritable(): boolean {
    const { connection, clock } = this.#options;
    const { failedAtMs } = connection;
    if (!connection.isOpen) return false;
    if (failedAtMs === undefined) return true;
    if (clock.read().monotonicMs - failedAtMs < RETRY_AFTER_MS) return false;
    try {
      this.probe();
      return true;
    } catch (error) {
      // The answer of this question is the report of the failure; the next commit says it in full.
      if (error instanceof GatepostError) return false;
      throw error;
    }
  }

  writeTimes(): WriteTimes {
    return this.#options.connection.writeTimes();
  }

  probe(): void {
    const { connection } = this.#options;
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
   * Begins the log of a new database: a new epoch, announced by its first row. An existing log
   * just goes on.
   * @param bootId id of this boot of the machine, for all events from now on
   * @throws GatepostError `log.unavailable`
   */
  begin(bootId: string): void {
    this.#bootId = bootId;
    const { connection, clock, gate } = this.#options;
    const { wallMs, quality } = clock.read();
    connection.write(() => {
      if (readLogRow(connection) !== undefined) return;
      connection
        .statement<[string, Buffer]>('INSERT INTO log VALUES (1, ?, 0, ?, 0)')
        .run(this.#ids.next(wallMs), Buffer.from(GENESIS_HASH, 'hex'));
      const reset: EventDraft = {
        name: 'log.reset',
        subject: gate,
        data: { cause: 'new log' },
        timeMs: wallMs,
        timeQuality: quality,
      };
      this.#append([reset], wallMs);
    });
  }

  #append(events: readonly EventDraft[], recordedMs: number): readonly StoredEvent[] {
    const { connection, site, gate } = this.#options;
    const log = readLogRow(connection);
    if (log === undefined) {
      throw new GatepostError('log.unavailable', `The log ${connection.path} was not begun.`);
    }
    const { epoch } = log;
    let sequence = log.lastSequence;
    let prevHash = log.lastHash.toString('hex');
    const rows: StoredEvent[] = [];
    for (const event of events) {
      sequence += 1;
      const salt = this.#random.take(SALT_BYTES);
      const id = this.#ids.next(recordedMs);
      const stamp = { id, site, gate, sequence, epoch, bootId: this.#bootId, recordedMs, prevHash, salt };
      const { body, hash } = sealEvent(event, stamp);
      connection
        .statement<unknown[]>('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          sequence,
          id,
          event.name,
          event.timeMs,
          event.timeQuality,
          'passage' in event.data ? (event.data.passage ?? null) : null,
          'holderRef' in event.data ? (event.data.holderRef ?? null) : null,
          body,
          salt,
          Buffer.from(hash, 'hex'),
        );
      const { name, timeMs } = event;
      rows.push({ sequence, epoch, name, group: eventGroup(name), timeMs, body });
      prevHash = hash;
    }
    connection
      .statement<[number, Buffer]>('UPDATE log SET last_sequence = ?, last_hash = ?')
      .run(sequence, Buffer.from(prevHash, 'hex'));
    return rows;
  }

  /** A full disk often still takes a small update in place; events need new pages. */
  #findRoom(): void {
    const { connection } = this.#options;
    connection.write(() => {
      connection
        .statement<[Buffer]>('INSERT OR REPLACE INTO probe VALUES (1, ?)')
        .run(randomBytes(ROOM_BYTES));
    });
  }
}
