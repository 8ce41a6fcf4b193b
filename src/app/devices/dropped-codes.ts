import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { DeviceSupervisor } from './device-supervisor.ts';

/** Old codes come in one rush; one row tells of all of them. */
const TELL_AFTER_MS = 1_000;
const CAUSE = 'scanner_kept';
const DETAIL =
  'Codes came right after the scanner was connected, or after the program had stood still: they may be old, so nothing was opened. Ask whoever stands there to show the pass once more.';

/** Counts the codes of one scanner that were too old to be taken, and says so. */
export class DroppedCodes {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #scanner: DeviceSupervisor;
  #untold = 0;
  #cancel: Cancel | undefined;

  constructor(options: { clock: Clock; logger: Logger; scanner: DeviceSupervisor }) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#scanner = options.scanner;
  }

  add(): void {
    this.#untold += 1;
    this.#cancel ??= this.#clock.schedule(TELL_AFTER_MS, () => this.tell());
  }

  /** Writes down what was counted so far. */
  tell(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#untold === 0) return;
    const dropped = this.#untold;
    this.#untold = 0;
    this.#logger.warn({ part: this.#scanner.id, cause: CAUSE, dropped }, DETAIL);
    this.#scanner.noteDropped(CAUSE, DETAIL, dropped);
  }
}
