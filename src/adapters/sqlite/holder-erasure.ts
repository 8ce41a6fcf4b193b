import type { EventDraft } from '../../core/events/event.ts';
import type { LedgerNeeds } from '../../core/policy/ledger.ts';
import { type LedgerRow, needOf } from '../../core/policy/ledger-need.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import type { ErasureReceipt, StayingRecord } from '../../core/report/erasure-receipt.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { RowReducer } from '../../ports/row-reducer.ts';
import type { Connection } from './connection.ts';
import type { HolderRecords } from './holder-records.ts';

const STEP_MS = 15_000;
/** For so long a phone's code could be shown once more (config/contract/README.md#phone-codes). */
const REPLAY_MS = 5 * STEP_MS;
/** Used steps are deleted after a day. */
const DAY_MS = 86_400_000;
/** A passage that began no longer ago may still be given back. */
const UNDER_WAY_MS = 10 * 60_000;
/** Rows that are reduced together with everything else; those beyond it follow in pieces. */
export const ROWS_AT_ONCE = 250;

/** When and by which rules it is decided what stays. */
export interface ErasureTime {
  readonly nowMs: number;
  /** The site's date. */
  readonly today: number;
  readonly needs: LedgerNeeds;
  /** Whether a gate is running with the store: a passage may be under way. */
  readonly isRunning: boolean;
}

interface Staying {
  readonly what: 'order' | 'passage' | 'visit' | 'hosted';
  readonly id: string;
  readonly dueMs: number | null;
}

interface StayingOne extends Pick<StayingRecord, 'what' | 'for'> {
  /** Unix milliseconds; null: when a guard ends it. */
  readonly dueMs: number | null;
}

export interface ErasurePlan {
  readonly deleted: ErasureReceipt['deleted'];
  readonly stays: readonly StayingRecord[];
  readonly staying: readonly Staying[];
}

/** What of these records goes now, and what a rule still needs. */
export function planErasure(records: HolderRecords, time: ErasureTime): ErasurePlan {
  const { nowMs } = time;
  const staying: Staying[] = [];
  const stays: StayingOne[] = [];
  for (const { id, untilMs, endedMs } of records.orders) {
    if (endedMs !== null || (untilMs !== null && untilMs <= nowMs)) continue;
    staying.push({ what: 'order', id, dueMs: untilMs });
    stays.push({ what: 'order', for: 'order', dueMs: untilMs });
  }
  const order = stays.map(({ dueMs }) => dueMs);
  if (order.length > 0) {
    const dueMs = order.includes(null) ? null : Math.max(...order.map(Number));
    for (const _report of records.reports) stays.push({ what: 'report', for: 'order', dueMs });
  }
  for (const row of records.ledger) {
    const need = ledgerNeed(row, records, time);
    if (need === undefined) continue;
    staying.push({ what: 'passage', id: String(row.id), dueMs: need.untilMs });
    stays.push({ what: 'passage', for: need.rule, dueMs: need.untilMs });
  }
  const windowMs = records.quota?.untilMs ?? 0;
  if (windowMs > nowMs && stays.some((one) => one.for === 'quota'))
    stays.push({ what: 'quota', for: 'quota', dueMs: windowMs });
  for (const { passId, untilMs } of records.visits) {
    if (untilMs <= nowMs) continue;
    const isOwn = records.passIds.includes(passId);
    staying.push({ what: isOwn ? 'visit' : 'hosted', id: passId, dueMs: untilMs });
    stays.push({ what: isOwn ? 'visit' : 'hostedVisit', for: 'visit', dueMs: untilMs });
  }
  for (const { step } of records.steps)
    if (mayBeReplayed(step, nowMs))
      stays.push({ what: 'phoneCode', for: 'replay', dueMs: step * STEP_MS + DAY_MS + DAY_MS / 24 });
  const kept = (what: StayingRecord['what']): number => stays.filter((one) => one.what === what).length;
  return {
    deleted: {
      register: records.register === undefined ? 0 : 1,
      photographs: records.photograph === undefined ? 0 : 1,
      passages: records.ledger.length - kept('passage'),
      orders: records.orders.length - kept('order'),
      visits: records.visits.length - kept('visit') - kept('hostedVisit'),
      reports: records.reports.length - kept('report'),
      phoneCodes: records.steps.length - kept('phoneCode'),
    },
    stays: together(stays),
    staying,
  };
}

function ledgerNeed(
  row: LedgerRow,
  { quota }: HolderRecords,
  { needs, nowMs, today, isRunning }: ErasureTime,
) {
  const ownDays = quota !== undefined && quota.untilMs > nowMs ? quota.days : 0;
  const need = needOf(row, { needs, ownDays, nowMs, today });
  const overMs = row.atMs + UNDER_WAY_MS;
  if (need !== undefined || !isRunning || row.state !== 'granted' || overMs <= nowMs) return need;
  return { rule: 'passage', untilMs: overMs } as const;
}

function mayBeReplayed(step: number, nowMs: number): boolean {
  return step * STEP_MS > nowMs - REPLAY_MS;
}

