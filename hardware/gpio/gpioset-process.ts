import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, type GpiodSource } from './gpiod-tools.ts';
import { waitUntil } from './wait-until.ts';

/** A fresh process has its line after 10 to 30 ms on a Pi; a loaded one may take longer. */
const TAKE_MS = 1_000;
const END_MS = 200;

/** What the kernel calls an open line, in both generations of its interface. */
const LINE_HANDLE = /anon_inode:\[?gpio-line(handle)?\]?$/;

/**
 * One running gpioset that holds a line at a level. All methods block until they are done, because an output
 * guarantees the level when its methods return.
 */
export class GpiosetProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * @param options.diesWithUs whether the kernel ends it when this process dies; a pulse ends by itself
   * @throws Error with the words of gpioset when it does not get the line
   */
  static start(options: {
    args: readonly string[];
    diesWithUs: boolean;
    source: GpiodSource;
  }): GpiosetProcess {
    const { args, diesWithUs, source } = options;
    const words = new Words();
    try {
      const [program, ...before] = diesWithUs
        ? ['setpriv', '--pdeathsig', 'KILL', '--', 'gpioset']
        : ['gpioset'];
      const child = spawn(program ?? 'gpioset', [...before, ...args], {
        env: environmentOf(source),
        stdio: ['ignore', 'ignore', words.file],
      });
      // Its end is checked where it matters; without a listener a missing program would end this process.
      child.on('error', () => undefined);
      const { pid } = child;
      if (pid === undefined) throw new Error(`${program} cannot be started; apt install gpiod`);
      if (!waitUntil(() => hasLine(pid) || isOver(pid), TAKE_MS) || isOver(pid)) {
        child.kill('SIGKILL');
        throw new Error(words.read() || 'gpioset did not take the line');
      }
      return new GpiosetProcess(child);
    } finally {
      words.close();
    }
  }

  /** Ends it, if it has not ended by itself, and waits until the line is free. */
  end(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      this.#child.kill(signal);
      if (waitUntil(() => isOver(pid), END_MS)) return;
    }
    throw new Error(`gpioset, process ${pid}, does not end`);
  }
}

/** What a child says on stderr, readable while our event loop stands still. */
class Words {
  readonly file: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatepost-gpioset-'));

  constructor() {
    this.file = openSync(join(this.#folder, 'stderr'), 'w+');
    rmSync(this.#folder, { recursive: true });
  }

  read(): string {
    const buffer = Buffer.alloc(200);
    return buffer.toString('utf8', 0, readSync(this.file, buffer, 0, buffer.length, 0)).trim();
  }

  close(): void {
    closeSync(this.file);
  }
}

function hasLine(pid: number): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => LINE_HANDLE.test(linkOf(join(folder, fd))));
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** Gone, or dead and only not yet noticed by Node. */
function isOver(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (isGone(error)) return true;
    throw error;
  }
}

/** What /proc says of a process that has just ended, or has become another program. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
}
