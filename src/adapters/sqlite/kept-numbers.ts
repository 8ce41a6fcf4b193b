import type { PurgeClass } from '../../core/access/vocabulary.ts';
import type { Effect } from '../../core/decision/effect.ts';
import type { ClockFloor, KeptClock } from '../../ports/clock.ts';
import type { PurgeBook, PurgeProgress } from '../../ports/retention.ts';
import type { RecordsOfThePast } from '../../ports/rule-store.ts';
import type { ToldTopics } from '../../ports/told-topics.ts';
import type { Connection } from './connection.ts';
import type { ReadConnection } from './read-connection.ts';

type KeptName =
  | 'about-from'
  | 'clock-floor'
  | 'clock-vouched'
  | 'clock-set'
  | 'in-use'
  | 'packed-through'
  | 'starts'
  | 'occupancy'
  | 'closed-day'
  | 'request-number'
  | 'commands-from'
  | 'stood-down'
  | 'marked'
  | 'epoch-from'
  | 'erased-through'
  | `purge-${'announced' | 'reached' | 'at'}-${PurgeClass}`
  | 'records-doubted'
  | 'restored'
  | 'split-from'
  | 'writes'
  | `purged-${PurgeClass}`
  | `${typeof TOLD}${string}`;

/** Before the topics on which something is retained for a neighbour. */
const TOLD = 'told ';

/** A number of the table `kept_number`; 0 when it was never written. */
export function readKept(connection: ReadConnection, name: KeptName): number {
  const sql = 'SELECT value FROM kept_number WHERE name = ?';
  return connection.read(() => connection.statement<[string], { value: number }>(sql).get(name)?.value ?? 0);
}

export function writeKept(connection: Connection, name: KeptName, value: number): void {
  connection.write(() => putKept(connection, name, value));
}

/** Runs inside a transaction. */
export function putKept(connection: Connection, name: KeptName, value: number): void {
  const sql =
    'INSERT INTO kept_number (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
  connection.statement<[string, number]>(sql).run(name, value);
}

export function readClock(connection: ReadConnection): KeptClock {
  return connection.read(() => ({
    floorMs: readKept(connection, 'clock-floor'),
    vouchedMs: readKept(connection, 'clock-vouched'),
    timesSet: readKept(connection, 'clock-set'),
  }));
}

/** The floor of the clock, kept beside the log: a person who turns it back must turn the log back with it. */
export class SqliteClockFloor implements ClockFloor {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  load(): KeptClock {
    return readClock(this.#connection);
  }

  save({ floorMs, vouchedMs, timesSet }: KeptClock): boolean {
    return this.#connection.write(() => {
      const saved = this.load();
      if (saved.timesSet !== timesSet) return false;
      this.#write('clock-floor', floorMs, saved.floorMs);
      this.#write('clock-vouched', vouchedMs, saved.vouchedMs);
      return true;
    });
  }

  /** Sets the time that a person says it is, even if it is earlier. @param ms Unix milliseconds */
  set(ms: number): void {
    this.#connection.write(() => {
      writeKept(this.#connection, 'clock-floor', Math.floor(ms));
      writeKept(this.#connection, 'clock-vouched', Math.floor(ms));
      writeKept(this.#connection, 'clock-set', this.load().timesSet + 1);
    });
  }

  #write(name: KeptName, ms: number, savedMs: number): void {
    if (ms > savedMs) writeKept(this.#connection, name, Math.floor(ms));
  }
}

/** Set by the event that begins a new epoch after a log was lost or went back. */
export class SqliteRecordsOfThePast implements RecordsOfThePast {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  doubtedSinceMs(): number | undefined {
    return readKept(this.#connection, 'records-doubted') || undefined;
  }

  /** Runs inside a transaction. */
  doubt(sinceMs: number): void {
    putKept(this.#connection, 'records-doubted', Math.max(1, Math.floor(sinceMs)));
  }

  /** Runs inside a transaction. */
  trust(): void {
    putKept(this.#connection, 'records-doubted', 0);
  }
}

/** How far parts of the rows were taken away, in one number each. */
export class SqlitePurgeBook implements PurgeBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  progress(part: PurgeClass): PurgeProgress {
    const read = (what: 'announced' | 'reached' | 'at') =>
      readKept(this.#connection, `purge-${what}-${part}`);
    return { announced: read('announced'), reached: read('reached'), announcedMs: read('at') };
  }

  /** What had nothing of the part needs no announcement. */
  reached(part: PurgeClass, sequence: number): void {
    this.#connection.write(() => {
      putKept(this.#connection, `purge-reached-${part}`, sequence);
      if (sequence > readKept(this.#connection, `purge-announced-${part}`))
        putKept(this.#connection, `purge-announced-${part}`, sequence);
    });
  }

  packedThrough(): number {
    return readKept(this.#connection, 'packed-through');
  }

  packed(sequence: number): void {
    writeKept(this.#connection, 'packed-through', sequence);
  }

  /** Runs inside the transaction of log.purged. */
  announce({ part, through, atMs }: Extract<Effect, { kind: 'announcePurge' }>): void {
    putKept(this.#connection, `purge-announced-${part}`, through);
    putKept(this.#connection, `purge-at-${part}`, Math.floor(atMs));
  }
}

/** Each topic is a name of the table, with 1. */
export class SqliteToldTopics implements ToldTopics {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  all(): readonly string[] {
    const sql = 'SELECT name FROM kept_number WHERE name >= ? AND name < ? AND value = 1 ORDER BY name';
    return this.#connection.read(() =>
      this.#connection
        .statement<[string, string], { name: string }>(sql)
        .all(TOLD, 'told!')
        .map(({ name }) => name.slice(TOLD.length)),
    );
  }

  keep(topic: string): void {
    if (readKept(this.#connection, `${TOLD}${topic}`) !== 1)
      writeKept(this.#connection, `${TOLD}${topic}`, 1);
  }

  forget(topic: string): void {
    this.#connection.write(() =>
      this.#connection.statement<[string]>('DELETE FROM kept_number WHERE name = ?').run(`${TOLD}${topic}`),
    );
  }
}
