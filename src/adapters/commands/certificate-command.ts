import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';

const LOWEST_PRIORITY = 19;
/** Of what the command says, the end is kept, in characters. */
const SAID_MAX = 2_000;
/** It takes some seconds on the slowest kiosk. */
const LONGEST_MS = 120_000;

interface CertificateCommandDeps {
  /** Program and words before `https`, as this process itself was started. */
  readonly command: readonly [string, ...string[]];
  /** Config file. */
  readonly config: string;
}

/**
 * `gatepost https make` in a process of its own, of the lowest priority: the library that writes certificates takes half a
 * second to load and 20 MB, once in most of a year, and no person waits at the gate for it.
 */
export class CertificateCommand {
  readonly #deps: CertificateCommandDeps;

  constructor(deps: CertificateCommandDeps) {
    this.#deps = deps;
  }

  /** Makes what is missing or due at `nowMs`, Unix milliseconds. Rejects with what the command said. */
  async make(nowMs: number): Promise<void> {
    const { command, config } = this.#deps;
    const [program, ...words] = command;
    const order = ['https', 'make', '--config', config, '--time', String(Math.floor(nowMs))];
    const child = spawn(program, [...words, ...order], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LONGEST_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString('utf8')).slice(-SAID_MAX);
    });
    if (child.pid !== undefined) setPriority(child.pid, LOWEST_PRIORITY);
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(said.trim().split('\n').at(-1) || `it ended with ${code}`);
  }
}
