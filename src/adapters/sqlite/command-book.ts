import type { CommandBook } from '../../ports/command-book.ts';
import type { Connection } from './connection.ts';
import { putKept, readKept } from './kept-numbers.ts';

/** Which commands are used up. It is written in the transaction of the event that says so. */
export class SqliteCommandBook implements CommandBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  counterOf(key: string): number {
    const sql = 'SELECT counter FROM command_counter WHERE public_key = ?';
    const connection = this.#connection;
    return connection.read(
      () => connection.statement<[string], { counter: number }>(sql).get(key)?.counter ?? 0,
    );
  }

  goodFromMs(): number | undefined {
    return readKept(this.#connection, 'commands-from') || undefined;
  }

  /** Runs inside a transaction. */
  use(key: string, counter: number): void {
    const sql = `INSERT INTO command_counter VALUES (?, ?)
      ON CONFLICT (public_key) DO UPDATE SET counter = max(counter, excluded.counter)`;
    this.#connection.statement<[string, number]>(sql).run(key, counter);
  }

  /** Runs inside a transaction. @param fromMs 0: not known yet, because no clock can be believed */
  beginAt(fromMs: number): void {
    putKept(this.#connection, 'commands-from', Math.floor(fromMs));
  }
}
