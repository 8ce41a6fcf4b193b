import type { LogTrouble } from '../core/errors.ts';
import type { AlteredRows } from '../core/events/chain.ts';

/** How the gate's own store is. */
export interface StoreHealth {
  /** Why the log cannot be written, where that is known; undefined while it can. */
  readonly trouble: LogTrouble | undefined;
  /** Rows at the end of the log that were not as they were written when it was opened. */
  readonly altered: readonly AlteredRows[];
  /** Bytes free for the store, and of how many; undefined where it cannot be asked. */
  room(): { readonly freeBytes: number; readonly sizeBytes: number } | undefined;
  /** Keeps room free again, where a full disk has cost it. */
  keepReserve(): void;
}
