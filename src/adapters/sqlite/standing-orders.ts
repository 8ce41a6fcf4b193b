import type { Direction } from '../../core/access/vocabulary.ts';
import type { HolderSubject, OrderKind, StandingOrder } from '../../core/policy/standing-order.ts';
import type { StandingOrders } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';

interface OrderRow {
  readonly id: string;
  readonly kind: OrderKind;
  readonly subject: string;
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly direction: Direction | null;
  readonly by: string;
  readonly note: string;
}

/** Hex characters of a passId; a holderRef has 12. */
const PASS_ID_LENGTH = 16;

const COLUMNS = `id, kind, subject, from_ms AS fromMs, until_ms AS untilMs, direction,
  ordered_by AS by, note FROM standing_order`;

/** The query of a decision: the orders of a pass and of its household. Scans one index. */
export const ORDERS_QUESTION = `SELECT ${COLUMNS} WHERE subject IN (?, ?) AND ended_ms IS NULL`;

/** Orders given at this gate, and reports of people under observation. Writing methods run inside a transaction. */
export class SqliteStandingOrders implements StandingOrders {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  ordersFor(passId: string, holderRef: string | undefined): readonly StandingOrder[] {
    return this.#connection.read(() =>
      this.#connection
        .statement<[string, string], OrderRow>(ORDERS_QUESTION)
        .all(passId, holderRef ?? passId)
        .map(orderOf),
    );
  }

  find(orderId: string): StandingOrder | undefined {
    const sql = `SELECT ${COLUMNS} WHERE id = ? AND ended_ms IS NULL`;
    const row = this.#connection.read(() => this.#connection.statement<[string], OrderRow>(sql).get(orderId));
    return row && orderOf(row);
  }

  standing(nowMs: number, limit: number): readonly StandingOrder[] {
    const sql = `SELECT ${COLUMNS} WHERE ended_ms IS NULL AND (until_ms IS NULL OR until_ms > ?)
      ORDER BY from_ms DESC, id LIMIT ?`;
    return this.#connection.read(() =>
      this.#connection.statement<[number, number], OrderRow>(sql).all(nowMs, limit).map(orderOf),
    );
  }

  reportsOn(holderRef: string, siteDay: number): number {
    const sql = 'SELECT count FROM self_report WHERE holder_ref = ? AND site_day = ?';
    return this.#connection.read(
      () =>
        this.#connection.statement<[string, number], { count: number }>(sql).get(holderRef, siteDay)?.count ??
        0,
    );
  }

  add(order: StandingOrder): void {
    this.#connection
      .statement<unknown[]>('INSERT INTO standing_order VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)')
      .run(
        order.id,
        order.kind,
        subjectKey(order.subject),
        order.fromMs,
        order.untilMs ?? null,
        order.direction ?? null,
        order.by,
        order.note,
      );
  }

  end(orderId: string, nowMs: number): void {
    this.#connection
      .statement<[number, string]>('UPDATE standing_order SET ended_ms = ? WHERE id = ? AND ended_ms IS NULL')
      .run(Math.floor(nowMs), orderId);
  }

  countReport(holderRef: string, siteDay: number): void {
    this.#connection
      .statement<[string, number]>(
        `INSERT INTO self_report VALUES (?, ?, 1)
          ON CONFLICT (holder_ref, site_day) DO UPDATE SET count = count + 1`,
      )
      .run(holderRef, siteDay);
  }
}

function subjectKey(subject: HolderSubject): string {
  return 'passId' in subject ? subject.passId : subject.holderRef;
}

function orderOf({ subject, untilMs, direction, ...rest }: OrderRow): StandingOrder {
  return {
    ...rest,
    source: 'guard',
    subject: subject.length === PASS_ID_LENGTH ? { passId: subject } : { holderRef: subject },
    ...(untilMs === null ? {} : { untilMs }),
    ...(direction === null ? {} : { direction }),
  };
}
