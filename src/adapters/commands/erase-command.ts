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
 * `gatepost holder erase --request N`, or `--unfinished`, in a process of its own, of the lowest priority: it looks through the whole log,
 * which takes a minute where that is large, and the gate goes on meanwhile.
 */
export class EraseCommand implements Eraser {
  readonly #deps: EraseCommandDeps;

  constructor(deps: EraseCommandDeps) {
    this.#deps = deps;
  }

  async erase(request: number | 'unfinished', signal: AbortSignal): Promise<void> {
    const { command, config } = this.#deps;
    const [program, ...words] = command;
    const which = request === 'unfinished' ? ['--unfinished'] : ['--request', String(request)];
    const order = ['holder', 'erase', ...which, '--config', config];
    const child = spawn(program, [...words, ...order], { stdio: ['ignore', 'ignore', 'pipe'] });
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    signal.addEventListener('abort', kill, { once: true });
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString('utf8')).slice(-SAID_MAX);
    });
    try {
      if (child.pid !== undefined) setPriority(child.pid, LOWEST_PRIORITY);
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(said.trim().split('\n').at(-1) || `it ended with ${code}`);
    } catch (error) {
      kill();
      throw new GatepostError(
        'log.unavailable',
        request === 'unfinished'
          ? `An erasure is not completed yet: ${messageOf(error)}`
          : `What request ${request} asks for was not erased yet: ${messageOf(error)}`,
        { cause: error },
      );
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }
}
