import { readSync } from 'node:fs';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { SerialLink } from '../../src/ports/serial-ports.ts';

/** The part of an open port of serialport's Linux binding that is used. The descriptor is non-blocking. */
export interface PolledPort {
  readonly fd: number | null;
  readonly poller: {
    once(event: 'readable', callback: (error: Error | null) => void): unknown;
    stop(): void;
  };
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Most bytes taken at a time; more stay in the kernel until the next turn of the event loop. */
const CHUNK_BYTES = 4096;

/**
 * One open serial line.
 *
 * It reads here and not through the binding: after a terminal was hung up (unplugged), a read returns 0 bytes, and
 * serialport 13.0.0 takes 0 for "try again" without end, at full load and without an error, whenever the line is lost
 * while bytes arrive. Reading without the thread pool also keeps a scan from waiting behind a password hash.
 */
export class NodeSerialLink implements SerialLink {
  readonly closed: Promise<GatepostError | undefined>;
  readonly #port: PolledPort;
  readonly #path: string;
  readonly #onBytes: (bytes: Uint8Array) => void;
  #settleClosed: (error: GatepostError | undefined) => void = () => undefined;
  #ending = false;
  #failure: GatepostError | undefined;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(port: PolledPort, path: string, onBytes: (bytes: Uint8Array) => void) {
    this.#port = port;
    this.#path = path;
    this.#onBytes = onBytes;
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  /** Begins to read; the line is closed when `signal` aborts. */
  start(signal: AbortSignal): void {
    const stop = () => this.#end();
    signal.addEventListener('abort', stop, { once: true });
    void this.closed.then(() => signal.removeEventListener('abort', stop));
    void this.#run();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#ending) throw this.#lost('it is closed');
    const mine = this.#lastWrite.then(() => this.#writeNow(bytes));
    // The next write waits for this one but is not affected by its failure.
    this.#lastWrite = mine.catch(() => undefined);
    return mine;
  }

  async close(): Promise<void> {
    this.#end();
    await this.closed;
  }

  async #writeNow(bytes: Uint8Array): Promise<void> {
    if (this.#ending) throw this.#lost('it is closed');
    try {
      await this.#port.write(Buffer.from(bytes));
    } catch (error) {
      const lost = this.#lost(messageOf(error), error);
      this.#end(lost);
      throw lost;
    }
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const length = await this.#read(buffer);
      if (length === undefined) break;
      if (length > 0) this.#onBytes(buffer.slice(0, length));
    }
    try {
      await this.#port.close();
    } catch (error) {
      this.#failure ??= this.#lost(messageOf(error), error);
    }
    this.#settleClosed(this.#failure);
  }

  /** Number of bytes read, possibly 0; undefined at the end of the line. */
  async #read(buffer: Uint8Array): Promise<number | undefined> {
    try {
      if (!this.#ending) await this.#readable();
      if (this.#ending || this.#port.fd === null) return undefined;
      const length = readSync(this.#port.fd, buffer);
      if (length === 0) throw new Error('it was hung up');
      return length;
    } catch (error) {
      if (isTryAgain(error)) return 0;
      this.#end(this.#lost(messageOf(error), error));
      return undefined;
    }
  }

  #readable(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#port.poller.once('readable', (error) => (error === null ? resolve() : reject(error)));
    });
  }

  #end(failure?: GatepostError): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#failure = failure;
    this.#port.poller.stop();
  }

  #lost(why: string, cause?: unknown): GatepostError {
    return new GatepostError(
      'device.lost',
      `The serial line ${this.#path} is gone: ${why}. Check plug, cable and power of the device.`,
      { cause },
    );
  }
}

function isTryAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');
}
