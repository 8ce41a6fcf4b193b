import { type ChainCover, isCovered, isStaying, mayHaveEnded, NO_COVER, notEnded } from './cover.ts';
import type { EventDataByName } from './event.ts';
import { rowClassOf } from './row-classes.ts';
import type { ReadRow } from './row-form.ts';
import { readRow } from './stored-row.ts';

const HOUR_MS = 3_600_000;
/** The clock may have been set back by so much before what had happened was written. */
const DAY_MS = 24 * HOUR_MS;
/** `prevhash` of the very first row. */
export const GENESIS_HASH = '0'.repeat(64);

/**
 * A row in the form that verification needs. `body` is what is published: the whole row, or the reduced one. `salt` is
 * beside rows of the form before parts alone. Without a body only the hash is left.
 */
export interface ChainRow {
  readonly sequence: number;
  readonly body?: Uint8Array;
  readonly salt?: Uint8Array;
  /** Hex. */
  readonly hash: string;
  /** The row's columns beside the body, if they are to be checked: they must agree with the body. */
  readonly columns?: RowColumns;
}

/** Columns that are not there say nothing. */
interface RowColumns {
  readonly name: string;
  readonly timeMs: number;
  readonly id?: string;
  readonly timeQuality?: string;
  readonly recordedMs?: number;
  /** Null: the column says that there is none. */
  readonly passage?: string | null;
  readonly holderRef?: string;
}

/** A position in the chain: the last row before those to verify, or the last one that must exist. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

export const CHAIN_START: ChainHead = { sequence: 0, hash: GENESIS_HASH };

/**
 * `missing`: rows were deleted before this one; `order`: a number repeats or goes back; `edited`: the content is not
 * what was hashed; `link`: the row does not continue its predecessor; `uncovered`: a part of it is gone, and neither
 * log.purged nor privacy.erased nor site.stooddown says so; `truncated`: rows were cut off the end.
 */
export type ChainProblem = 'missing' | 'order' | 'edited' | 'link' | 'uncovered' | 'truncated';

export type ChainVerdict =
  | {
      readonly status: 'intact';
      readonly rows: number;
      /** Rows of which everything personal, or more, is lawfully gone. */
      readonly erased: number;
      /** Rows that lawfully ended and of which not even the hash is there: the tree has it. */
      readonly ended: number;
      readonly head: ChainHead | undefined;
    }
  | { readonly status: 'broken'; readonly sequence: number; readonly problem: ChainProblem };

interface ChainBounds {
  /**
   * The position before the first row; without it, the first row's link to its predecessor is not checked (a part of a
   * log).
   */
  readonly after?: ChainHead;
  /** Where the rows must end. */
  readonly last?: ChainHead;
  /** What may be gone, by rows of this log. They are among those to verify, or were verified elsewhere. */
  readonly cover?: ChainCover;
}

/** Checks rows in order and returns the first broken one. */
export function verifyChain(rows: Iterable<ChainRow>, bounds: ChainBounds = {}): ChainVerdict {
  const walk = new ChainWalk(bounds);
  for (const row of rows) {
    const problem = walk.step(row);
    if (problem !== undefined) return { status: 'broken', sequence: row.sequence, problem };
  }
  const { last } = bounds;
  const { head } = walk;
  if (last !== undefined && (head?.sequence !== last.sequence || head.hash !== last.hash)) {
    const problem = (head?.sequence ?? 0) < last.sequence ? 'truncated' : 'link';
    return { status: 'broken', sequence: last.sequence, problem };
  }
  return { status: 'intact', ...walk.counts, head };
}

/** Checks rows one after the other, and goes on after a broken one, in memory that does not grow. */
class ChainWalk {
  readonly #cover: ChainCover;
  #head: ChainHead | undefined;
  #counts = { rows: 0, erased: 0, ended: 0 };

  constructor({ after, cover = NO_COVER }: Pick<ChainBounds, 'after' | 'cover'>) {
    this.#head = after;
    this.#cover = cover;
  }

  /** The last row. */
  get head(): ChainHead | undefined {
    return this.#head;
  }

  get counts(): { readonly rows: number; readonly erased: number; readonly ended: number } {
    return this.#counts;
  }

  /** What is wrong with the next row, if anything. It is the head afterwards, unless its number goes back. */
  step(row: ChainRow): ChainProblem | undefined {
    const head = this.#head;
    if (head !== undefined && row.sequence <= head.sequence) return 'order';
    const problem = this.#problemOf(row, head);
    this.#head = { sequence: row.sequence, hash: row.hash };
    return problem;
  }

