import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { TimeSigns, type TimeSignsOptions } from './time-signs.ts';

/** setTimeout runs at once when asked for more (Node documentation, timers). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** A time server may set the clock back by this much; the wall clock then stands still until time catches up. */
const STEP_BACK_MS = 10_000;

export interface SystemClockOptions extends TimeSignsOptions {
  /** The system clock, Unix milliseconds. */
  readonly systemMs?: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs?: () => number;
}

/**
 * The clocks of the operating system, with a wall clock that never goes back. Its floor is the latest time it has
 * given out or was told of (raiseFloor). When the system clock falls behind the floor by no more than 10 s, the
 * wall clock stands still until it is passed; when it falls behind further, the wall clock goes on from the floor
 * by the monotonic clock and the quality is `unsynced` until the system clock is ahead again. So a clock set back
 * revives no pass.
 */
export class SystemClock implements Clock {
  readonly #systemMs: () => number;
  readonly #monotonicMs: () => number;
  readonly #signs: TimeSigns;
  /** The latest time given out. */
  #latestMs = Number.NEGATIVE_INFINITY;
  /** The last moment at which the wall clock was known, and the monotonic clock at that moment. */
  #anchor = { wallMs: Number.NEGATIVE_INFINITY, monotonicMs: 0 };

  constructor(options: SystemClockOptions = {}) {
    this.#systemMs = options.systemMs ?? Date.now;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#signs = new TimeSigns(options);
  }

  read(): ClockReading {
    const systemMs = this.#systemMs();
    const monotonicMs = this.#monotonicMs();
    const quality = this.#signs.quality(systemMs, monotonicMs);
    if (systemMs >= this.#latestMs) {
      this.#setAnchor(systemMs, monotonicMs);
      return { wallMs: systemMs, monotonicMs, quality };
    }
    if (this.#latestMs - systemMs <= STEP_BACK_MS) return { wallMs: this.#latestMs, monotonicMs, quality };
    const passedMs = Math.floor(monotonicMs - this.#anchor.monotonicMs);
    this.#latestMs = Math.max(this.#latestMs, this.#anchor.wallMs + passedMs);
    return { wallMs: this.#latestMs, monotonicMs, quality: 'unsynced' };
  }

  /** Tells the clock that it is at least `ms` (Unix milliseconds). A smaller number than the floor is ignored. */
  raiseFloor(ms: number): void {
    if (ms > this.#latestMs) this.#setAnchor(ms, this.#monotonicMs());
  }

  /** The timer belongs to the caller, who cancels it when stopping; an armed one keeps the process alive. */
  schedule(delayMs: number, run: () => void): Cancel {
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

  #setAnchor(wallMs: number, monotonicMs: number): void {
    this.#latestMs = wallMs;
    this.#anchor = { wallMs, monotonicMs };
  }
}
