import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import { makePrivateFile } from './database.ts';

/**
 * Keeps a second daemon out of the store folder while readers stay free to read. The lock is an exclusive
 * transaction held open on an empty database file beside the log: the kernel drops it when the process dies,
 * however it dies, so there is never a stale lock to clear away.
 */
export class FolderLock {
  readonly #path: string;
  #holder: Database.Database | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws GatepostError `log.busy` when another process holds it */
  acquire(): void {
    if (this.#holder !== undefined) return;
    makePrivateFile(this.#path);
    const holder = new Database(this.#path, { timeout: 0 });
    try {
      holder.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      holder.close();
      if (!(cause instanceof Database.SqliteError && cause.code === 'SQLITE_BUSY')) throw cause;
      throw new GatepostError(
        'log.busy',
        `Another Gatepost already uses this store (${this.#path} is locked). Stop it first, or give this one a store folder of its own.`,
        { cause },
      );
    }
    this.#holder = holder;
  }

  release(): void {
    this.#holder?.close();
    this.#holder = undefined;
  }
}

/** Whether a daemon holds the lock of this store folder right now. */
export function isInUse(folder: string): boolean {
  const path = lockPath(folder);
  if (!existsSync(path)) return false;
  const lock = new FolderLock(path);
  try {
    lock.acquire();
    return false;
  } catch (error) {
    if (isGatepostError(error, 'log.busy')) return true;
    throw error;
  } finally {
    lock.release();
  }
}

export function lockPath(folder: string): string {
  return join(folder, 'gatepost.lock');
}
