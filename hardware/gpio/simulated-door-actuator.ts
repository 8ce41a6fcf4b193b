import { closeSync, constants, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DoorActuator } from '../../src/ports/door-devices.ts';
import { TimedOutput } from './timed-output.ts';

interface SimulatedDoorActuatorOptions {
  readonly clock: Clock;
  /** Shows the level, `0` or `1` and a line end. Like an exported line it keeps its level when the process dies. */
  readonly levelFile?: string;
  /** Told after every order to the output: true released, false at rest. The simulated person waits for it. */
  readonly onLevel?: (released: boolean) => void;
}

/** A lock that is a file. */
export class SimulatedDoorActuator implements DoorActuator {
  readonly driver = 'simulated';
  readonly simulated = true;
  readonly #options: SimulatedDoorActuatorOptions;
  readonly #output: TimedOutput;
  #level: '0' | '1' = '0';

  constructor(options: SimulatedDoorActuatorOptions) {
    this.#options = options;
    this.#output = new TimedOutput(options.clock);
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#output.isStarted) return;
    const { levelFile } = this.#options;
    if (levelFile !== undefined) {
      try {
        mkdirSync(dirname(levelFile), { recursive: true });
        writeFileSync(levelFile, '0\n');
      } catch (cause) {
        throw new GatepostError(
          'gpio.unavailable',
          `The level file ${levelFile} cannot be written: ${messageOf(cause)}. Choose a folder this user may write to.`,
          { cause },
        );
      }
    }
    this.#level = '0';
    this.#output.start((released) => this.#write(released));
  }

  async stop(): Promise<void> {
    if (this.#output.isStarted) this.#output.stop();
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

  /** The line for scripts/rest-outputs; undefined without a level file. */
  restLine(): string | undefined {
    const { levelFile } = this.#options;
    return levelFile === undefined ? undefined : `file ${resolve(levelFile)} 0`;
  }

  #write(released: boolean): void {
    const { levelFile, onLevel } = this.#options;
    const level = released ? '1' : '0';
    if (levelFile !== undefined && level !== this.#level) {
      try {
        writeInPlace(levelFile, `${level}\n`);
      } catch (cause) {
        throw new GatepostError(
          'gpio.failed',
          `The level file ${levelFile} cannot be written: ${messageOf(cause)}.`,
          {
            cause,
          },
        );
      }
    }
    this.#level = level;
    onLevel?.(released);
  }
}

/** One write of the whole content, without emptying the file first: a watcher never sees half of it. */
function writeInPlace(path: string, content: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o644);
  try {
    writeSync(file, content, 0);
  } finally {
    closeSync(file);
  }
}
