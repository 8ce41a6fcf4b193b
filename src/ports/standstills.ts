import type { Cancel } from './clock.ts';

/** Knows when this program could not look at its devices: what it reads afterwards may have come long before. */
export interface Standstills {
  /** Monotonic ms at which it last went on after it had stood still for more than five seconds; undefined: never. */
  lastEndMs(): number | undefined;
  /** The earliest monotonic ms at which something may have come that was read at `atMs`. */
  earliestMs(atMs: number): number;
  /** Calls back whenever the program goes on after it stood still; returns the end of the subscription. */
  onEnd(listener: () => void): Cancel;
}
