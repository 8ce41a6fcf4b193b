import type { DeviceLink } from './device-link.ts';

export interface SerialSettings {
  /** Device path, preferably a link below /dev/serial/by-id or by-path. */
  readonly path: string;
  /** Bits per second, with eight data bits. Has no meaning on CDC-ACM and ptys. */
  readonly baudRate: number;
  /** `none` if absent. */
  readonly parity?: Parity;
  /** 1 if absent. */
  readonly stopBits?: StopBits;
}

export type Parity = 'none' | 'even' | 'odd';
export type StopBits = 1 | 2;

/** An open serial line. */
export interface SerialLink extends DeviceLink {
  /** Resolves when the bytes left the process. Rejects with `device.lost` on a closed line and never queues. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Opens serial lines: the real ones, or simulated ones with the same bytes. */
export interface SerialPorts {
  /**
   * @param onBytes called with every chunk in order; the receiver may keep the buffer.
   * @throws GatepostError `device.missing`, `device.busy`, `device.denied` or `device.failed`, with the remedy
   */
  open(
    settings: SerialSettings,
    onBytes: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<SerialLink>;
}
