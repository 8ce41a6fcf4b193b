import type { Direction } from '../../core/access/vocabulary.ts';
import type { Effect, LedgerEntry } from '../../core/decision/effect.ts';
import type { DayCount, LedgerFacts } from '../../core/policy/ledger.ts';
import type { HolderSubject } from '../../core/policy/standing-order.ts';
import type { HolderQuery, HolderState } from '../../ports/rule-store.ts';
import type { Connection } from './connection.ts';
import { putKept, readKept } from './kept-numbers.ts';

/** No pass is valid for longer than 400 days. */
export const LONGEST_PASS_MS = 400 * 86_400_000;

function latestEnd(untilMs: number, nowMs: number): number {
  return Math.floor(Math.min(untilMs, nowMs + LONGEST_PASS_MS));
}

interface ShownRow {
  readonly inside: number | null;
  readonly direction: Direction | null;
  readonly atMs: number;
  readonly fromMs: number | null;
  readonly untilMs: number;
  readonly hostConfirmed: number;
}

/** The queries of a decision. Each one scans one index and sorts nothing. */
export const LEDGER_QUESTIONS = {
  /** Account, first day, last day, 1 for its guests by phone and 0 for itself. */
  recent: `SELECT site_day AS siteDay, direction, count(*) AS count FROM passage
    WHERE account = ? AND site_day BETWEEN ? AND ? AND state <> 'nottaken' AND quota_returned = 0
      AND guest = ? GROUP BY site_day, direction`,
  /** passId, direction, limit. */
  uses: `SELECT count(*) AS count FROM (SELECT 1 FROM passage
    WHERE pass_id = ? AND direction = ? AND state <> 'nottaken' AND use_returned = 0 LIMIT ?)`,
  /** passId. What every decision needs, in one query: last passage, entry as a visitor, number of people inside. */
  shown: `SELECT (SELECT value FROM kept_number WHERE name = 'occupancy') AS inside,
      last.direction, last.at_ms AS atMs,
      visitor.from_ms AS fromMs, visitor.until_ms AS untilMs, visitor.host_confirmed AS hostConfirmed
    FROM (SELECT ? AS pass_id) AS shown
    LEFT JOIN passage AS last ON last.id = (SELECT id FROM passage
      WHERE pass_id = shown.pass_id AND state <> 'nottaken' AND forgiven = 0 ORDER BY id DESC LIMIT 1)
    LEFT JOIN visitor ON visitor.pass_id = shown.pass_id`,
} as const;

/**
 * The ledger of passages. Every query scans one index to a few rows of one pass or household, so its cost depends on
 * that household's own days and not on the number of others. Writing methods run inside a transaction.
 */
