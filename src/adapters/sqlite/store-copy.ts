import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { GatepostError } from '../../core/errors.ts';
import { bundleFileName, keptBundles } from './bundle-shelf.ts';
import { databasePath, makePrivateFile, openForReading } from './database.ts';
import { readLogRow } from './event-rows.ts';
import { FolderLock } from './folder-lock.ts';
import { checkHealth } from './health-check.ts';
import { ReadConnection } from './read-connection.ts';
import { findWrongSum, knowSums } from './row-sums.ts';
import { refuseStoodDown } from './stood-down.ts';
import { asLogError, damaged, isOfFiles } from './store-errors.ts';

/** Pages (of 4 KiB) that are copied at once. A memory card writes them in some tens of milliseconds. */
const STEP_PAGES = 128;
/** The copying rests as long as each step took, at most so long: half of the card is left to the gate. */
const LONGEST_REST_MS = 250;
/** What has to be free beside the copy: the gate warns below this, and must go on writing. */
const SPARE_BYTES = 256 * 1024 * 1024;
/** The same as a share of a small disk. */
const SPARE_SHARE = 0.1;
/** A list may be replaced between the look at the database and the look at its file. */
const TRIES = 5;

/** Table of a copy, for the files of the store folder that belong to it. */
export const COPIED_FILES = 'copied_file';
/** The key with which the gate signs; its name in the store folder and in a copy. */
export const GATE_KEY = 'gate-key.pem';

interface CopyOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Told how large the copy will be, in bytes, before it is begun; throws if there is no place for it. */
  readonly onSize: (bytes: number) => void;
  /** Called after every step with the share that is done, in pages. */
  readonly onProgress: (done: number, total: number) => void;
}

/** A copy of the whole store in one file, as of one moment. */
export interface StoreCopy {
  readonly path: string;
  readonly bytes: number;
  /** Rows of the log in it. */
  readonly rows: number;
  /** Lists in force whose files are lost, by name. */
  readonly lost: readonly string[];
  /** Removes it and lets others make one. */
  discard(): void;
}

/** Where the copy lies while a backup is made. It holds what the database holds, under the same rights. */
function copyPath(folder: string): string {
  return `${databasePath(folder)}.copy`;
}

/** Held by the command that makes a backup or puts one back, so that two do not get in each other's way. */
export function backupLock(folder: string): FolderLock {
  return new FolderLock(
    join(folder, 'backup.lock'),
    'Another command is making a backup of this store, or puts one back. Wait for its end.',
  );
}

/** Removes the copy of a command that was stopped half-way, unless one is being made now. */
export function sweepCopy(folder: string): void {
  if (!existsSync(copyPath(folder))) return;
  const lock = backupLock(folder);
  try {
    lock.acquire();
    removeCopy(folder);
  } catch (error) {
    if (error instanceof GatepostError && error.code === 'log.busy') return;
    throw error;
  } finally {
    lock.release();
  }
}

function removeCopy(folder: string): void {
  for (const suffix of ['-journal', '-wal', '-shm', ''])
    rmSync(`${copyPath(folder)}${suffix}`, { force: true });
}

/**
 * Copies the store with SQLite's online backup, beside a running gate. The state of one moment is read throughout: a
 * backup that follows each write of another process would begin anew with every passage and never end. Each step is
 * put on disk before the next, and followed by a rest, so that the gate's own writes never wait behind a long queue.
 * @throws GatepostError `log.busy`, `log.damaged`, `log.unavailable`, `site.stooddown`, `backup.failed`
 */
export async function copyStore({ folder, signal, onSize, onProgress }: CopyOptions): Promise<StoreCopy> {
  const path = databasePath(folder);
  if (!existsSync(path)) throw failed(`There is no store in ${folder} to make a backup of.`);
  const lock = backupLock(folder);
  lock.acquire();
  const discard = (): void => {
    removeCopy(folder);
    lock.release();
  };
  const source = new ReadConnection(path);
  const lists = new ListFiles();
  try {
    removeCopy(folder);
    source.attach(openForReading(path));
    refuseStoodDown(source);
    if (readLogRow(source) === undefined)
      throw failed(`There is no log in ${path} yet: start the gate once, then there is something to keep.`);
    lists.open(folder, source);
    const size = sizeOf(source.database);
    onSize(size);
    demandRoom(folder, size);
    makePrivateFile(copyPath(folder));
    await copyPages(source.database, copyPath(folder), { signal, onProgress });
    source.close();
    signal.throwIfAborted();
    const rows = complete(path, copyPath(folder), lists, gateKey(folder));
    return {
      path: copyPath(folder),
      bytes: statSync(copyPath(folder)).size,
      rows,
      lost: lists.lost,
      discard,
    };
  } catch (error) {
    source.close();
    discard();
    throw isOfFiles(error) ? asLogError(path, 'copy', error) : error;
  } finally {
    lists.close();
  }
}

