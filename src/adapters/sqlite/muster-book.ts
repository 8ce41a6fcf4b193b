import type { PassKind } from '../../core/access/vocabulary.ts';
import type { Muster, MusterLine, MusterTick } from '../../core/report/muster.ts';
import type { SignedMusterReceipt } from '../../core/report/muster-receipt.ts';
import type { MusterBook } from '../../ports/muster-book.ts';
import type { Connection } from './connection.ts';

/**
 * The last passage of each pass, from the index alone; then those that were inwards, without visitors whose leaving was
 * noted since; and what the registers have inside.
 */
const INSIDE = `SELECT pass_id AS passId, holder_ref AS holderRef, NULL AS registerId, kind, guest,
    access_point AS accessPoint, at_ms AS sinceMs FROM passage WHERE direction = 'in' AND id IN (
      SELECT max(id) FROM passage INDEXED BY passage_by_use WHERE state <> 'nottaken' AND pass_id IS NOT NULL
        GROUP BY pass_id)
    AND NOT EXISTS (SELECT 1 FROM visitor WHERE visitor.pass_id = passage.pass_id AND left_ms >= at_ms)
  UNION ALL SELECT NULL, NULL, id, register, 0, '', came_ms FROM register_line WHERE left_ms IS NULL
  ORDER BY sinceMs`;

interface PersonRow {
  readonly passId: string | null;
  readonly holderRef: string | null;
  readonly registerId: string | null;
  readonly kind: PassKind | null;
  readonly guest: number;
  readonly accessPoint: string;
  readonly sinceMs: number;
}

interface TickRow {
  readonly line: number;
  readonly atMs: number;
  readonly by: string | null;
  readonly at: string | null;
}

/** Lists of who was inside. Writing methods run inside a transaction. */
export class SqliteMusterBook implements MusterBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  inside(): readonly MusterLine[] {
    return this.#connection
      .read(() => this.#connection.statement<[], PersonRow>(INSIDE).all())
      .map((row, index) => lineOf(row, index + 1));
  }

  unnamed(sinceMs: number, siteDay: number): ReturnType<MusterBook['unnamed']> {
    const sql = `SELECT
        (SELECT count(*) FROM passage WHERE site_day >= :day - 1 AND at_ms > :sinceMs AND pass_id IS NULL
          AND state <> 'nottaken' AND direction = 'in') AS inUnnamed,
        (SELECT count(*) FROM passage WHERE site_day >= :day - 1 AND at_ms > :sinceMs AND pass_id IS NULL
          AND state <> 'nottaken' AND direction = 'out') AS outUnnamed,
        (SELECT coalesce(sum(count), 0) FROM open_count WHERE site_day = :day) AS whileOpen`;
    const found = this.#connection.read(() =>
      this.#connection.statement<[object], ReturnType<MusterBook['unnamed']>>(sql).get({
        day: siteDay,
        sinceMs,
      }),
    );
    return found ?? { inUnnamed: 0, outUnnamed: 0, whileOpen: 0 };
  }

  newest(): Muster | undefined {
    return this.#heads('ORDER BY number DESC LIMIT 1')[0];
  }

  unerased(): readonly Muster[] {
    return this.#heads('WHERE receipt IS NULL ORDER BY number');
  }

  lines(muster: number): readonly MusterLine[] {
    const sql = `SELECT line, pass_id AS passId, holder_ref AS holderRef, register_id AS registerId, kind, guest, access_point AS accessPoint,
      since_ms AS sinceMs FROM muster_person WHERE muster = ? ORDER BY line`;
    return this.#connection
      .read(() =>
        this.#connection.statement<[number], PersonRow & { readonly line: number }>(sql).all(muster),
      )
      .map((row) => lineOf(row, row.line));
  }

  ticks(muster: number): readonly MusterTick[] {
    const sql = `SELECT line, ticked_ms AS atMs, ticked_by AS by, ticked_at AS at FROM muster_person
      WHERE muster = ? AND ticked_ms IS NOT NULL ORDER BY line`;
    return this.#connection
      .read(() => this.#connection.statement<[number], TickRow>(sql).all(muster))
      .map(({ line, atMs, by, at }) => ({
        line,
        atMs,
        ...(by === null ? {} : { by }),
        ...(at === null ? {} : { at }),
      }));
  }

  receipt(muster: number): SignedMusterReceipt | undefined {
    const sql = 'SELECT receipt FROM muster WHERE number = ? AND receipt IS NOT NULL';
    const row = this.#connection.read(() =>
      this.#connection.statement<[number], { receipt: string }>(sql).get(muster),
    );
    return row && (JSON.parse(row.receipt) as SignedMusterReceipt);
  }

  keep(muster: Muster, lines: readonly MusterLine[] = []): void {
    this.#connection
      .statement<[number, string, number | null]>(
        `INSERT INTO muster (number, head, ended_ms) VALUES (?, ?, ?)
          ON CONFLICT (number) DO UPDATE SET head = excluded.head, ended_ms = excluded.ended_ms`,
      )
      .run(muster.number, JSON.stringify(muster), muster.endedMs ?? null);
    const add = this.#connection.statement<unknown[]>(
      `INSERT OR REPLACE INTO muster_person (muster, line, pass_id, holder_ref, register_id, kind, guest, access_point, since_ms)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { line, passId, holderRef, registerId, kind, isGuest, accessPoint, sinceMs } of lines)
      add.run(
        ...[muster.number, line, passId ?? null, holderRef ?? null, registerId ?? null, kind ?? null],
        ...[isGuest === true ? 1 : 0, accessPoint, sinceMs],
      );
  }

  tick(muster: number, { line, atMs, by, at }: MusterTick): void {
    this.#connection
      .statement<unknown[]>(
        `UPDATE muster_person SET ticked_ms = ?, ticked_by = ?, ticked_at = ?
          WHERE muster = ? AND line = ? AND ticked_ms IS NULL`,
      )
      .run(atMs, by ?? null, at ?? null, muster, line);
  }

  untick(muster: number, line: number): void {
    this.#connection
      .statement<[number, number]>(
        'UPDATE muster_person SET ticked_ms = NULL, ticked_by = NULL, ticked_at = NULL WHERE muster = ? AND line = ?',
      )
      .run(muster, line);
  }

  erase(muster: Muster, receipt: SignedMusterReceipt): void {
    const { number } = muster;
    this.keep(muster);
    this.#connection.statement<[number]>('DELETE FROM muster_person WHERE muster = ?').run(number);
    this.#connection
      .statement<[string, number]>('UPDATE muster SET receipt = ? WHERE number = ?')
      .run(JSON.stringify(receipt), number);
  }

  /** Nobody else writes this table, and the database finds damage by itself. */
  #heads(which: string): readonly Muster[] {
    const sql = `SELECT head FROM muster ${which}`;
    return this.#connection
      .read(() => this.#connection.statement<[], { head: string }>(sql).all())
      .map(({ head }) => JSON.parse(head) as Muster);
  }
}

function lineOf(
  { passId, holderRef, registerId, kind, guest, accessPoint, sinceMs }: PersonRow,
  line: number,
): MusterLine {
  return {
    line,
    ...(passId === null ? {} : { passId }),
    ...(holderRef === null ? {} : { holderRef }),
    ...(registerId === null ? {} : { registerId }),
    ...(kind === null ? {} : { kind }),
    ...(guest === 1 ? { isGuest: true } : {}),
    accessPoint,
    sinceMs,
  };
}
