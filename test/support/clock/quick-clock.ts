import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { ClockReading } from '../../../src/core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../../src/ports/clock.ts';

/** The real clock, `times` as fast, so that a test with slow devices need not wait for seconds. */
export class QuickClock implements Clock {
  readonly #clock = new SystemClock();
  readonly #times: number;

  constructor(times: number) {
    this.#times = times;
  }

  read(): ClockReading {
    const reading = this.#clock.read();
    return { ...reading, monotonicMs: reading.monotonicMs * this.#times };
  }

  schedule(delayMs: number, run: () => void): Cancel {
    return this.#clock.schedule(delayMs / this.#times, run);
  }
}
