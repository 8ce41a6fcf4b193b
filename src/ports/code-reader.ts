import type { ScannedCode } from '../core/scan/scanned-code.ts';
import type { DeviceLink } from './device-link.ts';

export type CodeReaderEvent = ScannedCode & {
  /** Monotonic milliseconds at which its first byte arrived. */
  readonly beganMs: number;
  /** Monotonic milliseconds at which the code was complete. */
  readonly atMs: number;
};

/** Reads QR codes. */
export interface CodeReader {
  /** Driver name as in the config, e.g. `serial`. */
  readonly driver: string;
  readonly simulated: boolean;
  /** Opens the device once; rejects with a `device.*` error. */
  open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink>;
}

/** Finds the QR codes in an image, off the main thread. */
export interface ImageDecoder {
  /**
   * @param picture an encoded picture (PNG, JPEG, PGM)
   * @returns the bytes that each of them holds, at most eight; none when there is no code. Hostile until verified.
   * @throws GatepostError `picture.invalid` for what is no picture, or for one that takes too long
   */
  find(picture: Uint8Array): Promise<readonly Uint8Array[]>;
}
