import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DoorActuator } from '../../src/ports/door-devices.ts';
import type { Level } from './gpio-line.ts';
import { findGpiodLine, type GpiodLine, type GpiodSource, listLines } from './gpiod-tools.ts';
import { GpiosetProcess } from './gpioset-process.ts';
import { IN_USE, isBusy, lineTrouble } from './line-trouble.ts';
import { TimedOutput } from './timed-output.ts';

interface GpiodDoorActuatorOptions {
  /** BCM number, as in GPIO17. */
  readonly line: number;
  /** Level that releases the door. */
  readonly activeLevel: 'high' | 'low';
  readonly clock: Clock;
  readonly source?: GpiodSource;
}

/**
 * A relay on a header line, by libgpiod's gpioset. One process keeps the line at each level: at rest and held it dies
 * with this one, a pulse ends by its own time although this process died. What the line does then is the kernel's:
 * back to its pull with strict_gpiod, and as it was without (hardware/FACTS.md#lines-that-outlive-a-program).
 */
export class GpiodDoorActuator implements DoorActuator {
  readonly simulated = false;
  readonly #options: GpiodDoorActuatorOptions;
  readonly #output: TimedOutput;
  readonly #restLevel: Level;
  #tools: GpiodLine | undefined;
  #process: GpiosetProcess | undefined;

  constructor(options: GpiodDoorActuatorOptions) {
    this.#options = options;
    this.#restLevel = options.activeLevel === 'high' ? 0 : 1;
    this.#output = new TimedOutput(options.clock);
  }

  get driver(): string {
    return this.#tools === undefined ? 'gpiod' : `gpiod ${this.#tools.version}`;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#output.isStarted) return;
    const { line, source } = this.#options;
    const tools = await findGpiodLine(line, source);
    try {
      this.#output.start((released, endsAfterMs) => this.#write(tools, released, endsAfterMs));
    } catch (cause) {
      throw await lineTrouble({ line, where: `line ${line}`, cause }, () => listLines(source ?? {}));
    }
    this.#tools = tools;
  }

  async stop(): Promise<void> {
    if (!this.#output.isStarted) return;
    this.#output.stop();
    this.#process?.end();
    this.#process = undefined;
  }

  pulse(holdMs: number): void {
    this.#output.pulse(holdMs);
  }

  hold(): void {
    this.#output.hold();
  }

  rest(): void {
    this.#output.rest();
  }

  isReleased(): boolean {
    return this.#output.released;
  }

  /** The line for scripts/rest-outputs; undefined before start(). */
  restLine(): string | undefined {
    return this.#output.isStarted ? `gpiod GPIO${this.#options.line} ${this.#restLevel}` : undefined;
  }

  #write(tools: GpiodLine, released: boolean, endsAfterMs: number | undefined): void {
    const level: Level = released === (this.#restLevel === 0) ? 1 : 0;
    const args = endsAfterMs === undefined ? tools.hold(level) : tools.pulse(level, endsAfterMs);
    try {
      // A line belongs to one process at a time: the old one goes first.
      this.#process?.end();
      this.#process = undefined;
      this.#process = GpiosetProcess.start({
        args,
        diesWithUs: endsAfterMs === undefined,
        source: this.#options.source ?? {},
      });
    } catch (cause) {
      const { line } = this.#options;
      throw new GatepostError(
        'gpio.failed',
        `GPIO${line} cannot be set to ${level} by gpioset: ${messageOf(cause)}. ${
          isBusy(messageOf(cause)) ? IN_USE : 'Check that no other program uses this line.'
        }`,
        { cause },
      );
    }
  }
}
