import { execFileSync } from 'node:child_process';
import { constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { Inbox } from '../inbox.ts';

/**
 * Records every change in the level file of a simulated lock. The file is a named pipe, because two changes of an
 * ordinary file look like none to a program that was held up meanwhile.
 */
export class LevelWatch {
  /** '1' released, '0' at rest; the level at the beginning is not in it. */
  readonly changes = new Inbox<string>();
  readonly #onRise: () => void;
  readonly #pipe: number;
  readonly #reader: Socket;
  #last = '0';

  /**
   * @param path of the level file, which must not exist
   * @param onRise called as soon as the release is seen
   */
  constructor(path: string, onRise: () => void = () => undefined) {
    this.#onRise = onRise;
    execFileSync('mkfifo', [path]);
    // Opened for reading and writing, so that no side waits for the other.
    this.#pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.#reader = new Socket({ fd: this.#pipe, readable: true, writable: false });
    this.#reader.on('data', (bytes) => this.#take(bytes));
  }

  /** The level right now. */
  get level(): string {
    this.#read();
    return this.#last;
  }

  /** How often the lock was released so far. */
  get releases(): number {
    this.#read();
    return this.changes.items.filter((level) => level === '1').length;
  }

  /** To be called when nobody writes any more. */
  stop(): void {
    this.#reader.destroy();
  }

  /** Takes what has been written, also before the event loop gets to it. */
  #read(): void {
    const bytes = Buffer.alloc(65_536);
    try {
      this.#take(bytes.subarray(0, readSync(this.#pipe, bytes)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }

  #take(bytes: Buffer): void {
    for (const level of bytes.toString('latin1')) {
      if (level === '\n' || level === this.#last) continue;
      this.#last = level;
      if (level === '1') this.#onRise();
      this.changes.put(level);
    }
  }
}
