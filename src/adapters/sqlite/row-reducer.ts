import { PURGE_CLASSES, type PurgeClass } from '../../core/access/vocabulary.ts';
import { isSoundRow } from '../../core/events/chain.ts';
import { ACCESS_EVENTS, rowClassOf } from '../../core/events/row-classes.ts';
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
import { chainRowsIn, purgePointer, readEnded, readLogRow } from './event-rows.ts';
import { readKept } from './kept-numbers.ts';
import { dropBlocks, endRows, fillPages, REDUCED } from './row-ends.ts';
import { HELD, HELD_WHOLE, type HeldRow, RECORDED, type RowBounds, RowRewriter } from './row-rewriter.ts';
import { UnfinishedErasures } from './unfinished-erasures.ts';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** Rows next to a moment of which one usually is old enough. */
const CANDIDATES = 64;
/** Where few rows of a stretch are of the class, so many are passed over for each that may be changed. */
const PASSED_OVER = 8;
/** Rows in memory at a time. */
const READ_ROWS = 32;
/** Of an erasure that is finished, so many rows are taken between two looks at the clock. */
const ERASED_AT_ONCE = 8;
/** Where the oldest row with a part is looked for. */
const OLDEST_WITHIN = 1_000;
/** Rows in one call of reduceRows(). */
const MOST_ROWS = 1_000;

const ACCESS_NAMES = ACCESS_EVENTS.map((name) => `'${name}'`).join(', ');

/** The list of salts in a body: a text in the data cannot hold its quotes. */
const SALTS = `substr(body, instr(body, CAST('"salts":"' AS BLOB)), 64)`;

/**
 * Which rows may still have a part. Cheap to ask; whether a row has it is known when it is read. A plain `name` would be
 * looked up in its index, for all rows of a stretch and then sorted, however few are wanted.
 */
const HOLDING: Readonly<Record<PurgeClass, string>> = {
  screening: `body IS NOT NULL AND salt IS NULL AND (name LIKE 'access.%' OR name = 'operator.override')
    AND (instr(${SALTS}, CAST(' reading=' AS BLOB)) > 0 OR instr(${SALTS}, CAST(' screening=' AS BLOB)) > 0)`,
  access: `body IS NOT NULL AND +name IN (${ACCESS_NAMES})`,
  operator: `body IS NOT NULL AND +name NOT IN (${ACCESS_NAMES})`,
  ended: REDUCED,
};

/** Rows that are stored as they were written. */
const UNPACKED = "body IS NOT NULL AND salt IS NULL AND substr(body, 1, 1) = CAST('{' AS BLOB)";

