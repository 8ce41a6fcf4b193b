import type { ClockReading } from '../core/time/clock-reading.ts';
import type { KeptTime } from '../core/time/wall-clock.ts';

/** Cancels a scheduled run; harmless if it already ran. */
export type Cancel = () => void;

/** Time and timers. Only adapters ask the operating system for either. */
export interface Clock {
  read(): ClockReading;
  /** Runs `run` once, `delayMs` milliseconds from now on the monotonic clock. */
  schedule(delayMs: number, run: () => void): Cancel;
}

/** The saved clock, and how often a person has set it by hand. */
export interface KeptClock extends KeptTime {
  /** Grows each time a person sets the floor (`gatepost clock`). */
  readonly timesSet: number;
}

/** Stores the latest trusted time, so that a restart cannot go back behind it. */
export interface ClockFloor {
  /** Zeros if none was saved yet. @throws GatepostError `log.unavailable` */
  load(): KeptClock;
  /**
   * Durable when it returns; a number smaller than the saved one is ignored. Saves nothing and returns false if a
   * person set the floor after `kept` was loaded. @throws GatepostError `log.unavailable`
   */
  save(kept: KeptClock): boolean;
}

/** Tells when this program could not read its devices: what it reads afterwards may be much older. */
export interface Standstills {
  /** Monotonic ms at which it last continued after standing still for more than five seconds; undefined: never. */
  lastEndMs(): number | undefined;
  /** The earliest monotonic ms at which input read at `atMs` may have arrived. */
  earliestMs(atMs: number): number;
  /** Calls back whenever the program continues after standing still; returns the end of the subscription. */
  onEnd(listener: () => void): Cancel;
}
