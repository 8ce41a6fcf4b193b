import type { LedgerRow } from '../../core/policy/ledger-need.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import type { DataRequest } from '../../core/report/data-request.ts';
import type { HolderPhotograph } from '../../ports/holder-register.ts';
import type { Connection } from './connection.ts';
import { numbersOf, readRequest } from './data-requests.ts';
import { LAST_ROWS, type LogScan, lastRow, scanLog, scanMore } from './holder-log.ts';
import { SqliteHolderRegister } from './holder-register.ts';
import type { SearchProgress } from './log-search.ts';
import type { ReadConnection } from './read-connection.ts';

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
  readonly phone: string | null;
  readonly unit: string | null;
  readonly purpose: string | null;
  readonly hostRef: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly registeredBy: string;
  readonly hostConfirmed: number;
  readonly confirmedBy: string | null;
  readonly insideSinceMs: number | null;
  readonly leftMs: number | null;
}

/** A line of a list of who was inside. */
interface MusterRecord {
  readonly muster: number;
  readonly line: number;
  readonly passId: string;
  readonly accessPoint: string;
  readonly sinceMs: number;
  readonly tickedMs: number | null;
  readonly tickedBy: string | null;
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
  /** Lists of who was inside, as far as they are not erased. */
  readonly musters: readonly MusterRecord[];
  /** Requests about the data of these passes that were made at the gate. */
  readonly requests: readonly DataRequest[];
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
      `SELECT pass_id AS passId, label, phone, unit, purpose, host_ref AS hostRef, from_ms AS fromMs, until_ms AS untilMs,
        registered_by AS registeredBy, host_confirmed AS hostConfirmed, confirmed_by AS confirmedBy,
        inside_ms AS insideSinceMs, left_ms AS leftMs FROM visitor
        WHERE host_ref = :holderRef OR pass_id IN (SELECT value FROM json_each(:list)) ORDER BY from_ms, pass_id`,
    ),
    reports: all<{ siteDay: number; count: number }>(
      'SELECT site_day AS siteDay, count FROM self_report WHERE holder_ref = :holderRef ORDER BY site_day',
    ),
    musters: all<MusterRecord>(
      `SELECT muster, line, pass_id AS passId, access_point AS accessPoint, since_ms AS sinceMs, ticked_ms AS tickedMs,
        ticked_by AS tickedBy FROM muster_person
        WHERE holder_ref = :holderRef OR pass_id IN (SELECT value FROM json_each(:list)) ORDER BY muster, line`,
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
