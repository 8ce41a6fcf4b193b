import { randomFillSync } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const LARGEST_BYTES = 4 * 1024 * 1024;
const SMALLEST_BYTES = 64 * 1024;
/** Of a small disk so much is kept free. */
const SHARE = 32;

/**
 * Room that is kept so that nothing depends on the last kilobyte. Below it no decision is written any more, so the gate
 * opens for nobody, and what has happened is still put on record. A file of the same size keeps other programs from
 * taking it: a start on a full disk gives that up for the files that SQLite makes to open a database.
 */
export class Reserve {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether more than the reserve is free. Where that cannot be asked, the writes themselves will tell. */
  hasRoom(): boolean {
    const disk = this.#disk();
    return disk === undefined || disk.freeBytes >= disk.reserveBytes;
  }

  /** Bytes free, and of how many; undefined where it cannot be asked. */
  room(): { readonly freeBytes: number; readonly sizeBytes: number } | undefined {
    return this.#disk();
  }

  /** Puts the reserve aside where it is not and there is room for it; not to be able to is no failure. */
  keep(): void {
    const disk = this.#disk();
    if (disk === undefined || existsSync(this.#path) || disk.freeBytes < 2 * disk.reserveBytes) return;
    try {
      const file = openSync(this.#path, 'wx', 0o600);
      try {
        // Random bytes, for a file system may keep a hole in place of zeros.
        writeSync(file, randomFillSync(Buffer.alloc(disk.reserveBytes)));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      this.give();
    }
  }

  /** Gives it up. False where there was none. */
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
