import type { Effect } from '../core/decision/effect.ts';
import type { LogTrouble } from '../core/errors.ts';
import type { AlteredRows } from '../core/events/chain.ts';
import type { EventDraft, StoredEvent } from '../core/events/event.ts';
import type { LogStretch } from './row-reducer.ts';

/** The content of one transaction. */
export interface LogEntry {
  readonly events: readonly EventDraft[];
  readonly effects?: readonly Effect[];
  /** It opens nothing, or has happened already: it may use the room that is kept free for such records. */
  readonly usesReserve?: boolean;
}

/** How long writes take. */
export interface WriteTimes {
  /** Milliseconds since the start, all writes together: the process was blocked for this long. */
  readonly spentMs: number;
  /** Writes of the last minute that took longer than a second. */
  readonly slow: number;
}

/** The durable log of the kiosk. Everything is synchronous: it is on disk when the call returns. */
export interface EventLog {
  /**
   * Writes events and effects in one transaction with synchronous=FULL: all of it or nothing.
   * @throws GatepostError `log.unavailable`
   */
  commit(entry: LogEntry): readonly StoredEvent[];
  /** The newest events of the given names, newest first. */
  recent(names: readonly string[], limit: number): readonly StoredEvent[];
  /** Whether the next commit is likely to succeed: the result of the last one, or of a probe after a failure. */
  isWritable(): boolean;
  writeTimes(): WriteTimes;
  /** Writes and reads back one row outside the event sequence (watchdog). @throws `log.unavailable` */
  probe(): void;
}

/** Dry runs of a commit. */
export interface LogRehearsal {
  /**
   * Does all that commit() does but the sync, and takes it back.
   * @throws GatepostError `log.unavailable`
   */
  rehearse(entry: LogEntry): readonly StoredEvent[];
}

/** Begins a new life of a log of which it was proved, while the gate runs, that it went back. */
export interface LogRenewal {
  /**
   * The next rows belong to a new epoch, which `log.reset` with the cause `restored` announces, and the records of
   * earlier passages are doubted.
   * @param before how far the log had come
   * @throws GatepostError `log.unavailable`
   */
  renew(before: { readonly epoch: string; readonly sequence?: number }): void;
}

/** The state of the gate's own store. */
export interface StoreHealth {
  /** Why the log cannot be written, if known; undefined while it can. */
  readonly trouble: LogTrouble | undefined;
  /** What is damaged, in the words of the database; undefined if nothing is known to be. */
  readonly damage?: string | undefined;
  /** Altered rows at the end of the log, found when it was opened. */
  readonly altered: readonly AlteredRows[];
  /** Free bytes and total bytes of the store's disk; undefined if the system does not say. */
  room(): { readonly freeBytes: number; readonly sizeBytes: number } | undefined;
  /** Bytes of the database and of its write-ahead file; undefined if there is none. */
  sizes(): { readonly database: number; readonly wal: number } | undefined;
  /** Creates the reserve again after a full disk used it up. */
  keepReserve(): void;
}

export interface OutboxPosition {
  readonly epoch: string;
  /** Oldest and newest sequence in the log; both 0 if it is empty. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Everything up to this one was acknowledged by the broker, as far as is known. */
  readonly publishedSequence: number;
}

/** The log seen as a queue; there is no other queue. */
export interface EventOutbox {
  position(): OutboxPosition;
  /** Events after `sequence`, oldest first. */
  readAfter(sequence: number, limit: number): readonly StoredEvent[];
  /** The broker has stored everything up to this one. The next commit writes it down; until then a crash forgets it. */
  note(sequence: number): void;
  /** Moves the cursor forward, durably; a smaller number is ignored. @throws `log.unavailable` */
  advance(sequence: number): void;
  /** Calls back after every commit; returns the end of the subscription. */
  onCommitted(listener: () => void): () => void;
}

/** Rows of the log once more, for servers that lack them. */
export interface RowReplay {
  /**
   * What is left of these rows to be published, oldest first, a reduced row in its reduced form. `reached`: everything up
   * to here was looked at, at most `limit` rows. `altered`: rows that are never sent. Numbers up to `reached` that are in
   * neither have ended.
   * @throws GatepostError `log.unavailable`
   */
  readWithin(
    stretch: LogStretch,
    limit: number,
  ): {
    readonly events: readonly StoredEvent[];
    readonly altered: readonly AlteredRows[];
    readonly reached: number;
  };
}
