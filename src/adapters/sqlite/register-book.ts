import type { Register, RegisterLine } from '../../core/policy/register-line.ts';
import type { RegisterBook } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

interface LineRow {
  readonly id: string;
  readonly register: Register;
  readonly label: string;
  readonly plate: string | null;
  readonly unit: string | null;
  readonly purpose: string | null;
  readonly disinfected: number | null;
  readonly cameMs: number;
  readonly registeredBy: string;
  readonly leftMs: number | null;
}

const COLUMNS = `id, register, label, plate, unit, purpose, disinfected, came_ms AS cameMs,
  registered_by AS registeredBy, left_ms AS leftMs FROM register_line`;

/** The registers of vehicles and couriers. Writing methods run inside a transaction. */
export class SqliteRegisterBook implements RegisterBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(id: string): RegisterLine | undefined {
    return this.#lines('WHERE id = ?', id)[0];
  }

  inside(limit: number): readonly RegisterLine[] {
    return this.#lines('WHERE left_ms IS NULL ORDER BY came_ms DESC, rowid DESC LIMIT ?', limit);
  }

  before(beforeMs: number, limit: number): readonly RegisterLine[] {
    return this.#lines('WHERE came_ms < ? ORDER BY came_ms DESC, rowid DESC LIMIT ?', beforeMs, limit);
  }

  notLeft(): number {
    const sql = 'SELECT count(*) AS count FROM register_line WHERE left_ms IS NULL';
    return this.#connection.read(
      () => this.#connection.statement<[], { count: number }>(sql).get()?.count ?? 0,
    );
  }

  add(line: RegisterLine): void {
    const { plate, unit, purpose, disinfected } = line;
    this.#connection
      .statement<unknown[]>(
        `INSERT INTO register_line (id, register, label, plate, unit, purpose, disinfected, came_ms, registered_by)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[line.id, line.register, line.label, plate ?? null, unit ?? null, purpose ?? null],
        ...[disinfected === undefined ? null : Number(disinfected), line.cameMs, line.registeredBy],
      );
  }

  noteLeft(id: string, atMs: number): void {
    const sql = 'UPDATE register_line SET left_ms = ? WHERE id = ? AND left_ms IS NULL';
    this.#connection.statement<[number, string]>(sql).run(Math.floor(atMs), id);
  }

  #lines(where: string, ...values: readonly (string | number)[]): readonly RegisterLine[] {
    const sql = `SELECT ${COLUMNS} ${where}`;
    return this.#connection.read(() =>
      this.#connection
        .statement<unknown[], LineRow>(sql)
        .all(...values)
        .map(lineOf),
    );
  }
}

function lineOf({ plate, unit, purpose, disinfected, leftMs, ...rest }: LineRow): RegisterLine {
  return {
    ...rest,
    ...(plate !== null && { plate }),
    ...(unit !== null && { unit }),
    ...(purpose !== null && { purpose }),
    ...(disinfected !== null && { disinfected: disinfected === 1 }),
    ...(leftMs !== null && { leftMs }),
  };
}
