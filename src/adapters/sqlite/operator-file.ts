import { existsSync, statSync } from 'node:fs';
import { GatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OperatorChange, OperatorRecord } from '../../ports/operator-store.ts';
import { Connection } from './connection.ts';
import { databasePath, openForReading, openForWriting } from './database.ts';
import { migrateBeside } from './folder-lock.ts';
import { SqliteOperatorStore } from './operator-store.ts';
import { ReadConnection } from './read-connection.ts';
import { refuseStoodDown } from './stood-down.ts';

interface Place {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Writes one account, with or without a running daemon; a running one sees it within two seconds.
 * @returns whether the account is new or its password was changed
 * @throws GatepostError `log.damaged`, `log.unavailable`, `usage` if the file would belong to the wrong user
 */
export function putOperator(place: Place, record: OperatorRecord): OperatorChange['change'] {
  if (!existsSync(databasePath(place.folder))) refuseForeignFolder(place.folder);
  return withOperators(place, (operators) => operators.putByCommand(record, place.clock.read()));
}

/**
 * Removes one account in the same way. @throws GatepostError as putOperator, and `usage` if there is no such account
 */
export function removeOperator(place: Place, name: string): void {
  const removed =
    existsSync(databasePath(place.folder)) &&
    withOperators(place, (operators) => operators.removeByCommand(name, place.clock.read()));
  if (removed) return;
  throw new GatepostError(
    'usage',
    `There is no account ${JSON.stringify(name)}. "gatepost operator list" names those there are.`,
  );
}

function withOperators<T>(place: Place, work: (operators: SqliteOperatorStore) => T): T {
  const path = databasePath(place.folder);
  const connection = new Connection({ path, clock: place.clock, logger: place.logger });
  connection.attach(openForWriting(path));
  try {
    migrateBeside(connection.database);
    refuseStoodDown(connection);
    return work(new SqliteOperatorStore(connection));
  } finally {
    connection.close();
  }
}

/** The names of all accounts in order. @throws GatepostError `log.unavailable` if there is no store */
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

/** A new file would belong to the user who runs the command, and the daemon could not write to it. */
export function refuseForeignFolder(folder: string): void {
  const owner = existsSync(folder) ? statSync(folder).uid : undefined;
  if (owner === undefined || owner === process.getuid?.()) return;
  throw new GatepostError(
    'usage',
    `There is no store in ${folder} yet, and the folder belongs to another user. Run this as that user (id ${owner}): sudo -u '#${owner}' gatepost …`,
  );
}
