import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { OperatorChange, OperatorRecord, OperatorStore } from '../../ports/operator-store.ts';
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

  names(): readonly string[] {
    const sql = 'SELECT name FROM operator ORDER BY name';
    return this.#connection.read(() =>
      this.#connection
        .statement<[], { name: string }>(sql)
        .all()
        .map(({ name }) => name),
    );
  }

  put({ name, passwordHash }: OperatorRecord): void {
    const sql = 'INSERT OR REPLACE INTO operator (name, password_hash) VALUES (?, ?)';
    this.#connection.write(() => {
      this.#connection.statement<[string, string]>(sql).run(name, passwordHash);
    });
  }

  /** Like put(), but for a command: also writes the row from which the daemon makes the event. */
  putByCommand(record: OperatorRecord, at: ClockReading): OperatorChange['change'] {
    return this.#connection.write(() => {
      const change = this.find(record.name) === undefined ? 'created' : 'password';
      this.put(record);
      this.#leaveChange(record.name, change, at);
      return change;
    });
  }

  /**
   * Removes an account and its known browsers; false if there is none. Also writes the row for the daemon's event.
   */
  removeByCommand(name: string, at: ClockReading): boolean {
    return this.#connection.write(() => {
      const { changes } = this.#connection
        .statement<[string]>('DELETE FROM operator WHERE name = ?')
        .run(name);
      if (changes === 0) return false;
      this.#connection.statement<[string]>('DELETE FROM known_browser WHERE operator = ?').run(name);
      this.#leaveChange(name, 'removed', at);
      return true;
    });
  }

  changes(): readonly OperatorChange[] {
    const sql =
      'SELECT id, operator, change, at_ms AS atMs, time_quality AS quality FROM operator_change ORDER BY id';
    return this.#connection.read(() => this.#connection.statement<[], OperatorChange>(sql).all());
  }

  /** Runs inside the transaction of its event. */
  dropChange(id: number): void {
    this.#connection.statement<[number]>('DELETE FROM operator_change WHERE id = ?').run(id);
  }

  #leaveChange(name: string, change: OperatorChange['change'], { wallMs, quality }: ClockReading): void {
    const sql = 'INSERT INTO operator_change (operator, change, at_ms, time_quality) VALUES (?, ?, ?, ?)';
    this.#connection
      .statement<[string, string, number, string]>(sql)
      .run(name, change, Math.floor(wallMs), quality);
  }
}
