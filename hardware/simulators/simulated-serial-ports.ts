import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { SerialLink, SerialOptions, SerialPorts } from '../../src/ports/serial-ports.ts';
import type { Wire } from './wire.ts';

/** What a bit pattern becomes when both ends disagree about the speed: not the truth, but never what was sent. */
const WRONG_SPEED = 0x93;

/** Serial lines in memory. Bytes arrive at once and in order; everything else is as with real lines. */
export class SimulatedSerialPorts implements SerialPorts {
  readonly #lines = new Map<string, SimulatedLine>();

  /** The device's end of the line at `path`, which is plugged in from the first call on. */
  line(path: string): SimulatedLine {
    const known = this.#lines.get(path);
    if (known !== undefined) return known;
    const line = new SimulatedLine(path);
    this.#lines.set(path, line);
    return line;
  }

  async open(
    options: SerialOptions,
    onBytes: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<SerialLink> {
    if (signal.aborted) {
      throw new GatepostError(
        'device.failed',
        `Opening ${options.path} was called off (${messageOf(signal.reason)}).`,
        { cause: signal.reason },
      );
    }
    const line = this.#lines.get(options.path);
    if (line === undefined || !line.plugged) {
      throw new GatepostError('device.missing', `${options.path} is not plugged in. Plug the device in.`);
    }
    const link = line.connect(options.baudRate, onBytes);
    const stop = () => void link.close();
    signal.addEventListener('abort', stop, { once: true });
    void link.closed.then(() => signal.removeEventListener('abort', stop));
    return link;
  }
}

/** The device's end of one simulated line, and the hand that pulls its plug. */
export class SimulatedLine implements Wire {
  readonly path: string;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #plugged = true;
  #link: SimulatedLink | undefined;
  #baudRate: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  write(bytes: Uint8Array): void {
    if (this.#link !== undefined) this.#link.deliver(this.#atSpeed(bytes, this.#link.baudRate));
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Until this is called the device understands every speed, as CDC-ACM devices do. */
  setBaudRate(baudRate: number): void {
    this.#baudRate = baudRate;
  }

  unplug(): void {
    this.#plugged = false;
    this.#link?.end(
      new GatepostError('device.lost', `The serial line ${this.path} is gone: it was unplugged. Plug it in.`),
    );
  }

  plug(): void {
    this.#plugged = true;
  }

  /** Takes the kiosk's end. @throws GatepostError `device.busy` */
  connect(baudRate: number, onBytes: (bytes: Uint8Array) => void): SerialLink {
    if (this.#link !== undefined) {
      throw new GatepostError('device.busy', `${this.path} is already open. Close the other user first.`);
    }
    const link = new SimulatedLink({
      path: this.path,
      baudRate,
      onBytes,
      send: (bytes) => {
        for (const listener of this.#listeners) listener(this.#atSpeed(bytes, baudRate));
      },
      release: () => {
        this.#link = undefined;
      },
    });
    this.#link = link;
    return link;
  }

  #atSpeed(bytes: Uint8Array, otherBaudRate: number): Uint8Array {
    if (this.#baudRate === undefined || this.#baudRate === otherBaudRate) return bytes.slice();
    return bytes.map((byte) => byte ^ WRONG_SPEED);
  }
}

interface SimulatedLinkOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly send: (bytes: Uint8Array) => void;
  readonly release: () => void;
}

class SimulatedLink implements SerialLink {
  readonly closed: Promise<GatepostError | undefined>;
  readonly baudRate: number;
  readonly #options: SimulatedLinkOptions;
  #settleClosed: (error: GatepostError | undefined) => void = () => undefined;
  #open = true;

  constructor(options: SimulatedLinkOptions) {
    this.#options = options;
    this.baudRate = options.baudRate;
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  deliver(bytes: Uint8Array): void {
    this.#options.onBytes(bytes);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) {
      throw new GatepostError('device.lost', `The serial line ${this.#options.path} is gone: it is closed.`);
    }
    this.#options.send(bytes);
  }

  async close(): Promise<void> {
    this.end(undefined);
  }

  end(error: GatepostError | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#options.release();
    this.#settleClosed(error);
  }
}
