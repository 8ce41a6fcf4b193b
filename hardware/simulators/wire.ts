import type { GatepostError } from '../../src/core/errors.ts';
import type { Parity, SerialPorts, SerialSettings } from '../../src/ports/serial-ports.ts';

/** A simulated device's end of a serial line: in memory, or a real pty. */
export interface Wire {
  /** Sends to the kiosk. Bytes without a listener are lost, as on a real line. */
  write(bytes: Uint8Array): void;
  /** Calls back with every chunk the kiosk sends; returns the end of the subscription. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void;
  /** Sets the speed of the device. Absent for wires without a speed, such as ptys. */
  setBaudRate?(baudRate: number): void;
  /** Sets the parity of the device; `none` until then. */
  setParity?(parity: Parity): void;
}

/** A wire over a real line that has to be closed. */
export interface OpenWire extends Wire {
  /** Resolves when the line ends, with the error that ended it. */
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
      // A line that ends during a write reports it by `closed`, so the error is not reported here.
      void link.write(bytes).catch(() => link.close());
    },
    onBytes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
