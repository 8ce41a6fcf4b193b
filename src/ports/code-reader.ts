import type { ScannedCode } from '../core/access/scanned-code.ts';
import type { DeviceLink } from './device-link.ts';

export type CodeReaderEvent = ScannedCode & {
  /** Monotonic milliseconds at which the first of it came. */
  readonly beganMs: number;
  /** Monotonic milliseconds at which the code was complete. */
  readonly atMs: number;
};

/** Something that reads QR codes. */
export interface CodeReader {
  /** Driver name as in the config, e.g. `serial`. */
  readonly driver: string;
  readonly simulated: boolean;
  /** Opens the device once; rejects with a `device.*` error. */
  open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink>;
}
