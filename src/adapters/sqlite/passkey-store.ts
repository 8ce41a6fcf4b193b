import type { KeptPasskey, PasskeyStore } from '../../ports/operator-passkeys.ts';
import type { Connection } from './connection.ts';

const COLUMNS = 'id, operator, host, name, public_key AS publicKey, counter, made_ms AS madeMs';

/** Passkeys of accounts in SQLite. */
export class SqlitePasskeyStore implements PasskeyStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(id: string): KeptPasskey | undefined {
    const sql = `SELECT ${COLUMNS} FROM operator_passkey WHERE id = ?`;
    return this.#connection.read(() => this.#connection.statement<[string], KeptPasskey>(sql).get(id));
  }

  listOf(operator: string): readonly KeptPasskey[] {
    const sql = `SELECT ${COLUMNS} FROM operator_passkey WHERE operator = ? ORDER BY made_ms, id`;
    return this.#connection.read(() => this.#connection.statement<[string], KeptPasskey>(sql).all(operator));
  }

  count(id: string, counter: number): void {
    const sql = 'UPDATE operator_passkey SET counter = ? WHERE id = ?';
    this.#connection.write(() => {
      this.#connection.statement<[number, string]>(sql).run(counter, id);
    });
  }

  /** Runs inside the transaction of its change. */
  put({ id, operator, host, name, publicKey, counter, madeMs }: KeptPasskey): void {
    this.#connection
      .statement<[string, string, string, string, string, number, number]>(
        'INSERT INTO operator_passkey VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, operator, host, name, publicKey, counter, madeMs);
  }

  /** Removes one of an account, or all. Runs inside the transaction of its change. */
  remove(operator: string, id?: string): void {
    if (id === undefined)
      this.#connection.statement<[string]>('DELETE FROM operator_passkey WHERE operator = ?').run(operator);
    else
      this.#connection
        .statement<[string, string]>('DELETE FROM operator_passkey WHERE operator = ? AND id = ?')
        .run(operator, id);
  }
}
