import { GatepostError } from '../../core/errors.ts';
import { viewOf } from '../../core/events/row-view.ts';
import type { LedgerRow } from '../../core/policy/ledger-need.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import type { DataRequest } from '../../core/report/data-request.ts';
import type { HolderPhotograph } from '../../ports/holder-register.ts';
import type { Connection } from './connection.ts';
import { numbersOf, readRequest } from './data-requests.ts';
import { readEventsAfter } from './event-rows.ts';
import { SqliteHolderRegister } from './holder-register.ts';
import { rowAt, rowsAskedFor, type SearchProgress } from './log-search.ts';
import type { ReadConnection } from './read-connection.ts';

/** Rows whose bodies are looked through in one statement. */
const WINDOW_ROWS = 10_000;

/** A standing order given at this gate, whether it stands or has ended. */
interface OrderRecord {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly direction: string | null;
  readonly by: string;
  readonly note: string;
  readonly endedMs: number | null;
}

interface VisitRecord {
  readonly passId: string;
  readonly label: string;
  readonly hostRef: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly registeredBy: string;
  readonly hostConfirmed: number;
}

/** Everything that the store keeps about one pseudonym, or about one pass. */
export interface HolderRecords {
  /** Numbers of the passes that were shown with this pseudonym, and with no other; or the one pass. */
  readonly passIds: readonly string[];
  /** Rows of the log about the holder, ascending. */
  readonly rows: readonly number[];
  /** Rows about others in whose text the pseudonym or one of the passes stands all the same. */
  readonly mentions: readonly number[];
  readonly register: { readonly label: string; readonly unit: string } | undefined;
  readonly photograph: HolderPhotograph | undefined;
  readonly ledger: readonly LedgerRow[];
  /** Days that a quota of the passes' own counts, and until when there is such a pass. */
  readonly quota: { readonly days: number; readonly untilMs: number } | undefined;
  readonly orders: readonly OrderRecord[];
  /** Visits with a pass of the holder, and visits to the holder. */
  readonly visits: readonly VisitRecord[];
  readonly reports: readonly { readonly siteDay: number; readonly count: number }[];
  /** Steps of phone codes that were shown. */
  readonly steps: readonly { readonly passId: string; readonly step: number }[];
  /** Requests about the data of these passes that were made at the gate. */
  readonly requests: readonly DataRequest[];
}

/** What the log says about a subject, up to a row. */
interface LogScan extends Keys {
  readonly rows: readonly number[];
  readonly mentions: readonly number[];
  /** The last row that was looked at. */
  readonly through: number;
}

/**
 * Reads in short pieces beside a running gate. Of one pass only what names that pass: nothing of its household.
 * @throws GatepostError `log.unavailable`; `usage` for a pass that was shown with several pseudonyms
 */
export function readHolderRecords(
  connection: ReadConnection,
  subject: HolderSubject,
  { onProgress }: SearchProgress = {},
): HolderRecords {
  return readTables(connection, subject, scanLog(connection, subject, onProgress));
}

/** Rows that are looked at in a transaction, in which nobody else can write. */
const LAST_ROWS = 200;

/**
 * The same, and then calls `work` with all of it inside of one transaction, so that nothing is missing that was written
 * since the log was looked through.
 * @throws GatepostError like readHolderRecords()
 */
export function withHolderRecords<T>(
  connection: Connection,
  subject: HolderSubject,
  { onProgress }: SearchProgress,
  work: (records: HolderRecords) => T,
): T {
  let scan = scanLog(connection, subject, onProgress);
  let ledger = scanLedger(connection, subject, scan);
  for (;;) {
    // The newest rows alone are left for the transaction.
    while (lastRow(connection) > scan.through + LAST_ROWS)
      scan = scanMore(connection, subject, scan) ?? scanLog(connection, subject, undefined);
    const done = connection.write(() => {
      const isNear = lastRow(connection) <= scan.through + LAST_ROWS;
      const whole = isNear ? scanMore(connection, subject, scan) : undefined;
      return whole && { result: work(readTables(connection, subject, whole, ledger)) };
    });
    if (done !== undefined) return done.result;
    scan = scanLog(connection, subject, undefined);
    ledger = scanLedger(connection, subject, scan);
  }
}

function lastRow(connection: ReadConnection): number {
  const sql = 'SELECT max(sequence) AS last FROM event';
  return connection.read(() => connection.statement<[], { last: number | null }>(sql).get()?.last ?? 0);
}

