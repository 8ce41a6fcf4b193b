import { codeKey } from '../../core/pass/code-key.ts';
import { type ParsedPass, parsePass } from '../../core/pass/parse-pass.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReaderEvent } from '../../ports/code-reader.ts';
import type { Logger } from '../../ports/logger.ts';
import { RepeatGuard } from '../log/limiters.ts';

/** The same code within this time after its last reading counts as the same showing, in milliseconds. */
const SAME_SHOWING_MS = 3_000;

interface ScannedCodesDeps {
  readonly accessPoint: string;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
}

/** A code that was just shown. Only its key is kept after it was handled. */
export interface ShownCode {
  readonly text: string;
  /** What the text says; nothing of it is verified. */
  readonly parsed: ParsedPass;
  /** Identifies the code without its text. */
  readonly codeKey: string;
  /** In characters, or in bytes if it was not text. */
  readonly length: number;
  /** Clock reading when it was complete. */
  readonly clock: ClockReading;
  /** The earliest monotonic ms at which it may have been complete: earlier than `clock` if the program was blocked. */
  readonly sinceMs: number;
}

/** Makes codes from the events of a scanner. */
export class ScannedCodes {
  readonly #deps: ScannedCodesDeps;
  /** Limits the log: a line full of noise gives thousands of rejections a minute. */
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
      const parsed = parsePass(text);
      return {
        text,
        parsed,
        codeKey: codeKey(text, parsed),
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
    // A rejected code becomes a code without text, so that the person gets an answer and the log a row.
    return {
      text: '',
      parsed: parsePass(''),
      codeKey: `rejected:${cause}`,
      length: lengthBytes,
      clock: clock.read(),
      sinceMs,
    };
  }
}

/** Recognises a code that stays in view of the scanner, for any time, as one showing. */
export class SameShowing {
  #last: { readonly codeKey: string; readonly atMs: number } | undefined;

  /** Whether the code has stayed in view since the last call. */
  isStill({ codeKey: key, clock }: Pick<ShownCode, 'codeKey' | 'clock'>): boolean {
    const last = this.#last;
    this.#last = { codeKey: key, atMs: clock.monotonicMs };
    return last?.codeKey === key && clock.monotonicMs - last.atMs < SAME_SHOWING_MS;
  }
}
