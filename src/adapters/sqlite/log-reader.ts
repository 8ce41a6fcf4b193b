import type { ChainHead, ChainRow } from '../../core/events/chain.ts';
import type { ChainCover } from '../../core/events/cover.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { RowQuery } from '../../core/events/row-view.ts';
import type { OutboxPosition } from '../../ports/event-log.ts';
import { databasePath, openForReading } from './database.ts';
import {
  chainHeadOf,
  chainRows,
  chainRowsIn,
  readCover,
  readEventsAfter,
  readLogRow,
  readNewest,
  readPosition,
} from './event-rows.ts';
import { newestAskedFor, rowAt, rowsAskedFor, type SearchProgress } from './log-search.ts';
import { ReadConnection } from './read-connection.ts';

/** The log for the command line: reads beside a running daemon and never writes. */
export class LogReader {
  readonly #connection: ReadConnection;

  constructor(connection: ReadConnection) {
    this.#connection = connection;
  }

  position(): OutboxPosition {
    return this.#connection.read(() => readPosition(this.#connection));
  }

  /** The newest events, newest first. */
  newest(limit: number): readonly StoredEvent[] {
    return this.#connection.read(() => readNewest(this.#connection, limit));
  }

  readAfter(sequence: number, limit: number): readonly StoredEvent[] {
    return this.#connection.read(() => readEventsAfter(this.#connection, sequence, limit));
  }

  /** One event, unless there is nothing left of it to read. */
  event(sequence: number): StoredEvent | undefined {
    return rowAt(this.#connection, sequence);
  }

  /** The events asked for, oldest first, a few in memory at a time. */
  search(query: RowQuery, progress?: SearchProgress): Iterable<StoredEvent> {
    return rowsAskedFor(this.#connection, query, progress);
  }

  /** The newest events asked for, newest first. */
  newestOf(query: RowQuery, limit: number, progress?: SearchProgress): readonly StoredEvent[] {
    return newestAskedFor(this.#connection, query, limit, progress);
  }

  /** Up to three rows for verifyChain: this one, and those beside it. */
  around(sequence: number): readonly ChainRow[] {
    return this.#connection.read(() => chainRowsIn(this.#connection, sequence - 1, sequence + 1));
  }

  /** All rows for verifyChain, read one at a time. */
  rows(): Iterable<ChainRow> {
    return chainRows(this.#connection);
  }

  /** What may be gone of the log, for verifyChain. */
  cover(): ChainCover {
    return this.#connection.read(() => readCover(this.#connection));
  }

  /** The last row according to the log itself, whether or not the row still exists. */
  head(): ChainHead | undefined {
    const log = this.#connection.read(() => readLogRow(this.#connection));
    return log && chainHeadOf(log);
  }

  close(): void {
    this.#connection.close();
  }
}

/**
 * Opens the log in a store folder for reading.
 * @throws GatepostError `log.unavailable` if there is none, `log.damaged` if the file is something else
 */
export function openReadOnly(folder: string): LogReader {
  const path = databasePath(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  return new LogReader(connection);
}
