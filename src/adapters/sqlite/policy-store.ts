import type { ChosenLevel, PolicyStore } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

export class SqlitePolicyStore implements PolicyStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  chosenLevel(): ChosenLevel | undefined {
    const sql = 'SELECT level, chosen_by AS by FROM chosen_level';
    return this.#connection.read(() => this.#connection.statement<[], ChosenLevel>(sql).get());
  }

  /** Runs inside a transaction. */
  choose({ level, by }: ChosenLevel): void {
    const sql = 'INSERT OR REPLACE INTO chosen_level (one, level, chosen_by) VALUES (1, ?, ?)';
    this.#connection.statement<[string, string]>(sql).run(level, by);
  }
}
