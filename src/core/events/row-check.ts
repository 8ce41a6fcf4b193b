import type { PurgeClass } from '../access/vocabulary.ts';
import { GENESIS_HASH } from './chain.ts';

/** A row as verification takes it. */
export interface CheckedRow {
  readonly sequence: number;
  /** The hash that the row says it has. */
  readonly hash: Uint8Array;
  /** What its bytes say; undefined if they are not what the log would have written, or do not have that hash. */
  readonly content?: { readonly sequence: number; readonly prevhash: string; readonly epoch: string };
  /** What is left of it: everything, a part, or nothing but the hash. */
  readonly left: 'all' | 'part' | 'hash';
  /** Whether its bytes are made with the hash of the row before: then that one may be why they do not fit. */
  readonly leans?: boolean;
  /** The part that is gone; `ended`: all but the hash. */
  readonly lacks?: PurgeClass;
  /** When it happened, as far as what is left of it says; of a reduced row the hour. Unix milliseconds. */
  readonly timeMs?: number;
  /** Whether what is gone is covered by a purge, an erasure or the end of the checkpoint. */
  readonly isLawful: boolean;
  /** Whether something beside the row, in its own place, is not as the log wrote it. */
  readonly isMisfit?: boolean;
}

/**
 * `missing`: rows were deleted. `edited`: the content is not what was hashed, or not what the next row vouches for.
 * `reordered`: a whole row, but with another number. `relinked`: the row was made to follow another one. `erased`: a
 * part was taken away, and nothing says that it may be gone. `truncated`: rows were cut off the end. `rolledback`: the
 * log was further once. `recomputed`: the rows fit each other, but not what was signed or stored of them. `extra`: rows that stand
 * where the log, by its own word, has none.
 */
export type LogProblem =
  | 'missing'
  | 'edited'
  | 'reordered'
  | 'relinked'
  | 'erased'
  | 'truncated'
  | 'rolledback'
  | 'recomputed'
  | 'extra';

/** Rows with a problem, both ends included. */
export interface LogFinding {
  readonly problem: LogProblem;
  readonly first: number;
  readonly last: number;
  /** What a checkpoint or mark says of them. */
  readonly detail?: string;
}

/** Findings beyond this number are counted, not listed. */
const MOST_FINDINGS = 1000;

/** Findings in the order in which they were made; neighbours with one problem are one. */
export class Findings {
  readonly #list: LogFinding[] = [];
  #more = 0;

  /** By their rows. */
  get list(): readonly LogFinding[] {
    return this.#list.toSorted((one, other) => one.first - other.first);
  }

  /** How many are not listed. */
  get more(): number {
    return this.#more;
  }

  add(finding: LogFinding): void {
    const before = this.#list.at(-1);
    if (
      before?.problem === finding.problem &&
      before.detail === finding.detail &&
      before.last + 1 >= finding.first
    )
      this.#list[this.#list.length - 1] = { ...before, last: Math.max(before.last, finding.last) };
    else if (this.#list.length < MOST_FINDINGS) this.#list.push(finding);
    else this.#more += 1;
  }

  /** Whether one of these rows was named already. */
  overlap(first: number, last: number): boolean {
    return this.#more > 0 || this.#list.some((one) => one.first <= last && one.last >= first);
  }
}

interface Placed extends CheckedRow {
  /** Whether it follows the row before it; undefined where that cannot be known. */
  readonly follows: boolean | undefined;
  /** Whether rows are missing before it over which it was linked. */
  readonly bridges: boolean;
}

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** Looks at rows in their order, each with the two behind it, which vouch for it. */
export class RowCheck {
  readonly #findings: Findings;
  readonly #epochOf: (sequence: number) => string;
  /** Rows that wait for those behind them. */
  #waiting: Placed[] = [];
  /** The last row that was pushed; undefined where the row before is not known. */
  #before: { readonly sequence: number; readonly hash: string } | undefined;

  /** @param from the first row to look at. @param epochOf the epoch of a row, by the log's own word */
  constructor(findings: Findings, from: number, epochOf: (sequence: number) => string) {
    this.#findings = findings;
    this.#epochOf = epochOf;
    if (from === 1) this.#before = { sequence: 0, hash: GENESIS_HASH };
  }

  push(row: CheckedRow): void {
    const before = this.#before;
    const isNext = before !== undefined && row.sequence === before.sequence + 1;
    if (before !== undefined && !isNext)
      this.#findings.add({ problem: 'missing', first: before.sequence + 1, last: row.sequence - 1 });
    const prevhash = row.content?.prevhash;
    const fits = before === undefined || prevhash === undefined ? undefined : prevhash === before.hash;
    const placed = {
      ...row,
      follows: isNext ? fits : undefined,
      bridges: before !== undefined && !isNext && fits === true,
    };
    this.#before = { sequence: row.sequence, hash: hex(row.hash) };
    this.#waiting.push(placed);
    if (this.#waiting.length > 2) this.#judgeFirst();
  }

  /** Rows that ended lawfully follow: what comes behind them is not linked to what was before. */
  skip(): void {
    this.#drain(undefined);
    this.#before = undefined;
  }

  /** @param end hash of the last row by the log's own word, where the rows go to that end */
  end(end?: { readonly sequence: number; readonly hash: string }): void {
    const before = this.#before;
    if (end !== undefined && before !== undefined && before.sequence < end.sequence)
      this.#findings.add({ problem: 'truncated', first: before.sequence + 1, last: end.sequence });
    this.#drain(end !== undefined && before?.sequence === end.sequence ? end.hash : undefined);
  }

  #drain(vouched: string | undefined): void {
    while (this.#waiting.length > 0) this.#judgeFirst(vouched);
  }

  /** @param vouched hash that the last row must have */
  #judgeFirst(vouched?: string): void {
    const [row, next, afterNext] = this.#waiting;
    this.#waiting = this.#waiting.slice(1);
    if (row === undefined) return;
    const { sequence } = row;
    const problem = this.#problemOf(row, next, afterNext, vouched);
    if (problem !== undefined) this.#findings.add({ problem, first: sequence, last: sequence });
  }

  #problemOf(
    row: Placed,
    next: Placed | undefined,
    afterNext: Placed | undefined,
    vouched: string | undefined,
  ): LogProblem | undefined {
    const { content, left, sequence } = row;
    if (content === undefined && left !== 'hash') return 'edited';
    if (content !== undefined && content.sequence !== sequence) return 'reordered';
    if (content !== undefined && content.epoch !== this.#epochOf(sequence)) return 'edited';
    if (!row.isLawful) return 'erased';
    if (row.isMisfit === true) return 'edited';
    if (row.bridges) return 'relinked';
    if (next?.leans === true && next.content === undefined && next.sequence === sequence + 1) return 'edited';
    const isContinued = next === undefined ? lastFits(row, vouched) : next.follows;
    if (isContinued !== false) return undefined;
    // Either this row is not the one that was linked to, or the next one was made to follow another.
    if (row.follows === false) return 'relinked';
    const isNextVouched = next === undefined || afterNext === undefined || afterNext.follows !== false;
    return isNextVouched ? 'edited' : undefined;
  }
}

function lastFits(row: Placed, vouched: string | undefined): boolean | undefined {
  return vouched === undefined ? undefined : hex(row.hash) === vouched;
}
