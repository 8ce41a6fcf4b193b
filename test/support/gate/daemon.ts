import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../../src/version.ts';
import { Inbox } from '../inbox.ts';

/** One line of the daemon's own log. */
export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface DaemonStart {
  readonly config: string;
  /** Built program and its arguments before the config; by default `gatepost run`. */
  readonly entry?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Program and arguments that start node, e.g. in a namespace of its own. */
  readonly wrapper?: readonly string[];
  /** Instead of node and `entry`: program and arguments before the config, such as an installed `gatepost run`. */
  readonly program?: readonly string[];
}

/** The built daemon in a process of its own. */
export class DaemonProcess {
  readonly log = new Inbox<LogLine>();
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #complaint = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'close');
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-8_000);
    });
    if (child.stdout === null) throw new Error('the daemon has no standard output');
    createInterface({ input: child.stdout }).on('line', (line) => this.log.put(parse(line)));
  }

  /** Starts it without waiting for anything. */
  static spawn({ config, entry, env, wrapper = [], program }: DaemonStart) {
    demandFreshBuild();
    const [command = '', ...rest] = [
      ...wrapper,
      ...(program ?? builtProgram(entry)),
      '--config',
      config,
      '--log-format',
      'json',
      '--log-level',
      'debug',
    ];
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    return new DaemonProcess(child);
  }

  /** Starts it and waits for its ready line; devices may still be connecting then. */
  static async start(options: DaemonStart): Promise<DaemonProcess> {
    const daemon = DaemonProcess.spawn(options);
    const ready = daemon.log.until((lines) => lines.some(isReady));
    const ended = daemon.#exited.then(() => {
      throw new Error(
        `the daemon ended before it was ready: ${daemon.#complaint}${JSON.stringify(daemon.log.items)}`,
      );
    });
    await Promise.race([ready, ended]);
    return daemon;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until codes of this access point's scanner are accepted; earlier ones are dropped as old. */
  async takesCodes(accessPoint: string): Promise<void> {
    const connected = `scanner:${accessPoint} is connected`;
    await this.log.until((lines) => lines.some(({ msg }) => msg.startsWith(connected)));
  }

  /** Address of the screens, from the ready line. */
  get url(): string {
    return String(this.log.items.find(isReady)?.web);
  }

  /** The code for the first password, from the log. */
  get setUpCode(): string {
    return String(this.log.items.find((line) => 'setUpCode' in line)?.setUpCode);
  }

  /** Its output on standard error. */
  get complaint(): string {
    return this.#complaint;
  }

  /** Sends a signal, without waiting. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits for the end of the process: its exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#exited;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async kill(name: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.signal(name);
    return this.ended();
  }
}

function builtProgram(
  [file = '', ...words]: readonly string[] = ['dist/src/cli/gatepost.js', 'run'],
): readonly string[] {
  return [process.execPath, join(packageRoot(), file), ...words];
}

function isReady({ msg }: LogLine): boolean {
  return msg.startsWith('The gate is ready');
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}

/** The first source in `folders` that is newer than dist, or dist itself if it does not exist; undefined otherwise. */
export function newerThanBuild(
  folders: readonly string[],
  kinds: RegExp,
  files: readonly string[] = [],
): string | undefined {
  const root = packageRoot();
  const built = join(root, 'dist/.built');
  const builtMs = existsSync(built) ? statSync(built).mtimeMs : 0;
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && kinds.test(entry.name) && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .concat(files.map((file) => join(root, file)))
    .find((path) => statSync(path).mtimeMs > builtMs);
}

/** Arguments for `node` that run a command of the built program, which starts five times as fast as the sources. */
export function gatepostArguments(...words: readonly string[]): string[] {
  demandFreshBuild();
  return [join(packageRoot(), 'dist/src/cli/gatepost.js'), ...words];
}

let isFresh = false;

/** Fails if the build is older than the sources. A good answer holds for the rest of the process. */
export function demandFreshBuild(): void {
  if (isFresh) return;
  const newer = newerThanBuild(['src', 'hardware', 'test/faults'], /\.tsx?$/);
  isFresh = newer === undefined;
  if (isFresh) return;
  throw new Error(`dist is missing or older than ${newer}: run scripts/build, then this test again.`);
}
