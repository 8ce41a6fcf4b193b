import { CompactRange } from '../proof/merkle-tree.ts';
import type { RowRange } from './cover.ts';
import { judgeLeave, type KeptAges, type LeaveSource, type UnprovedLeave } from './given-leave.ts';
import { type CheckedRow, Findings, type LogFinding, RowCheck } from './row-check.ts';

/** Level and rows of the subtrees that a log stores. */
const BLOCK_LEVEL = 8;
const BLOCK_ROWS = 2 ** BLOCK_LEVEL;
/** Stretches of rows that are not erased beyond this number are not listed. */
const MOST_UNERASED = 100;

/** One life of a log. */
export interface LogEpoch {
  readonly epoch: string;
  readonly firstSequence: number;
  /** Its last row, by the log's own word. */
  readonly lastSequence: number;
}

/** What somebody who is not the log says about it: a signed checkpoint, or a mark. */
export interface LogWitness {
  /** For people: a file's name. */
  readonly name: string;
  readonly epoch: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Whether it was brought, and does not lie with the log. */
  readonly isGiven?: boolean;
}

/** A log to verify, as it was when it was opened; rows that are added meanwhile do not count. */
export interface LogSource extends LeaveSource {
  /** Oldest first. */
  readonly epochs: readonly LogEpoch[];
  /** The last row by the log's own word. */
  readonly head: { readonly sequence: number; readonly hash: string };
  /** Rows before the first or behind the last by the log's own word. */
  readonly extra: readonly RowRange[];
  /** A stored subtree of 256 rows. */
  block(epochFirst: number, place: number): Uint8Array | undefined;
  /** The rows between two, both included, that may not be gone without a trace but their subtree. */
  notEnded(first: number, last: number): readonly RowRange[];
  /** Whether privacy.erased has named the row. */
  isNamedErased(sequence: number): boolean;
}

/** `beyond`: it knows more rows than there are. `ended`: rows that it takes to compare are gone. */
export type WitnessResult = 'agrees' | 'differs' | 'beyond' | 'elsewhere' | 'ended';

export interface LogVerdict {
  readonly rows: number;
  /** Rows of which a part, or everything but the hash, is gone as the retention of the log wants it. */
  readonly reduced: number;
  /** Rows that are gone, their subtree left. */
  readonly ended: number;
  readonly findings: readonly LogFinding[];
  /** Findings that are not listed. */
  readonly more: number;
  /** What is gone by the word of an event for which no checkpoint stands yet. */
  readonly unproved: readonly UnprovedLeave[];
  /** Rows of which privacy.erased says that everything about persons is gone, and it is there. */
  readonly unerased: readonly RowRange[];
  /** What somebody has brought to compare with, and could not be compared, nor anything newer that he has brought. */
  readonly uncompared: readonly string[];
  readonly witnesses: readonly {
    readonly name: string;
    readonly size: number;
    readonly result: WitnessResult;
  }[];
}

interface VerifyOptions {
  readonly witnesses: readonly LogWitness[];
  /** First and last row to look at; of others only what was stored of them is taken. */
  readonly from?: number;
  readonly to?: number;
  /** How long this gate keeps the parts of its rows; without it no age is judged. */
  readonly ages?: KeptAges;
  /** The time now; nothing was written later. */
  readonly nowMs?: number;
}

/**
 * Verifies a log block by block, in the space of one block however long it is.
 * @returns a generator that yields the number of the last row that it passed
 */
export function* verifyLog(source: LogSource, options: VerifyOptions): Generator<number, LogVerdict> {
  const run = new Verification(source, options);
  for (const epoch of source.epochs) yield* run.epoch(epoch);
  return run.end();
}

class Verification {
  readonly #source: LogSource;
  readonly #witnesses: readonly LogWitness[];
  readonly #from: number;
  readonly #to: number;
  readonly #findings = new Findings();
  readonly #results = new Map<LogWitness, WitnessResult>();
  readonly #check: RowCheck;
  /** What is left to do for each epoch when all rows were looked at. */
  readonly #endings: (() => void)[] = [];
  readonly #trees: EpochTree[] = [];
  readonly #ages: KeptAges | undefined;
  readonly #nowMs: number;
  readonly #unerased: { readonly first: number; last: number }[] = [];
  #rows = 0;
  #reduced = 0;
  #ended = 0;

  constructor(
    source: LogSource,
    { witnesses, from = 1, to = source.head.sequence, ages, nowMs = Number.POSITIVE_INFINITY }: VerifyOptions,
  ) {
    this.#source = source;
    this.#ages = ages;
    this.#nowMs = nowMs;
    this.#witnesses = witnesses.toSorted((one, other) => one.size - other.size);
    this.#from = from;
    this.#to = Math.min(to, source.head.sequence);
    const epochOf = (sequence: number): string =>
      source.epochs.findLast(({ firstSequence }) => firstSequence <= sequence)?.epoch ?? '';
    this.#check = new RowCheck(this.#findings, from, epochOf);
  }

