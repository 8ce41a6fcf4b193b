import { closeSync, fdatasyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { openForWriting } from './database.ts';
import { asLogError } from './store-errors.ts';
import {
  kindOf,
  layoutOf,
  mapPlace,
  overlap,
  type PageLayout,
  type PagePart,
  unusedRanges,
} from './unused-bytes.ts';

/** Searched at once, and the rest after it relative to the time that took. */
const PIECE = 1024 * 1024;
const REST = 1;
/** Pages overwritten while no other may write: some milliseconds. */
const PAGES_A_STEP = 32;
const PAUSE_MS = 10;
/** What was overwritten is searched for once more; a page that moved meanwhile is found then. */
const ROUNDS = 8;
const [WAL_HEADER_BYTES, FRAME_HEADER_BYTES] = [32, 24] as const;

/**
 * The files of a database, open beside SQLite's own connections. A process that closes a file loses all the locks that
 * it has on it, those of SQLite too: close() only when no connection of this process is left.
 */
export class StoreFiles {
  readonly path: string;
  #file: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** The database file. */
  get file(): number {
    this.#file ??= openSync(this.path, 'r+');
    return this.#file;
  }

  walBytes(): number {
    return statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

interface Search {
  /** What must stand in no unused part; none: the write-ahead file is emptied, and that is all. */
  readonly texts: readonly Buffer[];
  /** Whether a gate goes on meanwhile, to which the disk is left in between. */
  readonly isShared: boolean;
  /** How long others may stand in the way of a step. */
  readonly patienceMs: number;
  /** Bytes that were searched, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Sees to it that deleted content stands in no unused part of the database file and nowhere in the write-ahead file.
 * SQLite overwrites what it deletes, but not what it has moved within a page before: such a copy is overwritten here, in
 * the page, while nobody writes. Parts that SQLite uses are never touched, so that a kill at any moment harms nothing. Works
 * beside a running gate: the search reads a file that stands still, because it holds a moment of the database as a backup does.
 * @returns whether a whole search found no copy; what is in use (rows that stay, rows that came since) is none
 * @throws GatepostError `log.unavailable`
 */
export async function cleanPages(files: StoreFiles, search: Search): Promise<boolean> {
  // Of its own: it forgets pages that were overwritten under it, and waits for nobody while it holds a lock.
  const database = openForWriting(files.path);
  try {
    database.pragma('busy_timeout = 0');
    for (let round = 0; round < ROUNDS; round++) {
      if (search.texts.length === 0) return await tried(database, search, () => emptyJournal(database));
      const copies = await copiesIn(database, files, search);
      if (copies === undefined) return false;
      if (copies.length === 0) return true;
      for (let at = 0; at < copies.length; at += PAGES_A_STEP)
        if (!(await overwrite(database, files, search, copies.slice(at, at + PAGES_A_STEP)))) return false;
    }
    return false;
  } catch (error) {
    throw asLogError(files.path, 'clean', error);
  } finally {
    database.close();
  }
}

/** Moves everything into the database and cuts the write-ahead file to nothing. False where others read or write. */
function emptyJournal(database: Database.Database): boolean {
  // Most of it without keeping others from writing.
  database.pragma('wal_checkpoint(PASSIVE)');
  const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return result?.busy === 0;
}

/** Pages in whose unused parts a text stands; undefined if others have stood in the way for too long. */
async function copiesIn(
  database: Database.Database,
  files: StoreFiles,
  search: Search,
): Promise<readonly number[] | undefined> {
  const isHeld = await tried(database, search, () => {
    if (!emptyJournal(database)) return false;
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    // With nothing in the write-ahead file this reads the database file alone, which nobody may change meanwhile.
    return files.walBytes() === 0;
  });
  if (!isHeld) return undefined;
  try {
    const copies = await searchDatabase(files, search);
    searchJournal(files, search.texts, copies);
    return [...copies].sort((a, b) => a - b);
  } finally {
    database.exec('ROLLBACK');
  }
}

async function searchDatabase(
  { file, path }: StoreFiles,
  { texts, isShared, onProgress }: Search,
): Promise<Set<number>> {
  const layout = layoutOf(readAt(file, 0, 100));
  const longest = Math.max(1, ...texts.map(({ length }) => length));
  const total = statSync(path).size;
  const copies = new Set<number>();
  for (let begin = 0; begin < total; begin += PIECE) {
    const startMs = performance.now();
    const piece = readAt(file, begin, PIECE + longest - 1);
    for (const [first, end] of placesOf(piece, texts))
      for (const at of new Set([first, end - 1]))
        addCopy(file, layout, Math.floor((begin + at) / layout.pageBytes) + 1, texts, copies);
    onProgress?.(Math.min(total, begin + PIECE), total);
    const tookMs = performance.now() - startMs;
    await (isShared ? delay(tookMs * REST) : new Promise(setImmediate));
  }
  return copies;
}

function addCopy(
  file: number,
  layout: PageLayout,
  number: number,
  texts: readonly Buffer[],
  copies: Set<number>,
): void {
  if (copies.has(number)) return;
  const page = readAt(file, (number - 1) * layout.pageBytes, layout.pageBytes);
  if (isCopyIn(page, partsOf(file, layout, number, page), texts)) copies.add(number);
}

/** Pages that were written since, in the form in which they were written. */
function searchJournal(files: StoreFiles, texts: readonly Buffer[], copies: Set<number>): void {
  const layout = layoutOf(readAt(files.file, 0, 100));
  const frameBytes = FRAME_HEADER_BYTES + layout.pageBytes;
  if (files.walBytes() === 0) return;
  // SQLite has no locks on this file that closing it would end.
  const journal = openSync(`${files.path}-wal`, 'r');
  try {
    for (let at = WAL_HEADER_BYTES; ; at += frameBytes) {
      const frame = readAt(journal, at, frameBytes);
      if (frame.length < frameBytes) return;
      const number = frame.readUInt32BE(0);
      const page = frame.subarray(FRAME_HEADER_BYTES);
      if (isCopyIn(page, unusedRanges(page, number, layout.usableBytes), texts)) copies.add(number);
    }
  } finally {
    closeSync(journal);
  }
}

function isCopyIn(page: Buffer, parts: readonly PagePart[], texts: readonly Buffer[]): boolean {
  return placesOf(page, texts).some((place) => parts.some((part) => overlap(place, part)));
}

/** The unused parts of a page: all of one that is free. */
function partsOf(file: number, layout: PageLayout, number: number, page: Buffer): readonly PagePart[] {
  const { pageBytes, usableBytes } = layout;
  const place = mapPlace(layout, number);
  const kind =
    number === 1 ? 'tree' : place && kindOf(readAt(file, (place.page - 1) * pageBytes + place.at, 1)[0]);
  if (kind === 'tree') return unusedRanges(page, number, usableBytes);
  return kind === 'free' ? unusedOfFree(file, layout, number, page) : [];
}

/** A page of the list of free pages is unused behind what it lists; every other free page as a whole. */
function unusedOfFree(
  file: number,
  { pageBytes, usableBytes }: PageLayout,
  number: number,
  page: Buffer,
): readonly PagePart[] {
  const header = readAt(file, 0, 100);
  const known = new Set<number>();
  for (let list = header.readUInt32BE(32); list !== 0 && !known.has(list); ) {
    known.add(list);
    if (list === number) return [[8 + 4 * Math.min(page.readUInt32BE(4), usableBytes / 4 - 2), pageBytes]];
    list = readAt(file, (list - 1) * pageBytes, 4).readUInt32BE(0);
  }
  return [[0, pageBytes]];
}

/**
 * Overwrites the copies in these pages of the database file. Every other connection reads its pages anew afterwards,
 * because the transaction in which that is done writes something.
 */
async function overwrite(
  database: Database.Database,
  files: StoreFiles,
  search: Search,
  pages: readonly number[],
): Promise<boolean> {
  const { file } = files;
  const isAlone = await tried(database, search, () => {
    // Pages that this connection still knows have the copies.
    database.pragma('shrink_memory');
    if (!emptyJournal(database)) return false;
    database.exec('BEGIN IMMEDIATE');
    return files.walBytes() === 0;
  });
  if (!isAlone) return false;
  try {
    const layout = layoutOf(readAt(file, 0, 100));
    for (const number of pages) {
      const from = (number - 1) * layout.pageBytes;
      const page = readAt(file, from, layout.pageBytes);
      if (page.length < layout.pageBytes) continue;
      const places = placesOf(page, search.texts);
      for (const part of partsOf(file, layout, number, page)) {
        const [begin, end] = part;
        if (places.some((place) => overlap(place, part)))
          writeSync(file, Buffer.alloc(end - begin), 0, end - begin, from + begin);
      }
    }
    database
      .prepare(
        `INSERT INTO kept_number VALUES ('copies-overwritten', 1)
          ON CONFLICT (name) DO UPDATE SET value = value + 1`,
      )
      .run();
    database.exec('COMMIT');
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
  fdatasyncSync(file);
  return true;
}

/** Tries until it succeeds; what was begun is taken back before each next try. False: others did not let it. */
async function tried(
  database: Database.Database,
  { patienceMs }: Search,
  work: () => boolean,
): Promise<boolean> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; ) {
    try {
      if (work()) return true;
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    if (database.inTransaction) database.exec('ROLLBACK');
    await delay(PAUSE_MS);
  }
  return false;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
}

/** Where the texts stand. */
function placesOf(bytes: Buffer, texts: readonly Buffer[]): readonly PagePart[] {
  const places: PagePart[] = [];
  for (const text of texts)
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1))
      places.push([at, at + text.length]);
  return places;
}

/** Fewer bytes at the end of the file. */
function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(file, buffer, read, length - read, position + read);
    if (more === 0) break;
    read += more;
  }
  return buffer.subarray(0, read);
}
