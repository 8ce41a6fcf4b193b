import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';

/** A timer that comes this late was held up with the whole program. */
const HELD_UP_MS = 10;
/** Enough for the event loop to read what has come meanwhile. */
const CATCH_UP_MS = 5;

/**
 * Calls back when nothing happened for a while. After the program was held up, by a commit on a slow card for
 * instance, Node runs its timers before it reads: what waits in the kernel gets its chance first, so that no code is
 * cut in two.
 */
export class Silence {
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #onSilence: () => void;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(clock: Clock, afterMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#onSilence = onSilence;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Begins to wait anew when `waiting`, else waits no more. */
  restart(waiting: boolean): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (waiting && !this.#stopped) this.#wait(this.#afterMs);
  }

  /** For good. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.restart(false);
  }

  #wait(delayMs: number): void {
    const dueMs = this.#clock.read().monotonicMs + delayMs;
    this.#cancel = this.#clock.schedule(delayMs, () => {
      this.#cancel = undefined;
      if (this.#clock.read().monotonicMs - dueMs >= HELD_UP_MS) this.#wait(CATCH_UP_MS);
      else this.#onSilence();
    });
  }
}

/** The link, whose end also ends the waiting: half a code is no code. */
export function stopping(link: DeviceLink, silence: Pick<Silence, 'stop'>): DeviceLink {
  void link.closed.then(() => silence.stop());
  return {
    closed: link.closed,
    close: () => {
      silence.stop();
      return link.close();
    },
  };
}
