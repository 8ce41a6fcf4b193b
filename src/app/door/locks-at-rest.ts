import { isGatepostError } from '../../core/errors.ts';
import type { Restable } from '../../ports/door-devices.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';

/**
 * Puts each lock to its rest level as the first step of every start, because an earlier process may have left it
 * released. A lock that cannot be opened is tried again with its door.
 */
export class LocksAtRest implements Lifecycle {
  readonly #doors: ReadonlyMap<string, { readonly actuator: Restable }>;
  readonly #list: (lines: readonly string[]) => Promise<void>;
  readonly #logger: Logger;

  constructor(deps: {
    doors: ReadonlyMap<string, { readonly actuator: Restable }>;
    /** Writes the list of outputs. */
    list: (lines: readonly string[]) => Promise<void>;
    logger: Logger;
  }) {
    this.#doors = deps.doors;
    this.#list = deps.list;
    this.#logger = deps.logger;
  }

  async start(signal: AbortSignal): Promise<void> {
    for (const [door, { actuator }] of this.#doors) {
      try {
        await actuator.start(signal);
        const { driver, choice } = actuator;
        if (choice !== undefined) this.#logger.info({ door, driver }, `The lock is driven by ${choice}.`);
      } catch (error) {
        if (!isGatepostError(error, 'gpio.unavailable')) throw error;
        this.#logger.error({ door, code: error.code }, error.message);
      }
    }
  }

  /**
   * Writes the list of outputs that are put to rest when this process dies. To be called before anything may be
   * released.
   */
  async list(): Promise<void> {
    await this.#list([...this.#doors.values()].flatMap(({ actuator }) => actuator.restLine() ?? []));
  }

  async stop(): Promise<void> {
    for (const { actuator } of this.#doors.values()) await actuator.stop();
  }
}
