import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { Eraser } from '../../ports/data-requests.ts';

const LOWEST_PRIORITY = 19;
/** Of what the command says, the end is kept, in characters. */
const SAID_MAX = 2_000;

interface EraseCommandDeps {
  /** Program and words before `holder`, as this process itself was started. */
  readonly command: readonly [string, ...string[]];
  /** Config file. */
  readonly config: string;
}

/**
 * `gatepost holder erase --request N` in a process of its own, of the lowest priority: it looks through the whole log,
 * which takes a minute where that is large, and the gate goes on meanwhile.
 */
export class EraseCommand implements Eraser {
  readonly #deps: EraseCommandDeps;

  constructor(deps: EraseCommandDeps) {
    this.#deps = deps;
  }

  async erase(request: number, signal: AbortSignal): Promise<boolean> {
    const { command, config } = this.#deps;
    const [program, ...words] = command;
    const order = ['holder', 'erase', '--request', String(request), '--config', config];
    const child = spawn(program, [...words, ...order], { stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    signal.addEventListener('abort', kill, { once: true });
    let [receipt, said] = [0, ''];
    child.stdout.on('data', (bytes: Buffer) => {
      receipt += bytes.length;
    });
    child.stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString('utf8')).slice(-SAID_MAX);
    });
    try {
      if (child.pid !== undefined) setPriority(child.pid, LOWEST_PRIORITY);
      const [code] = await once(child, 'close');
      // The command prints the receipt once everything is erased, whatever may be left in unused parts.
      if (receipt > 0) return code === 0;
      throw new Error(said.trim().split('\n').at(-1) || `it ended with ${code}`);
    } catch (error) {
      kill();
      throw new GatepostError(
        'log.unavailable',
        `What request ${request} asks for was not erased yet: ${messageOf(error)}`,
        { cause: error },
      );
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }
}
