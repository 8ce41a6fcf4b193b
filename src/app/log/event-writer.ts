import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { EventDraft, StoredEvent } from '../../core/events/event.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog, LogEntry } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';

type Undated<D> = D extends EventDraft ? Omit<D, 'timeMs' | 'timeQuality'> : never;

/** An event that happens now. */
export type UndatedEvent = Undated<EventDraft>;

interface CommitOptions {
  readonly at?: Pick<ClockReading, 'wallMs' | 'quality'>;
  readonly usesReserve?: boolean;
}

/** Writes events with the present time. */
export class EventWriter {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(deps: { log: EventLog; clock: Clock; logger: Logger }) {
    this.#log = deps.log;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /**
   * One transaction for something the gate waits for.
   * @param how `at`: when it happened, where that was not now; `usesReserve`: also in the room that is kept free
   * @throws GatepostError `log.unavailable`
   */
  commit(
    events: readonly UndatedEvent[],
    effects?: LogEntry['effects'],
    { at = this.#clock.read(), usesReserve = false }: CommitOptions = {},
  ): readonly StoredEvent[] {
    return this.#write(events, effects, at, usesReserve ? { usesReserve } : {});
  }

  #write(
    events: readonly UndatedEvent[],
    effects: LogEntry['effects'],
    { wallMs, quality }: Pick<ClockReading, 'wallMs' | 'quality'>,
    how: Pick<LogEntry, 'usesReserve'>,
  ): readonly StoredEvent[] {
    // The spread keeps name and data together; TypeScript cannot see that through the union.
    const dated = events.map((event) => ({ ...event, timeMs: wallMs, timeQuality: quality }) as EventDraft);
    return this.#log.commit({ events: dated, ...(effects === undefined ? {} : { effects }), ...how });
  }

  /** A record of something that has happened already: a log that is full must not make it worse. */
  note(event: UndatedEvent, effects?: LogEntry['effects']): void {
    try {
      this.#write([event], effects, this.#clock.read(), { usesReserve: true });
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#logger.error(
        { code: error.code, event: event.name, err: error },
        `The event ${event.name} could not be written to the log: ${messageOf(error)}`,
      );
    }
  }
}
