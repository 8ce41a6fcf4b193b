import type { Direction } from '../../core/access/vocabulary.ts';
import type { VisitorEntry } from '../../core/policy/visitor.ts';
import type { VisitorBook, VisitorLine } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

interface VisitorRow {
  readonly passId: string;
  readonly label: string;
  readonly phone: string | null;
  readonly unit: string | null;
  readonly purpose: string | null;
  readonly uses: number | null;
  readonly hostRef: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly registeredBy: string;
  readonly hostConfirmed: number;
  readonly confirmedBy: string | null;
  readonly insideSinceMs: number | null;
  readonly leftMs: number | null;
}

const COLUMNS = `pass_id AS passId, label, phone, unit, purpose, uses, host_ref AS hostRef, from_ms AS fromMs,
  until_ms AS untilMs, registered_by AS registeredBy, host_confirmed AS hostConfirmed, confirmed_by AS confirmedBy,
  inside_ms AS insideSinceMs, left_ms AS leftMs FROM visitor`;

/** The visitors' book. Writing methods run inside a transaction. */
export class SqliteVisitorBook implements VisitorBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(passId: string): VisitorLine | undefined {
    return this.#lines('WHERE pass_id = ?', passId)[0];
  }

  present(nowMs: number, limit: number): readonly VisitorLine[] {
    const where = 'WHERE until_ms > ? OR inside_ms IS NOT NULL';
    return this.#lines(
      `${where} ORDER BY inside_ms IS NULL, from_ms DESC, pass_id LIMIT ?`,
      ...[nowMs, limit],
    );
  }

  before(beforeMs: number, limit: number): readonly VisitorLine[] {
    return this.#lines('WHERE from_ms < ? ORDER BY from_ms DESC, pass_id LIMIT ?', beforeMs, limit);
  }

  search(text: string, limit: number): readonly VisitorLine[] {
    const like = `%${text.replace(/[!%_]/g, '!$&')}%`;
    const where = "WHERE label LIKE ? ESCAPE '!' OR unit LIKE ? ESCAPE '!'";
    return this.#lines(`${where} ORDER BY from_ms DESC, pass_id LIMIT ?`, like, like, limit);
  }

  notLeft(nowMs: number): number {
    const sql = `SELECT count(*) AS count FROM visitor WHERE inside_ms IS NOT NULL
      OR (until_ms > :nowMs AND from_ms <= :nowMs AND left_ms IS NULL)`;
    return this.#connection.read(
      () =>
        this.#connection.statement<[{ nowMs: number }], { count: number }>(sql).get({ nowMs })?.count ?? 0,
    );
  }

  /** A pass that is handed out again begins a new visit, which its host has not confirmed yet. */
  register(visitor: VisitorEntry): void {
    const { passId, label, phone, unit, purpose, uses, hostRef, fromMs, untilMs, registeredBy } = visitor;
    this.#connection
      .statement<unknown[]>(
        `INSERT OR REPLACE INTO visitor
          (pass_id, label, phone, unit, purpose, uses, host_ref, from_ms, until_ms, registered_by)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[passId, label, phone ?? null, unit ?? null, purpose ?? null, uses ?? null],
        ...[hostRef ?? null, fromMs, untilMs, registeredBy],
      );
  }

  confirmHost(passId: string, by: string): void {
    this.#connection
      .statement<[string, string]>(
        'UPDATE visitor SET host_confirmed = 1, confirmed_by = ? WHERE pass_id = ?',
      )
      .run(by, passId);
  }

  /** Somebody was let through with this pass: a visitor is inside from then on, or has left. */
  letThrough(passId: string, direction: Direction, atMs: number): void {
    const change = direction === 'in' ? 'inside_ms = :atMs' : 'inside_ms = NULL, left_ms = :atMs';
    this.#connection
      .statement<[object]>(`UPDATE visitor SET ${change} WHERE pass_id = :passId`)
      .run({ passId, atMs: Math.floor(atMs) });
  }

  /** Nobody went that way: a visitor is where the passage before has led, or has left as was noted since. */
  broughtBack(passId: string, direction: Direction): void {
    const isNoted = direction === 'in' ? 'AND at_ms >= coalesce(visitor.left_ms, 0)' : '';
    const left = direction === 'in' ? '' : ', left_ms = NULL';
    this.#connection
      .statement<[{ passId: string }]>(
        `UPDATE visitor SET inside_ms = (SELECT CASE WHEN direction = 'in' ${isNoted} THEN at_ms END FROM passage
            WHERE pass_id = :passId AND state <> 'nottaken' ORDER BY id DESC LIMIT 1)${left}
          WHERE pass_id = :passId`,
      )
      .run({ passId });
  }

  noteLeft(passId: string, atMs: number): void {
    this.#connection
      .statement<[number, string]>('UPDATE visitor SET inside_ms = NULL, left_ms = ? WHERE pass_id = ?')
      .run(Math.floor(atMs), passId);
  }

  #lines(where: string, ...values: readonly (string | number)[]): readonly VisitorLine[] {
    const sql = `SELECT ${COLUMNS} ${where}`;
    return this.#connection.read(() =>
      this.#connection
        .statement<unknown[], VisitorRow>(sql)
        .all(...values)
        .map(lineOf),
    );
  }
}

function lineOf(row: VisitorRow): VisitorLine {
  const { phone, unit, purpose, uses, hostRef, hostConfirmed, confirmedBy, insideSinceMs, leftMs, ...rest } =
    row;
  return {
    ...rest,
    ...(phone !== null && { phone }),
    ...(unit !== null && { unit }),
    ...(purpose !== null && { purpose }),
    ...(uses !== null && { uses }),
    ...(hostRef !== null && { hostRef }),
    hostConfirmed: hostConfirmed === 1,
    ...(confirmedBy !== null && { confirmedBy }),
    ...(insideSinceMs !== null && { insideSinceMs }),
    ...(leftMs !== null && { leftMs }),
  };
}
