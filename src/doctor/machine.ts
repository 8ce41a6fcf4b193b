import { execFile } from 'node:child_process';
import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import { join, relative } from 'node:path';

/** Programs that report on the machine answer at once. */
const ANSWER_MS = 5_000;
const MOST_BYTES = 65_536;

interface MachineSettings {
  /** Folder used as `/`; tests create their faults there. */
  readonly root?: string;
  readonly run?: RunProgram;
  readonly freeBytes?: (path: string) => number;
  /** How many more files fit; undefined if the file system does not count them. */
  readonly freeFiles?: (path: string) => number | undefined;
  /** Number of the calling user; only root sees what other users' programs hold. */
  readonly user?: number;
}

/** Output of a program; undefined if it is not installed, cannot be run or ends with an error. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | undefined>;

export interface RunningProcess {
  readonly pid: number;
  /** Process id of the parent. */
  readonly parent: number | undefined;
  /** Arguments it was started with. */
  readonly words: readonly string[];
  /** Files it has open, as far as this user may see them. */
  openFiles(): readonly string[];
}

/**
 * The machine as the checks see it. Nothing throws: what is missing or not readable is undefined, and the check says
 * what that means.
 */
export class Machine {
  readonly run: RunProgram;
  readonly isAskedByRoot: boolean;
  readonly #root: string;
  readonly #freeBytes: (path: string) => number;
  readonly #freeFiles: (path: string) => number | undefined;

  constructor(settings: MachineSettings = {}) {
    this.#root = settings.root ?? '/';
    this.run = settings.run ?? runProgram;
    this.#freeBytes = settings.freeBytes ?? freeBytesAt;
    this.#freeFiles = settings.freeFiles ?? freeFilesAt;
    this.isAskedByRoot = (settings.user ?? process.getuid?.()) === 0;
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

  /** Whether something with this name exists, even a dangling link. */
  isNamed(path: string): boolean {
    return tryTo(() => lstatSync(this.#at(path))) !== undefined;
  }

  /** Whether it is a device node. A folder used as `/` contains plain files instead. */
  isDevice(path: string): boolean {
    const stats = this.stat(path);
    return stats?.isCharacterDevice() === true || (this.#root !== '/' && stats?.isFile() === true);
  }

  /** The path without symbolic links. */
  real(path: string): string | undefined {
    return tryTo(() => join('/', relative(realpathSync(this.#root), realpathSync(this.#at(path)))));
  }

  freeBytes(path: string): number | undefined {
    return tryTo(() => this.#freeBytes(this.#at(path)));
  }

  freeFiles(path: string): number | undefined {
    return tryTo(() => this.#freeFiles(this.#at(path)));
  }

  /** All programs but this one. */
  processes(): readonly RunningProcess[] {
    return this.list('/proc')
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
      .map((name) => ({
        pid: Number(name),
        parent: parentIn(this.read(`/proc/${name}/status`)),
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

function parentIn(status = ''): number | undefined {
  const said = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
  return said === undefined ? undefined : Number(said);
}

function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function freeFilesAt(path: string): number | undefined {
  const { files, ffree } = statfsSync(path);
  return files === 0 ? undefined : ffree;
}

/** A program that hangs in the kernel cannot be killed: it is left behind and does not delay our exit. */
const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { maxBuffer: MOST_BYTES, encoding: 'utf8' },
      (error, stdout) => {
        clearTimeout(limit);
        resolve(error === null ? stdout.trim() : undefined);
      },
    );
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve(undefined);
    }, ANSWER_MS);
  });

/** A device of the config that is a node in /dev, or a camera that its program finds by itself. */
export interface DeviceUse {
  /** `accessPoints.main-in.scanner` */
  readonly place: string;
  /** `serial`, `hid-keyboard`, `camera`, `gy-mcu9061x`, … */
  readonly driver: string;
  readonly path: string;
  /** For a camera only: the program that takes the images. */
  readonly source?: 'v4l2' | 'ffmpeg' | 'rpicam';
}
