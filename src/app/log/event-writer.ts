import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { EventDraft, StoredEvent } from '../../core/events/event.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog, LogEntry } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';

type Undated<D> = D extends EventDraft ? Omit<D, 'timeMs' | 'timeQuality'> : never;

/** An event that happens now. */
export type UndatedEvent = Undated<EventDraft>;

interface WriteOptions {
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
   * Writes events and effects in one transaction. For everything that must be recorded before the gate acts.
   * @param how `at`: when it happened, if not now; `usesReserve`: may use the space that is kept free
   * @throws GatepostError `log.unavailable`
   */
  write(
    events: readonly UndatedEvent[],
    effects?: LogEntry['effects'],
    { at = this.#clock.read(), usesReserve = false }: WriteOptions = {},
  ): readonly StoredEvent[] {
    const { wallMs, quality } = at;
    // The spread keeps name and data together; TypeScript cannot see that through the union.
    const dated = events.map((event) => ({ ...event, timeMs: wallMs, timeQuality: quality }) as EventDraft);
    return this.#log.commit({
      events: dated,
      ...(effects === undefined ? {} : { effects }),
      ...(usesReserve ? { usesReserve } : {}),
    });
  }

  /**
   * Writes one event about something that has already happened. If the log cannot be written this is logged,
   * nothing is thrown, and the answer is false.
   */
  tryWrite(event: UndatedEvent, effects?: LogEntry['effects']): boolean {
    try {
      this.write([event], effects, { usesReserve: true });
      return true;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#logger.error(
        { code: error.code, event: event.name, err: error },
        `The event ${event.name} could not be written to the log: ${messageOf(error)}`,
      );
      return false;
    }
  }
}
