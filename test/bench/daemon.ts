import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { packageRoot } from '../../src/version.ts';
import { ROOT } from '../support/gate/bundle-samples.ts';
import { MeasuredProcess } from './measured-process.ts';
import { GATE, SITE } from './pass-supply.ts';

const GATEPOST = fileURLToPath(new URL('../../src/cli/gatepost.js', import.meta.url));
const READY = /The gate is ready/;
/** Last words of a daemon that did not start. */
const KEPT_LINES = 20;

export interface LaneDevices {
  readonly scanner: string;
  readonly levelFile: string;
  /** Without one the lane asks for no reading. */
  readonly thermometer?: string;
  /** False where the thermometer talks and nobody has to be measured. */
  readonly screened?: boolean;
}

interface DaemonSetUp {
  /** Holds the config file and the level files of this run. */
  readonly folder: string;
  readonly store: string;
  readonly lanes: readonly LaneDevices[];
  readonly issuerKey: string;
  readonly brokerUrl?: string;
  /** Arguments for node itself, e.g. --cpu-prof. */
  readonly nodeArguments?: readonly string[];
  /** A program and its words that start node and then stay beside it, e.g. strace with -D. */
  readonly under?: readonly string[];
}

/** What the service's unit gives to node itself: the daemon is measured as systemd starts it. */
function serviceArguments(): readonly string[] {
  const unit = readFileSync(join(packageRoot(), 'systemd/gatepost.service'), 'utf8');
  const given = /^ExecStart=\S+\/node ((?:-\S+ )*)\S+\/gatepost\.js run /m.exec(unit)?.[1];
  if (given === undefined) throw new Error('The unit of the service does not start gatepost.js with node.');
  return given.split(' ').filter((argument) => argument !== '');
}

let isKept = false;

/** Keeps what V8 compiles of the program under the words of the unit, as scripts/install does; once a process. */
function keepProgram(): void {
  if (isKept) return;
  const keep = join(packageRoot(), 'scripts/lib/keep-compiled.mjs');
  execFileSync(process.execPath, [keep, packageRoot(), 'gate', ...serviceArguments()], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  isKept = true;
}

/** The daemon as it is shipped, in a process of its own. */
export class DaemonProcess extends MeasuredProcess {
  /** From the start of the process to the line that says the gate is ready. */
  readonly readyAfterMs: number;
  /** Address of the screens. */
  readonly url: string;
  /** The code for the first password; empty where there is one. */
  readonly setUpCode: string;

  private constructor(child: ChildProcess, readyAfterMs: number, said: readonly string[]) {
    super(child);
    this.readyAfterMs = readyAfterMs;
    this.url = wordOf(said, 'web');
    this.setUpCode = wordOf(said, 'setUpCode');
  }

  static async start(setUp: DaemonSetUp): Promise<DaemonProcess> {
    const config = join(setUp.folder, 'gatepost.yaml');
    writeFileSync(config, stringify(configOf(setUp)));
    keepProgram();
    const startMs = performance.now();
    const [program = process.execPath, ...words] = [...(setUp.under ?? []), process.execPath];
    const child = spawn(
      program,
      [
        ...words,
        ...serviceArguments(),
        ...(setUp.nodeArguments ?? []),
        GATEPOST,
        'run',
        '--config',
        config,
        '--log-format',
        'json',
      ],
      { cwd: setUp.folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child.stderr.pipe(process.stderr);
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        said.push(line);
        if (said.length > KEPT_LINES) said.shift();
        if (READY.test(line)) resolve();
      });
      child.once('exit', () =>
        reject(new Error(`The daemon ended before it was ready:\n${said.join('\n')}`)),
      );
    });
    return new DaemonProcess(child, performance.now() - startMs, said);
  }
}

/** What the daemon's JSON log says under this name. */
function wordOf(said: readonly string[], name: string): string {
  const lines = said.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return String(lines.find((line) => name in line)?.[name] ?? '');
}

function configOf({ store, lanes, issuerKey, brokerUrl }: DaemonSetUp): object {
  return {
    version: 1,
    site: { id: SITE, name: 'Willow Court', timeZone: 'Asia/Shanghai' },
    gate: { id: GATE, name: 'Bench' },
    doors: Object.fromEntries(
      lanes.map(({ levelFile }, i) => [
        `door-${i}`,
        { name: `Door ${i}`, releaseSeconds: 0.2, lock: { driver: 'simulated', levelFile } },
      ]),
    ),
    accessPoints: Object.fromEntries(
      lanes.map(({ scanner, thermometer, screened = thermometer !== undefined }, i) => [
        `lane-${i}`,
        {
          door: `door-${i}`,
          direction: screened ? 'in' : 'out',
          scanner: { driver: 'serial', path: scanner },
          ...(thermometer === undefined
            ? {}
            : { thermometer: { driver: 'gy-mcu9061x', path: thermometer, baudRate: 9600 } }),
        },
      ]),
    ),
    // Signed lists that a store brings along are believed.
    trust: { rootKey: Buffer.from(ROOT.publicKey).toString('hex') },
    passes: { issuers: [{ name: 'Bench', publicKey: issuerKey }], untrustedTime: 'allow' },
    screening: { in: 'enforce', out: 'off' },
    ...(brokerUrl === undefined ? {} : { mqtt: { url: brokerUrl } }),
    web: { port: 0 },
    store: { folder: store },
  };
}
