import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DoorActuator } from '../../src/ports/door-devices.ts';
import { findHeaderChip } from './chip.ts';
import type { GpioSource } from './gpio-line.ts';
import { loadOnoff } from './gpio-line.ts';
import { GpiodDoorActuator } from './gpiod-door-actuator.ts';
import { findGpiodLine, type GpiodSource } from './gpiod-tools.ts';
import { LedsDoorActuator, SYSFS_LEDS } from './leds-door-actuator.ts';
import { OnoffDoorActuator } from './onoff-door-actuator.ts';

export interface AutoDoorActuatorOptions {
  /** BCM number, as in GPIO17. */
  readonly line: number;
  /** Level that releases the door. An LED's own stands in its overlay. */
  readonly activeLevel: 'high' | 'low';
  /** LED that is taken when it exists. */
  readonly led: string;
  readonly clock: Clock;
  readonly sources?: {
    readonly leds?: string;
    readonly sysfs?: GpioSource;
    readonly gpiod?: GpiodSource;
  };
}

type Candidate = LedsDoorActuator | OnoffDoorActuator | GpiodDoorActuator;

/**
 * The first of these that this machine has: an LED (its pulse ends in the kernel), onoff over sysfs, gpioset. The
 * choice is made at start() and kept; one that is there but cannot be used is an error, not a reason for the next.
 */
export class AutoDoorActuator implements DoorActuator {
  readonly simulated = false;
  readonly #options: AutoDoorActuatorOptions;
  #chosen: Candidate | undefined;
  #why = '';

  constructor(options: AutoDoorActuatorOptions) {
    this.#options = options;
  }

  get driver(): string {
    return this.#chosen?.driver ?? 'auto';
  }

  get choice(): string | undefined {
    return this.#chosen === undefined ? undefined : `${this.#chosen.driver}: ${this.#why}`;
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#chosen !== undefined) return;
    const { candidate, why } = await this.#choose();
    await candidate.start(signal);
    this.#chosen = candidate;
    this.#why = why;
  }

  async stop(): Promise<void> {
    await this.#chosen?.stop();
    this.#chosen = undefined;
  }

  pulse(holdMs: number): void {
    this.#started().pulse(holdMs);
  }

  hold(): void {
    this.#started().hold();
  }

  rest(): void {
    this.#started().rest();
  }

  isReleased(): boolean {
    return this.#chosen?.isReleased() ?? false;
  }

  restLine(): string | undefined {
    return this.#chosen?.restLine();
  }

  #started(): Candidate {
    if (this.#chosen !== undefined) return this.#chosen;
    throw new GatepostError('gpio.failed', 'The lock is not started, so its output was left alone.');
  }

  /** @throws GatepostError `gpio.unavailable` */
  async #choose(): Promise<{ candidate: Candidate; why: string }> {
    const { line, activeLevel, led, clock, sources = {} } = this.#options;
    const leds = sources.leds ?? SYSFS_LEDS;
    if (existsSync(join(leds, led))) {
      return {
        candidate: new LedsDoorActuator({ led, clock, root: leds }),
        why: `there is ${join(leds, led)}, and the kernel ends its pulses`,
      };
    }
    const onoff = await whyNotOnoff(sources.sysfs ?? {});
    if (onoff === undefined) {
      return {
        candidate: new OnoffDoorActuator({
          line,
          activeLevel,
          clock,
          ...(sources.sysfs === undefined ? {} : { source: sources.sysfs }),
        }),
        why: `there is no LED ${led}, and sysfs has the header's lines`,
      };
    }
    try {
      await findGpiodLine(line, sources.gpiod);
    } catch (cause) {
      throw new GatepostError(
        'gpio.unavailable',
        `No way to GPIO${line} was found. There is no LED ${led}; onoff: ${onoff} gpiod: ${messageOf(cause)}`,
        { cause },
      );
    }
    return {
      candidate: new GpiodDoorActuator({
        line,
        activeLevel,
        clock,
        ...(sources.gpiod === undefined ? {} : { source: sources.gpiod }),
      }),
      why: `there is no LED ${led}, and onoff cannot be used (${onoff})`,
    };
  }
}

/** Why onoff cannot be used here, or undefined when it can. */
export async function whyNotOnoff(source: GpioSource): Promise<string | undefined> {
  try {
    await findHeaderChip(source);
    await (source.load ?? loadOnoff)();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
