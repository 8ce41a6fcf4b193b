import { hash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import { furthest, type LogMark } from '../../core/events/log-mark.ts';
import type { Logger } from '../../ports/logger.ts';
import { syncFolder } from './database.ts';

const PREFIX = 'gatepost.mark-';
/** A mark overwrites the one before; a disk writes this many bytes as a whole or not at all. */
const RECORD_BYTES = 512;
/** If there are more files than this, they are not marks that the gate made. */
const MOST_FILES = 64;

/** The marks found beside the database. */
interface FoundMarks {
  readonly marks: readonly LogMark[];
  /** Whether the newest mark was made for this very file. */
  readonly sameFile: boolean;
}

/**
 * The marks of a store: one small file for each run of the gate, with a name of its own. So restoring a copy of the
 * folder cannot overwrite what later runs wrote. A mark names inode and birth time of the database, so a copied
 * database is recognised. Marks are written without a sync: after a power cut a mark may only be behind.
 */
export class LogMarks {
  readonly #folder: string;
  readonly #database: string;
  readonly #logger: Logger;
  #file: { readonly descriptor: number; readonly name: string } | undefined;
  #databaseFile: FileId | undefined;
  #complained = false;

  constructor(deps: { folder: string; database: string; logger: Logger }) {
    this.#folder = deps.folder;
    this.#database = deps.database;
    this.#logger = deps.logger;
  }

  /** Reads only. */
  find(): FoundMarks {
    return findMarks(this.#folder, this.#database);
  }

  /**
   * Creates the mark of this run durably and removes the older ones.
   * @param run name of the run, unlike all before it
   */
  begin(run: string, mark: LogMark): void {
    const before = namesIn(this.#folder);
    const name = `${PREFIX}${run}`;
    this.#databaseFile = fileOf(this.#database);
    this.#file = { descriptor: openSync(join(this.#folder, name), 'wx', 0o600), name };
    writeSync(this.#file.descriptor, record(mark, this.#databaseFile), 0, RECORD_BYTES, 0);
    fsyncSync(this.#file.descriptor);
    syncFolder(this.#folder);
    for (const old of before) rmSync(join(this.#folder, old), { force: true });
  }

  /** Call when a commit is on disk. A mark that cannot be written is logged once; nothing waits for it. */
  note(mark: LogMark): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file.descriptor, record(mark, this.#databaseFile), 0, RECORD_BYTES, 0);
    } catch (error) {
      if (!this.#complained) {
        this.#complained = true;
        const path = join(this.#folder, this.#file.name);
        this.#logger.warn(
          { path, error: messageOf(error) },
          `The mark of the log cannot be written: ${path}`,
        );
      }
    }
  }

  end(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      fsyncSync(file.descriptor);
    } catch (error) {
      this.#logger.warn({ error: messageOf(error) }, 'The mark of the log was not synced at the end.');
    } finally {
      closeSync(file.descriptor);
    }
  }
}

/** The marks in a store folder, beside a running gate too. Reads only. */
export function findMarks(folder: string, database: string): FoundMarks {
  const read = namesIn(folder).flatMap((name) => readMark(join(folder, name)) ?? []);
  const newest = furthest(read.map(({ mark }) => mark));
  const madeFor = read.find(({ mark }) => mark === newest)?.file;
  return { marks: read.map(({ mark }) => mark), sameFile: isSame(madeFor, fileOf(database)) };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(PREFIX))
      .sort()
      .slice(-MOST_FILES);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Identity of a file, by which a copy differs from the original. */
interface FileId {
  readonly inode: string;
  /** Birth time in nanoseconds; `0` if the file system does not keep it. */
  readonly born: string;
}

function record({ epoch, sequence, hash: head, writes }: LogMark, file: FileId | undefined): Buffer {
  const text = JSON.stringify({ epoch, sequence, hash: head, writes, ...file });
  return Buffer.from(`${text} ${digestOf(text)}\n`.padEnd(RECORD_BYTES, ' '));
}

const Mark = z.object({
  epoch: z.string().max(64),
  sequence: z.int().min(0),
  hash: z.string().length(64),
  writes: z.int().min(0).optional(),
  inode: z.string().max(32).optional(),
  born: z.string().max(32).optional(),
});

/** Returns undefined for anything that is not exactly what record() makes. */
function readMark(path: string): { readonly mark: LogMark; readonly file: FileId | undefined } | undefined {
  const line = firstBytes(path).trimEnd();
  const split = line.lastIndexOf(' ');
  const text = line.slice(0, split);
  if (split < 0 || digestOf(text) !== line.slice(split + 1)) return undefined;
  const { success, data } = Mark.safeParse(JSON.parse(text));
  if (!success) return undefined;
  const { epoch, sequence, hash: head, writes, inode, born } = data;
  const file = inode === undefined || born === undefined ? undefined : { inode, born };
  return { mark: { epoch, sequence, hash: head, ...(writes === undefined ? {} : { writes }) }, file };
}

function firstBytes(path: string): string {
  const found = lstatSync(path);
  return found.isFile() && found.size === RECORD_BYTES ? readFileSync(path, 'utf8') : '';
}

function digestOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}

function fileOf(path: string): FileId | undefined {
  try {
    const { ino, birthtimeNs, ctimeNs } = statSync(path, { bigint: true });
    // If there is no birth time, the kernel gives the time of the last change instead.
    return { inode: String(ino), born: String(birthtimeNs === ctimeNs ? 0n : birthtimeNs) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Unknown values count as equal. */
function isSame(one: FileId | undefined, other: FileId | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  if (one.inode !== other.inode) return false;
  return one.born === '0' || other.born === '0' || one.born === other.born;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
