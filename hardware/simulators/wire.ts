import type { GatepostError } from '../../src/core/errors.ts';
import type { Parity, SerialPorts, SerialSettings } from '../../src/ports/serial-ports.ts';

/** A simulated device's end of a serial line: in memory, or a real pty. */
export interface Wire {
  /** Sends to the kiosk. Bytes that nobody listens to are gone, as on a real line. */
  write(bytes: Uint8Array): void;
  /** Calls back with every chunk the kiosk sends; returns the end of the subscription. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void;
  /** Sets the speed at which the device talks. Wires without a speed, such as ptys, leave it out. */
  setBaudRate?(baudRate: number): void;
  /** Sets the parity the device talks with; `none` until then. */
  setParity?(parity: Parity): void;
}

/** A wire over a real line that has to be closed. */
export interface OpenWire extends Wire {
  /** Resolves when the line is over, with the error that ended it. */
  readonly closed: Promise<GatepostError | undefined>;
  close(): Promise<void>;
}

/** Puts a simulated device on a real serial line, e.g. the far end of a socat pty pair. */
export async function openWire(
  serialPorts: SerialPorts,
  settings: SerialSettings,
  signal: AbortSignal,
): Promise<OpenWire> {
  const listeners = new Set<(bytes: Uint8Array) => void>();
  const link = await serialPorts.open(
    settings,
    (bytes) => {
      for (const listener of listeners) listener(bytes);
    },
    signal,
  );
  return {
    closed: link.closed,
    close: () => link.close(),
    write(bytes) {
      // A line that ends under a write says so by `closed`; the device on it has nobody else to tell.
      void link.write(bytes).catch(() => link.close());
    },
    onBytes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
