import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { GatepostError } from '../../core/errors.ts';
import { makePrivateFile, refuseLink } from './database.ts';
import { checkVersion, migrate, newestVersion } from './migrations.ts';
import { asLogError } from './store-errors.ts';

/**
 * Keeps a second daemon out of the store folder; readers may still read. The lock is an exclusive transaction held
 * open on an empty database file beside the log: the kernel drops it when the process dies for any reason, so there
 * is never a stale lock to remove.
 */
export class FolderLock {
  readonly #path: string;
  readonly #busy: string;
  #holder: Database.Database | undefined;

  /** @param busy what to tell if another process holds the lock */
  constructor(
    path: string,
    busy = `Another Gatepost already uses this store (${path} is locked). Stop it first, or give this one a store folder of its own.`,
  ) {
    this.#path = path;
    this.#busy = busy;
  }

  /** @throws GatepostError `log.busy` if another process holds it, `log.unavailable` if it cannot be taken */
  acquire(): void {
    if (this.#holder !== undefined) return;
    let holder: Database.Database | undefined;
    try {
      makePrivateFile(this.#path);
      holder = new Database(this.#path, { timeout: 0 });
      holder.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      holder?.close();
      if (!isBusy(cause)) throw asLogError(this.#path, 'lock', cause);
      throw new GatepostError('log.busy', this.#busy, { cause });
    }
    this.#holder = holder;
  }

  release(): void {
    this.#holder?.close();
    this.#holder = undefined;
  }
}

/**
 * Whether a daemon holds the lock of this store folder now. Writes nothing: the disk may be full or read-only.
 * @throws GatepostError `log.unavailable` if this cannot be found out
 */
export function isInUse(folder: string): boolean {
  return isHeld(lockPath(folder));
}

/**
 * Moves the tables up for a command, but not under a gate that runs since before an update: it would go on without the
 * sums that this version keeps.
 * @throws GatepostError `log.busy` then, and what migrate() throws
 */
export function migrateBeside(database: Database.Database): void {
  const isBehind = checkVersion(database) < newestVersion();
  if (isBehind && isInUse(dirname(database.name)))
    throw new GatepostError(
      'log.busy',
      'The gate that runs is of the version before the update. Restart it first: sudo systemctl restart gatepost',
    );
  migrate(database);
}

/**
 * Whether a command is at work that changes the register or erases.
 * @throws GatepostError `log.unavailable` if this cannot be found out
 */
export function isRegisterInUse(folder: string): boolean {
  return isHeld(registerLockPath(folder));
}

function isHeld(path: string): boolean {
  if (!existsSync(path)) return false;
  let lock: Database.Database | undefined;
  try {
    refuseLink(path);
    lock = new Database(path, { readonly: true, timeout: 0 });
    lock.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch (cause) {
    if (isBusy(cause)) return true;
    throw asLogError(path, 'look at', cause);
  } finally {
    lock?.close();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY';
}

export function lockPath(folder: string): string {
  return join(folder, 'gatepost.lock');
}

/** Held by commands that change the register of holders or erase. */
export function registerLockPath(folder: string): string {
  return join(folder, 'directory.lock');
}