  *epoch({ epoch, firstSequence, lastSequence }: LogEpoch): Generator<number> {
    const asked = this.#witnesses.filter((witness) => witness.epoch === epoch);
    const tree = new EpochTree(firstSequence, asked, this.#results, this.#findings);
    for (let begin = firstSequence; begin <= lastSequence; begin += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, lastSequence - begin + 1);
      this.#block(tree, firstSequence, begin, count);
      yield begin + count - 1;
    }
    this.#trees.push(tree);
    this.#endings.push(() => tree.end(lastSequence));
  }

  #block(tree: EpochTree, epochFirst: number, begin: number, count: number): void {
    const source = this.#source;
    const last = begin + count - 1;
    const stored =
      count === BLOCK_ROWS ? source.block(epochFirst, (begin - epochFirst) / BLOCK_ROWS) : undefined;
    const isAsked = begin <= this.#to && last >= this.#from;
    if (!isAsked && stored !== undefined && !tree.isAskedWithin(begin, last)) {
      tree.appendStored(stored);
      return;
    }
    const rows = source.rows(begin, count);
    // Of a block that ended the last row stays for its hash, which the next block continues.
    const isGone = rows.every(({ sequence, left }) => sequence === last && left === 'hash');
    const gone = last - rows.length;
    const missing = isGone && stored !== undefined ? source.notEnded(begin, gone) : [];
    const isNoneLawful = missing[0]?.first === begin && missing[0].last === gone;
    if (isGone && stored !== undefined && !isNoneLawful) {
      this.#ended += count;
      this.#check.skip();
      for (const range of missing) this.#findings.add({ problem: 'missing', ...range });
      for (const row of rows) this.#check.push(row);
      tree.appendStored(stored, { begin, last });
      return;
    }
    for (const row of rows) if (row.sequence >= this.#from && row.sequence <= this.#to) this.#look(row);
    tree.appendRows(rows, { begin, last }, stored);
  }

  #look(row: CheckedRow): void {
    this.#rows += 1;
    if (row.left !== 'all') this.#reduced += 1;
    else if (row.content !== undefined && this.#source.isNamedErased(row.sequence)) this.#notErased(row);
    this.#check.push(row);
  }

  #notErased({ sequence }: CheckedRow): void {
    const before = this.#unerased.at(-1);
    if (before?.last === sequence - 1) before.last = sequence;
    else if (this.#unerased.length < MOST_UNERASED) this.#unerased.push({ first: sequence, last: sequence });
  }