/** One entry for each kind and rule, with the latest end. */
function together(stays: readonly StayingOne[]): readonly StayingRecord[] {
  const groups = new Map<string, StayingOne[]>();
  for (const one of stays) {
    const key = `${one.what} ${one.for}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ what: first.what, for: first.for, count: group.length, until: latest(group) }];
  });
}

function latest(group: readonly StayingOne[]): string | null {
  let latestMs = 0;
  for (const { dueMs } of group) {
    if (dueMs === null) return null;
    latestMs = Math.max(latestMs, dueMs);
  }
  return new Date(latestMs).toISOString();
}

interface ErasureDeps {
  readonly connection: Connection;
  readonly log: EventLog;
  readonly reducer: RowReducer;
}

/**
 * Erases what is planned, tables and log, with the events that say so. Runs inside a transaction.
 * @returns rows of the log beyond the first hundreds, which follow in pieces
 * @throws GatepostError `log.unavailable`; then nothing was erased
 */
export function eraseHolder(
  { connection, log, reducer }: ErasureDeps,
  subject: HolderSubject,
  {
    records,
    plan,
    events,
    nowMs,
  }: {
    readonly records: HolderRecords;
    readonly plan: ErasurePlan;
    readonly events: readonly EventDraft[];
    readonly nowMs: number;
  },
): readonly number[] {
  // Nothing of a household goes with one of its passes.
  const holderRef = 'holderRef' in subject ? subject.holderRef : '';
  const rows = [...records.rows, ...records.mentions].sort((a, b) => a - b);
  log.commit({ events, usesReserve: true });
  for (const table of ['holder_photo', 'holder'])
    connection.statement<[string]>(`DELETE FROM ${table} WHERE holder_ref = ?`).run(holderRef);
  const left = connection.statement<[string, string, number | null]>(
    'INSERT OR REPLACE INTO erasure_left VALUES (?, ?, ?)',
  );
  for (const { what, id, dueMs } of plan.staying) left.run(what, id, dueMs);
  eraseTables(connection, holderRef, records, nowMs);
  reducer.reduceRows(rows.slice(0, ROWS_AT_ONCE));
  return rows.slice(ROWS_AT_ONCE);
}

const LEFT = (what: Staying['what']): string => `(SELECT id FROM erasure_left WHERE what = '${what}')`;

/** Deletes all but what was noted to stay. What stays of the ledger loses what no rule reads. */
function eraseTables(connection: Connection, holderRef: string, records: HolderRecords, nowMs: number): void {
  const { passIds, ledger, orders, visits, steps, quota, musters } = records;
  const each = <T>(sql: string, ids: readonly T[]): void => {
    const statement = connection.statement<[T]>(sql);
    for (const id of ids) statement.run(id);
  };
  const ledgerIds = ledger.map(({ id }) => id);
  each(`DELETE FROM passage WHERE id = ? AND CAST(id AS TEXT) NOT IN ${LEFT('passage')}`, ledgerIds);
  const settled = ledger.filter(({ atMs }) => atMs <= nowMs - UNDER_WAY_MS).map(({ id }) => id);
  each("UPDATE passage SET passage = 'erased-' || id, kind = NULL, access_point = '' WHERE id = ?", settled);
  each(
    `DELETE FROM standing_order WHERE id = ? AND id NOT IN ${LEFT('order')}`,
    orders.map(({ id }) => id),
  );
  // A line without anybody stays: a list that is under way keeps its numbers.
  const nobody = connection.statement<[number, number]>(
    'UPDATE muster_person SET pass_id = NULL, holder_ref = NULL, kind = NULL WHERE muster = ? AND line = ?',
  );
  for (const { muster, line } of musters) nobody.run(muster, line);
  const own = visits.filter(({ passId }) => passIds.includes(passId)).map(({ passId }) => passId);
  each(`DELETE FROM visitor WHERE pass_id = ? AND pass_id NOT IN ${LEFT('visit')}`, own);
  connection
    .statement<[string]>(
      `UPDATE visitor SET host_ref = NULL, unit = NULL WHERE host_ref = ? AND pass_id NOT IN ${LEFT('hosted')}`,
    )
    .run(holderRef);
  if (!orders.some(({ id }) => isLeft(connection, 'order', id)))
    each('DELETE FROM self_report WHERE holder_ref = ?', [holderRef]);
  const spent = connection.statement<[string, number]>(
    'DELETE FROM pass_step WHERE pass_id = ? AND step = ?',
  );
  for (const { passId, step } of steps) if (!mayBeReplayed(step, nowMs)) spent.run(passId, step);
  if (quota !== undefined && !ledgerIds.some((id) => isLeft(connection, 'passage', String(id))))
    each('DELETE FROM quota_window WHERE account = ?', [holderRef, ...passIds]);
}

function isLeft(connection: Connection, what: Staying['what'], id: string): boolean {
  const sql = 'SELECT 1 FROM erasure_left WHERE what = ? AND id = ?';
  return connection.statement<[string, string]>(sql).get(what, id) !== undefined;
}
