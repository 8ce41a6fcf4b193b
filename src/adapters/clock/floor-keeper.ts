import { messageOf } from '../../core/errors.ts';
import type { ClockDoubt } from '../../core/time/wall-clock.ts';
import type { Cancel, ClockFloor } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SystemClock } from './system-clock.ts';

const LOOK_EVERY_MS = 5_000;
const SAVE_EVERY_MS = 60_000;

interface FloorKeeperDeps {
  readonly clock: Pick<SystemClock, 'read' | 'schedule' | 'begin' | 'confirm' | 'doubt'>;
  readonly floor: ClockFloor;
  readonly logger: Logger;
}

/**
 * Keeps the clock's floor across restarts: gives it to the clock at start, and saves it every minute and at stop, so
 * a power cut can set the clock back by one minute at most. Also applies a floor set from the command line, and logs
 * why the system clock is not followed. Start it right after the store and before anything that judges passes; stop
 * it before the store.
 */
export class ClockFloorKeeper implements Lifecycle {
  readonly #deps: FloorKeeperDeps;
  #cancel: Cancel | undefined;
  #timesSet = 0;
  #savedAtMs = 0;
  #said: ClockDoubt | undefined;

  constructor(deps: FloorKeeperDeps) {
    this.#deps = deps;
  }

  /**
   * @throws GatepostError `log.unavailable` if the floor cannot be read: without it expired passes could become valid
   * again
   */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel !== undefined) return;
    const { clock, floor } = this.#deps;
    const kept = floor.load();
    this.#timesSet = kept.timesSet;
    clock.begin(kept);
    this.#save();
    this.#look();
  }

  async stop(): Promise<void> {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#save();
  }

  #look(): void {
    const { clock } = this.#deps;
    this.#heed();
    if (clock.read().monotonicMs - this.#savedAtMs >= SAVE_EVERY_MS) this.#save();
    this.#sayDoubt();
    this.#cancel = clock.schedule(LOOK_EVERY_MS, () => this.#look());
  }

  /** Applies a floor that was set from the command line. */
  #heed(): void {
    const { clock, floor, logger } = this.#deps;
    try {
      const kept = floor.load();
      if (kept.timesSet === this.#timesSet) return;
      this.#timesSet = kept.timesSet;
      clock.confirm(kept);
      logger.info({ time: iso(kept.floorMs) }, 'Somebody set the time of this gate by hand.');
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'The saved time could not be read; it is tried again.');
    }
  }

  #save(): void {
    const { clock, floor, logger } = this.#deps;
    const { monotonicMs, floorMs = 0, vouchedMs = 0 } = clock.read();
    this.#savedAtMs = monotonicMs;
    try {
      floor.save({ floorMs, vouchedMs, timesSet: this.#timesSet });
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'The time could not be saved; it is tried again in a minute.');
    }
  }

  #sayDoubt(): void {
    const { clock, logger } = this.#deps;
    const { doubt } = clock;
    if (doubt?.kind === this.#said) return;
    this.#said = doubt?.kind;
    if (doubt === undefined) {
      logger.info({}, 'The clock of this machine is followed again.');
      return;
    }
    const times = { clock: iso(doubt.systemMs), gate: iso(clock.read().wallMs) };
    logger.warn(times, SENTENCES[doubt.kind]);
  }
}

const SENTENCES: Readonly<Record<ClockDoubt, string>> = {
  ahead:
    'The clock of this machine jumped ahead and nothing confirms it. The gate counts on from the time before, untrusted, until a time service has been in step (15 minutes where it is more than 31 days). Is the clock right? Then: gatepost clock confirm. Otherwise set it right (timedatectl).',
  behind:
    'The clock of this machine is behind the last time that was believed here. The gate counts on from that, untrusted. Is the clock right? Then: gatepost clock lower. Otherwise set it right (timedatectl).',
  beyond:
    'The clock of this machine says that this program is more than ten years old: that is not believed. Set it right (timedatectl), or install a newer Gatepost.',
};

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
