import { messageOf } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { ClockFloor } from '../../ports/clock-floor.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';

const SAVE_EVERY_MS = 60_000;

interface FloorKeeperOptions {
  readonly clock: Clock & { raiseFloor(ms: number): void };
  readonly floor: ClockFloor;
  readonly logger: Logger;
}

/**
 * Carries the clock's floor across restarts: handed to the clock at start, saved every minute and at stop. After a
 * power cut at most the last minute can be lived through again. Start it right after the store and before anything
 * that judges passes; stop it before the store.
 */
export class ClockFloorKeeper implements Lifecycle {
  readonly #options: FloorKeeperOptions;
  #cancel: Cancel | undefined;

  constructor(options: FloorKeeperOptions) {
    this.#options = options;
  }

  /** @throws GatepostError `log.unavailable` when the floor cannot be read: without it old passes could revive */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel !== undefined) return;
    const { clock, floor, logger } = this.#options;
    const floorMs = floor.load();
    const { wallMs } = clock.read();
    if (wallMs < floorMs) {
      logger.warn(
        { clock: new Date(wallMs).toISOString(), floor: new Date(floorMs).toISOString() },
        'The clock of this machine is behind the last time that was seen here. Set it right (timedatectl).',
      );
    }
    clock.raiseFloor(floorMs);
    this.#saveAndArm();
  }

  async stop(): Promise<void> {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#save();
  }

  #saveAndArm(): void {
    this.#save();
    this.#cancel = this.#options.clock.schedule(SAVE_EVERY_MS, () => this.#saveAndArm());
  }

  #save(): void {
    const { clock, floor, logger } = this.#options;
    try {
      floor.save(clock.read().wallMs);
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'The time could not be saved; it is tried again in a minute.');
    }
  }
}
