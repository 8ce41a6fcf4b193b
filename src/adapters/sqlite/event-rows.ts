import { PURGE_CLASSES, type PurgeClass } from '../../core/access/vocabulary.ts';
import {
  type AlteredRows,
  type ChainHead,
  type ChainRow,
  findAltered,
  isSoundRow,
} from '../../core/events/chain.ts';
import { type ChainCover, COVER_EVENTS, coverOf } from '../../core/events/cover.ts';
import { eventGroup } from '../../core/events/envelope.ts';
import type { EventName, StoredEvent } from '../../core/events/event.ts';
import { LOG_EVENTS } from '../../core/events/row-classes.ts';
import type { OutboxPosition } from '../../ports/event-log.ts';
import { readKept } from './kept-numbers.ts';
import { isPacked, unpackWhole } from './packed-rows.ts';
import type { ReadConnection } from './read-connection.ts';
import { unpackRow } from './reduced-rows.ts';
import { stoodDownMs } from './stood-down.ts';

/** The single row of the table `log`. */
interface LogRow {
  readonly epoch: string;
  readonly lastSequence: number;
  readonly lastHash: Buffer;
  readonly publishedSequence: number;
}

/** A row with all that its bytes are made from. */
interface EventRow {
  readonly sequence: number;
  readonly id: string;
  readonly name: EventName;
  readonly timeMs: number;
  readonly timeQuality: string;
  readonly recordedMs: number | null;
  readonly passage: string | null;
  readonly holderRef: string | null;
  readonly body: Buffer | null;
  readonly salt: Buffer | null;
  readonly hash: Buffer;
  /** Epoch of the log now. */
  readonly logEpoch: string;
  readonly reduced: Buffer | null;
  readonly epoch: string | null;
  readonly source: string | null;
  readonly previousHash: Buffer | null;
}

const COLUMNS = `event.sequence, event.id, event.name, event.time_ms AS timeMs, event.time_quality AS timeQuality, event.body,
  event.salt, event.hash, event.passage, event.holder_ref AS holderRef, log.epoch AS logEpoch`;
const EVENTS = `SELECT ${COLUMNS}, event.recorded_ms AS recordedMs, event.reduced, row_origin.epoch, row_origin.source,
  CASE WHEN event.reduced IS NOT NULL
    THEN (SELECT hash FROM event AS before WHERE before.sequence = event.sequence - 1) END AS previousHash
  FROM event JOIN log LEFT JOIN row_origin ON row_origin.id = event.origin`;
/** The same of a store that this version has not opened for writing yet. */
const EVENTS_BEFORE = `SELECT ${COLUMNS}, NULL AS recordedMs, NULL AS reduced, NULL AS epoch, NULL AS source, NULL AS previousHash
  FROM event JOIN log`;

/** The query for rows of events; `rest` is what follows FROM. */
function events<P extends unknown[]>(connection: ReadConnection, rest: string) {
  return connection.statement<P, EventRow>(`${canReduce(connection) ? EVENTS : EVENTS_BEFORE} ${rest}`);
}

/** False of a store that no version that reduces rows has opened for writing yet. */
function canReduce(connection: ReadConnection): boolean {
  return connection.hasTable('row_origin');
}

/** When the newest row up to `sequence` of which more than the hash is left was written, in Unix milliseconds. */
export function readTimeUpTo(connection: ReadConnection, sequence: number): number | undefined {
  const left = canReduce(connection) ? '(body IS NOT NULL OR reduced IS NOT NULL)' : 'body IS NOT NULL';
  const sql = `SELECT time_ms AS timeMs FROM event WHERE sequence <= ? AND name <> '' AND ${left}
    ORDER BY sequence DESC LIMIT 1`;
  return connection.statement<[number], { timeMs: number }>(sql).get(sequence)?.timeMs;
}

/** Queries over event rows that log, outbox and read-only tools share. They never return rows of which only the hash is left. */
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

/** Events after `sequence`, oldest first. A reduced row is one like any other. */
export function readEventsAfter(
  connection: ReadConnection,
  sequence: number,
  limit: number,
): readonly StoredEvent[] {
  return events<[number, number]>(
    connection,
    "WHERE event.sequence > ? AND event.name <> '' ORDER BY event.sequence LIMIT ?",
  )
    .all(sequence, limit)
    .flatMap((row) => stored(row, bytesOf(row)));
}

