import type { ClockReading } from '../../core/time/clock-reading.ts';
import {
  type ClockLook,
  type ClockState,
  confirmClock,
  type KeptTime,
  lookAt,
  startClock,
} from '../../core/time/wall-clock.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { TimeSigns, type TimeSignsSettings } from './time-signs.ts';

/** With a longer delay setTimeout fires at once (Node documentation, timers). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const NOTHING_KEPT: KeptTime = { floorMs: 0, vouchedMs: 0 };

interface SystemClockSettings extends TimeSignsSettings {
  /** The system clock, Unix milliseconds. */
  readonly systemMs?: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs?: () => number;
  /** Latest time that is accepted, Unix milliseconds. */
  readonly latestMs?: number;
}

/**
 * The clocks of the operating system. Its wall clock is the one of core/time/wall-clock.ts: it does not follow jumps
 * that nothing confirms, and does not go back when the system clock is set back, so expired passes stay expired.
 */
export class SystemClock implements Clock {
  readonly #systemMs: () => number;
  readonly #monotonicMs: () => number;
  readonly #latestMs: number;
  readonly #signs: TimeSigns;
  #state: ClockState | undefined;

  constructor(settings: SystemClockSettings = {}) {
    this.#systemMs = settings.systemMs ?? Date.now;
    this.#monotonicMs = settings.monotonicMs ?? (() => performance.now());
    this.#latestMs = settings.latestMs ?? Number.POSITIVE_INFINITY;
    this.#signs = new TimeSigns(settings);
  }

  read(): ClockReading {
    const { wallMs, quality, atMs, floorMs, vouchedMs } = this.#look();
    return {
      wallMs: Math.floor(wallMs),
      monotonicMs: atMs,
      quality,
      floorMs: Math.floor(floorMs),
      vouchedMs: Math.floor(vouchedMs),
    };
  }

  /** Why the system clock is not followed, and its time (Unix milliseconds); undefined while it is followed. */
  get doubt(): ClockState['doubt'] {
    return this.#look().doubt;
  }

  /** Whether it has been synchronized for long enough to be saved, and nothing is in doubt. */
  get isSettled(): boolean {
    const { doubt, inStep, settledAtMs, atMs } = this.#look();
    return doubt === undefined && inStep !== undefined && atMs >= settledAtMs;
  }

  /** Starts again from the saved time; discards earlier readings. */
  begin(kept: KeptTime): void {
    this.#state = startClock(kept, this.#lookNow(), this.#latestMs);
  }

  /** Starts again from the time that a person entered. */
  confirm(kept: KeptTime): void {
    this.#state = confirmClock(kept, this.#lookNow(), this.#latestMs);
  }

  /**
   * Takes the kernel's answer whether its clock is synchronized; undefined if it gave none.
   * @param askedMs monotonic time of the question
   */
  kernelSays(inStep: boolean | undefined, askedMs: number): void {
    this.#signs.kernelSays(inStep, askedMs);
  }

  /** The timer belongs to the caller, who cancels it when stopping; a pending one keeps the process alive. */
  schedule(delayMs: number, run: () => void): Cancel {
    // Behind what devices and network have sent by then, but without the millisecond that a timer takes at least.
    if (delayMs <= 0) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    }
    const dueMs = this.#monotonicMs() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      timer = setTimeout(
        () => {
          const stillMs = dueMs - this.#monotonicMs();
          if (leftMs > LONGEST_TIMEOUT_MS) arm(stillMs);
          else run();
        },
        Math.min(Math.max(0, leftMs), LONGEST_TIMEOUT_MS),
      );
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  }

  #look(): ClockState {
    const look = this.#lookNow();
    this.#state =
      this.#state === undefined
        ? startClock(NOTHING_KEPT, look, this.#latestMs)
        : lookAt(this.#state, look, this.#latestMs);
    return this.#state;
  }

  #lookNow(): ClockLook {
    const systemMs = this.#systemMs();
    const monotonicMs = this.#monotonicMs();
    return { systemMs, monotonicMs, ...this.#signs.look(systemMs, monotonicMs) };
  }
}
