import type { GatepostError } from '../core/errors.ts';

/**
 * An open connection to something that can be unplugged. Drivers open it once and report its end; opening it again is
 * the device supervisor's work, so that all reconnecting goes through one helper.
 */
export interface DeviceLink {
  /** Resolves once when the link is over: with the error that ended it, or undefined after close(). */
  readonly closed: Promise<GatepostError | undefined>;
  /** Frees the device. Idempotent. */
  close(): Promise<void>;
}

/** Opens device files such as /dev/hidraw0 for reading: the real ones, or simulated ones with the same bytes. */
export interface DeviceFiles {
  /**
   * @param onBytes called with every chunk in order; the receiver may keep the buffer. Chunks may differ from the
   * device's own units: the receiver reassembles records of a fixed size.
   * @throws GatepostError `device.missing`, `device.busy`, `device.denied` or `device.failed`, with the remedy
   */
  open(path: string, onBytes: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<DeviceLink>;
}