/** The newest events, newest first, reduced ones too. Skips altered rows. */
export function readNewest(connection: ReadConnection, limit: number): readonly StoredEvent[] {
  return events<[number]>(connection, "WHERE event.name <> '' ORDER BY event.sequence DESC LIMIT ?")
    .all(limit)
    .flatMap(soundEvent);
}

/**
 * The newest events of the given names, newest first, with all of their data: rows that are reduced, and altered ones,
 * are left out.
 */
export function readNewestOf(
  connection: ReadConnection,
  names: readonly string[],
  limit: number,
): readonly StoredEvent[] {
  // One short index scan for each name keeps the cost independent of the size of the log, unlike `name IN (…) ORDER
  // BY sequence`.
  const newest = connection.statement<[string, number], { sequence: number }>(
    'SELECT sequence FROM event WHERE name = ? ORDER BY sequence DESC LIMIT ?',
  );
  const one = events<[number]>(connection, 'WHERE event.sequence = ?');
  return [...new Set(names)]
    .flatMap((name) => newest.all(name, limit))
    .sort((a, b) => b.sequence - a.sequence)
    .slice(0, limit)
    .flatMap(({ sequence }) => one.all(sequence))
    .filter(({ body, name }) => body !== null || LOG_EVENTS.includes(name))
    .flatMap(soundEvent);
}

/** Rows by their numbers; those that were altered are left out. */
export function readSound(connection: ReadConnection, sequences: readonly number[]): readonly StoredEvent[] {
  const one = events<[number]>(connection, 'WHERE event.sequence = ?');
  return sequences.flatMap((sequence) => one.all(sequence)).flatMap(soundEvent);
}

/** What the log says may be gone of it. Rows of it that were altered say nothing. */
export function readCover(connection: ReadConnection): ChainCover {
  const purged = PURGE_CLASSES.map((part) => readKept(connection, purgePointer(part)));
  const others = COVER_EVENTS.filter((name) => name !== 'log.purged').flatMap((name) =>
    connection
      .statement<[string], { sequence: number }>('SELECT sequence FROM event WHERE name = ?')
      .all(name),
  );
  const sequences = [...purged, ...others.map(({ sequence }) => sequence)];
  const cover = coverOf(readSound(connection, sequences));
  // Asked for where a row has ended, and only of rows that are younger than those of class operator that are over.
  const staying = once(() => coverOf(readEndings(connection, cover.purged.operator)).staying);
  const splitFrom = once(() => readSplitFrom(connection));
  return {
    ...cover,
    // It is written with the end of the store, so where that goes on somebody else has written it.
    stoodDown: stoodDownMs(connection) === 0 ? 0 : cover.stoodDown,
    get staying() {
      return staying();
    },
    get splitFrom() {
      return splitFrom();
    },
  };
}

/** The first row that has parts: that of the note, unless an earlier one is there. */
function readSplitFrom(connection: ReadConnection): number {
  const noted = readKept(connection, 'split-from');
  if (noted === 0) return Number.MAX_SAFE_INTEGER;
  const first = connection.statement<[number], { sequence: number }>(
    `SELECT sequence FROM event WHERE sequence < ? AND (reduced IS NOT NULL OR (body IS NOT NULL AND salt IS NULL))
      ORDER BY sequence LIMIT 1`,
  );
  return first.get(noted)?.sequence ?? noted;
}

/** What log.purged has said of the class `ended` behind a row. */
function readEndings(connection: ReadConnection, after: number): readonly StoredEvent[] {
  return events<[number]>(
    connection,
    `WHERE event.sequence IN (SELECT sequence FROM event WHERE name = 'log.purged' AND sequence > ?
      AND instr(body, CAST('"staying":"' AS BLOB)) > 0)`,
  )
    .all(after)
    .flatMap(soundEvent);
}

/** The first privacy.erased behind a row. One that was altered says nothing and is passed over. */
export function readErasures(connection: ReadConnection, after: number): readonly StoredEvent[] {
  return events<[number]>(
    connection,
    `WHERE event.sequence IN (SELECT sequence FROM event WHERE name = 'privacy.erased' AND sequence > ?)
      ORDER BY event.sequence`,
  )
    .all(after)
    .flatMap(soundEvent)
    .slice(0, 1);
}

/** Up to where the log says that reduced rows have ended. */
export function readEnded(connection: ReadConnection): number {
  const newest = events<[number]>(connection, 'WHERE event.sequence = ?').all(
    readKept(connection, purgePointer('ended')),
  );
  return coverOf(newest.flatMap(soundEvent)).purged.ended;
}

