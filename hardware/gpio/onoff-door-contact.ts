import type { DoorPhysicalState } from '../../src/core/access/vocabulary.ts';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DoorContact } from '../../src/ports/door-devices.ts';
import { type GpioSource, type Level, openLine } from './gpio-line.ts';

interface OnoffDoorContactSettings {
  /** BCM number, as in GPIO27. */
  readonly line: number;
  /** Level while the door stands open: high for a reed to ground with a pull-up, which makes a cut cable read open. */
  readonly openLevel: 'high' | 'low';
  readonly source?: GpioSource;
}

/** A reed contact on a header line, by onoff over sysfs. */
export class OnoffDoorContact implements DoorContact {
  readonly driver = 'onoff';
  readonly simulated = false;
  readonly #settings: OnoffDoorContactSettings;

  constructor(settings: OnoffDoorContactSettings) {
    this.#settings = settings;
  }

  async open(onState: (state: DoorPhysicalState) => void): Promise<DeviceLink> {
    const { line, openLevel, source = {} } = this.#settings;
    const { gpio } = await openLine(source, line, 'in');
    const stateOf = (level: Level): DoorPhysicalState =>
      (level === 1) === (openLevel === 'high') ? 'Open' : 'Closed';

    let isOpen = true;
    let end: (error: GatepostError | undefined) => void = () => undefined;
    const closed = new Promise<GatepostError | undefined>((resolve) => {
      end = (error) => {
        if (!isOpen) return;
        isOpen = false;
        gpio.unexport();
        resolve(error);
      };
    });
    const fail = (thrown: unknown): GatepostError =>
      new GatepostError(
        'device.failed',
        `The door contact at GPIO${line} cannot be read: ${messageOf(thrown)}.`,
        {
          cause: thrown,
        },
      );

    try {
      // Watched before it is read, so that a change between the two is not lost.
      gpio.watch((error, level) => {
        if (!isOpen) return;
        if (error) end(fail(error));
        else onState(stateOf(level));
      });
      onState(stateOf(gpio.readSync()));
    } catch (thrown) {
      const error = fail(thrown);
      end(error);
      throw error;
    }
    return {
      closed,
      close: async () => end(undefined),
    };
  }
}