/** Takes parts of rows away in SQLite. What is deleted is overwritten with it (secure_delete). */
export class SqliteRowReducer implements RowReducer {
  readonly #connection: Connection;
  readonly #clock: Clock;
  #known: (RowBounds & { readonly written: number }) | undefined;
  readonly #erasures: UnfinishedErasures;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#erasures = new UnfinishedErasures(connection);
  }

  newestBefore(ms: number): number {
    const newest = this.#connection.statement<
      [number, number],
      { sequence: number; recordedMs: number | null }
    >(
      `SELECT sequence, ${RECORDED} AS recordedMs FROM event WHERE time_ms <= ?
        AND time_quality <> 'unsynced' ORDER BY time_ms DESC, sequence DESC LIMIT ?`,
    );
    return this.#connection.read(() => {
      // Reduced rows count as written at the end of their hour, so those of the newest hour may all be too young.
      for (let hours = 0; hours <= DAY_HOURS; hours++) {
        const old = newest
          .all(ms - hours * HOUR_MS, CANDIDATES)
          .find((row) => row.recordedMs !== null && row.recordedMs <= ms && this.#isSound(row.sequence));
        if (old !== undefined) return old.sequence;
      }
      return 0;
    });
  }

  oldestWith(part: PurgeClass, after: number): number | undefined {
    const first = this.#connection.statement<[number, number], { recordedMs: number }>(
      `SELECT ${RECORDED} AS recordedMs FROM event WHERE sequence > ? AND sequence <= ? AND recordedMs IS NOT NULL
        AND ${HOLDING[part]} ORDER BY sequence LIMIT 1`,
    );
    return this.#connection.read(() => first.get(after, after + OLDEST_WITHIN)?.recordedMs);
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
    const isOver = () => this.#clock.read().monotonicMs >= untilMs;
    return connection.write(() => {
      const { ended, needed } = this.#bounds();
      if (part === 'ended') return endRows(connection, { after, through }, { rows, isOver, needed });
      const rewriter = new RowRewriter(connection, { ended, needed });
      const end = Math.min(through, after + rows * PASSED_OVER);
      const which = `${part === 'screening' ? HELD_WHOLE : HELD} WHERE ${HOLDING[part]}`;
      const found = this.#each(which, { after, through: end }, rows, isOver, (row) =>
        rewriter.take(part, row),
      );
      if (part === 'access' && found.count > 0) fillPages(this.#connection, after + 1, found.through);
      if (found.count > 0 && after < ended)
        dropBlocks(connection, after + 1, Math.min(found.through, ended), needed);
      return found;
    });
  }

  pack({ after, through }: LogStretch, { rows, ms }: ReduceLimit) {
    const untilMs = ms === undefined ? Number.POSITIVE_INFINITY : this.#clock.read().monotonicMs + ms;
    const isOver = () => this.#clock.read().monotonicMs >= untilMs;
    return this.#connection.write(() => {
      const rewriter = new RowRewriter(this.#connection, this.#bounds());
      const end = Math.min(through, after + rows * PASSED_OVER);
      const which = `${HELD_WHOLE} WHERE ${UNPACKED}`;
      const found = this.#each(which, { after, through: end }, rows, isOver, (row) => rewriter.pack(row));
      fillPages(this.#connection, after + 1, found.through);
      return found;
    });
  }

  finishErasures({ rows, ms = Number.POSITIVE_INFINITY }: ReduceLimit): boolean {
    const untilMs = this.#clock.read().monotonicMs + ms;
    for (let left = rows; left > 0; ) {
      const found = this.#erasures.next(Math.min(left, ERASED_AT_ONCE));
      if (found === undefined) return false;
      this.reduceRows(found);
      if (this.#clock.read().monotonicMs >= untilMs) break;
      left -= Math.max(1, found.length);
    }
    return true;
  }

  reduceRows(sequences: readonly number[]): number {
    const connection = this.#connection;
    return connection.write(() => {
      const one = connection.statement<[number], HeldRow>(`${HELD} WHERE sequence = ? AND body IS NOT NULL`);
      const rewriter = new RowRewriter(connection, this.#bounds());
      let count = 0;
      for (const sequence of sequences.slice(0, MOST_ROWS)) {
        const row = one.get(sequence);
        if (row !== undefined && rewriter.take(rowClassOf(row.name), row)) count += 1;
      }
      return count;
    });
  }

  /** Does something to rows of a stretch in their order, a few in memory at a time. Returns how far it came. */
  #each(
    which: string,
    { after, through }: LogStretch,
    rows: number,
    isOver: () => boolean,
    change: (row: HeldRow) => boolean,
  ): { readonly through: number; readonly count: number } {
    const select = this.#connection.statement<[number, number, number], HeldRow>(
      `${which} AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?`,
    );
    let count = 0;
    let reached = after;
    for (let done = 0; done < rows; ) {
      const wanted = Math.min(READ_ROWS, rows - done);
      const held = select.all(reached, through, wanted);
      for (const row of held) {
        if (done > 0 && isOver()) return { through: reached, count };
        if (change(row)) count += 1;
        done += 1;
        reached = row.sequence;
      }
      if (held.length < wanted) return { through, count };
    }
    return { through: reached, count };
  }

  /** Whether a row is as the log wrote it: one that somebody has made older would take younger ones with it. */
  #isSound(sequence: number): boolean {
    return chainRowsIn(this.#connection, sequence, sequence).every(isSoundRow);
  }

  #bounds(): RowBounds {
    const connection = this.#connection;
    const written = readLogRow(connection)?.lastSequence ?? 0;
    // What may be gone is said by rows alone, so it is the same as long as none is written.
    if (this.#known?.written === written) return this.#known;
    const newestReset = connection.statement<[], { sequence: number | null }>(
      "SELECT max(sequence) AS sequence FROM event WHERE name = 'log.reset'",
    );
    const purges = PURGE_CLASSES.map((part) => readKept(connection, purgePointer(part)));
    this.#known = {
      written,
      ended: readEnded(connection),
      needed: new Set([...purges, newestReset.get()?.sequence ?? 0]),
    };
    return this.#known;
  }
}
