import type { DoorPhysicalState } from '../../src/core/access/vocabulary.ts';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DoorContact } from '../../src/ports/door-devices.ts';
import { whyNotOnoff } from './auto-output.ts';
import type { GpioSource } from './gpio-line.ts';
import { GpiodDoorContact } from './gpiod-door-contact.ts';
import { findGpiodLine, type GpiodSource } from './gpiod-tools.ts';
import { OnoffDoorContact } from './onoff-door-contact.ts';

interface AutoDoorContactSettings {
  /** BCM number, as in GPIO27. */
  readonly line: number;
  /** Level while the door stands open. */
  readonly openLevel: 'high' | 'low';
  readonly sources?: { readonly sysfs?: GpioSource; readonly gpiod?: GpiodSource };
}

/** A contact by onoff if sysfs has the line, otherwise by gpiomon; chosen at every open(). */
export class AutoDoorContact implements DoorContact {
  readonly simulated = false;
  readonly #settings: AutoDoorContactSettings;
  #driver = 'auto';

  constructor(settings: AutoDoorContactSettings) {
    this.#settings = settings;
  }

  get driver(): string {
    return this.#driver;
  }

  async open(onState: (state: DoorPhysicalState) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { line, openLevel, sources = {} } = this.#settings;
    const { sysfs, gpiod } = sources;
    const whyNot = await whyNotOnoff(sysfs ?? {});
    const contact =
      whyNot === undefined
        ? new OnoffDoorContact({ line, openLevel, ...(sysfs === undefined ? {} : { source: sysfs }) })
        : new GpiodDoorContact({ line, openLevel, ...(gpiod === undefined ? {} : { source: gpiod }) });
    if (whyNot !== undefined) await this.#demandGpiod(whyNot);
    const link = await contact.open(onState, signal);
    this.#driver = contact.driver;
    return link;
  }

  async #demandGpiod(whyNotOnoff: string): Promise<void> {
    const { line, sources = {} } = this.#settings;
    try {
      await findGpiodLine(line, sources.gpiod);
    } catch (cause) {
      throw new GatepostError(
        'gpio.unavailable',
        `No way to GPIO${line} was found. onoff: ${whyNotOnoff} gpiod: ${messageOf(cause)}`,
        { cause },
      );
    }
  }
}
