import type { ChainRow } from '../../core/events/chain.ts';
import { eventGroup } from '../../core/events/envelope.ts';
import type { EventName, StoredEvent } from '../../core/events/event.ts';
import type { OutboxPosition } from '../../ports/event-outbox.ts';
import type { ReadConnection } from './read-connection.ts';

/** The single row of the table `log`. */
export interface LogRow {
  readonly epoch: string;
  readonly lastSequence: number;
  readonly lastHash: Buffer;
  readonly publishedSequence: number;
}

interface EventRow {
  readonly sequence: number;
  readonly epoch: string;
  readonly name: EventName;
  readonly timeMs: number;
  readonly body: Buffer;
}

interface HashedRow {
  readonly sequence: number;
  readonly body: Buffer | null;
  readonly salt: Buffer | null;
  readonly hash: Buffer;
}

const EVENT_COLUMNS = `event.sequence, log.epoch, event.name, event.time_ms AS timeMs, event.body FROM event, log`;

/** The queries over event rows that log, outbox and read-only tools share. Erased rows are never handed out. */
export function readLogRow(connection: ReadConnection): LogRow | undefined {
  return connection
    .statement<[], LogRow>(
      `SELECT epoch, last_sequence AS lastSequence, last_hash AS lastHash,
        published_sequence AS publishedSequence FROM log`,
    )
    .get();
}

/** Events after `sequence`, oldest first. */
export function readEventsAfter(
  connection: ReadConnection,
  sequence: number,
  limit: number,
): readonly StoredEvent[] {
  return connection
    .statement<[number, number], EventRow>(
      `SELECT ${EVENT_COLUMNS} WHERE event.sequence > ? AND event.body IS NOT NULL
        ORDER BY event.sequence LIMIT ?`,
    )
    .all(sequence, limit)
    .map(stored);
}

/** The newest events, newest first; of the given names only, where there are any. */
export function readNewest(
  connection: ReadConnection,
  limit: number,
  names?: readonly string[],
): readonly StoredEvent[] {
  if (names === undefined) {
    return connection
      .statement<[number], EventRow>(
        `SELECT ${EVENT_COLUMNS} WHERE event.body IS NOT NULL ORDER BY event.sequence DESC LIMIT ?`,
      )
      .all(limit)
      .map(stored);
  }
  // One short walk down the index for each name keeps the cost independent of the size of the log, which
  // `name IN (…) ORDER BY sequence` would not.
  const newest = connection.statement<[string, number], { sequence: number }>(
    'SELECT sequence FROM event WHERE name = ? ORDER BY sequence DESC LIMIT ?',
  );
  const one = connection.statement<[number], EventRow>(
    `SELECT ${EVENT_COLUMNS} WHERE event.sequence = ? AND event.body IS NOT NULL`,
  );
  return [...new Set(names)]
    .flatMap((name) => newest.all(name, limit))
    .sort((a, b) => b.sequence - a.sequence)
    .slice(0, limit)
    .flatMap(({ sequence }) => one.all(sequence))
    .map(stored);
}

/** Where the log begins and ends and how far it was published. */
export function readPosition(connection: ReadConnection): OutboxPosition {
  const log = readLogRow(connection);
  const bounds = connection
    .statement<[], { first: number | null; last: number | null }>(
      'SELECT (SELECT min(sequence) FROM event) AS first, (SELECT max(sequence) FROM event) AS last',
    )
    .get();
  return {
    epoch: log?.epoch ?? '',
    firstSequence: bounds?.first ?? 0,
    lastSequence: bounds?.last ?? 0,
    publishedSequence: log?.publishedSequence ?? 0,
  };
}

/** All rows after `sequence` as verifyChain wants them, one at a time. */
export function* chainRows(connection: ReadConnection, sequence = 0): Generator<ChainRow> {
  const rows = connection
    .statement<[number], HashedRow>(
      'SELECT sequence, body, salt, hash FROM event WHERE sequence > ? ORDER BY sequence',
    )
    .iterate(sequence);
  for (const row of rows) {
    yield {
      sequence: row.sequence,
      hash: row.hash.toString('hex'),
      ...(row.body === null ? {} : { body: row.body }),
      ...(row.salt === null ? {} : { salt: row.salt }),
    };
  }
}

function stored(row: EventRow): StoredEvent {
  const { body } = row;
  return {
    ...row,
    group: eventGroup(row.name),
    body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
  };
}
