import type { Cancel, Standstills } from '../../../src/ports/clock.ts';

/** Standstills that the test sets. */
export class ScriptedStandstills implements Standstills {
  readonly #listeners = new Set<() => void>();
  #lastEndMs: number | undefined;
  #heldUpMs = 0;

  lastEndMs(): number | undefined {
    return this.#lastEndMs;
  }

  earliestMs(atMs: number): number {
    return atMs - this.#heldUpMs;
  }

  onEnd(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A standstill ends at this monotonic ms. */
  end(atMs: number): void {
    this.#lastEndMs = atMs;
    for (const listener of this.#listeners) listener();
  }

  /** Input that is read from now on may have arrived this much earlier. */
  holdUp(ms: number): void {
    this.#heldUpMs = ms;
  }
}
