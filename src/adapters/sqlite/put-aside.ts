import { existsSync, renameSync } from 'node:fs';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import { databasePath, openForReading } from './database.ts';
import { examine } from './examination.ts';
import { FolderLock, lockPath } from './folder-lock.ts';
import { asOpenError, damaged } from './store-errors.ts';

/**
 * What is wrong with the log in `folder`, after every page of it was read, which takes minutes for a large one.
 * @returns undefined where nothing is
 * @throws GatepostError where that cannot be told
 */
export function findDamage(folder: string): GatepostError | undefined {
  const path = databasePath(folder);
  try {
    const seen = examine(path);
    if (seen === undefined) return undefined;
    try {
      readWhole(path);
    } finally {
      seen.close(true);
    }
    return undefined;
  } catch (error) {
    const named = asOpenError(path, error);
    if (isGatepostError(named, 'log.damaged') || isGatepostError(named, 'log.empty')) return named;
    throw named;
  }
}

function readWhole(path: string): void {
  const database = openForReading(path);
  try {
    const answer = String(database.pragma('integrity_check', { simple: true }));
    if (answer !== 'ok') throw damaged(path, answer);
  } finally {
    database.close();
  }
}

/**
 * Gives the files of the log other names, their bytes as they are, so that a new log can begin.
 * @param mark goes behind their names
 * @returns the new names
 * @throws GatepostError `log.busy` while a gate uses the log
 */
export function putAside(folder: string, mark: string): readonly string[] {
  const lock = new FolderLock(lockPath(folder));
  lock.acquire();
  try {
    const path = databasePath(folder);
    const files = [path, `${path}-wal`, `${path}-shm`].filter((file) => existsSync(file));
    if (files.some((file) => existsSync(`${file}.${mark}`)))
      throw new GatepostError('usage', `There are files with the mark ${mark} in ${folder} already.`);
    // The database last: until then the files beside it say that it was there.
    for (const file of [...files].reverse()) renameSync(file, `${file}.${mark}`);
    return files.map((file) => `${file}.${mark}`);
  } finally {
    lock.release();
  }
}
