import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GatepostError, messageOf } from '../../core/errors.ts';

/**
 * Writes a file that must not exist yet: whole and on disk, or not at all. The new name is a hard link to a synced
 * temporary file, because unlike a rename a link never replaces what is there.
 * @throws GatepostError `usage`
 */
export function writeNewFile(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new GatepostError(
      'usage',
      isThere
        ? `${path} exists already and is not overwritten; move it away or name another file.`
        : `Cannot write ${path}: ${messageOf(error)}`,
      { cause: error },
    );
  } finally {
    rmSync(temporary, { force: true });
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
