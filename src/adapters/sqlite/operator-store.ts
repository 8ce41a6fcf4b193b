import type { OperatorRecord, OperatorStore } from '../../ports/operator-store.ts';
import type { Connection } from './connection.ts';

export class SqliteOperatorStore implements OperatorStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(name: string): OperatorRecord | undefined {
    const sql = 'SELECT name, password_hash AS passwordHash FROM operator WHERE name = ?';
    return this.#connection.read(() => this.#connection.statement<[string], OperatorRecord>(sql).get(name));
  }

  count(): number {
    const sql = 'SELECT count(*) AS count FROM operator';
    return this.#connection.read(
      () => this.#connection.statement<[], { count: number }>(sql).get()?.count ?? 0,
    );
  }

  put({ name, passwordHash }: OperatorRecord): void {
    const sql = 'INSERT OR REPLACE INTO operator (name, password_hash) VALUES (?, ?)';
    this.#connection.write(() => {
      this.#connection.statement<[string, string]>(sql).run(name, passwordHash);
    });
  }
}
