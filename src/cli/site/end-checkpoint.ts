import { existsSync } from 'node:fs';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { StoreEndingFiles } from '../../adapters/files/ending-files.ts';
import { readBootId } from '../../adapters/sqlite/boot-id.ts';
import { Connection } from '../../adapters/sqlite/connection.ts';
import { databasePath, openForWriting } from '../../adapters/sqlite/database.ts';
import { effectTables } from '../../adapters/sqlite/effects.ts';
import { SqliteEventLog } from '../../adapters/sqlite/event-log.ts';
import { FolderLock, lockPath } from '../../adapters/sqlite/folder-lock.ts';
import { migrate } from '../../adapters/sqlite/migrations.ts';
import { SqliteRowReducer } from '../../adapters/sqlite/row-reducer.ts';
import { SqliteSiteEnding } from '../../adapters/sqlite/site-ending.ts';
import { standDown } from '../../app/site/stand-down.ts';
import type { Config } from '../../config/schema.ts';
import { GatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';

type EndedConfig = Pick<Config, 'gate'> & {
  readonly site: Pick<Config['site'], 'id'>;
  readonly store: Pick<Config['store'], 'folder'>;
};

/**
 * Ends the checkpoint of this config for good; no daemon may be running with its store.
 * @returns the text of the deletion report and its path
 * @throws GatepostError `usage` if there is no store, `log.busy` while a daemon runs, `log.*`
 */
export function endCheckpoint(
  { site, gate, store }: EndedConfig,
  logger: Logger,
  clock: Clock = new SystemClock(),
): { readonly report: string; readonly path: string } {
  const { folder } = store;
  const path = databasePath(folder);
  if (!existsSync(path)) {
    throw new GatepostError('usage', `There is no store in ${folder}, so there is nothing to end.`);
  }
  const lock = new FolderLock(lockPath(folder));
  const connection = new Connection({ path, clock, logger });
  try {
    lock.acquire();
    connection.attach(openForWriting(path));
    migrate(connection.database);
    const tables = effectTables(connection);
    const log = new SqliteEventLog({
      connection,
      tables,
      clock,
      site: site.id,
      gate: gate.id,
      onCommitted: () => undefined,
    });
    log.begin({ bootId: readBootId() });
    const files = new StoreEndingFiles(folder);
    const ending = new SqliteSiteEnding(connection, log, new SqliteRowReducer(connection, clock));
    const counts = tables.dayCounts;
    const report = standDown({ site: site.id, gate: gate.id, ending, files, counts, clock });
    return { report, path: files.reportPath };
  } finally {
    connection.close();
    lock.release();
  }
}
