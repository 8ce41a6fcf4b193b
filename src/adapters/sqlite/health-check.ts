import { statSync } from 'node:fs';
import { type AlteredRows, findAltered } from '../../core/events/chain.ts';
import { chainHeadOf, chainRows, readCover, readLogRow } from './event-rows.ts';
import { hasTable, type ReadConnection } from './read-connection.ts';
import { damaged } from './store-errors.ts';

/** A file up to this size is checked as a whole, which takes no longer than the rest of the start. */
export const SMALL_BYTES = 8 * 1024 * 1024;
/** Rows at the end of a larger log that are read back at every start. */
const TAIL_ROWS = 256;
/** Tables whose size does not grow with the log. They are checked in full, which takes milliseconds. */
const SMALL_TABLES = [
  'log',
  'kept_number',
  'operator',
  'pass_step',
  'probe',
  'chosen_level',
  'bundle',
  'standing_order',
  'self_report',
  'open_count',
  'site_order',
];

/**
 * The check at every start, at a cost that does not grow with the log. SQLite's own check reads the whole file, which
 * takes many seconds for a million events on a memory card. A power cut harms what was written last, so the small
 * tables are checked in full, and the newest rows of the log are read back and their hashes recomputed, which finds
 * more than SQLite's check does. A small file is checked as a whole. Older rows are checked when they are published.
 * @returns altered rows: the log continues without them
 * @throws GatepostError `log.damaged`
 */
export function checkHealth(connection: ReadConnection): readonly AlteredRows[] {
  const { path, database } = connection;
  const isSmall = statSync(path).size <= SMALL_BYTES;
  const checks = isSmall ? ['integrity_check'] : SMALL_TABLES.map((table) => `quick_check(${table})`);
  for (const check of checks) {
    const table = /\((\w+)\)/.exec(check)?.[1];
    if (table !== undefined && !hasTable(connection, table)) continue;
    const answer = String(database.pragma(check, { simple: true }));
    if (answer !== 'ok') throw damaged(path, answer);
  }
  const log = readLogRow(connection);
  const newest = database
    .prepare<[], { sequence: number | null }>('SELECT max(sequence) AS sequence FROM event')
    .get()?.sequence;
  if (newest === null || newest === undefined) {
    if (log !== undefined && log.lastSequence > 0) throw damaged(path, 'all events are gone');
    return [];
  }
  if (log === undefined)
    throw damaged(path, 'there are events, but the row that says whose they are is gone');
  if (newest < log.lastSequence)
    throw damaged(path, `the newest events are gone, from ${newest + 1} to ${log.lastSequence}`);
  if (newest > log.lastSequence)
    throw damaged(path, `there is event ${newest}, but it says that ${log.lastSequence} is its last`);
  const rows = [...chainRows(connection, isSmall ? 0 : newest - TAIL_ROWS)];
  const last = chainHeadOf(log);
  return findAltered(rows, {
    after: (rows[0]?.sequence ?? 1) - 1,
    last,
    complete: true,
    cover: () => readCover(connection),
  });
}
