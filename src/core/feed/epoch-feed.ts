import { GENESIS_HASH } from '../events/chain.ts';
import { NumberRanges, type Range, without } from './ranges.ts';
import type { FeedRow } from './read-event.ts';

/** Boots that are remembered: those with the largest numbers. */
const MOST_BOOTS = 16;
/** Gaps that lie nearer to each other than this are asked for together. */
const NEAR = 64;

/** Neighbouring rows that are held, with what links them to those beside them. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  /** Of the first row. */
  readonly prevhash: string;
  /** Of the last row; absent where it is not known. */
  readonly hash?: string;
}

interface Boot {
  readonly boot: string;
  readonly first: number;
  readonly last: number;
}

/** What is known of one epoch, as JSON. */
export interface EpochState {
  readonly epoch: string;
  /** The epoch before it. */
  readonly previous?: string;
  /** Number of its log.reset. */
  readonly reset?: number;
  /** The first number that is wanted; 0: not known. */
  readonly begin: number;
  /** The last number that it will ever have, once that is known. */
  readonly end?: number;
  /** The largest number that the gate has said to have. */
  readonly told: number;
  readonly held: readonly Stretch[];
  readonly aside: readonly Range[];
  readonly purged: readonly Range[];
  readonly altered: readonly Range[];
  readonly boots: readonly Boot[];
  /** When the row with the largest number was written, Unix milliseconds; 0: not known. */
  readonly lastRecordedMs: number;
  readonly isUnsynced: boolean;
}

export type RowProblem = 'chain-broken' | 'two-gates';

/** One epoch of a feed: what is there of it. The result is the same whatever the order, and however often a row comes. */
export class EpochFeed {
  readonly epoch: string;
  previous: string | undefined;
  reset: number | undefined;
  begin: number;
  end: number | undefined;
  told: number;
  lastRecordedMs: number;
  isUnsynced: boolean;
  readonly #aside: NumberRanges;
  readonly #purged: NumberRanges;
  readonly #altered: NumberRanges;
  #held: Stretch[];
  #boots: Boot[];

  constructor(state: Pick<EpochState, 'epoch'> & Partial<EpochState>) {
    this.epoch = state.epoch;
    this.previous = state.previous;
    this.reset = state.reset;
    this.begin = state.begin ?? 0;
    this.end = state.end;
    this.told = state.told ?? 0;
    this.lastRecordedMs = state.lastRecordedMs ?? 0;
    this.isUnsynced = state.isUnsynced ?? false;
    this.#held = [...(state.held ?? [])];
    this.#boots = [...(state.boots ?? [])];
    this.#aside = new NumberRanges(state.aside);
    this.#purged = new NumberRanges(state.purged);
    this.#altered = new NumberRanges(state.altered);
  }

  get state(): EpochState {
    return {
      epoch: this.epoch,
      ...(this.previous !== undefined && { previous: this.previous }),
      ...(this.reset !== undefined && { reset: this.reset }),
      begin: this.begin,
      ...(this.end !== undefined && { end: this.end }),
      told: this.told,
      held: this.#held,
      aside: this.#aside.list,
      purged: this.#purged.list,
      altered: this.#altered.list,
      boots: this.#boots,
      lastRecordedMs: this.lastRecordedMs,
      isUnsynced: this.isUnsynced,
    };
  }