  /** Those that were brought and say nothing now. One that agrees stands for all before it. */
  #uncompared(): readonly string[] {
    const given = this.#witnesses.filter(({ isGiven }) => isGiven === true);
    const resultOf = (witness: LogWitness) => this.#results.get(witness) ?? 'ended';
    const isVouched = ({ epoch, size }: LogWitness): boolean =>
      given.some((one) => one.epoch === epoch && one.size > size && resultOf(one) === 'agrees');
    return given.filter((one) => resultOf(one) === 'ended' && !isVouched(one)).map(({ name }) => name);
  }

  end(): LogVerdict {
    const { head } = this.#source;
    this.#check.end(this.#to === head.sequence ? head : undefined);
    for (const end of this.#endings) end();
    const known = new Set(this.#source.epochs.map(({ epoch }) => epoch));
    for (const witness of this.#witnesses.filter(({ epoch }) => !known.has(epoch))) {
      this.#results.set(witness, 'elsewhere');
      const detail = `${witness.name} is about ${witness.size} events of the epoch ${witness.epoch}, of which there are none here`;
      this.#findings.add({ problem: 'rolledback', first: 1, last: witness.size, detail });
    }
    for (const range of this.#source.extra) this.#findings.add({ problem: 'extra', ...range });
    const good = Math.max(0, ...this.#trees.map((tree) => tree.agreed));
    const { findings, unproved } = judgeLeave(this.#source, { good, ages: this.#ages, nowMs: this.#nowMs });
    for (const finding of findings) this.#findings.add(finding);
    return {
      unproved,
      unerased: this.#unerased,
      uncompared: this.#uncompared(),
      rows: this.#rows,
      reduced: this.#reduced,
      ended: this.#ended,
      findings: this.#findings.list,
      more: this.#findings.more,
      witnesses: this.#witnesses.map((witness) => ({
        name: witness.name,
        size: witness.size,
        result: this.#results.get(witness) ?? 'ended',
      })),
    };
  }
}

interface Stretch {
  readonly begin: number;
  readonly last: number;
}

/** The tree of one epoch as its rows make it, compared with what was stored and signed. */
class EpochTree {
  readonly #first: number;
  readonly #witnesses: readonly LogWitness[];
  readonly #sizes: ReadonlySet<number>;
  readonly #results: Map<LogWitness, WitnessResult>;
  readonly #findings: Findings;
  #range = new CompactRange();
  /** False from where rows are missing whose subtree nobody stored. */
  #isWhole = true;
  /** What the tree shows to be wrong, until it is known whether a single row explains it. */
  readonly #suspects: LogFinding[] = [];
  /** Last row up to which a witness has agreed. */
  #good: number;
  #hasAgreed = false;
  #hasDiffered = false;

  constructor(
    first: number,
    witnesses: readonly LogWitness[],
    results: Map<LogWitness, WitnessResult>,
    findings: Findings,
  ) {
    this.#first = first;
    this.#witnesses = witnesses;
    this.#sizes = new Set(witnesses.map(({ size }) => size));
    this.#results = results;
    this.#findings = findings;
    this.#good = first - 1;
  }

  /** Last row for which a witness has agreed; 0: there is none. */
  get agreed(): number {
    return this.#hasAgreed ? this.#good : 0;
  }

  /** Whether a witness ends inside of a block, not at its end. */
  isAskedWithin(begin: number, last: number): boolean {
    return this.#witnesses.some(({ size }) => {
      const end = this.#first + size - 1;
      return end >= begin && end < last;
    });
  }

  /** @param gone the rows, if they ended: a witness that ends among them cannot be compared any more */
  appendStored(block: Uint8Array, gone?: Stretch): void {
    this.#name();
    this.#range.appendSubtree(BLOCK_LEVEL, block);
    if (gone !== undefined)
      for (const witness of this.#witnesses) {
        const end = this.#first + witness.size - 1;
        if (end >= gone.begin && end < gone.last) this.#results.set(witness, 'ended');
      }
    const { size } = this.#range;
    if (this.#sizes.has(size)) this.#compare(size, this.#range.root());
  }

  appendRows(rows: readonly CheckedRow[], { begin, last }: Stretch, stored: Uint8Array | undefined): void {
    const isWhole = rows.length === last - begin + 1;
    if (!isWhole && stored === undefined) this.#isWhole = false;
    if (!isWhole) {
      if (stored !== undefined) this.appendStored(stored, { begin, last });
      return;
    }
    this.#name();
    const before = this.#range.copy();
    const roots: { readonly size: number; readonly root: Uint8Array }[] = [];
    let block: Uint8Array | undefined;
    for (const { hash } of rows) {
      this.#range.append(hash, (level, _place, node) => {
        if (level === BLOCK_LEVEL) block = node;
      });
      const { size } = this.#range;
      if (this.#sizes.has(size)) roots.push({ size, root: this.#range.root() });
    }
    const isOther = stored !== undefined && block !== undefined && !isSame(stored, block);
    if (isOther) this.#suspects.push({ problem: 'recomputed', first: begin, last });
    for (const { size, root } of roots) this.#compare(size, root);
    if (!isOther) return;
    // So that a later witness, which may have signed what is stored, is compared with that.
    this.#range = before;
    this.#range.appendSubtree(BLOCK_LEVEL, stored);
  }

  end(lastSequence: number): void {
    const rows = lastSequence - this.#first + 1;
    for (const witness of this.#witnesses.filter(({ size }) => size > rows).toReversed()) {
      this.#results.set(witness, 'beyond');
      const last = this.#first + witness.size - 1;
      const detail = `${witness.name} knows ${witness.size} events of the epoch ${witness.epoch}, the log ${rows}`;
      this.#suspects.push({ problem: 'rolledback', first: lastSequence + 1, last, detail });
    }
    this.#name();
  }

  /** Names what nothing else explains. To be called when the rows behind it were looked at. */
  #name(): void {
    for (const finding of this.#suspects.splice(0))
      if (!this.#findings.overlap(finding.first, finding.last)) this.#findings.add(finding);
  }

  #compare(size: number, root: Uint8Array): void {
    if (!this.#isWhole) return;
    for (const witness of this.#witnesses) {
      if (witness.size !== size) continue;
      const last = this.#first + size - 1;
      const agrees = isSame(root, witness.root);
      this.#results.set(witness, agrees ? 'agrees' : 'differs');
      if (agrees) {
        this.#good = last;
        this.#hasAgreed = true;
      } else if (!this.#hasDiffered) {
        this.#hasDiffered = true;
        const detail = `${witness.name} was signed over other events`;
        this.#suspects.push({ problem: 'recomputed', first: this.#good + 1, last, detail });
      }
    }
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
