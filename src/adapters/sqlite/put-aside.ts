import { existsSync, renameSync } from 'node:fs';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import { databasePath, openForReading } from './database.ts';
import { examine } from './examination.ts';
import { FolderLock, lockPath } from './folder-lock.ts';
import { findWrongSum } from './row-sums.ts';
import { asOpenError, damaged } from './store-errors.ts';

/**
 * What is wrong with the log in `folder`, after reading every page of it, which takes minutes for a large one.
 * @returns undefined if nothing is wrong
 * @throws GatepostError if this cannot be found out
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
    const wrong = findWrongSum(database);
    if (wrong !== undefined) throw damaged(path, wrong);
  } finally {
    database.close();
  }
}

/**
 * Renames the files of the log, leaving their bytes as they are, so that a new log can begin.
 * @param mark suffix of the new names
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
    // The database comes last: until it is renamed, the files beside it show that it exists.
    for (const file of [...files].reverse()) renameSync(file, `${file}.${mark}`);
    return files.map((file) => `${file}.${mark}`);
  } finally {
    lock.release();
  }
}
