import { LONGEST_RELEASE_MS } from '../../src/core/access/bounds.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { DoorActuator, Restable } from '../../src/ports/door-devices.ts';

/** How often a line that did not go to rest is put to rest again. */
const REST_RETRY_MS = 250;

/** What a driver of an output supplies. */
export interface OutputDriver {
  /** As the config names it, with a version where it is known. */
  readonly driver: string;
  readonly simulated: boolean;
  /**
   * Takes the line and puts it to its rest level, because an earlier process may have left another one.
   * @throws GatepostError `gpio.unavailable` with the fix, `gpio.failed`
   */
  take(signal: AbortSignal): Promise<TakenOutput>;
}

/** A line that was taken and is at rest. */
export interface TakenOutput {
  /** The chosen driver, if there was a choice. */
  readonly driver?: string;
  /** Which driver was chosen and why, if there was a choice. */
  readonly choice?: string;
  /** The entry for scripts/rest-outputs; undefined if there is nothing to put to rest. */
  readonly restLine: string | undefined;
  /**
   * Changes the level before it returns. `endsAfterMs` is given for a pulse: if the driver can, something outside
   * this process also ends it after that many milliseconds.
   * @throws GatepostError `gpio.failed`
   */
  write(released: boolean, endsAfterMs?: number): void;
  /** Gives the line back. It is at rest. */
  giveBack?(): void;
}

interface TimedOutputDeps {
  /** What is connected to the output, for messages: `lock of door main`. */
  readonly name: string;
  readonly driver: OutputDriver;
  readonly clock: Clock;
}

/**
 * Pulse, hold and rest of one output, with any driver. A line that does not obey counts as released until a rest
 * succeeds. pulse(), hold(), rest() and stop() throw `gpio.failed`.
 */
export class TimedOutput implements DoorActuator, Restable {
  readonly name: string;
  readonly simulated: boolean;
  readonly #driver: OutputDriver;
  readonly #clock: Clock;
  #taken: TakenOutput | undefined;
  #cancel: Cancel | undefined;
  #released = false;

  constructor({ name, driver, clock }: TimedOutputDeps) {
    this.name = name;
    this.simulated = driver.simulated;
    this.#driver = driver;
    this.#clock = clock;
  }

  get driver(): string {
    return this.#taken?.driver ?? this.#driver.driver;
  }

  get choice(): string | undefined {
    return this.#taken?.choice;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#taken !== undefined) return;
    this.#taken = await this.#driver.take(signal);
    this.#released = false;
  }

  /** Puts the line to rest and gives it back. A line that does not rest stays taken and is not tried again. */
  async stop(): Promise<void> {
    const taken = this.#taken;
    if (taken === undefined) return;
    this.#stopTimer();
    taken.write(false);
    this.#released = false;
    this.#taken = undefined;
    taken.giveBack?.();
  }

  /** @param holdMs 1 to 60,000 */
  pulse(holdMs: number): void {
    if (!(holdMs >= 1 && holdMs <= LONGEST_RELEASE_MS)) {
      throw new GatepostError(
        'gpio.failed',
        `A pulse of ${holdMs} ms for the ${this.name} was refused: 1 to 60,000 ms are allowed.`,
      );
    }
    this.#release(holdMs);
    this.#restAfter(holdMs);
  }

  hold(): void {
    this.#release(undefined);
  }

  /** If the line does not obey, this throws and keeps trying. */
  rest(): void {
    const failure = this.#tryRest(this.#started());
    if (failure !== undefined) throw failure.error;
  }

  isReleased(): boolean {
    return this.#released;
  }

  restLine(): string | undefined {
    return this.#taken?.restLine;
  }

  #release(endsAfterMs: number | undefined): void {
    const taken = this.#started();
    this.#stopTimer();
    this.#released = true;
    try {
      taken.write(true, endsAfterMs);
    } catch (error) {
      this.#tryRest(taken);
      throw error;
    }
  }

  #started(): TakenOutput {
    if (this.#taken !== undefined) return this.#taken;
    throw new GatepostError('gpio.failed', `The ${this.name} is not started, so its output was left alone.`);
  }

  #restAfter(delayMs: number): void {
    const taken = this.#started();
    // A failure at the end of a pulse has no caller; the owner notices it by isReleased() and by its own rest().
    this.#cancel = this.#clock.schedule(delayMs, () => void this.#tryRest(taken));
  }

  #tryRest(taken: TakenOutput): { readonly error: unknown } | undefined {
    this.#stopTimer();
    try {
      taken.write(false);
      this.#released = false;
      return undefined;
    } catch (error) {
      this.#restAfter(REST_RETRY_MS);
      return { error };
    }
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
