import type { Cancel, Clock } from '../../ports/clock.ts';

/** Timers by their names, which end together. */
export class NamedTimers<Name extends string> {
  readonly #clock: Clock;
  readonly #cancels = new Map<string, Cancel>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sets one of the timers unless it is set already, or all have ended. */
  set(name: Name, delayMs: number, run: () => void): void {
    if (this.#ended || this.#cancels.has(name)) return;
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#cancels.delete(name);
      run();
    });
    this.#cancels.set(name, cancel);
  }

  /** Cancels all of them; none is set again. */
  end(): void {
    this.#ended = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
