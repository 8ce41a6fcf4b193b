import { type ChildProcess, spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FeedView } from '../../../src/core/feed/gate-feed.ts';
import type { GateName } from '../../../src/ports/feed-store.ts';
import { packageRoot } from '../../../src/version.ts';

const EXTENSION = extname(fileURLToPath(import.meta.url));
/** Sources run with the same hook as the tests' other children; what was built runs as it is. */
export const HOOK =
  EXTENSION === '.ts' ? ['--import', join(packageRoot(), 'scripts/lib/typescript-hook.mjs')] : [];
const GATEPOST = fileURLToPath(new URL(`../../../src/cli/gatepost${EXTENSION}`, import.meta.url));
/** Of the server, in `uplink.servers` of the gates. */
export const DISTRICT = 'district';

interface DistrictSettings {
  readonly broker: string;
  /** Address of the database. */
  readonly database: string;
  /** File with the private key that may order replays. */
  readonly replayKey: string;
  /** Port of its answers. */
  readonly port: number;
  readonly ackSeconds: number;
}

/** `gatepost watch --postgres` of the product, in a process of its own. */
export class DistrictServer {
  readonly settings: DistrictSettings;
  #process: ChildProcess | undefined;

  constructor(settings: DistrictSettings) {
    this.settings = settings;
  }

  start(): void {
    const { broker, database, replayKey, port, ackSeconds } = this.settings;
    const options = {
      '--postgres': database,
      '--server': DISTRICT,
      '--replay-key': replayKey,
      '--health': `127.0.0.1:${port}`,
      '--ack-seconds': String(ackSeconds),
      '--print': 'nothing',
      '--name': DISTRICT,
      '--log-level': 'error',
    };
    this.#process = spawn(
      process.execPath,
      [...HOOK, GATEPOST, 'watch', broker, ...Object.entries(options).flat()],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
  }

  /** Ends it like a power cut. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  /** Resolves when it reads the feeds and can store what comes. */
  async ready(): Promise<void> {
    while (!(await this.#isHealthy())) await pause(100);
  }

  /** What it believes of a gate; undefined if it has not heard of it. */
  async view({ site, gate }: GateName): Promise<FeedView | undefined> {
    const answer = await fetch(this.#address(`/gates/${site}/${gate}`));
    return answer.ok ? ((await answer.json()) as FeedView) : undefined;
  }

  async #isHealthy(): Promise<boolean> {
    try {
      return (await fetch(this.#address('/healthz'))).ok;
    } catch {
      if (this.#process?.exitCode !== null) throw new Error('The server has ended.');
      return false;
    }
  }

  #address(path: string): string {
    return `http://127.0.0.1:${this.settings.port}${path}`;
  }
}
