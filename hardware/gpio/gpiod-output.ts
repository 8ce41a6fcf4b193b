import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Level } from './gpio-line.ts';
import { findGpiodLine, type GpiodLine, type GpiodSource, listLines } from './gpiod-tools.ts';
import { GpiosetProcess } from './gpioset-process.ts';
import { IN_USE, isBusy, lineTrouble } from './line-trouble.ts';
import type { OutputDriver, TakenOutput } from './timed-output.ts';

interface GpiodOutputSettings {
  /** BCM number, as in GPIO17. */
  readonly line: number;
  /** Level of a released door, or of a lamp that is on. */
  readonly activeLevel: 'high' | 'low';
  readonly source?: GpiodSource;
}

/**
 * A relay on a header line, by libgpiod's gpioset. One process holds the line at each level. At rest and during a hold
 * it ends with this process; a pulse ends at its own time even if this process has died. What the line does then
 * depends on the kernel: back to its pull with strict_gpiod, otherwise unchanged
 * (hardware/FACTS.md#lines-that-outlive-a-program).
 */
export class GpiodOutput implements OutputDriver {
  readonly simulated = false;
  readonly #settings: GpiodOutputSettings;
  readonly #restLevel: Level;
  #version: string | undefined;
  #process: GpiosetProcess | undefined;

  constructor(settings: GpiodOutputSettings) {
    this.#settings = settings;
    this.#restLevel = settings.activeLevel === 'high' ? 0 : 1;
  }

  /** Includes the version of the tools when they were found. */
  get driver(): string {
    return this.#version === undefined ? 'gpiod' : `gpiod ${this.#version}`;
  }

  async take(): Promise<TakenOutput> {
    const { line, source } = this.#settings;
    const tools = await findGpiodLine(line, source);
    try {
      this.#write(tools, false, undefined);
    } catch (cause) {
      throw await lineTrouble({ line, where: `line ${line}`, cause }, () => listLines(source ?? {}));
    }
    this.#version = tools.version;
    return {
      restLine: `gpiod GPIO${line} ${this.#restLevel}`,
      write: (released, endsAfterMs) => this.#write(tools, released, endsAfterMs),
      giveBack: () => this.#endProcess(),
    };
  }

  #write(tools: GpiodLine, released: boolean, endsAfterMs: number | undefined): void {
    const level: Level = released === (this.#restLevel === 0) ? 1 : 0;
    const args = endsAfterMs === undefined ? tools.hold(level) : tools.pulse(level, endsAfterMs);
    try {
      // A line belongs to one process at a time, so the old one is ended first.
      this.#endProcess();
      this.#process = GpiosetProcess.start({
        args,
        diesWithUs: endsAfterMs === undefined,
        source: this.#settings.source ?? {},
      });
    } catch (cause) {
      const { line } = this.#settings;
      throw new GatepostError(
        'gpio.failed',
        `GPIO${line} cannot be set to ${level} by gpioset: ${messageOf(cause)}. ${
          isBusy(messageOf(cause)) ? IN_USE : 'Check that no other program uses this line.'
        }`,
        { cause },
      );
    }
  }

  #endProcess(): void {
    this.#process?.end();
    this.#process = undefined;
  }
}
