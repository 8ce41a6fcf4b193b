import type { ChainHead, ChainRow } from '../../core/events/chain.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { OutboxPosition } from '../../ports/event-log.ts';
import { databasePath, openForReading } from './database.ts';
import {
  chainHeadOf,
  chainRows,
  readEventsAfter,
  readLogRow,
  readNewest,
  readPosition,
} from './event-rows.ts';
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

  /** All rows for verifyChain, read one at a time. */
  rows(): Iterable<ChainRow> {
    return chainRows(this.#connection);
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
