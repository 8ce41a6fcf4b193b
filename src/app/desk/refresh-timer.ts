import { isGatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';

/** Often enough for changes at midnight or at the end of a visit, in milliseconds. */
const EVERY_MS = 60_000;

/** Publishes again what changes by time alone: orders and visits that end, the day's reports. */
export class RefreshTimer implements Lifecycle {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #publish: () => void;
  #cancel: Cancel | undefined;

  constructor(deps: { clock: Clock; logger: Logger; publish: () => void }) {
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#publish = deps.publish;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel === undefined) this.#arm();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(): void {
    this.#cancel = this.#clock.schedule(EVERY_MS, () => {
      this.#arm();
      this.#show();
    });
  }

  #show(): void {
    try {
      this.#publish();
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#logger.warn({ code: error.code }, `The desk shows what it showed before: ${error.message}`);
    }
  }
}
