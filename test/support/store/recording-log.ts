import { GatepostError } from '../../../src/core/errors.ts';
import type { EventDraft, StoredEvent } from '../../../src/core/events/event.ts';
import type { EventLog, LogEntry, WriteTimes } from '../../../src/ports/event-log.ts';

/** Keeps the drafts of events in memory; can fail like a full disk. */
export class RecordingLog implements EventLog {
  readonly events: EventDraft[] = [];
  broken = false;
  times: WriteTimes = { spentMs: 0, slow: 0 };

  commit(entry: LogEntry): readonly StoredEvent[] {
    if (this.broken) throw new GatepostError('log.unavailable', 'The disk is full. Free some space.');
    this.events.push(...entry.events);
    return [];
  }
  recent(): readonly StoredEvent[] {
    return [];
  }
  isWritable(): boolean {
    return !this.broken;
  }
  writeTimes(): WriteTimes {
    return this.times;
  }
  probe(): void {
    this.commit({ events: [] });
  }
}
