import type { EventDraft } from '../../core/events/event.ts';
import type { LogEntry } from '../../ports/event-log.ts';
import type { RowLimit } from './row-limits.ts';

const HOUR_MS = 3_600_000;
/** Rows of the largest entry: a guard who did not answer, the refusal, and duress. */
const MOST_ROWS = 3;

/** Numbers that are summed up when rows are counted together. */
const SUMS = ['unreadable', 'dropped'] as const;

/** Rows that are counted together: the newest entry, and how many entries it stands for. */
export interface CountedRows {
  readonly entry: LogEntry;
  readonly count: number;
}

/** Counts rows together. @param later the newer ones */
export function together(earlier: CountedRows | undefined, later: CountedRows): CountedRows {
  if (earlier === undefined) return later;
  const sums = SUMS.flatMap((name) => {
    const sum = numberIn(earlier, name) + numberIn(later, name);
    return sum === 0 ? [] : [[name, sum] as const];
  });
  const { entry } = later;
  return {
    entry: { ...entry, events: withNumbers(entry.events, Object.fromEntries(sums)) },
    count: earlier.count + later.count,
  };
}

/** The entry to write, whose rows say how many they stand for. */
export function entryOf({ entry, count }: CountedRows): LogEntry {
  return count === 1 ? entry : { ...entry, events: withNumbers(entry.events, { counted: count }) };
}

function numberIn({ entry }: CountedRows, name: (typeof SUMS)[number]): number {
  const data = entry.events[0]?.data as Partial<Record<typeof name, number>> | undefined;
  return data?.[name] ?? 0;
}

function withNumbers(events: LogEntry['events'], numbers: Readonly<Record<string, number>>) {
  // All events that are limited may have these members; TypeScript cannot see that through the union.
  return events.map((event) => ({ ...event, data: { ...event.data, ...numbers } }) as EventDraft);
}

/**
 * How many rows one group may write now. It fills up with time, to `burst` at most. All times are monotonic
 * milliseconds.
 */
export class RowAllowance {
  readonly #limit: RowLimit;
  #rows: number;
  #atMs: number;
  /** When each thing was told last. */
  readonly #toldAt = new Map<string, number>();
  /** Rows that wait until one may be written. */
  held: CountedRows | undefined;

  /** @param unseen rows that may have been written before */
  constructor(limit: RowLimit, nowMs: number, unseen: number) {
    this.#limit = limit;
    this.#rows = Math.max(0, limit.burst - unseen);
    this.#atMs = nowMs;
  }

  /** Whether a row may be written now. Without `tells` only what fills up with time counts. */
  admits(nowMs: number, tells?: string): boolean {
    this.#fill(nowMs);
    return this.#rows >= 1 || (tells !== undefined && this.admitsLast && this.#isNews(tells, nowMs));
  }

  /** Whether a row may still be written before a stop, which would lose it. */
  get admitsLast(): boolean {
    return this.#rows > -this.#limit.owed;
  }

  /** So many rows were written. */
  spend(rows: number, nowMs: number, tells?: string): void {
    this.#fill(nowMs);
    // Less than this cannot be owed, but by rows from before there were limits.
    this.#rows = Math.max(-this.#limit.owed - MOST_ROWS, this.#rows - rows);
    if (tells !== undefined && this.#limit.owed > 0) this.#toldAt.set(tells, nowMs);
  }

  /** Allows so many rows more, to `burst` at most. */
  grant(rows: number): void {
    this.#rows = Math.min(this.#limit.burst, this.#rows + rows);
  }

  /** Whether it knows nothing that a new one would not know. */
  isIdle(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.held === undefined && this.#rows >= this.#limit.burst;
  }

  #isNews(tells: string, nowMs: number): boolean {
    for (const [told, atMs] of this.#toldAt) if (nowMs - atMs >= HOUR_MS) this.#toldAt.delete(told);
    return this.#toldAt.size < this.#limit.owed && !this.#toldAt.has(tells);
  }

  #fill(nowMs: number): void {
    const { burst, everyMs } = this.#limit;
    const more = Math.max(0, nowMs - this.#atMs) / everyMs;
    this.#rows = Math.min(burst, this.#rows + more);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }
}
