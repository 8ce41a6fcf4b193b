import { close, fdatasync, open } from 'node:fs';
import type { LedgerCut, RecordCuts, RecordPurge } from '../../ports/retention.ts';
import type { Connection } from './connection.ts';
import { LONGEST_PASS_MS } from './holder-state.ts';

const DAY_MS = 86_400_000;
/** Length of a step of a phone's code (config/contract/README.md#phone-codes). */
const STEP_MS = 15_000;
/** A passage that is older is over: it is no longer given back. */
const SETTLED_MS = DAY_MS;
/** Pages of the write-ahead file: so many fewer than those with which a commit moves them that no decision reaches it. */
const MOST_WAITING = 700;
/** Nobody stays signed in for longer. */
const LONGEST_SESSION_MS = DAY_MS / 2;
/** Free pages that are kept, because the rows of the next hours fill them: 16 MiB. */
const KEPT_PAGES = 4096;

/**
 * Rows of a stretch of the ledger that no rule reads any more. A row counts for a quota within its days, before and
 * after today; for the uses of its pass until that ends; and for anti-passback if it is the last one of its pass that
 * nobody can give back. That one goes only after all older rows of its pass, which would be the last one without it.
 */
const UNNEEDED = `id > :after AND id <= :to AND (state = 'nottaken' OR (
    (pass_id IS NULL OR pass_until_ms IS NOT NULL OR at_ms <= :unknownMs)
    AND (account IS NULL OR quota_returned = 1 OR abs(site_day - :today) >=
      max(:quotaDays, coalesce((SELECT days FROM quota_window
        WHERE quota_window.account = passage.account AND until_ms > :nowMs), 0)))
    AND (pass_id IS NULL OR use_returned = 1 OR uses_limited = 0 OR pass_until_ms <= :nowMs)
    AND (pass_id IS NULL OR forgiven = 1
      OR EXISTS (SELECT 1 FROM passage AS later WHERE later.pass_id = passage.pass_id AND later.id > passage.id
        AND later.state <> 'nottaken' AND later.forgiven = 0 AND later.at_ms <= :settledMs)
      OR ((coalesce(pass_until_ms, 0) <= :nowMs OR at_ms <= :lastMs)
        AND NOT EXISTS (SELECT 1 FROM passage AS earlier WHERE earlier.pass_id = passage.pass_id
          AND earlier.id < passage.id AND earlier.state <> 'nottaken' AND earlier.forgiven = 0)))))`;

/** Records that are over, by table. What is dated more than the life of a pass ahead was written by a wrong clock. */
const OVER: readonly string[] = [
  `DELETE FROM visitor WHERE pass_id IN (SELECT pass_id FROM visitor
    WHERE until_ms <= :visitMs OR from_ms > :farMs LIMIT :limit)`,
  `DELETE FROM register_line WHERE id IN (SELECT id FROM register_line
    WHERE coalesce(left_ms, came_ms) <= CASE register WHEN 'vehicle' THEN :vehicleMs ELSE :deliveryMs END
      OR came_ms > :farMs LIMIT :limit)`,
  `DELETE FROM standing_order WHERE id IN (SELECT id FROM standing_order
    WHERE ended_ms <= :orderMs OR until_ms <= :orderMs LIMIT :limit)`,
  `DELETE FROM self_report WHERE (holder_ref, site_day) IN (SELECT holder_ref, site_day FROM self_report
    WHERE site_day < :reportDay OR site_day > :farDay LIMIT :limit)`,
  `DELETE FROM pass_step WHERE (step, pass_id) IN (SELECT step, pass_id FROM pass_step
    WHERE step < :step OR step > :farStep LIMIT :limit)`,
  `DELETE FROM quota_window WHERE account IN (SELECT account FROM quota_window
    WHERE until_ms <= :nowMs LIMIT :limit)`,
  // The sessions of those who are signed in are kept anew every few minutes.
  `DELETE FROM session WHERE digest IN (SELECT digest FROM session
    WHERE kept_ms <= :sessionMs OR kept_ms > :farMs LIMIT :limit)`,
  `DELETE FROM known_browser WHERE (operator, browser) IN (SELECT operator, browser FROM known_browser
    WHERE used_ms <= :browserMs LIMIT :limit)`,
  'DELETE FROM shift WHERE changed_ms <= :browserMs OR changed_ms > :farMs',
  'DELETE FROM day_review WHERE at_ms <= :browserMs OR at_ms > :farMs',
  // The newest one keeps the numbers going.
  `DELETE FROM muster WHERE number IN (SELECT number FROM muster WHERE receipt IS NOT NULL AND ended_ms <= :browserMs
    AND number < (SELECT max(number) FROM muster) LIMIT :limit)`,
];