  /** The largest number that was received; 0: none. */
  get last(): number {
    return Math.max(this.#held.at(-1)?.last ?? 0, this.#aside.list.at(-1)?.[1] ?? 0);
  }

  /** Different events from the begin on. */
  get events(): number {
    return this.#ranges(this.#held).countFrom(Math.max(1, this.begin));
  }

  get purged(): readonly Range[] {
    return without(this.#purged.list, this.#came());
  }

  get altered(): readonly Range[] {
    return without(this.#altered.list, this.#came());
  }

  get aside(): readonly Range[] {
    return without(this.#aside.list, this.#ranges(this.#held));
  }

  /** What is missing up to the largest number seen, or to the end of an epoch that is over. */
  get gaps(): readonly Range[] {
    return this.begin === 0 ? [] : this.#settled().missing(this.begin, Math.max(this.last, this.end ?? 0));
  }

  /** The last number up to which nothing is missing. */
  get upTo(): number {
    if (this.begin === 0) return 0;
    const [gap] = this.#settled().missing(this.begin, Number.MAX_SAFE_INTEGER);
    return gap === undefined ? Number.MAX_SAFE_INTEGER : gap[0] - 1;
  }

  /** @returns what the row shows to be wrong */
  take(row: FeedRow): readonly RowProblem[] {
    const problems = new Set<RowProblem>();
    if (row.altered !== undefined) this.#altered.add(Math.max(1, row.altered.first), row.altered.last);
    if (this.holds(row.sequence)) return [];
    if (row.isUnsound || (row.sequence === 1 && row.prevhash !== GENESIS_HASH)) problems.add('chain-broken');
    if (row.sequence >= this.last) {
      this.isUnsynced = row.isUnsynced;
      this.lastRecordedMs = row.recordedMs ?? this.lastRecordedMs;
    }
    if (!this.#join(row)) problems.add('chain-broken');
    if (row.boot !== undefined && !this.#isOfItsBoot(row.boot, row.sequence)) problems.add('two-gates');
    return [...problems];
  }

  holds(sequence: number): boolean {
    return (this.#held[this.#heldAt(sequence)]?.last ?? 0) >= sequence;
  }

  setAside(sequence: number): void {
    this.#aside.add(sequence, sequence);
  }

  notToBeHad(kind: 'purged' | 'altered', from: number, to: number): void {
    (kind === 'purged' ? this.#purged : this.#altered).add(Math.max(1, from), to);
  }

  /** Everything that is missing from here on, in an epoch that is over. */
  nothingLeft(from: number): void {
    for (const [low, high] of this.gaps) this.notToBeHad('purged', Math.max(low, from), high);
  }

  /** The numbers to ask for next; undefined if there is nothing. @param withTold also what the gate has told to have */
  ask(withTold: boolean): Range | undefined {
    const told = withTold && this.begin > 0 && this.end === undefined ? this.told : 0;
    const gaps = told > this.last ? this.#settled().missing(this.begin, told) : this.gaps;
    const [first, ...others] = gaps;
    if (first === undefined) return undefined;
    let to = first[1];
    for (const [low, high] of others) {
      if (low - to > NEAR) break;
      to = high;
    }
    return [first[0], to];
  }

  /** Puts the row among those that are held. False if it is not linked to one beside it. */
  #join({ sequence, prevhash, hash }: FeedRow): boolean {
    const at = this.#heldAt(sequence);
    const before = this.#held[at];
    const behind = this.#held[at + 1];
    const left = before?.last === sequence - 1 ? before : undefined;
    const right = behind?.first === sequence + 1 ? behind : undefined;
    const end = right === undefined ? { last: sequence, ...(hash !== undefined && { hash }) } : ending(right);
    const joined = {
      first: left?.first ?? sequence,
      prevhash: left?.prevhash ?? prevhash,
      ...end,
    };
    const from = left === undefined ? at + 1 : at;
    this.#held.splice(from, (left ? 1 : 0) + (right ? 1 : 0), joined);
    const follows = left?.hash === undefined || left.hash === prevhash;
    const isFollowed = right === undefined || hash === undefined || right.prevhash === hash;
    return follows && isFollowed;
  }

  /** Whether every row from the first to the last is held. */
  holdsAll(first: number, last: number): boolean {
    return last < first || (this.#held[this.#heldAt(first)]?.last ?? 0) >= last;
  }

  /** Place of the last stretch that begins at or before the number. */
  #heldAt(sequence: number): number {
    return this.#held.findLastIndex(({ first }) => first <= sequence);
  }

  /** Whether no number of another boot lies between those of this one. */
  #isOfItsBoot(boot: string, sequence: number): boolean {
    const known = this.#boots.find((one) => one.boot === boot);
    const grown = {
      boot,
      first: Math.min(known?.first ?? sequence, sequence),
      last: Math.max(known?.last ?? sequence, sequence),
    };
    this.#boots = [...this.#boots.filter((one) => one !== known), grown]
      .sort((one, other) => one.last - other.last)
      .slice(-MOST_BOOTS);
    return this.#boots.every((one) => one.boot === boot || one.last < grown.first || one.first > grown.last);
  }

  #ranges(held: readonly Stretch[]): NumberRanges {
    return new NumberRanges(held.map(({ first, last }): Range => [first, last]));
  }

  #came(): NumberRanges {
    const came = this.#ranges(this.#held);
    for (const [from, to] of this.#aside.list) came.add(from, to);
    return came;
  }

  #settled(): NumberRanges {
    const settled = this.#came();
    for (const { list } of [this.#purged, this.#altered])
      for (const [from, to] of list) settled.add(from, to);
    return settled;
  }
}

function ending({ last, hash }: Stretch): Pick<Stretch, 'last' | 'hash'> {
  return { last, ...(hash !== undefined && { hash }) };
}
