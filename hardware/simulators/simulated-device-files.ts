import { GatepostError } from '../../src/core/errors.ts';
import type { DeviceFiles, DeviceLink } from '../../src/ports/device-link.ts';

/** Device files in memory. Every reader of a file gets every byte, as with hidraw. */
export class SimulatedDeviceFiles implements DeviceFiles {
  readonly #files = new Map<string, SimulatedDeviceFile>();

  /** The device behind `path`; plugged in from the first call on. */
  file(path: string): SimulatedDeviceFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = new SimulatedDeviceFile(path);
    this.#files.set(path, file);
    return file;
  }

  async open(path: string, onBytes: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<DeviceLink> {
    signal.throwIfAborted();
    const file = this.#files.get(path);
    if (file?.plugged !== true) {
      throw new GatepostError('device.missing', `${path} is not plugged in. Plug the device in.`);
    }
    return file.connect(onBytes, signal);
  }
}

interface Reader {
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly end: (error?: GatepostError) => void;
}

/** The device's side of one simulated device file. */
class SimulatedDeviceFile {
  readonly path: string;
  readonly #readers = new Set<Reader>();
  #plugged = true;

  constructor(path: string) {
    this.path = path;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  write(bytes: Uint8Array): void {
    for (const reader of [...this.#readers]) reader.onBytes(bytes.slice());
  }

  unplug(): void {
    this.#plugged = false;
    const error = new GatepostError('device.lost', `The device ${this.path} is gone: it was unplugged.`);
    for (const reader of [...this.#readers]) reader.end(error);
  }

  plug(): void {
    this.#plugged = true;
  }

  connect(onBytes: (bytes: Uint8Array) => void, signal: AbortSignal): DeviceLink {
    let settle: (error: GatepostError | undefined) => void = () => undefined;
    const closed = new Promise<GatepostError | undefined>((resolve) => {
      settle = resolve;
    });
    const stop = (): void => reader.end();
    const reader: Reader = {
      onBytes,
      end: (error) => {
        this.#readers.delete(reader);
        signal.removeEventListener('abort', stop);
        settle(error);
      },
    };
    this.#readers.add(reader);
    signal.addEventListener('abort', stop, { once: true });
    return {
      closed,
      close: async () => reader.end(),
    };
  }
}
