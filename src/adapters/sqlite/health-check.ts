import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type AlteredRows, type ChainRow, findAltered } from '../../core/events/chain.ts';
import { wrongAbouts } from './about-check.ts';
import { chainHeadOf, chainRows, isPublishable, once, readCover, readLogRow } from './event-rows.ts';
import { SUMS_FROM } from './migrations.ts';
import type { ReadConnection } from './read-connection.ts';
import { findWrongSum, hasSums, summedTables } from './row-sums.ts';
import { damaged } from './store-errors.ts';

/** A file up to this size is checked as a whole, which takes no longer than the rest of the start. */
export const SMALL_BYTES = 8 * 1024 * 1024;
/** Rows at the end of a larger log that are read back at every start. */
const TAIL_ROWS = 256;
/** Tables with a sum that grow with the log or the register. All others are checked in full, in milliseconds. */
const LARGE_TABLES = ['passage', 'holder', 'holder_photo', 'tree_node'];
/** A ledger that is not longer is checked in full all the same. */
const SHORT_LEDGER = 10_000;

/** What a log is found to be that is not damaged. */
export interface LogHealth {
  /** Rows that were altered: the log continues without them. */
  readonly altered: readonly AlteredRows[];
  /** Rows of which it stands wrongly what they are about; looked for in a small file only. */
  readonly misnoted: readonly number[];
}

/**
 * The check at every start, at a cost that does not grow with the log. SQLite's own check reads the whole file, which
 * takes many seconds for a million events on a memory card. A power cut harms what was written last, so the small
 * tables are checked in full, with their indexes and sums, and the newest rows of the log are read back and their hashes
 * recomputed, which finds more than SQLite's check does. A small file is checked as a whole. Older rows are checked when
 * they are published.
 * @throws GatepostError `log.damaged`
 */
export function checkHealth(connection: ReadConnection): LogHealth {
  try {
    return check(connection);
  } catch (error) {
    // The questions are those of this program: where a table has not what they ask for, its description is damaged.
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR')
      throw damaged(connection.path, error.message, error);
    throw error;
  }
}

function check(connection: ReadConnection): LogHealth {
  const { path, database } = connection;
  const isSmall = statSync(path).size <= SMALL_BYTES;
  const later = isSmall ? [] : LARGE_TABLES.filter((table) => table !== 'passage' || isLongLedger(database));
  const checks = isSmall
    ? ['integrity_check']
    : ['probe', ...summedTables(database).filter((table) => !later.includes(table))].map(
        (table) => `integrity_check(${table})`,
      );
  for (const pragma of checks) {
    const answer = String(database.pragma(pragma, { simple: true }));
    if (answer !== 'ok') throw damaged(path, answer);
  }
  if (Number(database.pragma('user_version', { simple: true })) >= SUMS_FROM && !hasSums(database))
    throw damaged(path, 'its sums are gone');
  const wrong = findWrongSum(database, later);
  if (wrong !== undefined) throw damaged(path, wrong);
  const log = readLogRow(connection);
  const newest = database
    .prepare<[], { sequence: number | null }>('SELECT max(sequence) AS sequence FROM event')
    .get()?.sequence;
  if (newest === null || newest === undefined) {
    if (log !== undefined && log.lastSequence > 0) throw damaged(path, 'all events are gone');
    return { altered: [], misnoted: [] };
  }
  if (log === undefined)
    throw damaged(path, 'there are events, but the row that says whose they are is gone');
  if (newest < log.lastSequence)
    throw damaged(path, `the newest events are gone, from ${newest + 1} to ${log.lastSequence}`);
  if (newest > log.lastSequence)
    throw damaged(path, `there is event ${newest}, but it says that ${log.lastSequence} is its last`);
  // SQLite does not name every value that a column may not have.
  if (!isPublishable(log))
    throw damaged(
      path,
      `it says that it was sent up to event ${log.publishedSequence}, and ${log.lastSequence} is its last`,
    );
  const rows = [...chainRows(connection, isSmall ? 0 : newest - TAIL_ROWS)];
  const last = chainHeadOf(log);
  const altered = findAltered(rows, {
    after: (rows[0]?.sequence ?? 1) - 1,
    last,
    complete: true,
    cover: once(() => readCover(connection)),
  });
  const isSound = ({ sequence }: ChainRow): boolean =>
    !altered.some((range) => sequence >= range.first && sequence <= range.last);
  return { altered, misnoted: isSmall ? wrongAbouts(connection, rows.filter(isSound)) : [] };
}

function isLongLedger(database: Database.Database): boolean {
  const sql = `SELECT 1 FROM passage LIMIT 1 OFFSET ${SHORT_LEDGER}`;
  return database.prepare(sql).get() !== undefined;
}
