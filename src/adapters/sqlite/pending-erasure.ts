import type { ErasureReceipt } from '../../core/report/erasure-receipt.ts';
import type { Connection } from './connection.ts';
import type { ReadConnection } from './read-connection.ts';

/**
 * An erasure of which nobody has a receipt yet. It stands in the store from the transaction that erases to the one that keeps
 * the receipt, so that whoever comes after a kill can complete it.
 */
export interface PendingErasure {
  /** As it will be signed. */
  readonly receipt: ErasureReceipt;
  /** Requests that are done with it. */
  readonly requests: readonly number[];
  /** Who has ordered it. */
  readonly by: string;
  readonly atMs: number;
  /** What the file is searched for; undefined once it was found nowhere. */
  readonly sought?: readonly Buffer[];
}

interface PendingRow {
  readonly receipt: string;
  readonly requests: string;
  readonly by: string;
  readonly atMs: number;
  readonly sought: Buffer | null;
}

/** Runs inside a transaction. */
export function putPending(connection: Connection, pending: PendingErasure): void {
  const { receipt, requests, by, atMs, sought = [] } = pending;
  const text = JSON.stringify(sought.map((one) => one.toString('base64')));
  connection
    .statement<unknown[]>('INSERT INTO erasure_pending VALUES (1, ?, ?, ?, ?, ?)')
    .run(JSON.stringify(receipt), JSON.stringify(requests), by, Math.floor(atMs), turned(Buffer.from(text)));
}

export function readPending(connection: ReadConnection): PendingErasure | undefined {
  const sql =
    'SELECT receipt, requests, ordered_by AS by, at_ms AS atMs, sought FROM erasure_pending WHERE one = 1';
  const row = connection.statement<[], PendingRow>(sql).get();
  if (row === undefined) return undefined;
  const { by, atMs, sought } = row;
  const texts: readonly string[] = sought === null ? [] : JSON.parse(turned(sought).toString());
  return {
    receipt: JSON.parse(row.receipt),
    requests: JSON.parse(row.requests),
    by,
    atMs,
    ...(sought === null ? {} : { sought: texts.map((one) => Buffer.from(one, 'base64')) }),
  };
}

/** Nothing of it was found any more, so what names the holder goes from here too. */
export function nothingFound(connection: Connection): void {
  connection.write(() => connection.statement<[]>('UPDATE erasure_pending SET sought = NULL').run());
}

/** Keeps the signed receipt: as the newest, and with the requests. */
export function endPending(connection: Connection, pending: PendingErasure, signed: string): void {
  const { requests, by, atMs } = pending;
  const done = connection.statement<unknown[]>(
    `UPDATE data_request SET state = 'done', answered_by = coalesce(answered_by, ?), answered_ms = ?, receipt = ?
      WHERE number = ?`,
  );
  connection.write(() => {
    connection.statement<[]>('DELETE FROM erasure_pending').run();
    connection.statement<[string]>('INSERT OR REPLACE INTO erasure_receipt VALUES (1, ?)').run(signed);
    for (const number of requests) done.run(by, Math.floor(atMs), signed, number);
  });
}

/** The signed receipt of the last erasure. */
export function readNewestReceipt(connection: ReadConnection): string | undefined {
  const sql = 'SELECT receipt FROM erasure_receipt';
  return connection.read(() => connection.statement<[], { receipt: string }>(sql).get()?.receipt);
}

function turned(bytes: Buffer): Buffer {
  return bytes.map((byte) => byte ^ 0xff) as Buffer;
}
