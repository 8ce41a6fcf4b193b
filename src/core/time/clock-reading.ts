import type { TimeQuality } from '../access/vocabulary.ts';

/** One look at the clocks. Durations use `monotonicMs` only; `wallMs` is for dates and records. */
export interface ClockReading {
  /** Unix time in milliseconds, never below the floor that the log keeps. */
  readonly wallMs: number;
  /** Milliseconds of a clock that never jumps; its zero means nothing. */
  readonly monotonicMs: number;
  readonly quality: TimeQuality;
  /**
   * Unix milliseconds that are certainly over: a time that was believed, and what passed since by the monotonic clock.
   * 0 where no time was ever believed; left out by clocks that keep no floor.
   */
  readonly floorMs?: number;
  /**
   * The part of it that a clock in step for 15 minutes, or a person, stands for. Nothing is erased by another date.
   * Left out by clocks that keep no floor; then a synced `wallMs` counts.
   */
  readonly vouchedMs?: number;
}

/** The date by which things are erased by age, Unix milliseconds; 0 where nobody stands for one. */
export function vouchedMs({ wallMs, quality, vouchedMs: kept }: ClockReading): number {
  return kept ?? (quality === 'synced' ? wallMs : 0);
}

/** What arrives so soon after nobody listened may be much older than it looks, in milliseconds. */
export const SETTLE_MS = 500;

/**
 * Whether what was read at `atMs` may be from before a standstill of the program, or from during it (both monotonic ms).
 * @param goneOnMs when the program last went on after it had stood still; undefined: it never stood still
 */
export function isStale(atMs: number, goneOnMs: number | undefined): boolean {
  return goneOnMs !== undefined && atMs < goneOnMs + SETTLE_MS;
}