function scanLog(
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
function scanMore(connection: ReadConnection, subject: HolderSubject, scan: LogScan): LogScan | undefined {
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

/** Passages that are known of a subject; the ledger was looked through up to one. */
interface LedgerScan {
  readonly ids: readonly number[];
  readonly through: number;
}

const NO_PASSAGES: LedgerScan = { ids: [], through: 0 };

function scanLedger(connection: ReadConnection, subject: HolderSubject, scan: LogScan): LedgerScan {
  const sql = 'SELECT max(id) AS last FROM passage';
  const through = connection.read(
    () => connection.statement<[], { last: number | null }>(sql).get()?.last ?? 0,
  );
  return { ids: readTables(connection, subject, scan).ledger.map(({ id }) => id), through };
}

function readTables(
  connection: ReadConnection,
  subject: HolderSubject,
  { rows, mentions, passIds: known }: LogScan,
  knownLedger = NO_PASSAGES,
): HolderRecords {
  // No row has the pseudonym of no letters.
  const holderRef = 'holderRef' in subject ? subject.holderRef : '';
  const passIds = [...known].sort();
  const ledger = readLedger(connection, holderRef, passIds, knownLedger);
  const list = JSON.stringify(passIds);
  const all = <R>(sql: string): readonly R[] =>
    connection.read(() =>
      connection.statement<[{ holderRef: string; list: string }], R>(sql).all({ holderRef, list }),
    );
  const MINE = 'IN (SELECT value FROM json_each(:list) UNION SELECT :holderRef)';
  const register = new SqliteHolderRegister(connection);
  const holder = register.find(holderRef);
  const accounts = JSON.stringify([
    ...new Set([holderRef, ...passIds, ...ledger.map(({ account }) => account)]),
  ]);
  const quotas = connection.statement<[string], { days: number; untilMs: number }>(
    `SELECT max(days) AS days, max(until_ms) AS untilMs FROM quota_window
      WHERE account IN (SELECT value FROM json_each(?)) HAVING count(*) > 0`,
  );
  const quota = connection.read(() => quotas.get(accounts));
  return {
    passIds,
    rows,
    mentions,
    requests: passIds
      .flatMap((passId) => numbersOf(connection, passId))
      .sort((one, other) => one - other)
      .flatMap((number) => readRequest(connection, number) ?? []),
    register: holder && { label: holder.label, unit: holder.unit },
    photograph: register.photograph(holderRef),
    quota,
    ledger,
    orders: all<OrderRecord>(
      `SELECT id, kind, subject, from_ms AS fromMs, until_ms AS untilMs, direction, ordered_by AS by, note,
        ended_ms AS endedMs FROM standing_order WHERE subject ${MINE} ORDER BY from_ms, id`,
    ),
    visits: all<VisitRecord>(
      `SELECT pass_id AS passId, label, host_ref AS hostRef, from_ms AS fromMs, until_ms AS untilMs,
        registered_by AS registeredBy, host_confirmed AS hostConfirmed FROM visitor
        WHERE host_ref = :holderRef OR pass_id IN (SELECT value FROM json_each(:list)) ORDER BY from_ms, pass_id`,
    ),
    reports: all<{ siteDay: number; count: number }>(
      'SELECT site_day AS siteDay, count FROM self_report WHERE holder_ref = :holderRef ORDER BY site_day',
    ),
    steps: all<{ passId: string; step: number }>(
      'SELECT pass_id AS passId, step FROM pass_step WHERE pass_id IN (SELECT value FROM json_each(:list)) ORDER BY step',
    ),
  };
}

/** Of a pass or an account, ascending; of rows known before and of those that came since, if there are any known. */
function readLedger(
  connection: ReadConnection,
  holderRef: string,
  passIds: readonly string[],
  known: LedgerScan,
): readonly LedgerRow[] {
  const list = JSON.stringify(passIds);
  const [ids, after] = [JSON.stringify(known.ids), known.through];
  const sql = `SELECT id, passage, pass_id AS passId, account, direction, access_point AS accessPoint, at_ms AS atMs,
      site_day AS siteDay, state, quota_returned AS quotaReturned, use_returned AS useReturned, forgiven,
      pass_until_ms AS passUntilMs, uses_limited AS usesLimited,
      NOT EXISTS (SELECT 1 FROM passage AS later WHERE later.pass_id = passage.pass_id AND later.id > passage.id
        AND later.state <> 'nottaken' AND later.forgiven = 0) AS isLast
    FROM passage WHERE id IN (SELECT value FROM json_each(:ids)) OR (id > :after AND (holder_ref = :holderRef
      OR account IN (SELECT value FROM json_each(:list) UNION SELECT :holderRef)
      OR pass_id IN (SELECT value FROM json_each(:list)))) ORDER BY id`;
  return connection.read(() =>
    connection.statement<[object], LedgerRow>(sql).all({ ids, after, holderRef, list }),
  );
}

interface Keys {
  readonly passIds: Set<string>;
  readonly passages: Set<string>;
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
): Pick<HolderRecords, 'rows' | 'mentions'> {
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
