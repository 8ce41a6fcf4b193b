import type { PolicyStore } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

export class SqlitePolicyStore implements PolicyStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  chosenLevel(): string | undefined {
    const sql = 'SELECT level FROM chosen_level';
    return this.#connection.read(() => this.#connection.statement<[], { level: string }>(sql).get()?.level);
  }

  /** Runs inside a transaction. */
  choose(level: string): void {
    this.#connection.statement<[string]>('INSERT OR REPLACE INTO chosen_level VALUES (1, ?)').run(level);
  }
}
