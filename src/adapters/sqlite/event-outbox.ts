import { messageOf } from '../../core/errors.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { EventOutbox, OutboxPosition, RowReplay } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import type { LogStretch } from '../../ports/row-reducer.ts';
import type { Connection } from './connection.ts';
import { readPosition, readSoundAfter } from './event-rows.ts';

/** The event log seen as a queue: a cursor over its rows. */
export class SqliteEventOutbox implements EventOutbox, RowReplay {
  readonly #connection: Connection;
  readonly #logger: Logger;
  #onAltered: (rows: AlteredRows) => void = () => undefined;
  readonly #listeners = new Set<{ readonly call: () => void }>();

  constructor(connection: Connection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  position(): OutboxPosition {
    return this.#connection.read(() => readPosition(this.#connection));
  }

  /** Leaves out rows that were altered, and reports them to the listener of onAltered() first. */
  readAfter(sequence: number, limit: number): readonly StoredEvent[] {
    const { events, altered } = this.#connection.read(() =>
      readSoundAfter(this.#connection, sequence, limit),
    );
    for (const rows of altered) this.#onAltered(rows);
    return events;
  }

  readWithin({ after, through }: LogStretch, limit: number): ReturnType<RowReplay['readWithin']> {
    const { events, altered, end } = this.#connection.read(() =>
      readSoundAfter(this.#connection, after, limit),
    );
    for (const rows of altered) this.#onAltered(rows);
    return {
      events: events.filter(({ sequence }) => sequence <= through),
      altered: altered
        .filter(({ first }) => first <= through)
        .map((rows) => ({ ...rows, last: Math.min(rows.last, through) })),
      reached: Math.min(end, through),
    };
  }

  advance(sequence: number): void {
    this.#connection.write(() => {
      this.#connection
        .statement<[number, number]>(
          'UPDATE log SET published_sequence = ? WHERE published_sequence < ? OR published_sequence > last_sequence',
        )
        .run(sequence, sequence);
    });
  }

  onCommitted(listener: () => void): () => void {
    const entry = { call: listener };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /** Sets the one listener that is told of rows that are left out, possibly more than once. It must not throw. */
  onAltered(listener: (rows: AlteredRows) => void): void {
    this.#onAltered = listener;
  }

  /** Calls every listener. One that throws is logged; the commit and the other listeners are not affected. */
  announce(): void {
    for (const { call } of [...this.#listeners]) {
      try {
        call();
      } catch (error) {
        this.#logger.error({ error: messageOf(error) }, 'A listener of the log failed after a commit.');
      }
    }
  }
}
