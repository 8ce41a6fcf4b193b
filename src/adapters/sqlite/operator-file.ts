import { existsSync, statSync } from 'node:fs';
import { GatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OperatorRecord } from '../../ports/operator-store.ts';
import { Connection } from './connection.ts';
import { databasePath, openForReading, openForWriting } from './database.ts';
import { migrate } from './migrations.ts';
import { SqliteOperatorStore } from './operator-store.ts';
import { ReadConnection } from './read-connection.ts';
import { refuseStoodDown } from './stood-down.ts';

/**
 * Writes one account, beside a running daemon or without one; the daemon reads accounts anew at every sign-in.
 * @throws GatepostError `log.damaged`, `log.unavailable`, `usage` where the file would belong to the wrong user
 */
export function putOperator(
  place: { readonly folder: string; readonly clock: Clock; readonly logger: Logger },
  record: OperatorRecord,
): void {
  const path = databasePath(place.folder);
  if (!existsSync(path)) refuseForeignFolder(place.folder);
  const connection = new Connection({ path, clock: place.clock, logger: place.logger });
  connection.attach(openForWriting(path));
  try {
    migrate(connection.database);
    refuseStoodDown(connection);
    new SqliteOperatorStore(connection).put(record);
  } finally {
    connection.close();
  }
}

/** The names of all accounts in order. @throws GatepostError `log.unavailable` when there is no store */
export function operatorNames(folder: string): readonly string[] {
  const path = databasePath(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    const sql = 'SELECT name FROM operator ORDER BY name';
    return connection.read(() =>
      connection
        .statement<[], { name: string }>(sql)
        .all()
        .map(({ name }) => name),
    );
  } finally {
    connection.close();
  }
}

/** A new file would belong to whoever runs the command, and the daemon could not write it. */
export function refuseForeignFolder(folder: string): void {
  const owner = existsSync(folder) ? statSync(folder).uid : undefined;
  if (owner === undefined || owner === process.getuid?.()) return;
  throw new GatepostError(
    'usage',
    `There is no store in ${folder} yet, and the folder belongs to another user. Run this as that user (id ${owner}): sudo -u '#${owner}' gatepost …`,
  );
}
