import { existsSync, statSync } from 'node:fs';
import type { AccountChange, Role } from '../../core/access/vocabulary.ts';
import { GatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { AccountView } from '../../ports/operator-store.ts';
import { Connection } from './connection.ts';
import { databasePath, openForReading, openForWriting } from './database.ts';
import { migrateBeside } from './folder-lock.ts';
import { ACCOUNTS, type AccountRow, accountOf, SqliteOperatorStore } from './operator-store.ts';
import { ReadConnection } from './read-connection.ts';
import { refuseStoodDown } from './stood-down.ts';

interface Place {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An account as a command says it. What is absent stays as it is. */
interface NewAccount {
  readonly name: string;
  readonly passwordHash?: string;
  readonly role?: Role;
}

/**
 * Writes one account, with or without a running daemon; a running one sees it within two seconds. Without a role the
 * first account of all is a supervisor's, and every further one a guard's.
 * @returns what was done, and the role that the account has now; nothing if all was so already
 * @throws GatepostError `log.damaged`, `log.unavailable`, `usage` if there is no such account and no password for it, or
 * if the file would belong to the wrong user
 */
export function putOperator(
  place: Place,
  { name, ...given }: NewAccount,
): { readonly change: AccountChange | undefined; readonly role: Role } {
  if (!existsSync(databasePath(place.folder))) refuseForeignFolder(place.folder);
  return withOperators(place, (operators) => {
    const before = operators.find(name);
    const passwordHash = given.passwordHash ?? before?.passwordHash;
    if (passwordHash === undefined) throw noAccount(name);
    const role = given.role ?? before?.role ?? (operators.count() === 0 ? 'supervisor' : 'guard');
    const changes: AccountChange[] = [];
    if (before === undefined) changes.push('created');
    else {
      if (given.passwordHash !== undefined) changes.push('password');
      if (role !== before.role) changes.push('role');
    }
    for (const change of changes)
      operators.change({ operator: name, change, account: { name, passwordHash, role } }, place.clock.read());
    return { change: changes[0], role };
  });
}

/**
 * Removes one account in the same way. @throws GatepostError as putOperator
 */
export function removeOperator(place: Place, name: string): void {
  if (!existsSync(databasePath(place.folder))) throw noAccount(name);
  withOperators(place, (operators) => {
    if (operators.find(name) === undefined) throw noAccount(name);
    operators.change({ operator: name, change: 'removed' }, place.clock.read());
  });
}

/**
 * Takes the one-time code off an account in the same way. @returns whether it had one @throws GatepostError as putOperator
 */
export function removeOperatorCode(place: Place, name: string): boolean {
  if (!existsSync(databasePath(place.folder))) throw noAccount(name);
  return withOperators(place, (operators) => {
    if (operators.find(name) === undefined) throw noAccount(name);
    if (operators.codes.find(name) === undefined) return false;
    operators.change({ operator: name, change: 'code-off' }, place.clock.read());
    return true;
  });
}

/**
 * Takes all passkeys off an account in the same way. @returns how many it had @throws GatepostError as putOperator
 */
export function removeOperatorPasskeys(place: Place, name: string): number {
  if (!existsSync(databasePath(place.folder))) throw noAccount(name);
  return withOperators(place, (operators) => {
    if (operators.find(name) === undefined) throw noAccount(name);
    const { length } = operators.passkeys.listOf(name);
    if (length > 0) operators.change({ operator: name, change: 'passkey-off' }, place.clock.read());
    return length;
  });
}

function noAccount(name: string): GatepostError {
  return new GatepostError(
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
    return connection.write(() => work(new SqliteOperatorStore(connection)));
  } finally {
    connection.close();
  }
}

/** All accounts in the order of their names. @throws GatepostError `log.unavailable` if there is no store */
export function accountsOf(folder: string): readonly AccountView[] {
  const path = databasePath(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    // A store that no daemon of this version has opened yet may have no roles, which will be supervisors, and neither
    // codes nor passkeys.
    const has = (sql: string) =>
      connection.read(() => connection.statement<[], { found: number }>(sql).get()?.found === 1);
    const isNew = has("SELECT count(*) AS found FROM sqlite_schema WHERE name = 'operator_passkey'");
    if (isNew)
      return connection.read(() => connection.statement<[], AccountRow>(ACCOUNTS).all()).map(accountOf);
    const roles = has("SELECT count(*) AS found FROM pragma_table_info('operator') WHERE name = 'role'");
    const sql = `SELECT name, ${roles ? 'role' : "'supervisor' AS role"} FROM operator ORDER BY name`;
    return connection.read(() => connection.statement<[], AccountView>(sql).all());
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
