import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';

/** Calls back when nothing happened for a while. */
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
    this.#cancel =
      waiting && !this.#stopped ? this.#clock.schedule(this.#afterMs, () => this.#onSilence()) : undefined;
  }

  /** For good. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.restart(false);
  }
}

/** The link, whose end also ends the waiting: half a code is no code. */
export function stopping(link: DeviceLink, silence: Silence): DeviceLink {
  void link.closed.then(() => silence.stop());
  return {
    closed: link.closed,
    close: () => {
      silence.stop();
      return link.close();
    },
  };
}
