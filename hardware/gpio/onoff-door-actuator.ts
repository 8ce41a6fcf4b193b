import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DoorActuator } from '../../src/ports/door-devices.ts';
import { type GpioLine, type GpioSource, type Level, type OpenLine, openLine } from './gpio-line.ts';
import { TimedOutput } from './timed-output.ts';

interface OnoffDoorActuatorOptions {
  /** BCM number, as in GPIO17. */
  readonly line: number;
  /** Level that releases the door. */
  readonly activeLevel: 'high' | 'low';
  readonly clock: Clock;
  readonly source?: GpioSource;
}

/**
 * A relay on a header line, by onoff over sysfs. An exported line keeps its level when its process dies, so the line
 * is put to rest at start, whatever is found, and every write is read back (hardware/FACTS.md#gpio-in-sysfs).
 */
export class OnoffDoorActuator implements DoorActuator {
  readonly driver = 'onoff';
  readonly simulated = false;
  readonly #options: OnoffDoorActuatorOptions;
  readonly #output: TimedOutput;
  readonly #restLevel: Level;
  #open: OpenLine | undefined;

  constructor(options: OnoffDoorActuatorOptions) {
    this.#options = options;
    this.#restLevel = options.activeLevel === 'high' ? 0 : 1;
    this.#output = new TimedOutput(options.clock);
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#open !== undefined) return;
    const { source = {}, line } = this.#options;
    const open = await openLine(source, line, this.#restLevel === 0 ? 'low' : 'high');
    this.#output.start((released) => this.#write(open.gpio, released));
    this.#open = open;
  }

  /** Puts the line to rest and gives it back. A line that is not at rest is not given back. @throws `gpio.failed` */
  async stop(): Promise<void> {
    if (this.#open === undefined) return;
    this.#output.stop();
    this.#open.gpio.unexport();
    this.#open = undefined;
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
    return this.#open === undefined ? undefined : `sysfs ${this.#open.number} ${this.#restLevel}`;
  }

  #write(gpio: GpioLine, released: boolean): void {
    const wanted: Level = released === (this.#restLevel === 0) ? 1 : 0;
    const { line } = this.#options;
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
