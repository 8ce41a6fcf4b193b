import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import { join, relative } from 'node:path';

/** Programs that ask the machine answer at once. */
const ANSWER_MS = 5_000;
const MOST_BYTES = 65_536;

export interface MachineOptions {
  /** Folder that stands for `/`; a test plants its faults there. */
  readonly root?: string;
  readonly run?: RunProgram;
  readonly freeBytes?: (path: string) => number;
}

/** What a program printed; undefined when it is not installed, cannot be run or ends with an error. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | undefined>;

export interface RunningProcess {
  readonly pid: number;
  /** The words it was started with. */
  readonly words: readonly string[];
  /** Files it has open, as far as this user may see them. */
  openFiles(): readonly string[];
}

/**
 * The machine as the checks see it. Nothing throws: what is missing or may not be read is undefined, and the check
 * says what that means.
 */
export class Machine {
  readonly run: RunProgram;
  readonly #root: string;
  readonly #freeBytes: (path: string) => number;

  constructor({ root = '/', run = runProgram, freeBytes = freeBytesAt }: MachineOptions = {}) {
    this.#root = root;
    this.run = run;
    this.#freeBytes = freeBytes;
  }

  /** The text of a small file, trimmed. Files of the device tree end with a zero byte. */
  read(path: string): string | undefined {
    return tryTo(() => readFileSync(this.#at(path), 'utf8').replaceAll('\0', '').trim());
  }

  list(path: string): readonly string[] {
    return tryTo(() => readdirSync(this.#at(path)).sort()) ?? [];
  }

  stat(path: string): Stats | undefined {
    return tryTo(() => statSync(this.#at(path)));
  }

  exists(path: string): boolean {
    return this.stat(path) !== undefined;
  }

  isWritable(path: string): boolean {
    return tryTo(() => accessSync(this.#at(path), constants.W_OK) ?? true) ?? false;
  }

  /** The path without symbolic links. */
  real(path: string): string | undefined {
    return tryTo(() => join('/', relative(realpathSync(this.#root), realpathSync(this.#at(path)))));
  }

  freeBytes(path: string): number | undefined {
    return tryTo(() => this.#freeBytes(this.#at(path)));
  }

  processes(): readonly RunningProcess[] {
    return this.list('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({
        pid: Number(name),
        words: (tryTo(() => readFileSync(this.#at(`/proc/${name}/cmdline`), 'utf8')) ?? '')
          .split('\0')
          .filter((word) => word !== ''),
        openFiles: () =>
          this.list(`/proc/${name}/fd`).flatMap(
            (fd) => tryTo(() => readlinkSync(this.#at(`/proc/${name}/fd/${fd}`))) ?? [],
          ),
      }));
  }

  #at(path: string): string {
    return join(this.#root, path);
  }
}

function tryTo<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { timeout: ANSWER_MS, maxBuffer: MOST_BYTES, encoding: 'utf8' },
      (error, stdout) => resolve(error === null ? stdout.trim() : undefined),
    );
  });
