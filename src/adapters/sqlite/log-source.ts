import type { PurgeClass } from '../../core/access/vocabulary.ts';
import { GatepostError } from '../../core/errors.ts';
import { type ChainRow, fitsRow, hashedRow, isBare, isLawful } from '../../core/events/chain.ts';
import {
  type ChainCover,
  isErased,
  isNamedErased,
  notEnded,
  type RowRange,
} from '../../core/events/cover.ts';
import type { LeaveEvent } from '../../core/events/given-leave.ts';
import type { CheckedRow } from '../../core/events/row-check.ts';
import { REDUCED_SCHEMA, type ReadRow } from '../../core/events/row-form.ts';
import type { LogEpoch, LogSource } from '../../core/events/verify-log.ts';
import type { KeptCheckpoint } from '../../ports/log-tree.ts';
import { databasePath, openForReading } from './database.ts';
import { chainHeadOf, chainRows, readCover, readLogRow, readTimeUpTo } from './event-rows.ts';
import { readLeave, readPurged } from './leave-rows.ts';
import { readWrongCursors, type WrongCursor } from './log-cursors.ts';
import { ReadConnection } from './read-connection.ts';
import {
  BLOCK_LEVEL,
  epochConsistency,
  epochRoot,
  readCheckpoints,
  readEpochs,
  storedNode,
} from './tree-rows.ts';
import { uuid7Ms } from './uuid7.ts';

/**
 * A log to verify beside a running gate: as it was when it was opened. Every call is a short read of its own, so that
 * the write-ahead file of the gate does not grow meanwhile.
 */
export class SqliteLogSource implements LogSource {
  readonly epochs: readonly LogEpoch[];
  readonly head: LogSource['head'];
  readonly extra: readonly RowRange[];
  /** Numbers beside the rows that the gate cannot have written. */
  readonly wrongCursors: readonly WrongCursor[];
  readonly #connection: ReadConnection;
  /** What may be gone, and the version of the file in which the log said so. */
  #cover: ChainCover;
  #version: number;

  constructor(connection: ReadConnection) {
    this.#connection = connection;
    const look = () => {
      const [log, epochs] = [readLogRow(connection), readEpochs(connection)];
      return { log, epochs, wrongCursors: readWrongCursors(connection), extra: readExtra(connection, log) };
    };
    const { log, epochs, wrongCursors, extra } = connection.read(() =>
      connection.database.transaction(look)(),
    );
    if (log === undefined) throw new GatepostError('log.unavailable', 'The log was not begun.');
    this.head = chainHeadOf(log);
    this.epochs = epochs;
    this.wrongCursors = wrongCursors;
    this.extra = extra;
    this.#version = this.#versionNow();
    this.#cover = connection.read(() => readCover(connection));
  }

  rows(from: number, count: number): readonly CheckedRow[] {
    return this.#connection.read(() => {
      const rows: ChainRow[] = [];
      for (const row of chainRows(this.#connection, from - 1)) {
        if (row.sequence >= from + count) break;
        rows.push(row);
      }
      return rows.map((row) => this.#checked(row));
    });
  }

  block(epochFirst: number, place: number): Uint8Array | undefined {
    return this.#connection.read(() => storedNode(this.#connection, epochFirst, BLOCK_LEVEL, place));
  }

