import type { Holder, HolderRegister } from '../../ports/holder-register.ts';
import type { Connection } from './connection.ts';

export class SqliteHolderRegister implements HolderRegister {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(holderRef: string): Holder | undefined {
    const sql = 'SELECT label, unit FROM holder WHERE holder_ref = ?';
    return this.#connection.read(() => this.#connection.statement<[string], Holder>(sql).get(holderRef));
  }

  /** Adds a holder or replaces its words; a photograph stays. @throws GatepostError `log.unavailable` */
  put(holderRef: string, { label, unit }: Holder): void {
    const sql = `INSERT INTO holder (holder_ref, label, unit) VALUES (?, ?, ?)
      ON CONFLICT (holder_ref) DO UPDATE SET label = excluded.label, unit = excluded.unit`;
    this.#connection.write(() => {
      this.#connection.statement<[string, string, string]>(sql).run(holderRef, label, unit);
    });
  }
}
