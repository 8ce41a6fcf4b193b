import type { Effect } from '../core/decision/effect.ts';
import type { LogTrouble } from '../core/errors.ts';
import type { AlteredRows } from '../core/events/chain.ts';
import type { EventDraft, StoredEvent } from '../core/events/event.ts';

/** What one transaction writes. */
export interface LogEntry {
  readonly events: readonly EventDraft[];
  readonly effects?: readonly Effect[];
  /** It opens nothing, or has happened already: it may use the room that is kept free for such records. */
  readonly usesReserve?: boolean;
}

/** How long writing takes. */
export interface WriteTimes {
  /** Milliseconds since the start, all writes together: for so long nothing else could be done. */
  readonly spentMs: number;
  /** Writes of the last minute that took longer than a second. */
  readonly slow: number;
}

/** The durable log of the kiosk. Everything here is synchronous: it is on disk when the call returns. */
export interface EventLog {
  /**
   * Writes events and effects in one transaction with synchronous=FULL: all of it or nothing.
   * @throws GatepostError `log.unavailable`
   */
  commit(entry: LogEntry): readonly StoredEvent[];
  /** The newest events of the given names, newest first. */
  recent(names: readonly string[], limit: number): readonly StoredEvent[];
  /** Whether the next commit is likely to succeed: the outcome of the last one, or of a probe after a failure. */
  isWritable(): boolean;
  writeTimes(): WriteTimes;
  /** Writes and reads back one row outside the event sequence (watchdog). @throws `log.unavailable` */
  probe(): void;
}

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

export interface OutboxPosition {
  readonly epoch: string;
  /** Oldest and newest sequence in the log; both 0 when it is empty. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Everything up to here was acknowledged by the broker. */
  readonly publishedSequence: number;
}

/** The log seen as a queue: there is no second one. */
export interface EventOutbox {
  position(): OutboxPosition;
  /** Events after `sequence`, oldest first. */
  readAfter(sequence: number, limit: number): readonly StoredEvent[];
  /** Moves the cursor forward, durably; a smaller number is ignored. @throws `log.unavailable` */
  advance(sequence: number): void;
  /** Calls back after every commit; returns the end of the subscription. */
  onCommitted(listener: () => void): () => void;
}
