import type { TimeQuality } from '../access/vocabulary.ts';

/** One reading of the clocks. Durations use `monotonicMs` only; `wallMs` is for dates and records. */
export interface ClockReading {
  /** Unix time in milliseconds, never below the floor that is kept with the log. */
  readonly wallMs: number;
  /** Milliseconds of a clock that never jumps; its zero is arbitrary. */
  readonly monotonicMs: number;
  readonly quality: TimeQuality;
  /**
   * Unix milliseconds that have certainly passed: a trusted time plus the monotonic time since. 0 if no time was ever
   * trusted; absent for clocks without a floor.
   */
  readonly floorMs?: number;
  /**
   * The part of it confirmed by a clock synchronized for 15 minutes, or by a person. Only this date is used to erase
   * anything. Absent for clocks without a floor; then a synced `wallMs` counts.
   */
  readonly vouchedMs?: number;
}

/** The date used to erase things by age, Unix milliseconds; 0 if it is not confirmed. */
export function vouchedMs({ wallMs, quality, vouchedMs: kept }: ClockReading): number {
  return kept ?? (quality === 'synced' ? wallMs : 0);
}

/** Input that arrives within this time after a standstill may be much older than it seems, in milliseconds. */
export const SETTLE_MS = 500;

/**
 * Whether input read at `atMs` may be from before or during a standstill of the program (both monotonic ms).
 * @param goneOnMs when the program last continued after a standstill; undefined: it never stood still
 */
export function isStale(atMs: number, goneOnMs: number | undefined): boolean {
  return goneOnMs !== undefined && atMs < goneOnMs + SETTLE_MS;
}
