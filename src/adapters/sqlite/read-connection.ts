import type Database from 'better-sqlite3';
import { GatepostError } from '../../core/errors.ts';
import { asLogError } from './store-errors.ts';

/** One open database with its prepared statements. */
export class ReadConnection {
  readonly path: string;
  readonly #statements = new Map<string, Database.Statement<unknown[], unknown>>();
  readonly #tables = new Set<string>();
  #database: Database.Database | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get isOpen(): boolean {
    return this.#database !== undefined;
  }

  /** The open database. @throws GatepostError `log.unavailable` before attach() and after close() */
  get database(): Database.Database {
    if (this.#database !== undefined) return this.#database;
    throw new GatepostError('log.unavailable', `The log ${this.path} is not open.`);
  }

  attach(database: Database.Database): void {
    this.#database = database;
  }

  close(): void {
    this.#statements.clear();
    this.#tables.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  /** The prepared statement of `sql`. `P` and `R` are the types of its parameters and rows. */
  statement<P extends unknown[], R = unknown>(sql: string): Database.Statement<P, R> {
    let known = this.#statements.get(sql);
    if (known === undefined) {
      known = this.database.prepare<unknown[], unknown>(sql);
      this.#statements.set(sql, known);
    }
    return known as Database.Statement<P, R>;
  }

  /** Whether it has this table. One that was there stays. */
  hasTable(name: string): boolean {
    if (this.#tables.has(name)) return true;
    const sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    const isThere = this.statement<[string]>(sql).get(name) !== undefined;
    if (isThere) this.#tables.add(name);
    return isThere;
  }

  /** @throws GatepostError `log.unavailable` */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asLogError(this.path, 'read', error);
    }
  }
}