async function copyPages(
  source: Database.Database,
  path: string,
  { signal, onProgress }: Pick<CopyOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const file = openSync(path, 'r+');
  let startMs = performance.now();
  try {
    await source.backup(path, {
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted();
        fdatasyncSync(file);
        onProgress(totalPages - remainingPages, totalPages);
        rest(Math.min(LONGEST_REST_MS, performance.now() - startMs));
        startMs = performance.now();
        return STEP_PAGES;
      },
    });
  } finally {
    closeSync(file);
  }
}

/** Nothing else runs in this process, and a step of the backup cannot be awaited. */
function rest(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Checks the copy, adds the files to it, and counts its rows. */
function complete(original: string, path: string, lists: ListFiles, key: Buffer | undefined): number {
  const copy = new Database(path);
  try {
    copy.pragma('locking_mode = EXCLUSIVE');
    copy.pragma('journal_mode = DELETE');
    copy.pragma('cell_size_check = ON');
    const answer = String(copy.pragma('quick_check', { simple: true }));
    if (answer !== 'ok') throw damaged(original, answer);
    knowSums(copy);
    // What a start would refuse cannot be put back either: better that somebody learns of it while there are others.
    const wrong = findWrongSum(copy);
    if (wrong !== undefined) throw damaged(original, wrong);
    const connection = new ReadConnection(original);
    connection.attach(copy);
    checkHealth(connection);
    copy.exec(`CREATE TABLE ${COPIED_FILES} (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT`);
    const add = copy.prepare<[string, Buffer]>(`INSERT INTO ${COPIED_FILES} VALUES (?, ?)`);
    for (const [name, bytes] of lists.contents()) add.run(`bundles/${name}`, bytes);
    if (key !== undefined) add.run(GATE_KEY, key);
    const count = copy.prepare<[], { rows: number }>('SELECT count(*) AS rows FROM event').get();
    return count?.rows ?? 0;
  } finally {
    copy.close();
  }
}

/**
 * Part of a backup because it is encrypted: with the same key a restored gate proves to be the one whose checkpoints
 * others keep.
 */
function gateKey(folder: string): Buffer | undefined {
  const path = join(folder, GATE_KEY);
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** The signed lists in force, held open: the gate may replace and remove them meanwhile. */
class ListFiles {
  readonly #files = new Map<string, number>();
  #lost: readonly string[] = [];

  get lost(): readonly string[] {
    return this.#lost;
  }

  /** Opens the files and begins the reading transaction in which the database says that they are in force. */
  open(folder: string, connection: ReadConnection): void {
    for (let attempt = 1; ; attempt++) {
      this.close();
      connection.database.exec('BEGIN');
      const names = keptBundles(connection).map(bundleFileName);
      for (const name of names) {
        const path = join(folder, 'bundles', name);
        if (existsSync(path)) this.#files.set(name, openSync(path, 'r'));
      }
      this.#lost = names.filter((name) => !this.#files.has(name));
      if (this.#lost.length === 0 || attempt === TRIES) return;
      connection.database.exec('COMMIT');
    }
  }

  *contents(): Generator<readonly [name: string, bytes: Buffer]> {
    for (const [name, file] of this.#files) yield [name, readFileSync(file)];
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}

/** Bytes of the database as of the moment that is read. */
function sizeOf(database: Database.Database): number {
  const [pages, page] = ['page_count', 'page_size'].map((name) =>
    Number(database.pragma(name, { simple: true })),
  );
  return (pages ?? 0) * (page ?? 0);
}

function demandRoom(folder: string, bytes: number): void {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const spare = Math.min(SPARE_BYTES, blocks * bsize * SPARE_SHARE);
  const free = bavail * bsize;
  if (free >= bytes + spare) return;
  throw failed(
    `A backup needs room for a copy of the store on its own disk while it is made: ${mib(bytes + spare)} MiB, and ${mib(free)} MiB are free in ${folder}. Make room: journalctl --vacuum-size=100M, apt clean; or take a larger card.`,
  );
}

function mib(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}

function failed(message: string): GatepostError {
  return new GatepostError('backup.failed', message);
}
