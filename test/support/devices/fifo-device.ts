import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A named pipe in place of a device file; it blocks and ends in the same way. */
export class FifoDevice {
  readonly path: string;
  readonly #folder: string;
  #fd: number | undefined;

  constructor(name = 'device') {
    this.#folder = mkdtempSync(join(tmpdir(), 'gatepost-fifo-'));
    this.path = join(this.#folder, name);
    this.plug();
  }

  write(bytes: Uint8Array): void {
    if (this.#fd === undefined) throw new Error('not plugged in');
    writeSync(this.#fd, bytes);
  }

  plug(): void {
    execFileSync('mkfifo', [this.path]);
    // Opened for reading and writing, so that no side waits for the other.
    this.#fd = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK);
  }

  unplug(): void {
    rmSync(this.path, { force: true });
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  dispose(): void {
    this.unplug();
    rmSync(this.#folder, { recursive: true });
  }
}