/** Name of the kept number that says where the newest log.purged of a class is. */
export function purgePointer(part: PurgeClass): `purged-${PurgeClass}` {
  return `purged-${part}`;
}

/** Whether so much can have been published. */
export function isPublishable({ publishedSequence, lastSequence }: LogRow): boolean {
  return publishedSequence >= 0 && publishedSequence <= lastSequence;
}

/**
 * Where the log begins and ends, and how far it was published: where that cannot be, as if nothing was. A reader knows
 * what comes twice, but what is passed over nobody would ever see.
 */
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
    publishedSequence: log !== undefined && isPublishable(log) ? log.publishedSequence : 0,
  };
}

/**
 * Events after `sequence` that may be published, oldest first, and the altered rows among them. Skips erased rows. `end`:
 * the last row that was looked at, infinite at the end of the log.
 */
export function readSoundAfter(
  connection: ReadConnection,
  sequence: number,
  limit: number,
): {
  readonly events: readonly StoredEvent[];
  readonly altered: readonly AlteredRows[];
  readonly end: number;
} {
  // One row more than asked: the hash of the last one is proved by its successor.
  const rows = events<[number, number]>(
    connection,
    'WHERE event.sequence > ? ORDER BY event.sequence LIMIT ?',
  ).all(sequence, limit + 1);
  const log = readLogRow(connection);
  const last = log && chainHeadOf(log);
  const complete = rows.length <= limit;
  const cover = once(() => readCover(connection));
  const inChain = rows.map(chainRow);
  const found = findAltered(inChain, { after: sequence, complete, cover, ...(last && { last }) });
  const read = rows.slice(0, limit);
  const end = complete ? Number.POSITIVE_INFINITY : (read.at(-1)?.sequence ?? sequence);
  const altered = found.filter(({ first }) => first <= end);
  const isSound = (row: EventRow) =>
    !altered.some(({ first, last: to }) => row.sequence >= first && row.sequence <= to);
  const sound = read.flatMap((row, at) => (isSound(row) ? stored(row, inChain[at]?.body) : []));
  return { events: sound, altered, end };
}

/** Calls `read` at its first use only. */
export function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}

/** All rows after `sequence` in the form that verifyChain takes, one at a time. */
export function* chainRows(connection: ReadConnection, sequence = 0): Generator<ChainRow> {
  const rows = events<[number]>(connection, 'WHERE event.sequence > ? ORDER BY event.sequence').iterate(
    sequence,
  );
  for (const row of rows) yield chainRow(row);
}

/** The rows of these numbers, both included, in the same form. */
export function chainRowsIn(connection: ReadConnection, first: number, last: number): readonly ChainRow[] {
  return events<[number, number]>(connection, 'WHERE event.sequence BETWEEN ? AND ? ORDER BY event.sequence')
    .all(first, last)
    .map(chainRow);
}

function chainRow(row: EventRow): ChainRow {
  const { sequence, id, name, timeMs, timeQuality, recordedMs, passage, holderRef, salt, hash } = row;
  const body = bytesOf(row);
  return {
    sequence,
    columns: {
      ...{ name, timeMs, timeQuality },
      // A packed row has it in its body.
      ...(id === '' ? {} : { id }),
      ...(recordedMs === null ? {} : { recordedMs }),
      ...(row.body === null ? {} : { passage }),
      ...(holderRef === null ? {} : { holderRef }),
    },
    hash: hash.toString('hex'),
    ...(body === undefined ? {} : { body }),
    ...(salt === null ? {} : { salt }),
  };
}

/** What is published of a row; undefined if only its hash is left. */
function bytesOf(row: EventRow): Buffer | undefined {
  const { body, reduced, epoch, source } = row;
  const origin = { epoch: epoch ?? '', source: source ?? '' };
  if (body !== null) return isPacked(body) ? unpackWhole({ ...row, body, ...origin }) : body;
  return reduced === null ? undefined : unpackRow({ ...row, reduced, ...origin });
}

function soundEvent(row: EventRow): readonly StoredEvent[] {
  const inChain = chainRow(row);
  return isSoundRow(inChain) ? stored(row, inChain.body) : [];
}

/** @param body what is published of it: bytesOf(row) */
function stored(row: EventRow, body: Uint8Array | undefined): readonly StoredEvent[] {
  const { sequence, logEpoch: epoch, name, timeMs } = row;
  if (body === undefined) return [];
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return [{ sequence, epoch, name, timeMs, group: eventGroup(name), body: bytes }];
}
