import { randomFillSync } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST_BYTES = 4 * 1024 * 1024;
const SMALLEST_BYTES = 64 * 1024;
/** On a small disk this fraction of it (1/32) is kept free. */
const SHARE = 32;

/**
 * Disk space kept free, so that nothing depends on the last kilobyte. Below it no decision is written any more, so
 * the gate opens for nobody; events that have happened are still recorded. A file of the same size keeps other
 * programs from using the space: a start on a full disk deletes it, because SQLite creates files to open a database.
 */
export class Reserve {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether more than the reserve is free. True if the system does not say: the writes themselves will then fail. */
  hasRoom(): boolean {
    const disk = this.#disk();
    return disk === undefined || disk.freeBytes >= disk.reserveBytes;
  }

  /** Free bytes and total bytes; undefined if the system does not say. */
  room(): { readonly freeBytes: number; readonly sizeBytes: number } | undefined {
    return this.#disk();
  }

  /** Creates the reserve file if it is missing and there is room for it. Failing to do so is not an error. */
  keep(): void {
    const disk = this.#disk();
    if (disk === undefined || existsSync(this.#path) || disk.freeBytes < 2 * disk.reserveBytes) return;
    try {
      const file = openSync(this.#path, 'wx', 0o600);
      try {
        // Random bytes, because a file system may store zeros as a hole.
        writeSync(file, randomFillSync(Buffer.alloc(disk.reserveBytes)));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      this.give();
    }
  }

  /** Deletes the reserve file. False if there was none. */
  give(): boolean {
    if (!existsSync(this.#path)) return false;
    rmSync(this.#path, { force: true });
    return true;
  }

  get #path(): string {
    return join(this.#folder, 'reserve');
  }

  #disk():
    | { readonly freeBytes: number; readonly sizeBytes: number; readonly reserveBytes: number }
    | undefined {
    try {
      const { bavail, blocks, bsize } = statfsSync(this.#folder);
      const sizeBytes = blocks * bsize;
      const reserveBytes = Math.min(
        LARGEST_BYTES,
        Math.max(SMALLEST_BYTES, Math.floor(sizeBytes / SHARE / bsize) * bsize),
      );
      return { freeBytes: bavail * bsize, sizeBytes, reserveBytes };
    } catch {
      return undefined;
    }
  }
}
