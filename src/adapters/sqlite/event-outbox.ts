import { messageOf } from '../../core/errors.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { EventOutbox, OutboxPosition, RowReplay } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import type { LogStretch } from '../../ports/row-reducer.ts';
import type { Connection } from './connection.ts';
import { isPublishable, readLogRow, readPosition, readSoundAfter } from './event-rows.ts';

/** What tells whether a database is as it was. */
interface StoreState {
  /** What was changed by this connection. */
  readonly written: number;
  /** SQLite's number of what others have changed. */
  readonly foreign: number;
}

/** Rows up to the end of the log. */
interface Held {
  readonly rows: readonly StoredEvent[];
  readonly state: StoreState;
}

const NONE: Held = { rows: [], state: { written: -1, foreign: -1 } };
/** Rows that are held at most, whoever has not read them. */
const MOST_HELD = 10;

/**
 * The event log seen as a queue: a cursor over its rows. Who has read everything before them is given the rows of the last
 * commits without a look at the database, unless anything else was written since: it may have changed them.
 */
export class SqliteEventOutbox implements EventOutbox, RowReplay {
  readonly #connection: Connection;
  readonly #logger: Logger;
  #onAltered: (rows: AlteredRows) => void = () => undefined;
  readonly #listeners = new Set<{ readonly call: () => void }>();
  #held = NONE;
  #known: { readonly position: OutboxPosition; readonly state: StoreState } | undefined;
  #noted = 0;

  constructor(connection: Connection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  /** To be called when the database was opened. */
  begin(): void {
    this.#held = NONE;
    this.#known = undefined;
    this.#noted = 0;
  }

  position(): OutboxPosition {
    const position = this.#position();
    const noted = this.#noted <= position.lastSequence ? this.#noted : 0;
    return { ...position, publishedSequence: Math.max(position.publishedSequence, noted) };
  }

  /** Leaves out rows that were altered, and reports them to the listener of onAltered() first. */
  readAfter(sequence: number, limit: number): readonly StoredEvent[] {
    const held = this.#heldAfter(sequence);
    if (held !== undefined) return held.slice(0, limit);
    const { events, altered } = this.#connection.read(() =>
      readSoundAfter(this.#connection, sequence, limit),
    );
    for (const rows of altered) this.#onAltered(rows);
    return events;
  }

  /** Takes all rows that the last transaction has written; none where they are not known. */
  hold(rows: readonly StoredEvent[]): void {
    if (rows.length === 0) this.#held = NONE;
    else this.#keep(rows);
  }

  #keep(rows: readonly StoredEvent[]): void {
    try {
      const state = this.#state();
      const before = { ...state, written: state.written - 1 };
      const held = isSame(this.#held.state, before) ? this.#held.rows : [];
      this.#held = { rows: [...held, ...rows].slice(-MOST_HELD), state };
      const known = this.#known;
      const lastSequence = rows.at(-1)?.sequence;
      this.#known =
        known?.position.firstSequence && lastSequence !== undefined && isSame(known.state, before)
          ? { position: { ...known.position, lastSequence }, state }
          : undefined;
    } catch {
      // They are on disk, and are read from there.
      this.#held = NONE;
    }
  }

  /** The rows after `sequence`, none at the end of the log; undefined where the database has to be asked. */
  #heldAfter(sequence: number): readonly StoredEvent[] | undefined {
    const { rows } = this.#held;
    const before = rows.findIndex((row) => row.sequence > sequence);
    const isKnown = before < 0 ? rows.at(-1)?.sequence === sequence : rows[before]?.sequence === sequence + 1;
    if (!isKnown || !this.#isAsHeld()) return undefined;
    return before < 0 ? [] : rows.slice(before);
  }

  /** Whether nothing was written since the last rows were taken. */
  #isAsHeld(): boolean {
    return isSame(
      this.#held.state,
      this.#connection.read(() => this.#state()),
    );
  }

  /** The position without what was noted since it was written. */
  #position(): OutboxPosition {
    return this.#connection.read(() => {
      const state = this.#state();
      const position =
        this.#known !== undefined && isSame(this.#known.state, state)
          ? this.#known.position
          : readPosition(this.#connection);
      this.#known = { position, state };
      return position;
    });
  }

  #state(): StoreState {
    const foreign = this.#connection.statement<[], { data_version: number }>('PRAGMA data_version').get();
    return { written: this.#connection.written, foreign: foreign?.data_version ?? -1 };
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

  note(sequence: number): void {
    this.#noted = Math.max(this.#noted, sequence);
  }

  /** What a commit writes down beside its rows. */
  get noted(): number {
    return this.#noted;
  }

  advance(sequence: number): void {
    const log = this.#connection.read(() => readLogRow(this.#connection));
    if (log !== undefined && isPublishable(log) && log.publishedSequence >= sequence) return;
    const isAsHeld = this.#isAsHeld();
    this.#connection.write(() => {
      this.#connection
        .statement<[number, number]>(
          'UPDATE log SET published_sequence = ? WHERE published_sequence < ? OR published_sequence > last_sequence',
        )
        .run(sequence, sequence);
    });
    // This changes no row.
    if (isAsHeld)
      this.#held = { ...this.#held, state: { ...this.#held.state, written: this.#connection.written } };
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

function isSame(a: StoreState, b: StoreState): boolean {
  return a.written === b.written && a.foreign === b.foreign;
}
