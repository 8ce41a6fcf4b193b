import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';

/**
 * As a nice value: the gate and its screens come first, and yet an operator who waits gets a tenth of a busy core instead
 * of the hundredth that the lowest priority leaves.
 */
const BEHIND_THE_GATE = 10;
/** Of what the command says, the end is kept, in characters. */
const SAID_MAX = 2_000;

/** Program and words before the command, as this process itself was started. */
export type OwnCommand = readonly [string, ...string[]];

/**
 * One of the program's own commands in a process of its own, of a lower priority. Its output is read no faster than
 * whoever asks takes it; when nobody reads any more, or with the signal, it is told to end.
 * @throws Error with the last line it said, if it ends with a code that is not among `good`
 */
export async function* outputOf(
  [program, ...before]: OwnCommand,
  words: readonly string[],
  { signal, good = [0] }: { readonly signal: AbortSignal; readonly good?: readonly number[] },
): AsyncGenerator<Uint8Array, void, void> {
  signal.throwIfAborted();
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(program, [...before, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A backup cleans up after itself.
  const end = (): void => {
    child.kill('SIGTERM');
    child.stdout.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString('utf8')).slice(-SAID_MAX);
  });
  const ended = once(child, 'close');
  // Whoever stops reading does not wait for the end.
  ended.catch(() => undefined);
  try {
    lower(child.pid);
    for await (const bytes of child.stdout) yield bytes as Uint8Array;
    const [code] = await ended;
    signal.throwIfAborted();
    if (!good.includes(code)) throw new Error(said.trim().split('\n').at(-1) || `it ended with ${code}`);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    if (child.exitCode === null) end();
  }
}

function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, BEHIND_THE_GATE);
  } catch {
    // It has ended already.
  }
}
