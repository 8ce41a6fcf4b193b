import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { GatepostError } from '../../core/errors.ts';
import { checkVersion } from './migrations.ts';
import { keepSums, knowSums } from './row-sums.ts';
import { asOpenError, damaged, emptied } from './store-errors.ts';

/** Longest wait for another writer of the file (an import from the command line). It blocks the whole daemon. */
const BUSY_TIMEOUT_MS = 1_000;
/** The write-ahead file is cut back to this size after a checkpoint. */
const JOURNAL_LIMIT_BYTES = 8 * 1024 * 1024;
/** Page cache of the connection in KiB. */
const CACHE_KIB = 8 * 1024;
/** "GPST": marks the file as a Gatepost log. */
export const APPLICATION_ID = 0x47505354;

export function databasePath(folder: string): string {
  return join(folder, 'gatepost.db');
}

/**
 * Opens the log for writing and creates it if it does not exist: folder 0700, file 0600, write-ahead log with an
 * fsync at every commit. better-sqlite3 falls back to synchronous=NORMAL in WAL mode
 * (hardware/FACTS.md#sqlite-and-cards), so FULL is set after the switch and read back.
 * @throws GatepostError `log.damaged` for a file that is not a healthy Gatepost log, `log.unavailable` otherwise
 */
export function openForWriting(path: string): Database.Database {
  return opening(path, () => {
    refuseEmpty(path);
    if (!existsSync(path)) makeDatabase(path);
    makePrivateFile(path);
    const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw notALog(path);
      configure(database);
      keepSums(database);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

/** Opens the log for reading beside a running daemon. Same errors as openForWriting. */
export function openForReading(path: string): Database.Database {
  return opening(path, () => {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) refuseLink(file);
    refuseEmpty(path);
    const database = new Database(path, {
      readonly: true,
      fileMustExist: true,
      timeout: BUSY_TIMEOUT_MS,
    });
    try {
      if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw notALog(path);
      knowSums(database);
      checkVersion(database);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

function opening<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw asOpenError(path, error);
  }
}

function openOwn(path: string): number {
  try {
    return openSync(path, MAKE, 0o600);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'EACCES' && code !== 'ELOOP') throw cause;
    const folder = dirname(path);
    if (code === 'ELOOP') throw isLink(path, cause);
    throw new GatepostError(
      'log.unavailable',
      `The user of this command may not write ${path}. Where it belongs to somebody else than the folder: sudo chown -R --reference=${folder} ${folder}`,
      { cause },
    );
  }
}

/** Creates a file if there is none. Does not follow links, and does not block on a path that is not a file. */
const MAKE =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Creates the file (0600) and its folder (0700) if they do not exist, and removes the rights of other users. */
export function makePrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openOwn(path);
  try {
    if (!fstatSync(file).isFile()) throw new Error(`${path} is no regular file`);
    fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}

/** The owner of the store could use a link to lead other users, root included, to another file. */
export function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw isLink(path);
}

function isLink(path: string, cause?: unknown): GatepostError {
  return new GatepostError(
    'log.unavailable',
    `${path} is a link, which Gatepost never makes and never follows. Remove it.`,
    { cause },
  );
}

/**
 * The gate gives the file its name only after the first page is written, so an empty file was emptied by something.
 */
function refuseEmpty(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) throw emptied(path);
}

/** Creates an empty database with our application id, under a temporary name until it is on disk. */
function makeDatabase(path: string): void {
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  makePrivateFile(unfinished);
  const database = new Database(unfinished);
  try {
    // Possible only before the first page is written.
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma(`application_id = ${APPLICATION_ID}`);
  } finally {
    database.close();
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/** Puts the names in a folder on disk. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notALog(path: string): GatepostError {
  return damaged(path, 'it is not a Gatepost log');
}

function configure(database: Database.Database): void {
  expect(database, 'journal_mode', 'WAL', 'wal');
  expect(database, 'synchronous', 'FULL', 2);
  expect(database, 'foreign_keys', 'ON', 1);
  database.pragma(`journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
  database.pragma(`cache_size = -${CACHE_KIB}`);
  // Deleted personal data must survive neither in unused parts of pages nor in unused pages.
  database.pragma('secure_delete = ON');
  // What a statement would have to take back is kept in memory, not in a file beside, where nobody would overwrite it.
  database.pragma('temp_store = MEMORY');
  database.pragma('cell_size_check = ON');
  database.pragma('trusted_schema = OFF');
}

function expect(database: Database.Database, name: string, value: string, answer: string | number): void {
  database.pragma(`${name} = ${value}`);
  const present = database.pragma(name, { simple: true });
  if (present !== answer) {
    throw new GatepostError(
      'log.unavailable',
      `SQLite did not accept ${name}=${value} for ${database.name} (it says ${String(present)}). The store folder must be on a local file system of this machine, not on a network share.`,
    );
  }
}
