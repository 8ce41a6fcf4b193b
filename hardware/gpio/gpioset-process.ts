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

/** Longest time until a new process has its line: 10 to 30 ms on a Pi, more under load. */
const TAKE_MS = 1_000;
const END_MS = 200;

/** The name of an open line in the kernel, in both generations of its interface. */
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
   * @throws Error with the message of gpioset if it does not get the line
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
      // Without a listener a missing program would end this process. The end of the child is checked elsewhere.
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

  /** Ends the process, if it has not ended by itself, and waits until the line is free. */
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

/** What a child writes to stderr, readable while our event loop is blocked. */
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

/** Whether the process has ended, also if Node has not noticed it yet. */
function isOver(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (isGone(error)) return true;
    throw error;
  }
}

/** Whether the error from /proc means that the process has just ended or has become another program. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
}
