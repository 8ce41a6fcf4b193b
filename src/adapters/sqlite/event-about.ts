import type { EventDraft } from '../../core/events/event.ts';
import { placeOf, type RowQuery } from '../../core/events/row-view.ts';
import { readKept } from './kept-numbers.ts';
import type { ReadConnection } from './read-connection.ts';

/** Columns of `event_about`: pass, holder, access point, first reason, the reasons beside it. */
export type About = readonly [
  passId: Buffer | null,
  holderRef: Buffer | null,
  accessPoint: string | null,
  reason: string | null,
  reasons: string | null,
];

/**
 * What rows are about, in a few bytes a row beside the log: a search reads this alone instead of every body. It only
 * grows at its end, as the log does, so that writing it costs a passage no more than a part of a page; triggers take
 * from it what is taken from the log (migrations.ts). Rows from before it are searched by their bodies.
 */
export function noteAbout(connection: ReadConnection, sequence: number, event: EventDraft): void {
  const about = aboutOf(event.name, event.subject, event.data as Readonly<Record<string, unknown>>);
  if (about.every((value) => value === null)) return;
  connection
    .statement<unknown[]>('INSERT INTO event_about VALUES (?, ?, ?, ?, ?, ?)')
    .run(sequence, ...about);
}

/** What follows from a row, whole or reduced. */
export function aboutOf(name: string, subject: unknown, data: Readonly<Record<string, unknown>>): About {
  const passId = hexBlob(data.passId);
  const holderRef = hexBlob(data.holderRef ?? data.hostRef);
  const place = placeOf(name, subject, data) ?? null;
  const reason = typeof data.reason === 'string' ? data.reason : null;
  const others = Array.isArray(data.reasons) ? data.reasons.filter((one) => one !== reason) : [];
  return [passId, holderRef, place, reason, others.length === 0 ? null : others.join(' ')];
}

/** The first row that was noted: all before it, and all of a store that was not moved up, are searched by their bodies. */
export function notedFrom(connection: ReadConnection): number {
  return readKept(connection, 'about-from') || Number.MAX_SAFE_INTEGER;
}

/**
 * The rows between two numbers, both included, that are about what is asked for. Ascending.
 * @param row what the row itself must have: one of these names, this text in its body
 */
export function notedAbout(
  connection: ReadConnection,
  { passId, holderRef, accessPoint, reason }: RowQuery,
  { first, last }: { readonly first: number; readonly last: number },
  row: { readonly names: readonly string[] | undefined; readonly text: Uint8Array | undefined },
): number[] {
  const where = ['sequence BETWEEN ? AND ?'];
  const values: (number | string | Uint8Array)[] = [first, last];
  const add = (condition: string, ...more: (string | Uint8Array)[]): void => {
    where.push(condition);
    values.push(...more);
  };
  if (passId !== undefined) add('pass_id = ?', Buffer.from(passId, 'hex'));
  if (holderRef !== undefined) add('holder_ref = ?', Buffer.from(holderRef, 'hex'));
  if (accessPoint !== undefined) add('access_point = ?', accessPoint);
  if (reason !== undefined)
    add("(reason = ? OR instr(' ' || reasons || ' ', ' ' || ? || ' ') > 0)", reason, reason);
  const { names, text } = row;
  const itself = [
    ...(names === undefined ? [] : [`event.name IN (${names.map(() => '?').join(', ')})`]),
    ...(text === undefined ? [] : ['instr(event.body, ?) > 0']),
  ];
  if (itself.length > 0)
    add(
      `EXISTS (SELECT 1 FROM event WHERE event.sequence = event_about.sequence AND ${itself.join(' AND ')})`,
      ...(names ?? []),
      ...(text === undefined ? [] : [text]),
    );
  return connection
    .statement<(number | string | Uint8Array)[], { sequence: number }>(
      `SELECT sequence FROM event_about WHERE ${where.join(' AND ')} ORDER BY sequence`,
    )
    .all(...values)
    .map(({ sequence }) => sequence);
}

function hexBlob(value: unknown): Buffer | null {
  return typeof value === 'string' ? Buffer.from(value, 'hex') : null;
}
