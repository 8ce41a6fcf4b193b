import type { RetentionClass } from '../../core/access/vocabulary.ts';
import { reduceBody } from '../../core/events/stored-row.ts';
import type { Connection } from './connection.ts';
import {
  isPacked,
  type PackedRow,
  packWhole,
  packWithoutReading,
  type RowOrigin,
  unpackWhole,
} from './packed-rows.ts';
import { packRow, reducePacked } from './reduced-rows.ts';
import { endRow } from './row-ends.ts';

const HOUR_MS = 3_600_000;

/** A row with what is needed to store it otherwise. */
export interface HeldRow {
  readonly sequence: number;
  readonly name: string;
  readonly timeMs: number;
  readonly timeQuality: string;
  readonly body: Buffer | null;
  readonly salt: Buffer | null;
  readonly recordedMs: number | null;
  readonly origin: number | null;
  readonly epoch: string | null;
  readonly source: string | null;
  readonly previousHash: Buffer | null;
}

/** Which rows end and which stay, while others are stored otherwise. */
export interface RowBounds {
  /** Up to here a row that loses what it says of persons ends at once. */
  readonly ended: number;
  /** Rows that stay whatever becomes of others. */
  readonly needed: ReadonlySet<number>;
}

/** When a row was surely written; of the form before parts, when it happened. */
export const RECORDED = `CASE WHEN salt IS NULL THEN recorded_ms
  WHEN time_quality <> 'unsynced' THEN time_ms END`;
const held = (previousHash: string) => `SELECT sequence, name, time_ms AS timeMs, time_quality AS timeQuality,
  body, salt, ${RECORDED} AS recordedMs, origin, epoch, source, ${previousHash} AS previousHash
  FROM event LEFT JOIN row_origin ON row_origin.id = origin`;
export const HELD = held('(SELECT hash FROM event AS before WHERE before.sequence = event.sequence - 1)');
/** Of rows that stay whole, which keep their link. */
export const HELD_WHOLE = held('NULL');

/** Stores rows otherwise than they are: shorter, or without a part. For one transaction. */
export class RowRewriter {
  readonly #connection: Connection;
  readonly #bounds: RowBounds;
  /** Of this transaction alone, which may be taken back. */
  readonly #origins = new Map<string, number>();

  constructor(connection: Connection, bounds: RowBounds) {
    this.#connection = connection;
    this.#bounds = bounds;
  }

  /** Packs a row that stays whole. Returns whether it could. */
  pack(row: HeldRow): boolean {
    const packed = row.body === null ? undefined : packWhole({ ...row, body: row.body });
    if (packed !== undefined) this.#putPacked(row, packed);
    return packed !== undefined;
  }

  /** Takes a part of a row away. Returns whether the row had it. */
  take(part: RetentionClass, row: HeldRow): boolean {
    const { body, salt, sequence } = row;
    if (body === null) return false;
    if (part === 'screening') {
      // A packed row has none.
      if (salt !== null || isPacked(body)) return false;
      const packed = packWithoutReading({ ...row, body });
      if (packed !== undefined) this.#putPacked(row, packed);
      const left = packed === undefined ? reduceBody(body, part) : body;
      if (left !== body) this.#putWhole(row, Buffer.from(left));
      return packed !== undefined || left !== body;
    }
    const short = isPacked(body) ? reducePacked({ ...row, body }, row.previousHash) : undefined;
    if (short !== undefined) this.#shrink(row, short, row.origin);
    else this.#reduce(part, row, wholeOf(row, body));
    if (sequence <= this.#bounds.ended) endRow(this.#connection, sequence, this.#bounds.needed);
    return true;
  }

  #reduce(part: RetentionClass, row: HeldRow, body: Buffer): void {
    const left = row.salt === null ? reduceBody(body, part) : body;
    // A row of the form before parts has one salt for all of it and loses everything at once. So does one that
    // somebody made unreadable.
    if (left === body) this.#shrink(row, null, null);
    else {
      const leaf = JSON.parse(new TextDecoder().decode(left));
      this.#shrink(row, packRow(leaf, row.previousHash), this.#originOf(leaf));
    }
  }

  /** Stores a row that keeps its form: packed, or as it is given where that cannot be. */
  #putWhole(row: HeldRow, body: Buffer): void {
    const packed = packWhole({ ...row, body });
    if (packed !== undefined) this.#putPacked(row, packed);
    else
      this.#connection
        .statement<[Uint8Array, number]>('UPDATE event SET body = ? WHERE sequence = ?')
        .run(body, row.sequence);
  }

  #putPacked({ sequence }: HeldRow, { body, origin }: PackedRow): void {
    this.#connection
      .statement<unknown[]>(
        "UPDATE event SET body = ?, origin = ?, id = '', holder_ref = NULL WHERE sequence = ?",
      )
      .run(body, this.#originOf(origin), sequence);
  }

  /** Leaves of a row what is given, its name and its hour. */
  #shrink(row: HeldRow, reduced: Buffer | null, origin: number | null): void {
    const hourMs = row.timeMs - (row.timeMs % HOUR_MS);
    const recordedMs = row.recordedMs === null ? null : Math.ceil(row.recordedMs / HOUR_MS) * HOUR_MS;
    this.#connection
      .statement<unknown[]>(
        `UPDATE event SET body = NULL, salt = NULL, passage = NULL, holder_ref = NULL, id = '', time_quality = '',
          time_ms = ?, recorded_ms = ?, reduced = ?, origin = ? WHERE sequence = ?`,
      )
      .run(hourMs, recordedMs, reduced, origin, row.sequence);
  }

  #originOf({ epoch, source }: RowOrigin): number {
    const key = `${epoch} ${source}`;
    let id = this.#origins.get(key);
    if (id === undefined) {
      const connection = this.#connection;
      const known = connection.statement<[string, string], { id: number }>(
        'SELECT id FROM row_origin WHERE epoch = ? AND source = ?',
      );
      if (known.get(epoch, source) === undefined)
        connection
          .statement<[string, string]>('INSERT INTO row_origin (epoch, source) VALUES (?, ?)')
          .run(epoch, source);
      id = known.get(epoch, source)?.id ?? 0;
      this.#origins.set(key, id);
    }
    return id;
  }
}

function wholeOf(row: HeldRow, body: Buffer): Buffer {
  return isPacked(body)
    ? unpackWhole({ ...row, body, epoch: row.epoch ?? '', source: row.source ?? '' })
    : body;
}
