import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import { findHeaderChip } from './chip.ts';
import { type GpioSource, loadOnoff } from './gpio-line.ts';
import { GpiodOutput } from './gpiod-output.ts';
import { findGpiodLine, type GpiodSource } from './gpiod-tools.ts';
import { LedsOutput, SYSFS_LEDS } from './leds-output.ts';
import { OnoffOutput } from './onoff-output.ts';
import type { OutputDriver, TakenOutput } from './timed-output.ts';

export interface AutoOutputSettings {
  /** BCM number, as in GPIO17. */
  readonly line: number;
  /** Level of a released door, or of a lamp that is on. For an LED its overlay sets the level. */
  readonly activeLevel: 'high' | 'low';
  /** LED that is used if it exists. */
  readonly led: string;
  readonly sources?: {
    readonly leds?: string;
    readonly sysfs?: GpioSource;
    readonly gpiod?: GpiodSource;
  };
}

interface Choice {
  readonly candidate: OutputDriver;
  readonly why: string;
}

/**
 * The first of these that this machine has: an LED (its pulse ends in the kernel), onoff over sysfs, gpioset. The
 * choice is made when the line is taken. If the first one exists but cannot be used, that is an error and the next
 * one is not tried.
 */
export class AutoOutput implements OutputDriver {
  readonly driver = 'auto';
  readonly simulated = false;
  readonly #settings: AutoOutputSettings;

  constructor(settings: AutoOutputSettings) {
    this.#settings = settings;
  }

  async take(signal: AbortSignal): Promise<TakenOutput> {
    const { candidate, why } = await this.#choose();
    const taken = await candidate.take(signal);
    const { driver } = candidate;
    return { ...taken, driver, choice: `${driver}: ${why}` };
  }

  /** @throws GatepostError `gpio.unavailable` */
  async #choose(): Promise<Choice> {
    const { line, activeLevel, led, sources = {} } = this.#settings;
    const leds = sources.leds ?? SYSFS_LEDS;
    if (existsSync(join(leds, led))) {
      return {
        candidate: new LedsOutput({ led, root: leds }),
        why: `there is ${join(leds, led)}, and the kernel ends its pulses`,
      };
    }
    const onoff = await whyNotOnoff(sources.sysfs ?? {});
    if (onoff === undefined) {
      return {
        candidate: new OnoffOutput({
          line,
          activeLevel,
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
      candidate: new GpiodOutput({
        line,
        activeLevel,
        ...(sources.gpiod === undefined ? {} : { source: sources.gpiod }),
      }),
      why: `there is no LED ${led}, and onoff cannot be used (${onoff})`,
    };
  }
}

/** Why onoff cannot be used here; undefined if it can. */
export async function whyNotOnoff(source: GpioSource): Promise<string | undefined> {
  try {
    await findHeaderChip(source);
    await (source.load ?? loadOnoff)();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
