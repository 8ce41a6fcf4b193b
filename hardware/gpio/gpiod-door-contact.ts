import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { DoorPhysicalState } from '../../src/core/access/vocabulary.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DoorContact } from '../../src/ports/door-devices.ts';
import type { Level } from './gpio-line.ts';
import { ask, environmentOf, findGpiodLine, type GpiodSource, listLines } from './gpiod-tools.ts';
import { IN_USE, isBusy, lineTrouble } from './line-trouble.ts';

interface GpiodDoorContactSettings {
  /** BCM number, as in GPIO27. */
  readonly line: number;
  /** Level while the door stands open: high for a reed to ground with a pull-up, which makes a cut cable read open. */
  readonly openLevel: 'high' | 'low';
  readonly source?: GpiodSource;
}

/** A reed contact on a header line, by libgpiod's gpiomon; with libgpiod 2 the kernel debounces it. */
export class GpiodDoorContact implements DoorContact {
  readonly driver = 'gpiod';
  readonly simulated = false;
  readonly #settings: GpiodDoorContactSettings;

  constructor(settings: GpiodDoorContactSettings) {
    this.#settings = settings;
  }

  /** A change in the few milliseconds between reading the level and watching for edges is seen at the next edge. */
  async open(onState: (state: DoorPhysicalState) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { line, openLevel, source = {} } = this.#settings;
    const tools = await findGpiodLine(line, source);
    let first: Level | undefined;
    try {
      first = tools.parse(await ask('gpioget', tools.get(), source));
    } catch (cause) {
      throw await lineTrouble({ line, where: `line ${line}`, cause }, () => listLines(source));
    }
    signal.throwIfAborted();
    if (first === undefined) throw this.#failed('gpioget printed no level');
    const stateOf = (level: Level): DoorPhysicalState =>
      (level === 1) === (openLevel === 'high') ? 'Open' : 'Closed';

    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'gpiomon', ...tools.monitor()], {
      env: environmentOf(source),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let isOpen = true;
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(0, 200);
    });
    onState(stateOf(first));
    createInterface({ input: child.stdout }).on('line', (text) => {
      const level = tools.parse(text.trim());
      if (!isOpen) return;
      if (level === undefined) {
        words = `gpiomon printed "${text.slice(0, 40)}"`;
        child.kill('SIGKILL');
      } else onState(stateOf(level));
    });
    const closed = new Promise<GatepostError | undefined>((resolve) => {
      const end = (detail: string): void => {
        resolve(isOpen ? this.#failed(detail) : undefined);
        isOpen = false;
      };
      child.on('error', (error) => end(error.message));
      child.on('close', () => end(words.trim() || 'gpiomon ended'));
    });
    return {
      closed,
      close: async () => {
        isOpen = false;
        child.kill('SIGKILL');
        await closed;
      },
    };
  }

  #failed(detail: string): GatepostError {
    return new GatepostError(
      'device.failed',
      `The door contact at GPIO${this.#settings.line} cannot be read: ${detail}.${isBusy(detail) ? ` ${IN_USE}` : ''}`,
    );
  }
}
