import type { Clock } from '../../ports/clock.ts';

/** Failed attempts without a wait. */
const FREE_TRIES = 5;
/** Wait after the fifth failed attempt, in milliseconds; doubled by each further one. */
const FIRST_WAIT_MS = 30_000;
/** Longest wait, in milliseconds: long enough against guessing, short enough for a guard's shift. */
const LONGEST_WAIT_MS = 15 * 60_000;
/** Failed attempts are forgotten after this time without another, in milliseconds. */
const MEMORY_MS = 3_600_000;

interface Tries {
  count: number;
  lastMs: number;
}

/** Growing waits after failed attempts, per key, on the monotonic clock. */
export class LockOut {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #tries = new Map<string, Tries>();

  /**
   * @param maxKeys number of keys remembered; beyond it the key without an attempt for the longest time is forgotten.
   * Without this limit no key is forgotten: only for keys whose number is bounded elsewhere. With it, an attacker with
   * many keys can have another key forgotten
   */
  constructor(clock: Clock, maxKeys = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  /** Milliseconds until the key may try again; 0 when it may. */
  waitMs(key: string): number {
    const tries = this.#recent(key);
    if (tries === undefined || tries.count < FREE_TRIES) return 0;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries.count - FREE_TRIES));
    return Math.max(0, tries.lastMs + wait - this.#nowMs());
  }

  /** Counts an attempt. Call it before the password is checked, so that all parallel attempts are counted. */
  count(key: string): void {
    const tries = { count: (this.#recent(key)?.count ?? 0) + 1, lastMs: this.#nowMs() };
    this.#tries.delete(key);
    this.#tries.set(key, tries);
    const quietest = this.#tries.keys().next().value;
    if (quietest !== undefined && this.#tries.size > this.#maxKeys) this.#tries.delete(quietest);
  }

  /** Forgets a key's attempts after a successful one. */
  clear(key: string): void {
    this.#tries.delete(key);
  }

  #recent(key: string): Tries | undefined {
    const tries = this.#tries.get(key);
    return tries !== undefined && this.#nowMs() - tries.lastMs < MEMORY_MS ? tries : undefined;
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}
