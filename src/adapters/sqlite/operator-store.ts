import type { ClockReading } from '../../core/time/clock-reading.ts';
import type {
  AccountView,
  OperatorChange,
  OperatorRecord,
  OperatorStore,
  ToldChange,
} from '../../ports/operator-store.ts';
import { SqliteCodeStore } from './code-store.ts';
import type { Connection } from './connection.ts';
import { SqlitePasskeyStore } from './passkey-store.ts';

/** A change as it is stored. */
interface ChangeRow extends Omit<OperatorChange, 'role' | 'by'> {
  readonly role: NonNullable<OperatorChange['role']> | null;
  readonly by: string | null;
}

/** An account as it is read for others. */
export interface AccountRow extends Omit<AccountView, 'code' | 'passkeys'> {
  readonly code: 0 | 1;
  readonly passkeys: number;
}

/** Reads AccountRow. */
export const ACCOUNTS = `SELECT name, role, EXISTS (SELECT 1 FROM operator_code AS its WHERE its.operator = operator.name) AS code,
    (SELECT count(*) FROM operator_passkey AS its WHERE its.operator = operator.name) AS passkeys
  FROM operator ORDER BY name`;

export function accountOf({ name, role, code, passkeys }: AccountRow): AccountView {
  return { name, role, ...(code === 1 && { code: true }), ...(passkeys > 0 && { passkeys }) };
}

export class SqliteOperatorStore implements OperatorStore {
  readonly #connection: Connection;
  readonly codes: SqliteCodeStore;
  readonly passkeys: SqlitePasskeyStore;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.codes = new SqliteCodeStore(connection);
    this.passkeys = new SqlitePasskeyStore(connection);
  }

  find(name: string): OperatorRecord | undefined {
    const sql = 'SELECT name, password_hash AS passwordHash, role FROM operator WHERE name = ?';
    return this.#connection.read(() => this.#connection.statement<[string], OperatorRecord>(sql).get(name));
  }

  count(): number {
    const sql = 'SELECT count(*) AS count FROM operator';
    return this.#connection.read(
      () => this.#connection.statement<[], { count: number }>(sql).get()?.count ?? 0,
    );
  }

  list(): readonly AccountView[] {
    const rows = this.#connection.read(() => this.#connection.statement<[], AccountRow>(ACCOUNTS).all());
    return rows.map(accountOf);
  }

  put({ name, passwordHash, role }: OperatorRecord): void {
    const sql = 'INSERT OR REPLACE INTO operator (name, password_hash, role) VALUES (?, ?, ?)';
    this.#connection.write(() => {
      this.#connection.statement<[string, string, string]>(sql).run(name, passwordHash, role);
    });
  }

  change(told: ToldChange, { wallMs, quality }: ClockReading): void {
    const { operator, change, account, code, passkey, passkeyId, by } = told;
    const sql =
      'INSERT INTO operator_change (operator, change, role, by_operator, at_ms, time_quality) VALUES (?, ?, ?, ?, ?, ?)';
    this.#connection.write(() => {
      if (account !== undefined) this.put(account);
      if (change === 'removed') this.#remove(operator);
      if (change === 'removed' || change === 'code-off') this.codes.remove(operator);
      if (code !== undefined) this.codes.put(operator, code);
      if (change === 'removed' || change === 'passkey-off') this.passkeys.remove(operator, passkeyId);
      if (passkey !== undefined) this.passkeys.put(passkey);
      const role = change === 'created' || change === 'role' ? (account?.role ?? null) : null;
      this.#connection
        .statement<[string, string, string | null, string | null, number, string]>(sql)
        .run(operator, change, role, by ?? null, Math.floor(wallMs), quality);
    });
  }

  /** Its known browsers go with it, as its one-time code and its passkeys do. */
  #remove(name: string): void {
    this.#connection.statement<[string]>('DELETE FROM operator WHERE name = ?').run(name);
    this.#connection.statement<[string]>('DELETE FROM known_browser WHERE operator = ?').run(name);
  }

  changes(): readonly OperatorChange[] {
    const sql = `SELECT id, operator, change, role, by_operator AS by, at_ms AS atMs, time_quality AS quality
      FROM operator_change ORDER BY id`;
    const rows = this.#connection.read(() => this.#connection.statement<[], ChangeRow>(sql).all());
    return rows.map(({ role, by, ...row }) => ({
      ...row,
      ...(role === null ? {} : { role }),
      ...(by === null ? {} : { by }),
    }));
  }

  /** Runs inside the transaction of its event. */
  dropChange(id: number): void {
    this.#connection.statement<[number]>('DELETE FROM operator_change WHERE id = ?').run(id);
  }
}
