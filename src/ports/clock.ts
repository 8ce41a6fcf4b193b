import type { ClockReading } from '../core/time/clock-reading.ts';
import type { KeptTime } from '../core/time/wall-clock.ts';

/** Ends a scheduled run; harmless when it already ran. */
export type Cancel = () => void;

/** Time and timers. Nothing outside an adapter asks the operating system for either. */
export interface Clock {
  read(): ClockReading;
  /** Runs `run` once, `delayMs` milliseconds from now on the monotonic clock. */
  schedule(delayMs: number, run: () => void): Cancel;
}

/** What the clock keeps, and how often a person has set it by hand. */
export interface KeptClock extends KeptTime {
  /** Grows with every time that somebody sets the floor (`gatepost clock`). */
  readonly timesSet: number;
}

/** Where the clock keeps the latest time it believed, so that a restart cannot go back behind it. */
export interface ClockFloor {
  /** Zeros where none was saved yet. @throws GatepostError `log.unavailable` */
  load(): KeptClock;
  /**
   * Durable when it returns; a smaller number than the saved one is ignored. Nothing is saved, and false returned,
   * when somebody set the floor after `kept` was loaded. @throws GatepostError `log.unavailable`
   */
  save(kept: KeptClock): boolean;
}

/** Knows when this program could not look at its devices: what it reads afterwards may have come long before. */
export interface Standstills {
  /** Monotonic ms at which it last went on after it had stood still for more than five seconds; undefined: never. */
  lastEndMs(): number | undefined;
  /** The earliest monotonic ms at which something may have come that was read at `atMs`. */
  earliestMs(atMs: number): number;
  /** Calls back whenever the program goes on after it stood still; returns the end of the subscription. */
  onEnd(listener: () => void): Cancel;
}
