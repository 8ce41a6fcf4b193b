import { type ErrorCode, isGatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeviceLink } from '../../ports/device-link.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { Reconnector, type RetrySchedule } from './reconnector.ts';

const SCHEDULE: RetrySchedule = {
  initialMs: 1_000,
  factor: 2,
  maximumMs: 10_000,
  jitter: 0.2,
  healthyAfterMs: 0,
};

interface RetryingStartDeps {
  readonly name: string;
  readonly part: Lifecycle;
  /** Errors that may go away by themselves; others end the start. */
  readonly tolerated: readonly ErrorCode[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** A part that the gate does not need at once: if its start fails it is tried again while the rest continues. */
export class RetryingStart implements Lifecycle {
  readonly #deps: RetryingStartDeps;
  readonly #reconnector: Reconnector<DeviceLink>;

  constructor(deps: RetryingStartDeps) {
    this.#deps = deps;
    const { name, part, clock, random, logger } = deps;
    this.#reconnector = new Reconnector({
      name,
      open: async (signal) => {
        await part.start(signal);
        return startedPart(part);
      },
      schedule: SCHEDULE,
      clock,
      random,
      logger,
      onState: () => undefined,
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    const { part, tolerated } = this.#deps;
    try {
      await part.start(signal);
    } catch (error) {
      if (!isGatepostError(error) || !tolerated.includes(error.code)) throw error;
      await this.#reconnector.start(signal);
    }
  }

  async stop(): Promise<void> {
    await this.#reconnector.stop();
    await this.#deps.part.stop();
  }
}

/** A started part as a link; it ends only when it is stopped. */
function startedPart(part: Lifecycle): DeviceLink {
  let end: () => void = () => undefined;
  const closed = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
  });
  return {
    closed,
    close: async () => {
      await part.stop();
      end();
    },
  };
}
