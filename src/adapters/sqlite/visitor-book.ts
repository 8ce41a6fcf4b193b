import type { VisitorEntry } from '../../core/policy/visitor.ts';
import type { VisitorBook, VisitorLine } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

interface VisitorRow {
  readonly passId: string;
  readonly label: string;
  readonly hostRef: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly registeredBy: string;
  readonly hostConfirmed: number;
}

const COLUMNS = `pass_id AS passId, label, host_ref AS hostRef, from_ms AS fromMs, until_ms AS untilMs,
  registered_by AS registeredBy, host_confirmed AS hostConfirmed FROM visitor`;

/** The visitors' book. Writing methods run inside a transaction. */
export class SqliteVisitorBook implements VisitorBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(passId: string): VisitorLine | undefined {
    const sql = `SELECT ${COLUMNS} WHERE pass_id = ?`;
    const row = this.#connection.read(() =>
      this.#connection.statement<[string], VisitorRow>(sql).get(passId),
    );
    return row && lineOf(row);
  }

  present(nowMs: number, limit: number): readonly VisitorLine[] {
    const sql = `SELECT ${COLUMNS} WHERE until_ms > ? ORDER BY from_ms DESC, pass_id LIMIT ?`;
    return this.#connection.read(() =>
      this.#connection.statement<[number, number], VisitorRow>(sql).all(nowMs, limit).map(lineOf),
    );
  }

  /** A pass that is handed out again begins a new visit, which its host has not confirmed yet. */
  register({ passId, label, hostRef, fromMs, untilMs, registeredBy }: VisitorEntry): void {
    this.#connection
      .statement<unknown[]>(
        `INSERT OR REPLACE INTO visitor (pass_id, label, host_ref, from_ms, until_ms, registered_by)
          VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(passId, label, hostRef ?? null, fromMs, untilMs, registeredBy);
  }

  confirmHost(passId: string): void {
    this.#connection
      .statement<[string]>('UPDATE visitor SET host_confirmed = 1 WHERE pass_id = ?')
      .run(passId);
  }
}

function lineOf({ hostRef, hostConfirmed, ...rest }: VisitorRow): VisitorLine {
  return { ...rest, ...(hostRef === null ? {} : { hostRef }), hostConfirmed: hostConfirmed === 1 };
}
