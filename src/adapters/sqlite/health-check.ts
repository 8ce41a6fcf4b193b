import { verifyChain } from '../../core/events/chain.ts';
import { damaged } from './database.ts';
import { chainRows, readLogRow } from './event-rows.ts';
import type { ReadConnection } from './read-connection.ts';

/** Rows at the end of the log that are read back at every start. */
const TAIL_ROWS = 256;
/** Tables whose size does not grow with the log: checked in full, in milliseconds. */
const SMALL_TABLES = ['log', 'kept_number', 'operator', 'pass_step', 'probe', 'chosen_level', 'bundle'];

/**
 * The check at every start, at a cost that does not grow with the log. SQLite's own quick_check reads the whole
 * file, which is many seconds for a million events on a card. What a power cut can harm is what was written last;
 * so the small tables are checked in full, and the newest rows of the log are read back and their hashes
 * recomputed, which finds more than quick_check does. Older rows are checked by verifying the whole chain, on
 * demand.
 * @throws GatepostError `log.damaged`
 */
export function checkHealth(connection: ReadConnection): void {
  const { path, database } = connection;
  for (const table of SMALL_TABLES) {
    const answer = String(database.pragma(`quick_check(${table})`, { simple: true }));
    if (answer !== 'ok') throw damaged(path, `table ${table}: ${answer}`);
  }
  const log = readLogRow(connection);
  const newest = database
    .prepare<[], { sequence: number | null }>('SELECT max(sequence) AS sequence FROM event')
    .get()?.sequence;
  if (newest === null || newest === undefined) {
    if (log !== undefined && log.lastSequence > 0) throw damaged(path, 'all events are gone');
    return;
  }
  if (log === undefined)
    throw damaged(path, 'there are events, but the row that says whose they are is gone');
  const last = { sequence: log.lastSequence, hash: log.lastHash.toString('hex') };
  const verdict = verifyChain(chainRows(connection, newest - TAIL_ROWS), { last });
  if (verdict.status === 'broken') {
    throw damaged(path, `event ${verdict.sequence} breaks the hash chain (${verdict.problem})`);
  }
}
