import { codeKey } from '../../core/pass/code-key.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReaderEvent } from '../../ports/code-reader.ts';
import type { Logger } from '../../ports/logger.ts';
import { RepeatGuard } from '../log/limiters.ts';
import type { ShownCode } from './evaluator.ts';

interface CodeIntakeOptions {
  readonly accessPoint: string;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
}

/** A code, and what tells it from others without keeping its text. */
export interface TakenCode {
  readonly code: Omit<ShownCode, 'id'>;
  readonly codeKey: string;
}

/** Makes codes of what a scanner tells. */
export class ScannedCodes {
  readonly #deps: CodeIntakeOptions;
  /** A line full of noise is thousands of rejections a minute. */
  readonly #told: RepeatGuard;

  constructor(options: CodeIntakeOptions) {
    this.#deps = options;
    this.#told = new RepeatGuard(options.clock);
  }

  take(event: CodeReaderEvent): TakenCode {
    const { accessPoint, clock, logger, standstills } = this.#deps;
    if (event.type === 'code') {
      return {
        code: {
          text: event.text,
          length: event.text.length,
          clock: { ...clock.read(), monotonicMs: event.atMs },
          sinceMs: standstills.earliestMs(event.atMs),
        },
        codeKey: codeKey(event.text),
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
    return {
      code: {
        text: '',
        length: lengthBytes,
        clock: clock.read(),
        sinceMs: standstills.earliestMs(event.atMs),
      },
      codeKey: `rejected:${cause}`,
    };
  }
}
