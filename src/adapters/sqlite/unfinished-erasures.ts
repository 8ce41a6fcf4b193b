import { coverOf, type RowRange } from '../../core/events/cover.ts';
import type { Connection } from './connection.ts';
import { readErasures } from './event-rows.ts';
import { readKept, writeKept } from './kept-numbers.ts';

/** Ranges looked at in one step. */
const RANGES = 64;

interface Erasure {
  /** Of its event. */
  readonly sequence: number;
  readonly ranges: readonly RowRange[];
  /** Ranges that are done. */
  done: number;
}

/**
 * What privacy.erased has named and nobody has reduced yet: the log itself is the note of what was promised. How far it
 * was kept is the number of the last event that is done; one that was begun is begun again after a restart.
 */
export class UnfinishedErasures {
  readonly #connection: Connection;
  #present: Erasure | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * The next rows, at most `limit`, that still have what they have to lose; none of them: look on.
   * @returns undefined if every erasure is done
   */
  next(limit: number): readonly number[] | undefined {
    const connection = this.#connection;
    this.#present ??= this.#find();
    const present = this.#present;
    if (present === undefined) return undefined;
    const whole = connection.statement<[number, number, number], { sequence: number }>(
      'SELECT sequence FROM event WHERE sequence BETWEEN ? AND ? AND body IS NOT NULL ORDER BY sequence LIMIT ?',
    );
    const found: number[] = [];
    for (let step = 0; step < RANGES && found.length < limit; step++) {
      const range = present.ranges[present.done];
      if (range === undefined) {
        if (found.length > 0) break;
        writeKept(connection, 'erased-through', present.sequence);
        this.#present = undefined;
        break;
      }
      const wanted = limit - found.length;
      const rows = connection.read(() => whole.all(range.first, range.last, wanted));
      found.push(...rows.map(({ sequence }) => sequence));
      // A full answer may have left some of the range: it is asked once more.
      if (rows.length < wanted) present.done += 1;
    }
    return found;
  }

  #find(): Erasure | undefined {
    const connection = this.#connection;
    const [event] = connection.read(() => readErasures(connection, readKept(connection, 'erased-through')));
    if (event === undefined) return undefined;
    return { sequence: event.sequence, ranges: coverOf([event]).erased, done: 0 };
  }
}
