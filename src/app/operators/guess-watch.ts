import type { Clock } from '../../ports/clock.ts';

/** Wrong tries within the time below that no forgetful guard makes. */
const GUESSES = 20;
/** In milliseconds, on the monotonic clock. */
const WITHIN_MS = 15 * 60_000;

/** Tells when somebody guesses passwords, from whichever place and for whichever names, once for each twenty tries. */
export class GuessWatch {
  readonly #clock: Clock;
  readonly #onGuessing: () => void;
  /** When, oldest first. */
  #tries: number[] = [];

  constructor(clock: Clock, onGuessing: () => void) {
    this.#clock = clock;
    this.#onGuessing = onGuessing;
  }

  /** Another wrong try. */
  tried(): void {
    const nowMs = this.#clock.read().monotonicMs;
    this.#tries = [...this.#tries.filter((atMs) => nowMs - atMs < WITHIN_MS), nowMs];
    if (this.#tries.length < GUESSES) return;
    this.#tries = [];
    this.#onGuessing();
  }
}
