import type { CodeStore, KeptCode } from '../../ports/operator-codes.ts';
import type { Connection } from './connection.ts';

/** One-time codes of accounts in SQLite. */
export class SqliteCodeStore implements CodeStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(operator: string): KeptCode | undefined {
    const one = 'SELECT sealed, last_step AS lastStep FROM operator_code WHERE operator = ?';
    const left = 'SELECT digest FROM operator_recovery WHERE operator = ? ORDER BY digest';
    return this.#connection.read(() => {
      const row = this.#connection.statement<[string], Omit<KeptCode, 'recovery'>>(one).get(operator);
      if (row === undefined) return undefined;
      const recovery = this.#connection.statement<[string], { digest: string }>(left).all(operator);
      return { ...row, recovery: recovery.map(({ digest }) => digest) };
    });
  }

  useStep(operator: string, step: number): boolean {
    const sql = 'UPDATE operator_code SET last_step = ? WHERE operator = ? AND last_step < ?';
    return this.#connection.write(
      () => this.#connection.statement<[number, string, number]>(sql).run(step, operator, step).changes === 1,
    );
  }

  useRecovery(operator: string, digest: string): boolean {
    const sql = 'DELETE FROM operator_recovery WHERE operator = ? AND digest = ?';
    return this.#connection.write(
      () => this.#connection.statement<[string, string]>(sql).run(operator, digest).changes === 1,
    );
  }

  /** Puts one in the place of what was there. Runs inside the transaction of its change. */
  put(operator: string, { sealed, lastStep, recovery }: KeptCode): void {
    this.remove(operator);
    this.#connection
      .statement<[string, string, number]>('INSERT INTO operator_code VALUES (?, ?, ?)')
      .run(operator, sealed, lastStep);
    for (const digest of recovery)
      this.#connection
        .statement<[string, string]>('INSERT INTO operator_recovery VALUES (?, ?)')
        .run(operator, digest);
  }

  /** Runs inside the transaction of its change. */
  remove(operator: string): void {
    for (const table of ['operator_code', 'operator_recovery'])
      this.#connection.statement<[string]>(`DELETE FROM ${table} WHERE operator = ?`).run(operator);
  }
}
