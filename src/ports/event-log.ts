import type { Effect } from '../core/decision/effect.ts';
import type { EventDraft, StoredEvent } from '../core/events/event.ts';

/** What one transaction writes. */
export interface LogEntry {
  readonly events: readonly EventDraft[];
  readonly effects?: readonly Effect[];
  /** Nothing waits for it, for it has happened already: it may use the room that is kept free for such records. */
  readonly afterwards?: boolean;
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
