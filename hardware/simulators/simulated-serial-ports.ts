import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Parity, SerialLink, SerialPorts, SerialSettings } from '../../src/ports/serial-ports.ts';
import type { Wire } from './wire.ts';

/**
 * XORed with every byte when the two ends differ in speed or parity. Not realistic, but never the byte that was sent.
 */
const GARBLED = 0x93;

/** Serial lines in memory. Bytes arrive at once and in order; the rest is as with real lines. */
export class SimulatedSerialPorts implements SerialPorts {
  readonly #lines = new Map<string, SimulatedLine>();

  /** The device's end of the line at `path`; plugged in from the first call on. */
  line(path: string): SimulatedLine {
    const known = this.#lines.get(path);
    if (known !== undefined) return known;
    const line = new SimulatedLine(path);
    this.#lines.set(path, line);
    return line;
  }

  async open(
    settings: SerialSettings,
    onBytes: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<SerialLink> {
    if (signal.aborted) {
      throw new GatepostError(
        'device.failed',
        `Opening ${settings.path} was called off (${messageOf(signal.reason)}).`,
        { cause: signal.reason },
      );
    }
    const line = this.#lines.get(settings.path);
    if (line === undefined || !line.plugged) {
      throw new GatepostError('device.missing', `${settings.path} is not plugged in. Plug the device in.`);
    }
    const link = line.connect(settings, onBytes);
    const stop = () => void link.close();
    signal.addEventListener('abort', stop, { once: true });
    void link.closed.then(() => signal.removeEventListener('abort', stop));
    return link;
  }
}

/** The device's end of one simulated line; it can also be unplugged. */
export class SimulatedLine implements Wire {
  readonly path: string;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #plugged = true;
  #link: SimulatedLink | undefined;
  #baudRate: number | undefined;
  #parity: Parity = 'none';

  constructor(path: string) {
    this.path = path;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Whether the kiosk has the line open. */
  get isOpen(): boolean {
    return this.#link !== undefined;
  }

  write(bytes: Uint8Array): void {
    if (this.#link !== undefined) this.#link.deliver(this.#across(bytes, this.#link.settings));
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sets the speed of the device. Without a call it accepts every speed, as CDC-ACM devices do. */
  setBaudRate(baudRate: number): void {
    this.#baudRate = baudRate;
  }

  setParity(parity: Parity): void {
    this.#parity = parity;
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
  connect(settings: SerialSettings, onBytes: (bytes: Uint8Array) => void): SerialLink {
    if (this.#link !== undefined) {
      throw new GatepostError('device.busy', `${this.path} is already open. Close the other user first.`);
    }
    const link = new SimulatedLink({
      settings,
      onBytes,
      send: (bytes) => {
        for (const listener of this.#listeners) listener(this.#across(bytes, settings));
      },
      release: () => {
        this.#link = undefined;
      },
    });
    this.#link = link;
    return link;
  }

  /** The bytes as they arrive at the other end. Stop bits are not compared: a second one is only a pause. */
  #across(bytes: Uint8Array, { baudRate, parity = 'none' }: SerialSettings): Uint8Array {
    if (this.#baudRate === undefined || (this.#baudRate === baudRate && this.#parity === parity))
      return bytes.slice();
    return bytes.map((byte) => byte ^ GARBLED);
  }
}

interface SimulatedLinkDeps {
  readonly settings: SerialSettings;
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly send: (bytes: Uint8Array) => void;
  readonly release: () => void;
}

class SimulatedLink implements SerialLink {
  readonly closed: Promise<GatepostError | undefined>;
  readonly settings: SerialSettings;
  readonly #deps: SimulatedLinkDeps;
  #settleClosed: (error: GatepostError | undefined) => void = () => undefined;
  #open = true;

  constructor(deps: SimulatedLinkDeps) {
    this.#deps = deps;
    this.settings = deps.settings;
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  deliver(bytes: Uint8Array): void {
    this.#deps.onBytes(bytes);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) {
      throw new GatepostError('device.lost', `The serial line ${this.settings.path} is gone: it is closed.`);
    }
    this.#deps.send(bytes);
  }

  async close(): Promise<void> {
    this.end(undefined);
  }

  end(error: GatepostError | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#deps.release();
    this.#settleClosed(error);
  }
}