const ENDED = '(ended_ms IS NOT NULL OR until_ms <= :nowMs)';
const LEFT_ORDERS = `SELECT standing_order.id FROM erasure_left JOIN standing_order
  ON what = 'order' AND standing_order.id = erasure_left.id WHERE ${ENDED}`;

/** What was left of holders who were erased goes at the end of what needed it, however young it is. */
const ERASED: readonly string[] = [
  `DELETE FROM self_report WHERE (holder_ref, site_day) IN (SELECT holder_ref, site_day FROM self_report
    WHERE holder_ref IN (SELECT subject FROM standing_order WHERE id IN (${LEFT_ORDERS})) LIMIT :limit)`,
  `DELETE FROM standing_order WHERE id IN (${LEFT_ORDERS} LIMIT :limit)`,
  `DELETE FROM passage WHERE id IN (SELECT CAST(id AS INTEGER) FROM erasure_left
    WHERE what = 'passage' AND due_ms <= :nowMs LIMIT :limit)`,
  `DELETE FROM visitor WHERE pass_id IN (SELECT pass_id FROM erasure_left JOIN visitor
    ON what = 'visit' AND pass_id = id AND until_ms = due_ms WHERE due_ms <= :nowMs LIMIT :limit)`,
  `UPDATE visitor SET host_ref = NULL, unit = NULL WHERE pass_id IN (SELECT pass_id FROM erasure_left JOIN visitor
    ON what = 'hosted' AND pass_id = id AND until_ms = due_ms
    WHERE due_ms <= :nowMs AND host_ref IS NOT NULL LIMIT :limit)`,
  `DELETE FROM erasure_left WHERE (what, id) IN (SELECT what, id FROM erasure_left WHERE
    CASE what WHEN 'order' THEN id NOT IN (SELECT id FROM standing_order)
      WHEN 'passage' THEN CAST(id AS INTEGER) NOT IN (SELECT id FROM passage)
      WHEN 'visit' THEN id NOT IN (SELECT pass_id FROM visitor WHERE until_ms = due_ms)
      ELSE id NOT IN (SELECT pass_id FROM visitor WHERE until_ms = due_ms AND host_ref IS NOT NULL) END
    LIMIT :limit)`,
];

