import { execFile } from 'node:child_process';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import { unavailable } from './chip.ts';
import type { Level } from './gpio-line.ts';
import { noSuchLine } from './line-trouble.ts';

/** Longest time for the answer of a libgpiod tool, which normally answers at once. */
const ANSWER_MS = 5_000;
const CONSUMER = 'gatepost';

/** Where the tools are searched; tests use their own. */
export interface GpiodSource {
  /** `PATH` of the tools; this process's own when left out. */
  readonly path?: string;
}

/**
 * A header line in the syntax of one generation of libgpiod's tools (hardware/FACTS.md#libgpiod). The line is found
 * by its name, which is the same on every board; chip numbers differ between kernels.
 */
export interface GpiodLine {
  readonly version: string;
  /** Sets the level and keeps it until the process is ended. */
  hold(level: Level): readonly string[];
  /** Sets the level and keeps it for `endsAfterMs` milliseconds; then the process ends by itself. */
  pulse(level: Level, endsAfterMs: number): readonly string[];
  /** Prints the present level. */
  get(): readonly string[];
  /** Prints a line for every edge. */
  monitor(): readonly string[];
  /** The level in a line that get() or monitor() printed; undefined if there is none. */
  parse(text: string): Level | undefined;
}

/**
 * Finds the tools and how they name the line.
 * @param line BCM number, as in GPIO17
 * @throws GatepostError `gpio.unavailable`
 */
export async function findGpiodLine(line: number, source: GpiodSource = {}): Promise<GpiodLine> {
  const said = await ask('gpioset', ['--version'], source);
  const version = /v?(\d+\.\d+(?:\.\d+)?)/.exec(said)?.[1];
  if (version === undefined) throw unavailable(`gpioset --version said "${said.slice(0, 80)}".`);
  if (Number(version.split('.')[0]) >= 2) return version2(`GPIO${line}`, version);
  const found = await run('gpiofind', [`GPIO${line}`], source);
  const [, chip, offset] = /^(\S+) (\d+)$/.exec(found.trim()) ?? [];
  if (chip === undefined || offset === undefined) throw noSuchLine(line, await listLines(source));
  return version1(chip, offset, version);
}

/** What gpioinfo prints of all lines; empty where it cannot be run. */
export async function listLines(source: GpiodSource): Promise<string> {
  try {
    return await run('gpioinfo', [], source);
  } catch {
    return '';
  }
}

/** Environment for the tools. */
export function environmentOf({ path }: GpiodSource): NodeJS.ProcessEnv {
  return path === undefined ? process.env : { ...process.env, PATH: path };
}

/** The first line a tool prints. @throws GatepostError `gpio.unavailable` */
export async function ask(tool: string, args: readonly string[], source: GpiodSource): Promise<string> {
  return (await run(tool, args, source)).split('\n', 1)[0]?.trim() ?? '';
}

/** Everything a tool prints; an empty text if it found nothing. @throws GatepostError `gpio.unavailable` */
function run(tool: string, args: readonly string[], source: GpiodSource): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      tool,
      [...args],
      { env: environmentOf(source), timeout: ANSWER_MS, maxBuffer: 65_536, encoding: 'utf8' },
      (error, stdout, stderr) => {
        // gpiofind reports a missing line only by its exit code.
        if (error === null || (tool === 'gpiofind' && error.code === 1 && stderr === '')) resolve(stdout);
        else if (error.code === 'ENOENT') reject(missing(tool, error));
        else reject(unavailable(`${tool} failed: ${stderr.trim() || messageOf(error)}.`, error));
      },
    );
  });
}

function missing(tool: string, cause: unknown): GatepostError {
  return new GatepostError(
    'gpio.unavailable',
    `The program ${tool} is not installed. Run "apt install gpiod", or choose another driver.`,
    { cause },
  );
}

/** libgpiod 1.6 (Debian bookworm). */
function version1(chip: string, offset: string, version: string): GpiodLine {
  return {
    version,
    hold: (level) => ['--mode=signal', chip, `${offset}=${level}`],
    pulse: (level, endsAfterMs) => [
      '--mode=time',
      `--sec=${Math.floor(endsAfterMs / 1000)}`,
      `--usec=${Math.round(endsAfterMs % 1000) * 1000}`,
      chip,
      `${offset}=${level}`,
    ],
    get: () => [chip, offset],
    monitor: () => ['--line-buffered', '--format=%e', chip, offset],
    parse: (text) => (text === '1' ? 1 : text === '0' ? 0 : undefined),
  };
}

/** libgpiod 2 (Debian trixie). */
function version2(name: string, version: string): GpiodLine {
  const consumer = `--consumer=${CONSUMER}`;
  return {
    version,
    hold: (level) => [consumer, `${name}=${level}`],
    pulse: (level, endsAfterMs) => [
      consumer,
      `--hold-period=${Math.round(endsAfterMs)}ms`,
      '--toggle=0',
      `${name}=${level}`,
    ],
    get: () => [consumer, '--numeric', name],
    monitor: () => [consumer, '--debounce-period=10ms', '--format=%e', name],
    parse: (text) => (text === '1' ? 1 : text === '0' || text === '2' ? 0 : undefined),
  };
}
