import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { databasePath, syncFolder } from './database.ts';
import { GATE_KEY } from './store-copy.ts';

/** Where a backup is unpacked. What lies there counts for nothing. */
const UNFINISHED = 'restoring';
/** A backup that is checked and complete: it takes the place of the store, whatever happens. Ends with the time. */
const READY = /^restore-(\d{8}T\d{6,9}Z)$/;

/** A new, empty folder to unpack a backup in. */
export function unpackingFolder(folder: string): string {
  const path = join(folder, UNFINISHED);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Removes what a stopped attempt has left. On a disk that does not let it, it lies there until the next attempt. */
export function discardUnpacked(folder: string): void {
  try {
    rmSync(join(folder, UNFINISHED), { recursive: true, force: true });
  } catch {
    // What is wrong with the disk was said by what failed before.
  }
}

/** Whether a restore has begun to replace files, which finishRestore() completes. */
export function isBegun(folder: string): boolean {
  return readyIn(folder).length > 0;
}

function readyIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => READY.test(name)) : [];
}

/**
 * Puts what was unpacked in the place of the store. The one rename of the folder decides: before it the store is as it
 * was, and from it on finishRestore() completes what is left to do, here or at the next start of the gate. Needs the
 * lock of the store.
 * @param atMs the time, by which the files of the store before are named
 * @returns the names under which the files of the store before are kept
 */
export function putInPlace(folder: string, atMs: number): readonly string[] {
  const unpacked = join(folder, UNFINISHED);
  syncFolder(unpacked);
  renameSync(unpacked, join(folder, `restore-${unusedMark(folder, atMs)}`));
  syncFolder(folder);
  return finishRestore(folder);
}

/** The time as `20270131T080000123Z`, or the next that names nothing yet: what is kept there is never written over. */
function unusedMark(folder: string, atMs: number): string {
  const names = readdirSync(folder);
  for (let ms = atMs; ; ms++) {
    const mark = new Date(ms).toISOString().replaceAll(/[-:.]/g, '');
    if (!names.some((name) => name.endsWith(mark))) return mark;
  }
}

/** Completes a restore that has begun to replace files; nothing if there is none. Needs the lock of the store. */
export function finishRestore(folder: string): readonly string[] {
  return [...readyIn(folder)].sort().flatMap((name) => {
    const [, mark = ''] = READY.exec(name) ?? [];
    const ready = join(folder, name);
    const kept = new Set<string>();
    const aside = (path: string): void => {
      if (!existsSync(path)) return;
      renameSync(path, `${path}.replaced-${mark}`);
      kept.add(`${path}.replaced-${mark}`);
    };
    const place = (from: string, to: string): void => {
      if (!existsSync(from)) return;
      if (existsSync(to) && readsDifferently(from, to)) aside(to);
      renameSync(from, to);
    };
    place(join(ready, GATE_KEY), join(folder, GATE_KEY));
    for (const list of existsSync(join(ready, 'bundles')) ? readdirSync(join(ready, 'bundles')) : []) {
      mkdirSync(join(folder, 'bundles'), { recursive: true, mode: 0o700 });
      // Its name has its digest in it.
      renameSync(join(ready, 'bundles', list), join(folder, 'bundles', list));
    }
    const path = databasePath(folder);
    if (existsSync(databasePath(ready))) {
      // The database comes last: until it is renamed, the files beside it belong to it.
      for (const suffix of ['-shm', '-wal', '']) aside(`${path}${suffix}`);
      renameSync(databasePath(ready), path);
    }
    syncFolder(folder);
    rmSync(ready, { recursive: true, force: true });
    syncFolder(folder);
    return [...kept];
  });
}

function readsDifferently(one: string, other: string): boolean {
  return !readFileSync(one).equals(readFileSync(other));
}
