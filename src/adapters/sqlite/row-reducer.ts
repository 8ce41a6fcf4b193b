import { PURGE_CLASSES, type PurgeClass, type RetentionClass } from '../../core/access/vocabulary.ts';
import { ACCESS_EVENTS, rowClassOf } from '../../core/events/row-classes.ts';
import { reduceBody } from '../../core/events/stored-row.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  EndingSurvey,
  LogStretch,
  ReduceLimit,
  RowReducer,
  StretchSurvey,
} from '../../ports/row-reducer.ts';
import type { Connection } from './connection.ts';
import { surveyEnding } from './ending-survey.ts';
import { purgePointer, readEnded } from './event-rows.ts';
import { readKept } from './kept-numbers.ts';
import { packRow } from './reduced-rows.ts';
import { BLOCK_LEVEL, BLOCK_ROWS, readEpochs, storedNode } from './tree-rows.ts';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** Rows next to a moment of which one usually is old enough. */
const CANDIDATES = 64;
/** Where few rows of a stretch are of the class, so many are passed over for each that may be changed. */
const PASSED_OVER = 8;
/** About so many rows lie in a page of the file, before and after they are reduced. */
const WHOLE_ROWS_PER_PAGE = 3;
const REDUCED_ROWS_PER_PAGE = 16;
/** Rows in one call of reduceRows(). */
const MOST_ROWS = 1_000;

const ACCESS_NAMES = ACCESS_EVENTS.map((name) => `'${name}'`).join(', ');

/** The list of salts in a body: a text in the data cannot hold its quotes. */
const SALTS = `substr(body, instr(body, CAST('"salts":"' AS BLOB)), 64)`;

/** Which rows may still have a part. Cheap to ask; whether a row has it is known when it is read. */
const HOLDING: Readonly<Record<PurgeClass, string>> = {
  screening: `body IS NOT NULL AND salt IS NULL AND (name LIKE 'access.%' OR name = 'operator.override')
    AND (instr(${SALTS}, CAST(' reading=' AS BLOB)) > 0 OR instr(${SALTS}, CAST(' screening=' AS BLOB)) > 0)`,
  access: `body IS NOT NULL AND name IN (${ACCESS_NAMES})`,
  operator: `body IS NOT NULL AND name NOT IN (${ACCESS_NAMES})`,
  ended: `body IS NULL AND name <> ''`,
};

interface HeldRow {
  readonly sequence: number;
  readonly name: string;
  readonly timeMs: number;
  readonly body: Buffer | null;
  readonly salt: Buffer | null;
  readonly recordedMs: number | null;
  readonly previousHash: Buffer | null;
}

/** What has to be known while rows are taken from. */
interface Taking {
  /** Up to here a row that loses what it says of persons ends at once. */
  readonly ended: number;
  readonly needed: ReadonlySet<number>;
}

/** When a row was surely written; of the form before parts, when it happened. */
const RECORDED = `CASE WHEN salt IS NULL THEN recorded_ms
  WHEN time_quality <> 'unsynced' THEN time_ms END`;
const HELD = `SELECT sequence, name, time_ms AS timeMs, body, salt, ${RECORDED} AS recordedMs,
  (SELECT hash FROM event AS before WHERE before.sequence = event.sequence - 1) AS previousHash
  FROM event`;

