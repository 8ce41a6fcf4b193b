import type { StoredEvent } from '../../core/events/event.ts';
import type { RowQuery } from '../../core/events/row-view.ts';
import type { TimeSpan } from '../../core/time/site-span.ts';
import type { HistoryMark, PassageHistory } from '../../ports/passage-history.ts';
import type { Connection } from './connection.ts';
import { readSound } from './event-rows.ts';
import { newestInSteps, rowAt, SHORT_STEPS } from './log-search.ts';

/** Rows of which only the hash is left have no time. */
const FIRST_MS = 1;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What can be read of a row that is not as it was written. */
const NOTHING = new Uint8Array();
/** Rows before one in which its passage may have begun: more than come in a quarter of an hour at the fullest gate. */
const ROWS_BEFORE = 2_000;
/** Rows behind it that are looked at, however little time they took. */
const ROWS_BEHIND = 100_000;

/** The log of passages for the desk: the search of the log itself, an hour at a time, in short steps. */
export class SqlitePassageHistory implements PassageHistory {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  *rows(
    query: RowQuery & TimeSpan,
    from: HistoryMark,
  ): Generator<{ readonly row?: StoredEvent; readonly mark: HistoryMark }, void> {
    let { toMs, before } = from;
    const fromMs = Math.max(FIRST_MS, query.fromMs);
    for (;;) {
      const stretch = this.#stretchBelow({ fromMs, toMs: Math.min(toMs, query.toMs) });
      if (stretch === undefined) return;
      // The number that a search ended at is one of its own stretch.
      const below = before !== undefined && stretch.toMs === toMs ? { before } : {};
      const steps = newestInSteps(
        this.#connection,
        { ...query, ...stretch },
        { rows: SHORT_STEPS, ...below },
      );
      for (const { event, reached } of steps) {
        const mark = { toMs: stretch.toMs, before: reached };
        yield event === undefined ? { mark } : { row: this.#judged(event), mark };
      }
      toMs = stretch.fromMs;
      before = undefined;
      yield { mark: { toMs } };
    }
  }

  row(sequence: number): StoredEvent | undefined {
    const row = rowAt(this.#connection, sequence);
    return row && this.#judged(row);
  }

  *passage(row: StoredEvent, passage: string): Generator<readonly StoredEvent[], void> {
    const { whole } = SHORT_STEPS;
    const last = row.sequence + ROWS_BEHIND;
    for (let first = Math.max(1, row.sequence - ROWS_BEFORE); first <= last; first += whole) {
      const { sequences, count, oldestMs } = this.#rowsOf(passage, first, first + whole - 1);
      if (count === 0 && first > row.sequence) return;
      if (first > row.sequence && oldestMs > row.timeMs + DAY_MS) return;
      yield sequences.flatMap((sequence) => this.row(sequence) ?? []);
    }
  }

  sinceMs(): number | undefined {
    const sql = 'SELECT min(time_ms) AS timeMs FROM event WHERE time_ms >= ?';
    const found = this.#connection.read(() =>
      this.#connection.statement<[number], { timeMs: number | null }>(sql).get(FIRST_MS),
    );
    return found?.timeMs ?? undefined;
  }

  #judged(row: StoredEvent): StoredEvent {
    const [sound] = this.#connection.read(() => readSound(this.#connection, [row.sequence]));
    return sound ?? { ...row, body: NOTHING };
  }

  /**
   * The newest part of a span in which there are rows: an hour of the clock at most, and rows that are found in the index of times
   * in one step. To ask where all of a longer time lies would read the index of all of it at once.
   */
  #stretchBelow({ fromMs, toMs }: TimeSpan): TimeSpan | undefined {
    const connection = this.#connection;
    return connection.read(() => {
      const newest = connection
        .statement<[number, number], { timeMs: number | null }>(
          'SELECT max(time_ms) AS timeMs FROM event WHERE time_ms >= ? AND time_ms < ?',
        )
        .get(fromMs, toMs);
      if (newest?.timeMs === undefined || newest.timeMs === null) return undefined;
      const hourMs = Math.floor(newest.timeMs / HOUR_MS) * HOUR_MS;
      const end = Math.min(toMs, hourMs + HOUR_MS);
      const begin = Math.max(fromMs, hourMs);
      const row = connection
        .statement<[number, number, number], { timeMs: number }>(
          'SELECT time_ms AS timeMs FROM event WHERE time_ms >= ? AND time_ms < ? ORDER BY time_ms DESC LIMIT 1 OFFSET ?',
        )
        .get(begin, end, SHORT_STEPS.noted);
      return { fromMs: row === undefined ? begin : Math.min(row.timeMs, end - 1), toMs: end };
    });
  }

  #rowsOf(passage: string, first: number, last: number) {
    const between = 'FROM event WHERE sequence BETWEEN ? AND ?';
    const connection = this.#connection;
    return connection.read(() => {
      const about = connection.statement<[number, number], { count: number; oldestMs: number | null }>(
        `SELECT count(*) AS count, min(time_ms) AS oldestMs ${between}`,
      );
      const { count = 0, oldestMs } = about.get(first, last) ?? {};
      const sequences = connection
        .statement<[number, number, string], { sequence: number }>(
          `SELECT sequence ${between} AND passage = ? ORDER BY sequence`,
        )
        .all(first, last, passage)
        .map(({ sequence }) => sequence);
      return { sequences, count, oldestMs: oldestMs ?? 0 };
    });
  }
}
