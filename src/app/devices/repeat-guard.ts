import type { Clock } from '../../ports/clock.ts';

const REPEAT_MS = 10 * 60_000;
/** More different sentences than any device has; beyond it the oldest is forgotten. */
const MOST_SENTENCES = 32;

/** Lets the same sentence into the log once, and then at most every ten minutes. */
export class RepeatGuard {
  readonly #clock: Clock;
  readonly #saidAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether `sentence` may be said now; a yes counts as said. */
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

  /** Forgets what was said: the next sentence is news again. */
  clear(): void {
    this.#saidAt.clear();
  }
}
