import { open, readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BundleAnswer } from '../../ports/bundles.ts';
import type { Clock } from '../../ports/clock.ts';

const MOST_LINES = 200;
const NAMES_SHOWN = 20;

/**
 * A short list of the results for the files of a stick, one JSON object a line, newest last. It is for the person who
 * plugged the stick in and has no other way to see them.
 */
export class ResultsFile {
  readonly #path: string;
  readonly #clock: Clock;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  add(file: string, answer: BundleAnswer): Promise<void> {
    return this.#append({ file: basename(file), ...answer });
  }

  /** Records files that were not read. */
  leftOut(names: readonly string[]): Promise<void> {
    return this.#append({ status: 'left_out', count: names.length, files: names.slice(0, NAMES_SHOWN) });
  }

  async #append(result: object): Promise<void> {
    const time = new Date(this.#clock.read().wallMs).toISOString();
    const line = JSON.stringify({ time, ...result });
    const lines = [...(await this.#lines()), line].slice(-MOST_LINES);
    const temporary = `${this.#path}.tmp`;
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(`${lines.join('\n')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, this.#path);
  }

  async #lines(): Promise<readonly string[]> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').filter((line) => line !== '');
  }
}
