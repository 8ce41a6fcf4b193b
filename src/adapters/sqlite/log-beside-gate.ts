import type { Clock } from '../../ports/clock.ts';
import { readBootId } from './boot-id.ts';
import type { Connection } from './connection.ts';
import { openForWriting } from './database.ts';
import { effectTables } from './effects.ts';
import { SqliteEventLog } from './event-log.ts';
import { migrateBeside } from './folder-lock.ts';
import { refuseStoodDown } from './stood-down.ts';

/**
 * Opens the log of a store for a command that may write beside a running gate. The gate has a log object of its own
 * and publishes what is written here together with its next event.
 * @throws GatepostError `log.unavailable`, `log.damaged`, `site.stooddown`
 */
export function logBesideGate(
  connection: Connection,
  { site, gate, clock }: { readonly site: string; readonly gate: string; readonly clock: Clock },
): SqliteEventLog {
  connection.attach(openForWriting(connection.path));
  migrateBeside(connection.database);
  refuseStoodDown(connection);
  const tables = effectTables(connection);
  const log = new SqliteEventLog({ connection, tables, clock, site, gate, onCommitted: () => undefined });
  log.begin({ bootId: readBootId() });
  return log;
}