/** Deletes what is over in the tables beside the log, in small transactions, and gives back the room. */
export class SqliteRecordPurge implements RecordPurge {
  readonly #connection: Connection;
  #isFlushing = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  purgeRecords(cuts: RecordCuts, limit: number): number {
    const { nowMs, today } = cuts;
    const farMs = nowMs + LONGEST_PASS_MS;
    const values = {
      ...cuts,
      limit,
      farMs,
      sessionMs: nowMs - LONGEST_SESSION_MS,
      farDay: today + LONGEST_PASS_MS / DAY_MS,
      step: Math.floor((nowMs - DAY_MS) / STEP_MS),
      farStep: Math.floor(farMs / STEP_MS),
    };
    const connection = this.#connection;
    return connection.write(() => {
      // An order that has ended cannot have ended tomorrow: a wrong clock said so.
      connection
        .statement<[number, number]>('UPDATE standing_order SET ended_ms = ? WHERE ended_ms > ?')
        .run(Math.floor(nowMs), Math.floor(nowMs + DAY_MS));
      const counts = [...ERASED, ...OVER].map(
        (sql) => connection.statement<[typeof values]>(sql).run(values).changes,
      );
      return Math.max(...counts);
    });
  }

  purgeLedger(after: number, cut: LedgerCut, limit: number): ReturnType<RecordPurge['purgeLedger']> {
    const connection = this.#connection;
    const { nowMs, today, quotaDays, lastPassageMs, throughDay } = cut;
    const to = connection.read(() => this.#lastOf(after, throughDay, limit));
    if (to === undefined) return { through: undefined, count: 0 };
    const values = {
      after,
      to,
      nowMs,
      today,
      quotaDays,
      settledMs: nowMs - SETTLED_MS,
      unknownMs: nowMs - LONGEST_PASS_MS,
      lastMs: lastPassageMs === undefined ? Number.NEGATIVE_INFINITY : nowMs - lastPassageMs,
    };
    const sql = `DELETE FROM passage WHERE ${UNNEEDED}`;
    const count = connection.write(() => connection.statement<[typeof values]>(sql).run(values).changes);
    return { through: to, count };
  }

  shrink(pages: number): boolean {
    const { database } = this.#connection;
    return this.#connection.read(() => {
      const free = Number(database.pragma('freelist_count', { simple: true }));
      if (free <= KEPT_PAGES) return false;
      database.pragma(`incremental_vacuum(${Math.min(pages, free - KEPT_PAGES)})`);
      return free - pages > KEPT_PAGES;
    });
  }

  unhurried<T>(work: () => T): T {
    const connection = this.#connection;
    return connection.read(() => {
      connection.database.pragma('synchronous = NORMAL');
      connection.isSynced = false;
      try {
        const result = work();
        // A decision that comes in the pause would have to do it in its commit otherwise.
        if (this.#waitingPages() > MOST_WAITING) connection.database.pragma('wal_checkpoint(PASSIVE)');
        return result;
      } finally {
        connection.database.pragma('synchronous = FULL');
        connection.isSynced = true;
      }
    });
  }

  flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // SQLite has no lock on this file that closing it would end. What cannot be put on disk fails at the next commit.
    open(`${this.#connection.path}-wal`, 'r', (error, file) => {
      if (error !== null) this.#isFlushing = false;
      else
        fdatasync(file, () => {
          close(file, () => {
            this.#isFlushing = false;
          });
        });
    });
  }

  settle(): void {
    const { database } = this.#connection;
    this.#connection.read(() => {
      const [before] = database.pragma('busy_timeout') as { timeout: number }[];
      // Somebody who reads for long (a backup) would have this wait, and the gate with it.
      database.pragma('busy_timeout = 0');
      try {
        database.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        database.pragma(`busy_timeout = ${before?.timeout ?? 0}`);
      }
    });
  }

  /** Pages of the write-ahead file that are not in the database yet. */
  #waitingPages(): number {
    const [found] = this.#connection.database.pragma('wal_checkpoint(NOOP)') as {
      readonly log: number;
      readonly checkpointed: number;
    }[];
    return found === undefined ? 0 : found.log - found.checkpointed;
  }

  /** Every row up to the newest of the last day to look at was written before it, whatever day it has. */
  #lastOf(after: number, throughDay: number, limit: number): number | undefined {
    const sql = `SELECT max(id) AS id FROM (SELECT id FROM passage WHERE id > ? AND id <=
        (SELECT id FROM passage WHERE site_day <= ? ORDER BY site_day DESC, id DESC LIMIT 1)
      ORDER BY id LIMIT ?)`;
    return (
      this.#connection
        .statement<[number, number, number], { id: number | null }>(sql)
        .get(after, throughDay, limit)?.id ?? undefined
    );
  }
}
