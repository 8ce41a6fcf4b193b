import {
  type AlteredRows,
  type ChainHead,
  type ChainRow,
  findAltered,
  isSoundRow,
} from '../../core/events/chain.ts';
import { eventGroup } from '../../core/events/envelope.ts';
import type { EventName, StoredEvent } from '../../core/events/event.ts';
import type { OutboxPosition } from '../../ports/event-log.ts';
import { readKept } from './kept-numbers.ts';
import type { ReadConnection } from './read-connection.ts';

/** The single row of the table `log`. */
interface LogRow {
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
  readonly name: string;
  readonly timeMs: number;
  readonly body: Buffer | null;
  readonly salt: Buffer | null;
  readonly hash: Buffer;
}

type CheckedRow = EventRow & HashedRow;

const EVENT_COLUMNS = `event.sequence, log.epoch, event.name, event.time_ms AS timeMs, event.body FROM event, log`;
const CHECKED_COLUMNS = `event.salt, event.hash, ${EVENT_COLUMNS}`;

/** Queries over event rows that log, outbox and read-only tools share. They never return erased rows. */
export function readLogRow(connection: ReadConnection): LogRow | undefined {
  return connection
    .statement<[], LogRow>(
      `SELECT epoch, last_sequence AS lastSequence, last_hash AS lastHash,
        published_sequence AS publishedSequence FROM log`,
    )
    .get();
}

/** The last row according to the log itself. */
export function chainHeadOf({ lastSequence, lastHash }: LogRow): ChainHead {
  return { sequence: lastSequence, hash: lastHash.toString('hex') };
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

/** The newest events, newest first; only those of the given names, if any are given. Skips altered rows. */
export function readNewest(
  connection: ReadConnection,
  limit: number,
  names?: readonly string[],
): readonly StoredEvent[] {
  if (names === undefined) {
    return connection
      .statement<[number], CheckedRow>(
        `SELECT ${CHECKED_COLUMNS} WHERE event.body IS NOT NULL ORDER BY event.sequence DESC LIMIT ?`,
      )
      .all(limit)
      .filter((row) => isSoundRow(chainRow(row)))
      .map(stored);
  }
  // One short index scan for each name keeps the cost independent of the size of the log, unlike `name IN (…) ORDER
  // BY sequence`.
  const newest = connection.statement<[string, number], { sequence: number }>(
    'SELECT sequence FROM event WHERE name = ? ORDER BY sequence DESC LIMIT ?',
  );
  const one = connection.statement<[number], CheckedRow>(
    `SELECT ${CHECKED_COLUMNS} WHERE event.sequence = ? AND event.body IS NOT NULL`,
  );
  return [...new Set(names)]
    .flatMap((name) => newest.all(name, limit))
    .sort((a, b) => b.sequence - a.sequence)
    .slice(0, limit)
    .flatMap(({ sequence }) => one.all(sequence))
    .filter((row) => isSoundRow(chainRow(row)))
    .map(stored);
}

/** Where the log begins and ends, and how far it was published. */
export function readPosition(connection: ReadConnection): OutboxPosition {
  const log = readLogRow(connection);
  const epochFrom = readKept(connection, 'epoch-from');
  const bounds = connection
    .statement<[], { first: number | null; last: number | null }>(
      'SELECT (SELECT min(sequence) FROM event) AS first, (SELECT max(sequence) FROM event) AS last',
    )
    .get();
  return {
    epoch: log?.epoch ?? '',
    firstSequence: Math.max(bounds?.first ?? 0, epochFrom),
    lastSequence: bounds?.last ?? 0,
    publishedSequence: log?.publishedSequence ?? 0,
  };
}

/**
 * Events after `sequence` that may be published, oldest first, and the altered rows among them. Skips erased rows.
 */
export function readSoundAfter(
  connection: ReadConnection,
  sequence: number,
  limit: number,
): { readonly events: readonly StoredEvent[]; readonly altered: readonly AlteredRows[] } {
  // One row more than asked: the hash of the last one is proved by its successor.
  const rows = connection
    .statement<[number, number], CheckedRow>(
      `SELECT ${CHECKED_COLUMNS} WHERE event.sequence > ? ORDER BY event.sequence LIMIT ?`,
    )
    .all(sequence, limit + 1);
  const log = readLogRow(connection);
  const last = log && chainHeadOf(log);
  const complete = rows.length <= limit;
  const found = findAltered(rows.map(chainRow), { after: sequence, complete, ...(last && { last }) });
  const read = rows.slice(0, limit);
  const end = complete ? Number.POSITIVE_INFINITY : (read.at(-1)?.sequence ?? sequence);
  const altered = found.filter(({ first }) => first <= end);
  const isSound = (row: EventRow) =>
    !altered.some(({ first, last: to }) => row.sequence >= first && row.sequence <= to);
  const events = read.filter((row) => row.body !== null && isSound(row)).map(stored);
  return { events, altered };
}

/** All rows after `sequence` in the form that verifyChain takes, one at a time. */
export function* chainRows(connection: ReadConnection, sequence = 0): Generator<ChainRow> {
  const rows = connection
    .statement<[number], HashedRow>(
      `SELECT ${CHECKED_COLUMNS} WHERE event.sequence > ? ORDER BY event.sequence`,
    )
    .iterate(sequence);
  for (const row of rows) yield chainRow(row);
}

/** The rows of these numbers, both included, in the same form. */
export function chainRowsIn(connection: ReadConnection, first: number, last: number): readonly ChainRow[] {
  return connection
    .statement<[number, number], HashedRow>(
      `SELECT ${CHECKED_COLUMNS} WHERE event.sequence BETWEEN ? AND ? ORDER BY event.sequence`,
    )
    .all(first, last)
    .map(chainRow);
}

function chainRow({ sequence, name, timeMs, body, salt, hash }: HashedRow): ChainRow {
  return {
    sequence,
    columns: { name, timeMs },
    hash: hash.toString('hex'),
    ...(body === null ? {} : { body }),
    ...(salt === null ? {} : { salt }),
  };
}

function stored({ sequence, epoch, name, timeMs, body }: EventRow): StoredEvent {
  return {
    sequence,
    epoch,
    name,
    timeMs,
    group: eventGroup(name),
    body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
  };
}