export class SqliteHolderState implements HolderState {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  facts(query: HolderQuery): LedgerFacts {
    return this.#connection.read(() => {
      const shown = this.#connection.statement<[string], ShownRow>(LEDGER_QUESTIONS.shown).get(query.passId);
      return {
        recent: query.quotaDays === 0 ? [] : this.#recent(query),
        usesSpent: query.usesWanted === 0 ? 0 : this.#uses(query),
        occupancy: shown?.inside ?? 0,
        ...(shown === undefined ? {} : passFacts(shown)),
      };
    });
  }

  occupancy(): number {
    return readKept(this.#connection, 'occupancy');
  }

  openCounts(
    siteDay: number,
  ): readonly { readonly accessPoint: string; readonly direction: Direction; readonly count: number }[] {
    const sql = `SELECT access_point AS accessPoint, direction, count FROM open_count
      WHERE site_day = ? ORDER BY access_point, direction`;
    return this.#connection.read(() =>
      this.#connection
        .statement<[number], { accessPoint: string; direction: Direction; count: number }>(sql)
        .all(siteDay),
    );
  }

  /**
   * A person who was let through and did not go may be let through once more: the row of that passage is replaced.
   */
  record(entry: LedgerEntry, nowMs: number): void {
    const inside = this.occupancy();
    // A person who leaves an area counted as empty entered uncounted, so nothing is subtracted.
    const change = entry.direction === 'in' ? 1 : inside > 0 ? -1 : 0;
    this.#connection
      .statement<unknown[]>(
        `INSERT OR REPLACE INTO passage (passage, pass_id, holder_ref, kind, direction, access_point, at_ms, site_day,
            occupancy, pass_until_ms, uses_limited, guest)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        entry.passage,
        entry.passId ?? null,
        entry.holderRef ?? null,
        entry.kind ?? null,
        entry.direction,
        entry.accessPoint,
        Math.floor(nowMs),
        entry.siteDay,
        change,
        entry.passUntilMs === undefined ? null : latestEnd(entry.passUntilMs, nowMs),
        entry.usesLimited === true ? 1 : 0,
        entry.isGuest === true ? 1 : 0,
      );
    this.setOccupancy(inside + change);
  }

  /** Until the pass ends, so many days of its account are kept: see record-purge.ts. */
  noteQuota({ account, days, untilMs }: Extract<Effect, { kind: 'noteQuota' }>, nowMs: number): void {
    this.#connection
      .statement<[string, number, number]>(
        `INSERT INTO quota_window VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE SET
          days = max(days, excluded.days), until_ms = max(until_ms, excluded.until_ms)`,
      )
      .run(account, days, latestEnd(untilMs, nowMs));
  }

  confirm(passage: string): void {
    this.#connection
      .statement<[string]>("UPDATE passage SET state = 'taken' WHERE passage = ? AND state = 'granted'")
      .run(passage);
  }

  /** A passage for which the door was seen to open is kept. Returns what was given back. */
  giveBack(passage: string): { readonly passId: string | null; readonly direction: Direction } | undefined {
    const returned = this.#connection
      .statement<[string], { occupancy: number; passId: string | null; direction: Direction }>(
        `UPDATE passage SET state = 'nottaken' WHERE passage = ? AND state = 'granted'
          RETURNING occupancy, pass_id AS passId, direction`,
      )
      .get(passage);
    if (returned !== undefined) this.setOccupancy(this.occupancy() - returned.occupancy);
    return returned;
  }

  forgive(subject: HolderSubject): void {
    const [sql, value] =
      'passId' in subject
        ? ["UPDATE passage SET forgiven = 1 WHERE pass_id = ? AND state <> 'nottaken'", subject.passId]
        : ["UPDATE passage SET forgiven = 1 WHERE account = ? AND state <> 'nottaken'", subject.holderRef];
    this.#connection.statement<[string]>(sql).run(value);
  }

  /** A pass that belongs to a household uses the household's quota, which is given back with it. */
  giveBackQuota(subject: HolderSubject): void {
    if ('holderRef' in subject) {
      this.#connection
        .statement<[string]>(
          "UPDATE passage SET quota_returned = 1 WHERE account = ? AND state <> 'nottaken'",
        )
        .run(subject.holderRef);
      return;
    }
    this.#connection
      .statement<[string]>("UPDATE passage SET use_returned = 1 WHERE pass_id = ? AND state <> 'nottaken'")
      .run(subject.passId);
    this.#connection
      .statement<[string, string]>(
        `UPDATE passage SET quota_returned = 1 WHERE state <> 'nottaken' AND account IN
          (SELECT account FROM passage WHERE pass_id = ? AND state <> 'nottaken' UNION SELECT ?)`,
      )
      .run(subject.passId, subject.passId);
  }

  setOccupancy(value: number): void {
    putKept(this.#connection, 'occupancy', Math.max(0, value));
  }

  countOpen(accessPoint: string, direction: Direction, siteDay: number): void {
    this.#connection
      .statement<[number, string, string]>(
        `INSERT INTO open_count VALUES (?, ?, ?, 1)
          ON CONFLICT (site_day, access_point, direction) DO UPDATE SET count = count + 1`,
      )
      .run(siteDay, accessPoint, direction);
  }

  #recent({ passId, holderRef, siteDay, quotaDays, isGuest }: HolderQuery): readonly DayCount[] {
    return this.#connection
      .statement<[string, number, number, number], DayCount>(LEDGER_QUESTIONS.recent)
      .all(holderRef ?? passId, siteDay - quotaDays + 1, siteDay + quotaDays - 1, isGuest === true ? 1 : 0);
  }

  #uses({ passId, direction, usesWanted }: HolderQuery): number {
    return (
      this.#connection
        .statement<[string, string, number], { count: number }>(LEDGER_QUESTIONS.uses)
        .get(passId, direction, usesWanted)?.count ?? 0
    );
  }
}

function passFacts(row: ShownRow): Pick<LedgerFacts, 'lastPassage' | 'visitor'> {
  const { direction, atMs, fromMs, untilMs, hostConfirmed } = row;
  return {
    ...(direction === null ? {} : { lastPassage: { direction, atMs } }),
    ...(fromMs === null ? {} : { visitor: { fromMs, untilMs, hostConfirmed: hostConfirmed === 1 } }),
  };
}
