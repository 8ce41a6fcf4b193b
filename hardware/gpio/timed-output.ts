import { GatepostError } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';

const LONGEST_HOLD_MS = 60_000;

/** A line that did not go to rest is told so again this often. */
const REST_RETRY_MS = 250;

/**
 * Changes the level before it returns, or throws `gpio.failed`. `endsAfterMs` is said of a pulse: a driver that can lets
 * something outside this process end it too, after that many milliseconds.
 */
type WriteLevel = (released: boolean, endsAfterMs?: number) => void;

/**
 * Pulse, hold and rest over something that writes a level: the part of a door actuator that does not depend on the
 * driver. A line that does not obey counts as released until a rest succeeds. All methods throw `gpio.failed`.
 */
export class TimedOutput {
  readonly #clock: Clock;
  #write: WriteLevel | undefined;
  #cancel: Cancel | undefined;
  #released = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isStarted(): boolean {
    return this.#write !== undefined;
  }

  get released(): boolean {
    return this.#released;
  }

  /** Begins at rest. */
  start(write: WriteLevel): void {
    write(false);
    this.#write = write;
    this.#released = false;
  }

  /** Ends at rest. A line that does not go there stays started and is not tried again. */
  stop(): void {
    this.#stopTimer();
    this.#started()(false);
    this.#released = false;
    this.#write = undefined;
  }

  /** @param holdMs 1 to 60,000 */
  pulse(holdMs: number): void {
    if (!(holdMs >= 1 && holdMs <= LONGEST_HOLD_MS)) {
      throw new GatepostError(
        'gpio.failed',
        `A release of ${holdMs} ms was refused: 1 to 60,000 ms are allowed.`,
      );
    }
    this.#release(holdMs);
    this.#restAfter(holdMs);
  }

  hold(): void {
    this.#release(undefined);
  }

  /** When the line does not obey, this throws and goes on trying. */
  rest(): void {
    const failure = this.#tryRest(this.#started());
    if (failure !== undefined) throw failure.error;
  }

  #release(endsAfterMs: number | undefined): void {
    const write = this.#started();
    this.#stopTimer();
    this.#released = true;
    try {
      write(true, endsAfterMs);
    } catch (error) {
      this.#tryRest(write);
      throw error;
    }
  }

  #started(): WriteLevel {
    if (this.#write !== undefined) return this.#write;
    throw new GatepostError('gpio.failed', 'The lock is not started, so its output was left alone.');
  }

  #restAfter(delayMs: number): void {
    const write = this.#started();
    // A failure at the end of a pulse has no caller; the owner sees it by `released` and by its own rest().
    this.#cancel = this.#clock.schedule(delayMs, () => void this.#tryRest(write));
  }

  #tryRest(write: WriteLevel): { readonly error: unknown } | undefined {
    this.#stopTimer();
    try {
      write(false);
      this.#released = false;
      return undefined;
    } catch (error) {
      this.#restAfter(REST_RETRY_MS);
      return { error };
    }
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
