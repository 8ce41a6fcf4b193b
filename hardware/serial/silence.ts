import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';

/** If a timer is this late, the whole process was blocked. */
const HELD_UP_MS = 10;
/** Enough time for a thread that reads to have its turn on a busy machine, and for the event loop to take what it has read. */
const CATCH_UP_MS = 100;

/**
 * Calls back when nothing happened for a while. After the process was blocked, for instance by a commit on a slow
 * card, Node runs its timers before it reads. So input waiting in the kernel is read first, and no code is cut in
 * two.
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

  /** Restarts the wait if `waiting`, else ends it. */
  restart(waiting: boolean): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (waiting && !this.#stopped) this.#wait(this.#afterMs);
  }

  /** Stops it for good. Idempotent. */
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

/** A link whose end also stops the wait, because an incomplete code is dropped. */
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
