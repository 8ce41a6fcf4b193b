import { GatepostError, messageOf } from '../../src/core/errors.ts';
import { type GpioLine, type GpioSource, type Level, openLine } from './gpio-line.ts';
import type { OutputDriver, TakenOutput } from './timed-output.ts';

interface OnoffOutputSettings {
  /** BCM number, as in GPIO17. */
  readonly line: number;
  /** Level of a released door, or of a lamp that is on. */
  readonly activeLevel: 'high' | 'low';
  readonly source?: GpioSource;
}

/**
 * A relay on a header line, by onoff over sysfs. An exported line keeps its level when its process dies. So the line
 * is put to rest when it is taken, and every write is read back (hardware/FACTS.md#gpio-in-sysfs).
 */
export class OnoffOutput implements OutputDriver {
  readonly driver = 'onoff';
  readonly simulated = false;
  readonly #settings: OnoffOutputSettings;
  readonly #restLevel: Level;

  constructor(settings: OnoffOutputSettings) {
    this.#settings = settings;
    this.#restLevel = settings.activeLevel === 'high' ? 0 : 1;
  }

  async take(): Promise<TakenOutput> {
    const { source = {}, line } = this.#settings;
    const { gpio, number } = await openLine(source, line, this.#restLevel === 0 ? 'low' : 'high');
    this.#write(gpio, false);
    return {
      restLine: `sysfs ${number} ${this.#restLevel}`,
      write: (released) => this.#write(gpio, released),
      giveBack: () => gpio.unexport(),
    };
  }

  #write(gpio: GpioLine, released: boolean): void {
    const wanted: Level = released === (this.#restLevel === 0) ? 1 : 0;
    const { line } = this.#settings;
    let found: Level;
    try {
      gpio.writeSync(wanted);
      found = gpio.readSync();
    } catch (cause) {
      throw new GatepostError('gpio.failed', `GPIO${line} cannot be written: ${messageOf(cause)}.`, {
        cause,
      });
    }
    if (found !== wanted) {
      throw new GatepostError(
        'gpio.failed',
        `GPIO${line} stays at ${found} although ${wanted} was written. ` +
          'Check the wiring for a short circuit, and that no other program uses this line.',
      );
    }
  }
}
