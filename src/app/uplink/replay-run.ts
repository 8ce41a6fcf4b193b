import type { ReplayReport } from '../../core/contract/commands.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { RowReplay } from '../../ports/event-log.ts';

/** Rows per read: few, because a passage may wait for it. */
const BATCH = 16;
/** Ranges in a report. A replay that finds more of them ends there, and is asked for again from there on. */
const MOST_RANGES = 32;

/** Rows that somebody wants once more, both ends included. */
export interface ReplayRange {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

type Gap = ReplayReport['purged'][number];

/** One walk through rows that are sent again. Gives them out in order, and counts as done what the broker has stored. */
export class ReplayRun {
  readonly #range: ReplayRange;
  readonly #source: RowReplay;
  #to: number;
  #batch: readonly StoredEvent[] = [];
  #position = 0;
  /** Everything up to here was read. */
  #reached: number;
  /** Given out, in order, and not done yet. */
  #open: { readonly sequence: number; isStored: boolean }[] = [];
  #sent = 0;
  #purged: readonly Gap[] = [];
  #altered: readonly Gap[] = [];

  /** @param range within the epoch, and not empty */
  constructor(range: ReplayRange, source: RowReplay) {
    this.#range = range;
    this.#source = source;
    this.#to = range.to;
    this.#reached = range.from - 1;
  }

  get isDone(): boolean {
    return this.#upTo >= this.#to;
  }

  get report(): ReplayReport {
    return {
      ...this.#range,
      upTo: this.#upTo,
      sent: this.#sent,
      purged: this.#purged,
      altered: this.#altered,
    };
  }

  /** The next event; undefined if this step found none, which need not be the end. @throws `log.unavailable` */
  next(): StoredEvent | undefined {
    if (this.#position >= this.#batch.length && this.#reached < this.#to) this.#read();
    const event = this.#batch[this.#position];
    if (event === undefined) return undefined;
    this.#position += 1;
    this.#open.push({ sequence: event.sequence, isStored: false });
    return event;
  }

  /** The broker stored this event. */
  stored(sequence: number): void {
    const answered = this.#open.find((event) => event.sequence === sequence);
    if (answered !== undefined) answered.isStored = true;
    while (this.#open[0]?.isStored) {
      this.#open.shift();
      this.#sent += 1;
    }
  }

  /** Goes back to the first event that is not stored. Only to be called when nothing given out can be answered any more. */
  rewind(): void {
    const upTo = this.#upTo;
    this.#batch = [];
    this.#position = 0;
    this.#open = [];
    this.#reached = upTo;
    this.#purged = before(this.#purged, upTo);
    this.#altered = before(this.#altered, upTo);
  }

  get #upTo(): number {
    const [first] = this.#open;
    if (first !== undefined) return first.sequence - 1;
    const next = this.#batch[this.#position];
    return next === undefined ? this.#reached : next.sequence - 1;
  }

  #read(): void {
    const after = this.#reached;
    const { events, altered, reached } = this.#source.readWithin({ after, through: this.#to }, BATCH);
    this.#batch = events;
    this.#position = 0;
    this.#reached = reached;
    this.#altered = altered.reduce(joined, this.#altered);
    this.#purged = gapsBetween(after, reached, [...events, ...altered]).reduce(joined, this.#purged);
    if (this.#purged.length + this.#altered.length >= MOST_RANGES) this.#to = reached;
  }
}

/** The numbers after `after` up to `through` that are in none of these. */
function gapsBetween(
  after: number,
  through: number,
  known: readonly (StoredEvent | AlteredRows)[],
): readonly Gap[] {
  const taken = known
    .map((one) => ('sequence' in one ? { first: one.sequence, last: one.sequence } : one))
    .sort((one, other) => one.first - other.first);
  const gaps: Gap[] = [];
  let done = after;
  for (const { first, last } of [...taken, { first: through + 1, last: through + 1 }]) {
    if (first > done + 1) gaps.push({ first: done + 1, last: first - 1 });
    done = Math.max(done, last);
  }
  return gaps;
}

function joined(gaps: readonly Gap[], { first, last }: Gap): readonly Gap[] {
  const before = gaps.at(-1);
  if (before?.last !== first - 1) return [...gaps, { first, last }];
  return [...gaps.slice(0, -1), { first: before.first, last }];
}

function before(gaps: readonly Gap[], upTo: number): readonly Gap[] {
  return gaps
    .filter(({ first }) => first <= upTo)
    .map(({ first, last }) => ({ first, last: Math.min(last, upTo) }));
}
