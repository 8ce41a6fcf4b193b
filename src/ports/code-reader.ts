import type { DeviceLink } from './device-link.ts';

/** Why bytes of a scanner are no code. */
export type CodeRejection = 'too_long' | 'invalid_utf8' | 'control_characters';

export type CodeReaderEvent =
  | {
      readonly type: 'code';
      /** One scanned code: 1 to 1,024 characters, valid UTF-8, without its line end. Hostile until verified. */
      readonly text: string;
      /** Monotonic milliseconds at which the code was complete. */
      readonly atMs: number;
    }
  | {
      readonly type: 'rejected';
      readonly cause: CodeRejection;
      readonly lengthBytes: number;
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
