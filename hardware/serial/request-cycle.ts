import type { Cancel, Clock } from '../../src/ports/clock.ts';

interface RequestCycleDeps {
  readonly clock: Clock;
  /** Time from one request to the next, if the answer comes in time. */
  readonly periodMs: number;
  /** Longest wait for an answer. */
  readonly deadlineMs: number;
  readonly send: () => void;
  /** Called when no whole answer came in time; the next request follows. */
  readonly onDeadline: () => void;
}

/** Polls a device repeatedly, with at most one request under way. */
export class RequestCycle {
  readonly #deps: RequestCycleDeps;
  #sentMs = 0;
  #waiting = false;
  #cancel: Cancel | undefined;

  constructor(deps: RequestCycleDeps) {
    this.#deps = deps;
  }

  /** Sends the first request. Idempotent. */
  start(): void {
    if (this.#cancel === undefined) this.#ask();
  }

  /** A whole answer came; the next request follows one period after the last one. */
  answered(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    const { clock, periodMs } = this.#deps;
    this.#schedule(this.#sentMs + periodMs - clock.read().monotonicMs, () => this.#ask());
  }

  /** Idempotent. */
  stop(): void {
    this.#waiting = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #ask(): void {
    const { clock, deadlineMs, send, onDeadline } = this.#deps;
    this.#sentMs = clock.read().monotonicMs;
    this.#waiting = true;
    this.#schedule(deadlineMs, () => {
      onDeadline();
      this.#ask();
    });
    // Last, because on a simulated line the answer arrives before this returns.
    send();
  }

  #schedule(delayMs: number, run: () => void): void {
    this.#cancel?.();
    this.#cancel = this.#deps.clock.schedule(Math.max(0, delayMs), run);
  }
}
