import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { GatepostError, messageOf } from '../../core/errors.ts';

/** A file that is written under another name first. */
interface UnfinishedFile {
  readonly descriptor: number;
  /** Puts what was written on disk and gives it its name. @throws GatepostError `usage` if that is taken meanwhile */
  complete(): void;
  /** Removes what was written. Does nothing once it is complete. */
  abandon(): void;
}

/**
 * Begins a file that must not exist yet: completely there and on disk, or not at all. The new name is a hard link to a
 * synced temporary file, because unlike a rename a link never replaces an existing file.
 * @throws GatepostError `usage`
 */
export function beginNewFile(path: string, mode: number): UnfinishedFile {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  if (existsSync(path)) throw cannotWrite(path, Object.assign(new Error(), { code: 'EEXIST' }));
  let isOpen = false;
  let descriptor: number;
  try {
    descriptor = openSync(temporary, 'wx', mode);
    isOpen = true;
  } catch (error) {
    throw cannotWrite(path, error);
  }
  const end = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
    rmSync(temporary, { force: true });
  };
  return {
    descriptor,
    complete: () => {
      try {
        fsyncSync(descriptor);
        linkSync(temporary, path);
        syncFolder(dirname(path));
      } catch (error) {
        throw cannotWrite(path, error);
      } finally {
        end();
      }
    },
    abandon: end,
  };
}

/** Writes such a file in one go. @throws GatepostError `usage` */
export function writeNewFile(path: string, content: string | Uint8Array, mode: number): void {
  const file = beginNewFile(path, mode);
  try {
    writeFileSync(file.descriptor, content);
  } catch (error) {
    file.abandon();
    throw cannotWrite(path, error);
  }
  file.complete();
}

/**
 * Writes a file in one go, in the place of one that may be there: after a power cut either is whole.
 * @throws GatepostError `usage`
 */
export function replaceFile(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function cannotWrite(path: string, error: unknown): GatepostError {
  const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
  return new GatepostError(
    'usage',
    isThere
      ? `${path} exists already and is not overwritten; move it away or name another file.`
      : `Cannot write ${path}: ${messageOf(error)}`,
    { cause: error },
  );
}

/** Makes new names and renames in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Creates a folder (mode 0700) that must not exist yet, with everything `fill` writes into it, or nothing of it.
 * @throws GatepostError `usage`, and what `fill` throws
 */
export async function makeNewFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const name = path.replace(/\/+$/, '');
  if (existsSync(name)) {
    throw new GatepostError('usage', `${name} exists already; move it away or name another folder.`);
  }
  const temporary = `${name}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    mkdirSync(temporary, { mode: 0o700 });
  } catch (error) {
    throw new GatepostError('usage', `Cannot make the folder ${name}: ${messageOf(error)}`, { cause: error });
  }
  try {
    await fill(temporary);
    renameSync(temporary, name);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Appends lines to a list file (mode 0600 if it is new). They are on disk when this returns.
 * @throws GatepostError `usage`
 */
export function appendLines(path: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  try {
    const file = openSync(path, 'a', 0o600);
    try {
      // Where somebody has left the last line without an end, ours is not made part of it.
      const begin = endsInLine(path) ? '\n' : '';
      writeSync(file, begin + lines.map((line) => `${line}\n`).join(''));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new GatepostError('usage', `Cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Whether a file is not empty and its last line has no end. */
function endsInLine(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    const { size } = fstatSync(file);
    return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
  } finally {
    closeSync(file);
  }
}
