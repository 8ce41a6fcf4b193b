import type { GatepostError } from '../core/errors.ts';

/**
 * An open connection to something that can be unplugged. Drivers open it once and report its end; opening it again
 * is the device supervisor's work, so that all reconnecting goes through one retry helper.
 */
export interface DeviceLink {
  /** Resolves once, when the link is over: with the error that ended it, or undefined after close(). */
  readonly closed: Promise<GatepostError | undefined>;
  /** Frees the device. Idempotent. */
  close(): Promise<void>;
}
