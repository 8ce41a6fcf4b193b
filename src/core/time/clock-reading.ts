import type { TimeQuality } from '../access/vocabulary.ts';

/** One look at the clocks. Durations use `monotonicMs` only; `wallMs` is for dates and records. */
export interface ClockReading {
  /** Unix time in milliseconds, never below the floor that the log keeps. */
  readonly wallMs: number;
  /** Milliseconds of a clock that never jumps; its zero means nothing. */
  readonly monotonicMs: number;
  readonly quality: TimeQuality;
}
