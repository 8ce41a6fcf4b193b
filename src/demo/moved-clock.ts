import type { ClockReading } from '../core/time/clock-reading.ts';
import type { Cancel, Clock } from '../ports/clock.ts';

/**
 * A clock whose dates the demo panel can move, to show at noon what happens at four in the morning. Durations and
 * timers stay those of the real clock, and its saved state is not affected.
 */
export class MovedClock implements Clock {
  readonly #real: Clock;
  #aheadMs = 0;

  constructor(real: Clock) {
    this.#real = real;
  }

  /** How far the dates are ahead of the real ones, in ms; 0 if they were not moved. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  moveTo(wallMs: number | undefined): void {
    this.#aheadMs = wallMs === undefined ? 0 : wallMs - this.#real.read().wallMs;
  }

  read(): ClockReading {
    const reading = this.#real.read();
    return { ...reading, wallMs: reading.wallMs + this.#aheadMs };
  }

  schedule(delayMs: number, run: () => void): Cancel {
    return this.#real.schedule(delayMs, run);
  }
}
