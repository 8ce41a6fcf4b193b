import type { Shift } from '../../core/desk/shift.ts';
import type { ShiftBook } from '../../ports/shift-book.ts';
import type { Connection } from './connection.ts';

/** Who is on duty, and what was handed over: one line of JSON that is replaced as a whole. */
export class SqliteShiftBook implements ShiftBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  load(): Shift | undefined {
    const sql = 'SELECT shift FROM shift';
    const row = this.#connection.read(() => this.#connection.statement<[], { shift: string }>(sql).get());
    // Nobody else writes this table, and the database finds damage by itself.
    return row === undefined ? undefined : (JSON.parse(row.shift) as Shift);
  }

  /** Runs inside a transaction. @param atMs Unix milliseconds, from which it ends */
  keep(text: string, atMs: number): void {
    this.#connection
      .statement<[string, number]>('INSERT OR REPLACE INTO shift VALUES (1, ?, ?)')
      .run(text, atMs);
  }
}
