import { codeKey } from '../../core/pass/code-key.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReaderEvent } from '../../ports/code-reader.ts';
import type { Logger } from '../../ports/logger.ts';
import { RepeatGuard } from '../log/limiters.ts';

/** The same code within this time of its last reading counts as the same showing, in milliseconds. */
const SAME_SHOWING_MS = 3_000;

interface ScannedCodesDeps {
  readonly accessPoint: string;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
}

/** A code that was just shown. It is gone when it was dealt with: only its key is kept. */
export interface ShownCode {
  readonly text: string;
  /** Tells it from other codes without keeping its text. */
  readonly codeKey: string;
  /** Characters, or bytes where they were no text. */
  readonly length: number;
  /** When it was complete. */
  readonly clock: ClockReading;
  /** The earliest monotonic ms at which it may have been complete: the program may have been kept from reading it. */
  readonly sinceMs: number;
}

/** Makes codes of what a scanner tells. */
export class ScannedCodes {
  readonly #deps: ScannedCodesDeps;
  /** A line full of noise gives thousands of rejections a minute. */
  readonly #told: RepeatGuard;

  constructor(deps: ScannedCodesDeps) {
    this.#deps = deps;
    this.#told = new RepeatGuard(deps.clock);
  }

  take(event: CodeReaderEvent): ShownCode {
    const { accessPoint, clock, logger, standstills } = this.#deps;
    const sinceMs = standstills.earliestMs(event.atMs);
    if (event.type === 'code') {
      const { text, atMs } = event;
      return {
        text,
        codeKey: codeKey(text),
        length: text.length,
        clock: { ...clock.read(), monotonicMs: atMs },
        sinceMs,
      };
    }
    const { cause, lengthBytes } = event;
    if (this.#told.admit(cause)) {
      logger.warn(
        { accessPoint, cause, bytes: lengthBytes },
        'The scanner sent something that is no code; it was dropped.',
      );
    }
    // It was shown to the gate all the same: the person gets an answer and the log a row.
    return { text: '', codeKey: `rejected:${cause}`, length: lengthBytes, clock: clock.read(), sinceMs };
  }
}

/** Knows a code that stays in view of the scanner, however long, for one showing. */
export class SameShowing {
  #last: { readonly codeKey: string; readonly atMs: number } | undefined;

  /** Whether the code is still in view since it was looked at last. */
  isStill({ codeKey: key, clock }: Pick<ShownCode, 'codeKey' | 'clock'>): boolean {
    const last = this.#last;
    this.#last = { codeKey: key, atMs: clock.monotonicMs };
    return last?.codeKey === key && clock.monotonicMs - last.atMs < SAME_SHOWING_MS;
  }
}