/** Takes parts of rows away in SQLite. What is deleted is overwritten with it (secure_delete). */
export class SqliteRowReducer implements RowReducer {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  newestBefore(ms: number): number {
    const newest = this.#connection.statement<
      [number, number],
      { sequence: number; recordedMs: number | null }
    >(
      `SELECT sequence, ${RECORDED} AS recordedMs FROM event WHERE time_ms <= ?
        ORDER BY time_ms DESC, sequence DESC LIMIT ?`,
    );
    return this.#connection.read(() => {
      // Reduced rows count as written at the end of their hour, so those of the newest hour may all be too young.
      for (let hours = 0; hours <= DAY_HOURS; hours++) {
        const old = newest
          .all(ms - hours * HOUR_MS, CANDIDATES)
          .find(({ recordedMs }) => recordedMs !== null && recordedMs <= ms);
        if (old !== undefined) return old.sequence;
      }
      return 0;
    });
  }

  survey(part: PurgeClass, { after, through }: LogStretch, acknowledged: number): StretchSurvey {
    const connection = this.#connection;
    const count = connection.statement<
      [number, number, number, number],
      { count: number; first: number | null; last: number | null }
    >(
      `SELECT count(*) AS count, min(CASE WHEN sequence > ? THEN sequence END) AS first,
        max(CASE WHEN sequence > ? THEN sequence END) AS last
        FROM event WHERE sequence > ? AND sequence <= ? AND ${HOLDING[part]}`,
    );
    const found = connection.read(() => count.get(acknowledged, acknowledged, after, through));
    const { first, last } = found ?? { first: null, last: null };
    return {
      count: found?.count ?? 0,
      ...(first === null || last === null ? {} : { unacknowledged: { first, last } }),
    };
  }

  surveyEnding(stretch: LogStretch, acknowledged: number, limit: ReduceLimit): EndingSurvey {
    const connection = this.#connection;
    return connection.read(() =>
      surveyEnding(connection, { stretch, acknowledged, limit, clock: this.#clock }),
    );
  }

  reduce(part: PurgeClass, { after, through }: LogStretch, { rows, ms }: ReduceLimit) {
    const connection = this.#connection;
    const untilMs = ms === undefined ? Number.POSITIVE_INFINITY : this.#clock.read().monotonicMs + ms;
    return connection.write(() => {
      const end = Math.min(through, after + rows * PASSED_OVER);
      const held = connection
        .statement<[number, number, number], HeldRow>(
          `${HELD} WHERE sequence > ? AND sequence <= ? AND ${HOLDING[part]} ORDER BY sequence LIMIT ?`,
        )
        .all(after, end, rows);
      const taking = this.#taking();
      let count = 0;
      let done = 0;
      for (const row of held) {
        if (done > 0 && this.#clock.read().monotonicMs >= untilMs) break;
        if (part === 'ended' ? this.#end(row, taking) : this.#take(part, row, taking)) count += 1;
        done += 1;
      }
      const reached = done === held.length && done < rows ? end : (held[done - 1]?.sequence ?? end);
      if (count > 0) this.#dropBlocks(after + 1, reached);
      return { through: reached, count };
    });
  }

  reduceRows(sequences: readonly number[]): number {
    const connection = this.#connection;
    return connection.write(() => {
      const one = connection.statement<[number], HeldRow>(`${HELD} WHERE sequence = ? AND body IS NOT NULL`);
      const taking = this.#taking();
      let count = 0;
      for (const sequence of sequences.slice(0, MOST_ROWS)) {
        const row = one.get(sequence);
        if (row !== undefined && this.#take(rowClassOf(row.name), row, taking)) count += 1;
      }
      return count;
    });
  }

  #taking(): Taking {
    const connection = this.#connection;
    const newestReset = connection.statement<[], { sequence: number | null }>(
      "SELECT max(sequence) AS sequence FROM event WHERE name = 'log.reset'",
    );
    const purges = PURGE_CLASSES.map((part) => readKept(connection, purgePointer(part)));
    return {
      ended: readEnded(connection),
      needed: new Set([...purges, newestReset.get()?.sequence ?? 0]),
    };
  }

  /** Returns whether the row had the part. */
  #take(part: RetentionClass, row: HeldRow, taking: Taking): boolean {
    const { body, salt, sequence } = row;
    if (body === null) return false;
    const left = salt === null ? reduceBody(body, part) : body;
    if (part === 'screening') {
      if (left === body) return false;
      this.#connection
        .statement<[Uint8Array, number]>('UPDATE event SET body = ? WHERE sequence = ?')
        .run(left, sequence);
      return true;
    }
    if (left !== body) {
      const leaf = JSON.parse(new TextDecoder().decode(left));
      this.#shrink(row, packRow(leaf, row.previousHash), this.#originOf(leaf.epoch, leaf.source));
    }
    // A row of the form before parts has one salt for all of it and loses everything at once. So does one that
    // somebody made unreadable.
    else this.#shrink(row, null, null);
    if (sequence <= taking.ended) this.#end(row, taking);
    return true;
  }

  /** Leaves of a row what is given, its name and its hour. */
  #shrink(row: HeldRow, reduced: Buffer | null, origin: number | null): void {
    const hourMs = row.timeMs - (row.timeMs % HOUR_MS);
    const recordedMs = row.recordedMs === null ? null : Math.ceil(row.recordedMs / HOUR_MS) * HOUR_MS;
    this.#connection
      .statement<unknown[]>(
        `UPDATE event SET body = NULL, salt = NULL, passage = NULL, holder_ref = NULL, id = '', time_quality = '',
          time_ms = ?, recorded_ms = ?, reduced = ?, origin = ? WHERE sequence = ?`,
      )
      .run(hourMs, recordedMs, reduced, origin, row.sequence);
    if (row.sequence % WHOLE_ROWS_PER_PAGE === 0) this.#joinPages(row.sequence);
  }

  /**
   * SQLite joins pages that became nearly empty when a row leaves one of them, not when a row shrinks in its place. So
   * the row leaves and comes back; nobody sees it, for it is one transaction.
   */
  #joinPages(sequence: number): void {
    const move = this.#connection.statement<[number, number]>(
      'UPDATE event SET sequence = ? WHERE sequence = ?',
    );
    move.run(-sequence, sequence);
    move.run(sequence, -sequence);
  }

  /** Leaves the hash alone, but not of the rows by which the log is verified. Returns whether it did. */
  #end({ sequence }: HeldRow, { needed }: Taking): boolean {
    if (needed.has(sequence)) return false;
    this.#connection
      .statement<[number]>(
        `UPDATE event SET name = '', time_ms = 0, recorded_ms = NULL, reduced = NULL, origin = NULL
          WHERE sequence = ?`,
      )
      .run(sequence);
    if (sequence % REDUCED_ROWS_PER_PAGE === 0) this.#joinPages(sequence);
    return true;
  }

  /**
   * Deletes the rows of blocks that ended as a whole, where the tree has their root. The last one of each stays for its
   * hash, which the row behind it continues.
   */
  #dropBlocks(from: number, to: number): void {
    const connection = this.#connection;
    const ended = connection.statement<[number, number], { count: number }>(
      "SELECT count(*) AS count FROM event WHERE sequence >= ? AND sequence <= ? AND name = ''",
    );
    const drop = connection.statement<[number, number]>(
      'DELETE FROM event WHERE sequence >= ? AND sequence < ?',
    );
    for (const { firstSequence, lastSequence } of readEpochs(connection)) {
      const first = Math.max(from, firstSequence);
      const start = Math.floor((first - firstSequence) / BLOCK_ROWS);
      for (let place = start; ; place++) {
        const begin = firstSequence + place * BLOCK_ROWS;
        const end = begin + BLOCK_ROWS - 1;
        if (begin > to || end > lastSequence) break;
        const isWhole = ended.get(begin, end)?.count === BLOCK_ROWS;
        if (isWhole && storedNode(connection, firstSequence, BLOCK_LEVEL, place) !== undefined)
          drop.run(begin, end);
      }
    }
  }

  #originOf(epoch: string, source: string): number {
    const connection = this.#connection;
    connection
      .statement<[string, string]>('INSERT OR IGNORE INTO row_origin (epoch, source) VALUES (?, ?)')
      .run(epoch, source);
    const known = connection.statement<[string, string], { id: number }>(
      'SELECT id FROM row_origin WHERE epoch = ? AND source = ?',
    );
    return known.get(epoch, source)?.id ?? 0;
  }
}
