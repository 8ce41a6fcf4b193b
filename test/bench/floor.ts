import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LaneDevices } from './daemon.ts';

const CHILD = fileURLToPath(new URL('./floor.child.js', import.meta.url));

/** The bare script in its own process. */
export class FloorProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param rowBytes size of the row it commits */
  static async start(
    folder: string,
    { scanner, levelFile }: LaneDevices,
    rowBytes: number,
  ): Promise<FloorProcess> {
    const child = fork(CHILD, [scanner, levelFile, join(folder, 'floor.db'), String(rowBytes)]);
    await once(child, 'message');
    return new FloorProcess(child);
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}
