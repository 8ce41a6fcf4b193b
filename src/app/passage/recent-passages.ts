import type { ContactReading } from '../../core/screening/contact-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KnownPassage } from './passage-facts.ts';

/** How long a passage is kept, in milliseconds; after that the person has gone. */
const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 50;

/** What a guard ordered about a person. */
export interface GuardAct {
  readonly operator: string;
  readonly action: 'open' | 'refuse' | 'measure';
  readonly note: string;
  /** Monotonic ms. */
  readonly atMs: number;
}

/** One passage of the last minutes, for orders that come after it is over. */
interface RecentPassage {
  readonly passage: KnownPassage;
  readonly outcome: 'denied' | 'granted' | 'taken' | 'nottaken';
  /** `auto` or the operator's id. */
  readonly decidedBy: string;
}

interface KeptReading {
  readonly reading: ContactReading;
  readonly passId: string | undefined;
  /** Whether any of this passage was elevated. */
  readonly elevated: boolean;
  readonly atMs: number;
}

/**
 * The last passages at one access point: which ones an order may still name, how they ended, and what each guard
 * ordered or measured by hand. Only in memory, for some minutes, without readings of the sensor.
 */
export class RecentPassages {
  readonly #clock: Clock;
  /** By passage, the oldest first. */
  readonly #passages = new Map<string, RecentPassage & { readonly atMs: number }>();
  readonly #acts = new Map<string, GuardAct>();
  /** What guards have measured by hand, by passage, with the pass that was shown. */
  readonly #readings = new Map<string, KeptReading>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  decided(passage: KnownPassage, { outcome, decidedBy }: Pick<RecentPassage, 'outcome' | 'decidedBy'>): void {
    this.#passages.delete(passage.id);
    this.#passages.set(passage.id, {
      // The reading is removed: it is already recorded, and a person who is let in later was not measured again.
      passage: { ...passage, facts: { ...passage.facts, screening: undefined } },
      outcome,
      decidedBy,
      atMs: this.#nowMs(),
    });
    this.#forget();
  }

  ended(passage: string, outcome: 'taken' | 'nottaken'): void {
    const known = this.#passages.get(passage);
    if (known !== undefined) this.#passages.set(passage, { ...known, outcome });
  }

  find(passage: string): RecentPassage | undefined {
    this.#forget();
    return this.#passages.get(passage);
  }

  /** To be called when a guard's order about the passage is recorded. */
  ordered(passage: string, act: Omit<GuardAct, 'atMs'>): void {
    this.#acts.delete(passage);
    this.#acts.set(passage, { ...act, atMs: this.#nowMs() });
    this.#forget();
  }

  /** To be called when a contact reading of the person of the passage is recorded. */
  measured(passage: string, reading: ContactReading, passId: string | undefined): void {
    const elevated = reading.outcome === 'elevated' || this.#readings.get(passage)?.elevated === true;
    this.#readings.delete(passage);
    this.#readings.set(passage, { reading, passId, elevated, atMs: this.#nowMs() });
    this.#forget();
  }

  /** The last contact reading of the person of the passage. */
  readingOf(passage: string): ContactReading | undefined {
    this.#forget();
    return this.#readings.get(passage)?.reading;
  }

  /** Whether an elevated contact reading of this passage, or of this pass, was recorded. */
  hasElevated(passage: string, passId: string | undefined): boolean {
    this.#forget();
    return [...this.#readings].some(
      ([id, kept]) => kept.elevated && (id === passage || (passId !== undefined && kept.passId === passId)),
    );
  }

  /** The last order of a guard about the passage. */
  actOn(passage: string): GuardAct | undefined {
    return this.#acts.get(passage);
  }

  /** The guard who let a person in within the last `ms` milliseconds, if the door was opened for it. */
  letInWithin(ms: number): string | undefined {
    const sinceMs = this.#nowMs() - ms;
    return [...this.#passages.values()].findLast(
      ({ outcome, decidedBy, atMs }) =>
        decidedBy !== 'auto' && (outcome === 'granted' || outcome === 'taken') && atMs > sinceMs,
    )?.decidedBy;
  }

  #forget(): void {
    const sinceMs = this.#nowMs() - KEPT_MS;
    for (const kept of [this.#passages, this.#acts, this.#readings]) {
      for (const [id, { atMs }] of kept) {
        if (kept.size > MOST_KEPT || atMs < sinceMs) kept.delete(id);
      }
    }
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}
