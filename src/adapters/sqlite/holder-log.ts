import { GatepostError } from '../../core/errors.ts';
import { viewOf } from '../../core/events/row-view.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import { readEventsAfter } from './event-rows.ts';
import { rowAt, rowsAskedFor, type SearchProgress } from './log-search.ts';
import type { ReadConnection } from './read-connection.ts';

/** Rows whose bodies are looked through in one statement. */
const WINDOW_ROWS = 10_000;

/** Rows that are looked at in a transaction, in which nobody else can write. */
export const LAST_ROWS = 200;

/** What rows of a subject are found by. */
interface Keys {
  readonly passIds: Set<string>;
  readonly passages: Set<string>;
}

/** What the log says about a subject, up to a row. */
export interface LogScan extends Keys {
  /** Rows about the subject, ascending. */
  readonly rows: readonly number[];
  /** Rows about others in whose text the subject stands all the same. */
  readonly mentions: readonly number[];
  /** The last row that was looked at. */
  readonly through: number;
}

/** The number of the newest row; 0 in an empty log. */
export function lastRow(connection: ReadConnection): number {
  const sql = 'SELECT max(sequence) AS last FROM event';
  return connection.read(() => connection.statement<[], { last: number | null }>(sql).get()?.last ?? 0);
}

/**
 * Looks through the log, in short pieces beside a running gate.
 * @throws GatepostError `log.unavailable`; `usage` for a pass that was shown with several pseudonyms
 */
export function scanLog(
  connection: ReadConnection,
  subject: HolderSubject,
  onProgress: SearchProgress['onProgress'],
): LogScan {
  const through = lastRow(connection);
  const sql = 'SELECT min(sequence) AS first FROM event';
  const first = connection.read(
    () => connection.statement<[], { first: number | null }>(sql).get()?.first ?? 1,
  );
  const keys =
    'holderRef' in subject ? keysOf(connection, subject.holderRef) : keysOfPass(connection, subject.passId);
  return { ...keys, ...rowsOf(connection, subject, keys, { first, last: through }, onProgress), through };
}

/** Goes on behind a scan. @returns undefined where another pass came or went, of which earlier rows may speak */
export function scanMore(
  connection: ReadConnection,
  subject: HolderSubject,
  scan: LogScan,
): LogScan | undefined {
  const through = lastRow(connection);
  if (through <= scan.through) return scan;
  const keys: Keys = { passIds: new Set(scan.passIds), passages: new Set(scan.passages) };
  const taken = new Set<string>();
  for (let after = scan.through; after < through; ) {
    const page = connection.read(() => readEventsAfter(connection, after, LAST_ROWS));
    for (const { body } of page) {
      const { holderRef, passId, passage } = viewOf(body)?.data ?? {};
      const isMine = 'holderRef' in subject ? holderRef === subject.holderRef : passId === subject.passId;
      if (isMine && typeof passage === 'string') keys.passages.add(passage);
      if (typeof passId !== 'string' || !('holderRef' in subject) || holderRef === undefined) continue;
      if (isMine) keys.passIds.add(passId);
      else taken.add(passId);
    }
    after = page.at(-1)?.sequence ?? through;
  }
  for (const passId of taken) keys.passIds.delete(passId);
  const isSame =
    keys.passIds.size === scan.passIds.size && [...keys.passIds].every((one) => scan.passIds.has(one));
  if (!isSame) return undefined;
  const more = rowsOf(connection, subject, keys, { first: scan.through + 1, last: through }, undefined);
  return {
    ...keys,
    rows: [...scan.rows, ...more.rows],
    mentions: [...scan.mentions, ...more.mentions],
    through,
  };
}

/** The passes and passages of a pseudonym, by the log and by the ledger. A pass that was shown with another is left out. */
function keysOf(connection: ReadConnection, holderRef: string): Keys {
  const passIds = new Set<string>();
  const passages = new Set<string>();
  const add = (set: Set<string>, value: unknown): void => {
    if (typeof value === 'string') set.add(value);
  };
  for (const { body } of rowsAskedFor(connection, { holderRef })) {
    const data = viewOf(body)?.data;
    if (data?.holderRef !== holderRef) continue;
    add(passIds, data.passId);
    add(passages, data.passage);
  }
  const ledger = connection.statement<[string], { passId: string | null; passage: string }>(
    'SELECT pass_id AS passId, passage FROM passage WHERE account = ?',
  );
  for (const { passId, passage } of connection.read(() => ledger.all(holderRef))) {
    add(passIds, passId);
    add(passages, passage);
  }
  for (const passId of passIds)
    for (const { body } of rowsAskedFor(connection, { passId })) {
      const other = viewOf(body)?.data.holderRef;
      if (other === undefined || other === holderRef) continue;
      passIds.delete(passId);
      break;
    }
  return { passIds, passages };
}

/** The passages of one pass. Whoever else has the number of a pass must not get at its data. */
function keysOfPass(connection: ReadConnection, passId: string): Keys {
  const passages = new Set<string>();
  const holders = new Set<unknown>();
  for (const { body } of rowsAskedFor(connection, { passId })) {
    const { passage, holderRef } = viewOf(body)?.data ?? {};
    if (typeof passage === 'string') passages.add(passage);
    if (holderRef !== undefined) holders.add(holderRef);
  }
  if (holders.size > 1)
    throw new GatepostError(
      'usage',
      'This pass was shown with several pseudonyms. Look at each of them with `gatepost holder export HOLDER`.',
    );
  const ledger = connection.statement<[string], { passage: string }>(
    'SELECT passage FROM passage WHERE pass_id = ?',
  );
  for (const { passage } of connection.read(() => ledger.all(passId))) passages.add(passage);
  return { passIds: new Set([passId]), passages };
}

/** Looks through every body: what was typed by hand stands in no column. */
function rowsOf(
  connection: ReadConnection,
  subject: HolderSubject,
  { passIds, passages }: Keys,
  { first, last }: { readonly first: number; readonly last: number },
  onProgress: SearchProgress['onProgress'],
): Pick<LogScan, 'rows' | 'mentions'> {
  const texts = [...('holderRef' in subject ? [subject.holderRef] : []), ...passIds];
  const sql = `SELECT sequence FROM event WHERE sequence BETWEEN ? AND ? AND body IS NOT NULL
    AND (passage IN (SELECT value FROM json_each(?)) OR ${texts.map(() => 'instr(body, ?) > 0').join(' OR ')})
    ORDER BY sequence`;
  const rows: number[] = [];
  const mentions: number[] = [];
  const known = JSON.stringify([...passages]);
  for (let from = first; from <= last; from += WINDOW_ROWS) {
    const to = Math.min(last, from + WINDOW_ROWS - 1);
    const found = connection.read(() =>
      connection
        .statement<unknown[], { sequence: number }>(sql)
        .all(from, to, known, ...texts.map((text) => Buffer.from(text))),
    );
    for (const { sequence } of found) {
      const event = rowAt(connection, sequence);
      const data = (event && viewOf(event.body))?.data ?? {};
      (isAbout(data, subject) ? rows : mentions).push(sequence);
    }
    onProgress?.(to - first + 1, last - first + 1);
  }
  return { rows, mentions };
}

/** Whether a row in which it stands is about the holder or the pass, and not about somebody else. */
function isAbout(data: Readonly<Record<string, unknown>>, subject: HolderSubject): boolean {
  if ('holderRef' in subject) {
    const { holderRef } = subject;
    return data.holderRef === undefined || data.holderRef === holderRef || data.hostRef === holderRef;
  }
  return data.passId === undefined ? data.holderRef === undefined : data.passId === subject.passId;
}
