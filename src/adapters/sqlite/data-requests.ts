import { createHash, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { Effect, NewRequest } from '../../core/decision/effect.ts';
import { type DataRequest, MOST_REQUESTS } from '../../core/report/data-request.ts';
import type { DataRequestBook } from '../../ports/data-requests.ts';
import type { Connection } from './connection.ts';
import { isRegisterInUse } from './folder-lock.ts';
import { putKept, readKept } from './kept-numbers.ts';
import { readPending } from './pending-erasure.ts';
import type { ReadConnection } from './read-connection.ts';

/** The number of the first request of a gate has four digits, as all that follow. */
const FIRST_NUMBER = 1001;
const SALT_BYTES = 16;

interface RequestRow {
  readonly number: number;
  readonly kind: DataRequest['kind'];
  readonly accessPoint: string;
  readonly passId: string | null;
  readonly askedMs: number;
  readonly state: DataRequest['state'];
  readonly by: string | null;
  readonly answeredMs: number | null;
  readonly note: string | null;
}

/** A request with what only the kiosk itself may know. */
interface KeptRequest extends DataRequest {
  /** Until it is done. */
  readonly passId?: string;
}

const COLUMNS = `number, kind, access_point AS accessPoint, pass_id AS passId, asked_ms AS askedMs, state,
  answered_by AS by, answered_ms AS answeredMs, note FROM data_request`;

/** Requests that were made at the gate. Writing methods run inside a transaction. */
export class SqliteDataRequests implements DataRequestBook {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  nextNumber(): number {
    return Math.max(FIRST_NUMBER, readKept(this.#connection, 'request-number') + 1);
  }

  open(): readonly DataRequest[] {
    return readRequests(this.#connection, "WHERE state = 'open' ORDER BY number").map(withoutPass);
  }

  toErase(): readonly number[] {
    return readRequests(
      this.#connection,
      "WHERE state = 'confirmed' AND kind = 'erasure' AND pass_id IS NOT NULL ORDER BY number",
    ).map(({ number }) => number);
  }

  hasUnfinished(): boolean {
    const connection = this.#connection;
    if (connection.read(() => readPending(connection)) === undefined) return false;
    return !isRegisterInUse(dirname(connection.path));
  }

  find(number: number): DataRequest | undefined {
    const found = readRequest(this.#connection, number);
    return found && withoutPass(found);
  }

  newestOf(passId: string): DataRequest | undefined {
    const number = numbersOf(this.#connection, passId).at(-1);
    return number === undefined ? undefined : this.find(number);
  }

  hasEnded(overMs: number): boolean {
    const sql = `SELECT 1 FROM data_request WHERE ${ANSWERED} < ? LIMIT 1`;
    return this.#connection.read(() => this.#connection.statement<[number]>(sql).get(overMs) !== undefined);
  }

  /** Of answered ones the oldest make room. */
  add({ number, kind, accessPoint, askedMs, passId }: NewRequest): void {
    const salt = randomBytes(SALT_BYTES);
    this.#connection
      .statement<unknown[]>(
        `INSERT INTO data_request (number, kind, access_point, pass_id, salt, mark, asked_ms, state)
          VALUES (?, ?, ?, ?, ?, ?, ?, 'open')`,
      )
      .run(number, kind, accessPoint, passId, salt, markOf(salt, passId), Math.floor(askedMs));
    putKept(this.#connection, 'request-number', number);
    const sql = `DELETE FROM data_request WHERE number IN (SELECT number FROM data_request
      WHERE state IN ('refused', 'done', 'lapsed') ORDER BY number DESC LIMIT -1 OFFSET ?)`;
    this.#connection.statement<[number]>(sql).run(MOST_REQUESTS.answered);
  }

  answer({ number, answer, by, note, atMs }: Extract<Effect, { kind: 'answerRequest' }>): void {
    this.#connection
      .statement<[object]>(
        `UPDATE data_request SET state = :answer, answered_by = :by, note = :note, answered_ms = :atMs,
          pass_id = CASE :answer WHEN 'refused' THEN NULL ELSE pass_id END
          WHERE number = :number AND state = 'open'`,
      )
      .run({ number, answer, by, note, atMs: Math.floor(atMs) });
  }

  /** A confirmed one that nobody carries out lapses too, counted from its confirmation. */
  end({ overMs, nowMs }: Extract<Effect, { kind: 'endRequests' }>): void {
    const [waiting, over] = ["('open', 'confirmed')", "('refused', 'done', 'lapsed')"];
    this.#connection
      .statement<[number]>(`DELETE FROM data_request WHERE state IN ${over} AND ${ANSWERED} < ?`)
      .run(overMs);
    this.#connection
      .statement<[number, number]>(
        `UPDATE data_request SET state = 'lapsed', pass_id = NULL, answered_ms = ?
          WHERE state IN ${waiting} AND ${ANSWERED} < ?`,
      )
      .run(Math.floor(nowMs), overMs);
  }
}

const ANSWERED = 'coalesce(answered_ms, asked_ms)';

/** All requests, oldest first. @throws GatepostError `log.unavailable` */
export function readRequests(connection: ReadConnection, which = 'ORDER BY number'): readonly KeptRequest[] {
  return connection.read(() =>
    connection.statement<[], RequestRow>(`SELECT ${COLUMNS} ${which}`).all().map(requestOf),
  );
}

/** @throws GatepostError `log.unavailable` */
export function readRequest(connection: ReadConnection, number: number): KeptRequest | undefined {
  return connection.read(() => {
    const row = connection.statement<[number], RequestRow>(`SELECT ${COLUMNS} WHERE number = ?`).get(number);
    return row && requestOf(row);
  });
}

/** Numbers of the requests about a pass, ascending, also of those from which the pass is gone. */
export function numbersOf(connection: ReadConnection, passId: string): readonly number[] {
  const sql = 'SELECT number, salt, mark FROM data_request ORDER BY number';
  return connection
    .read(() => connection.statement<[], { number: number; salt: Buffer; mark: Buffer }>(sql).all())
    .filter(({ salt, mark }) => markOf(salt, passId).equals(mark))
    .map(({ number }) => number);
}

/** The pass goes from requests about it, which are being carried out. Runs inside a transaction. */
export function passErased(connection: Connection, numbers: readonly number[]): void {
  const sql = "UPDATE data_request SET state = 'confirmed', pass_id = NULL WHERE number = ?";
  for (const number of numbers) connection.statement<[number]>(sql).run(number);
}

/** A copy was handed out, and the pass goes from its request. Runs inside a transaction. */
export function requestDone(
  connection: Connection,
  number: number,
  done: { readonly by: string; readonly atMs: number },
): void {
  connection
    .statement<unknown[]>(
      `UPDATE data_request SET state = 'done', pass_id = NULL, answered_by = coalesce(answered_by, ?),
        answered_ms = ? WHERE number = ?`,
    )
    .run(done.by, Math.floor(done.atMs), number);
}

/** @throws GatepostError `log.unavailable` */
export function receiptOf(connection: ReadConnection, number: number): string | undefined {
  const sql = 'SELECT receipt FROM data_request WHERE number = ?';
  return connection.read(
    () => connection.statement<[number], { receipt: string | null }>(sql).get(number)?.receipt ?? undefined,
  );
}

function markOf(salt: Uint8Array, passId: string): Buffer {
  return createHash('sha256').update(salt).update(passId).digest();
}

function requestOf({ passId, by, answeredMs, note, ...row }: RequestRow): KeptRequest {
  return {
    ...row,
    ...(passId === null ? {} : { passId }),
    ...(by === null ? {} : { by }),
    ...(answeredMs === null ? {} : { answeredMs }),
    ...(note === null ? {} : { note }),
  };
}

function withoutPass({ passId: _, ...request }: KeptRequest): DataRequest {
  return request;
}