  #problemOf(row: ChainRow, head: ChainHead | undefined): ChainProblem | undefined {
    const gap = head === undefined ? 0 : row.sequence - head.sequence - 1;
    if (gap > 0 && notEnded(this.#cover, row.sequence - gap, row.sequence - 1).length > 0) return 'missing';
    this.#counts.ended += gap;
    this.#counts.rows += 1;
    const read = soundRow(row);
    if (isBare(row) || read?.form === 'reduced') this.#counts.erased += 1;
    if (read === undefined && !isBare(row)) return 'edited';
    if (head !== undefined && gap === 0 && read !== undefined && read.prevhash !== head.hash) return 'link';
    return isLawful(this.#cover, row, read) ? undefined : 'uncovered';
  }
}

/** Whether only the hash of a row is left. */
export function isBare({ body, salt }: ChainRow): boolean {
  return body === undefined && salt === undefined;
}

/**
 * Whether what is gone of a row may be. Only a row that ended is nothing but a hash, or one of the form before parts,
 * whose class is over.
 * @param read what its bytes say, if there are any
 */
export function isLawful(cover: ChainCover, row: ChainRow, read: ReadRow | undefined): boolean {
  const { sequence, columns } = row;
  if (read === undefined) {
    if (mayHaveEnded(cover, sequence)) return true;
    // What stayed when others ended had not lost everything then.
    const isOld = columns !== undefined && sequence < cover.splitFrom && !isStaying(cover, sequence);
    return isOld && isCovered(cover, sequence, rowClassOf(columns.name));
  }
  if (read.form === 'reduced') return isCovered(cover, sequence, read.rowClass);
  return read.screening !== 'gone' || isCovered(cover, sequence, 'screening');
}

/**
 * Rows that differ from what the log wrote: `edited`, which includes unreadable ones, or `missing`. Both ends are
 * included.
 */
export type AlteredRows = EventDataByName['log.altered'];

/**
 * Checks each row by itself and by its successor's link: an edited row with a recomputed hash no longer matches the
 * next one. A part that is gone and not covered is an edit as well.
 * @param bounds `after`: the number before the first row, after which none may be missing. `last`: the end of the
 * log, which proves its newest row; rows up to there count as missing only if `complete`. `cover`: asked for only when
 * something is gone
 */
export function findAltered(
  rows: readonly ChainRow[],
  bounds: {
    readonly after: number;
    readonly last?: ChainHead;
    readonly complete: boolean;
    readonly cover?: () => ChainCover;
  },
): readonly AlteredRows[] {
  const { last, cover = () => NO_COVER } = bounds;
  const found: AlteredRows[] = [];
  const reads = rows.map((row) => (row.body === undefined ? undefined : soundRow(row)));
  let before = bounds.after;
  for (const [index, row] of rows.entries()) {
    if (row.sequence > before + 1)
      for (const range of notEnded(cover(), before + 1, row.sequence - 1))
        found.push({ ...range, problem: 'missing' });
    before = row.sequence;
    const read = reads[index];
    const next = rows[index + 1]?.sequence === row.sequence + 1 ? reads[index + 1]?.prevhash : undefined;
    const vouched = row.sequence === last?.sequence ? last.hash : next;
    const isWhole = read?.form === 'full' && read.screening !== 'gone';
    const isSound = isWhole || ((isBare(row) || read !== undefined) && isLawful(cover(), row, read));
    if (!isSound || (vouched !== undefined && vouched !== row.hash)) {
      found.push({ first: row.sequence, last: row.sequence, problem: 'edited' });
    }
  }
  if (bounds.complete && last !== undefined && last.sequence > before) {
    found.push({ first: before + 1, last: last.sequence, problem: 'missing' });
  }
  return found.reduce<readonly AlteredRows[]>(join, []);
}

/** Joins neighbours with the same problem into one finding. */
function join(done: readonly AlteredRows[], next: AlteredRows): readonly AlteredRows[] {
  const before = done.at(-1);
  return before !== undefined && before.problem === next.problem && before.last + 1 === next.first
    ? [...done.slice(0, -1), { ...before, last: next.last }]
    : [...done, next];
}

/** A row whose own hash is correct, and beside which its columns are as the log wrote them. */
function soundRow(row: ChainRow): ReadRow | undefined {
  const read = hashedRow(row);
  return read?.sequence === row.sequence && fitsRow(read, row.columns) ? read : undefined;
}

/** A row whose own hash is correct, also if it is in the place of another one, where it brought its main columns along. */
export function hashedRow({ body, salt, hash, columns }: ChainRow): ReadRow | undefined {
  const read = body === undefined ? undefined : readRow(body, salt);
  if (read === undefined || read.hash !== hash) return undefined;
  return columns === undefined || fitsColumns(read, columns) ? read : undefined;
}

/** Whether a row by itself is as the log wrote it. */
export function isSoundRow(row: ChainRow): boolean {
  return soundRow(row) !== undefined;
}

/** When a row was written and whom it is about is in it only while it is whole. */
function fitsColumns({ type, timeMs, whole }: ReadRow, columns: RowColumns): boolean {
  if (type !== `io.gatepost.${columns.name}.v1` || timeMs !== columns.timeMs) return false;
  if (whole === undefined) return true;
  const { recordedMs = whole.recordedMs, passage = whole.passage, holderRef = whole.holderRef } = columns;
  return (
    recordedMs === whole.recordedMs &&
    (passage ?? undefined) === whole.passage &&
    holderRef === whole.holderRef
  );
}

/**
 * Whether the other columns, too, are those of a row in its own place. Of a reduced one the hour in which it was written
 * ends with a full hour, which a number with another bit in it does not, and is not before it happened.
 */
export function fitsRow({ form, whole, timeMs }: ReadRow, columns: RowColumns | undefined): boolean {
  if (form === 'reduced' && columns?.recordedMs !== undefined) {
    const { recordedMs } = columns;
    return recordedMs > 0 && recordedMs % HOUR_MS === 0 && recordedMs >= timeMs - DAY_MS;
  }
  if (whole === undefined) return true;
  const { id = whole.id, timeQuality = whole.timeQuality } = columns ?? {};
  return id === whole.id && timeQuality === whole.timeQuality;
}
