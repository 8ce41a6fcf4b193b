import type { Clock } from '../../ports/clock.ts';

const REPEAT_MS = 10 * 60_000;
/** More than the number of different sentences of any device; beyond it the oldest is forgotten. */
const MOST_SENTENCES = 32;

/** Logs the same sentence once, and then at most every ten minutes. */
export class RepeatGuard {
  readonly #clock: Clock;
  readonly #saidAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether `sentence` may be logged now; if so it counts as logged. */
  admit(sentence: string): boolean {
    const nowMs = this.#clock.read().monotonicMs;
    const saidMs = this.#saidAt.get(sentence);
    if (saidMs !== undefined && nowMs - saidMs < REPEAT_MS) return false;
    this.#saidAt.delete(sentence);
    this.#saidAt.set(sentence, nowMs);
    const oldest = this.#saidAt.keys().next();
    if (this.#saidAt.size > MOST_SENTENCES && !oldest.done) this.#saidAt.delete(oldest.value);
    return true;
  }

  /** Forgets earlier sentences: the next one is logged again. */
  clear(): void {
    this.#saidAt.clear();
  }
}

const REMEMBERED = 64;

/** Remembers the latest refusals of outside input, so that the same one is logged once, however often it comes. */
export class RefusalMemory {
  readonly #seen = new Set<string>();

  /** Whether this refusal is not one of the latest. */
  isNew(refusal: string): boolean {
    if (this.#seen.has(refusal)) return false;
    this.#seen.add(refusal);
    const [oldest] = this.#seen;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}
