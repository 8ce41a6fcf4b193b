import type { ClockReading } from '../core/time/clock-reading.ts';

/** Ends a scheduled run; harmless when it already ran. */
export type Cancel = () => void;

/** Time and timers. Nothing outside an adapter asks the operating system for either. */
export interface Clock {
  read(): ClockReading;
  /** Runs `run` once, `delayMs` milliseconds from now on the monotonic clock. */
  schedule(delayMs: number, run: () => void): Cancel;
}