  notEnded(first: number, last: number): readonly RowRange[] {
    if (this.#isCovered((cover) => notEnded(cover, first, last).length === 0)) return [];
    return notEnded(this.#cover, first, last);
  }

  leave(after: number): readonly LeaveEvent[] {
    return this.#connection.read(() => readLeave(this.#connection, after));
  }

  purged(part: PurgeClass, upTo: number): ReturnType<LogSource['purged']> {
    return this.#connection.read(() => readPurged(this.#connection, part, upTo));
  }

  isErased(sequence: number): boolean {
    return this.#isCovered((cover) => isErased(cover, sequence));
  }

  isNamedErased(sequence: number): boolean {
    return isNamedErased(this.#cover, sequence);
  }

  born(sequence: number): ReturnType<LogSource['born']> {
    const range = this.epochs.findLast(({ firstSequence }) => firstSequence <= sequence);
    const ms = uuid7Ms(range?.epoch ?? '');
    return range === undefined || ms === undefined ? undefined : { after: range.firstSequence - 1, ms };
  }

  timeUpTo(sequence: number): number | undefined {
    return this.#connection.read(() => readTimeUpTo(this.#connection, sequence));
  }

  /** Root of the first `size` rows of an epoch; undefined if they are not there. */
  rootAt(epoch: string, size: number): Uint8Array | undefined {
    const range = this.epochs.find((one) => one.epoch === epoch);
    return range && this.#connection.read(() => epochRoot(this.#connection, range, size));
  }

  /** RFC 6962 proof between two sizes of an epoch; undefined if what it takes is not there. */
  consistency(epoch: string, first: number, second: number): readonly Uint8Array[] | undefined {
    const range = this.epochs.find((one) => one.epoch === epoch);
    return range && this.#connection.read(() => epochConsistency(this.#connection, range, first, second));
  }

  /** The signed checkpoints that the gate has kept, the co-signed one among them. */
  checkpoints(): readonly KeptCheckpoint[] {
    return this.#connection.read(() => [
      ...readCheckpoints(this.#connection, false),
      ...readCheckpoints(this.#connection, true),
    ]);
  }

  close(): void {
    this.#connection.close();
  }

  #checked(row: ChainRow): CheckedRow {
    const placed = { sequence: row.sequence, hash: Buffer.from(row.hash, 'hex') };
    const isLawfulNow = (read: ReadRow | undefined) => this.#isCovered((cover) => isLawful(cover, row, read));
    if (isBare(row)) return { ...placed, left: 'hash', lacks: 'ended', isLawful: isLawfulNow(undefined) };
    const content = hashedRow(row);
    if (content === undefined) return { ...placed, left: 'all', leans: isReduced(row), isLawful: true };
    const left = content.form === 'reduced' || content.screening === 'gone' ? 'part' : 'all';
    const lacks = content.form === 'reduced' ? content.rowClass : 'screening';
    return {
      ...{ ...placed, content, left, isLawful: isLawfulNow(content) },
      isMisfit: content.sequence === row.sequence && !fitsRow(content, row.columns),
      ...(left === 'part' && { lacks, ...(row.columns && { timeMs: row.columns.timeMs }) }),
    };
  }

  /** Asks once more if the gate has written meanwhile: it puts on record what goes before it goes. */
  #isCovered(ask: (cover: ChainCover) => boolean): boolean {
    if (ask(this.#cover)) return true;
    const version = this.#versionNow();
    if (version === this.#version) return false;
    this.#version = version;
    this.#cover = this.#connection.read(() => readCover(this.#connection));
    return ask(this.#cover);
  }

  /** Changes when another process writes to the file. */
  #versionNow(): number {
    return this.#connection.read(() =>
      Number(this.#connection.database.pragma('data_version', { simple: true })),
    );
  }
}

/** Opens the log in a store folder to verify it. Same errors as openReadOnly(). */
export function openLogSource(folder: string): SqliteLogSource {
  const path = databasePath(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  return new SqliteLogSource(connection);
}

function readExtra(
  connection: ReadConnection,
  log: { readonly lastSequence: number } | undefined,
): readonly RowRange[] {
  const range = (where: string, than: number): readonly RowRange[] => {
    const sql = `SELECT min(sequence) AS first, max(sequence) AS last FROM event WHERE sequence ${where} ?`;
    const found = connection
      .statement<[number], { first: number | null; last: number | null }>(sql)
      .get(than);
    const { first = null, last = null } = found ?? {};
    return first === null || last === null ? [] : [{ first, last }];
  };
  return [...range('<', 1), ...range('>', log?.lastSequence ?? 0)];
}

/** Whether a row says that it is reduced. */
function isReduced({ body }: ChainRow): boolean {
  return body !== undefined && Buffer.from(body).includes(`"dataschema":"${REDUCED_SCHEMA}"`);
}
