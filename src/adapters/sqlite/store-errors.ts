import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { GatepostError, isLogTrouble, type LogTrouble, messageOf } from '../../core/errors.ts';

/** Less than this has no room for a page, its log frame and the index of the frames. */
const LEAST_FREE_BYTES = 64 * 1024;

/** Names the file and the remedy: the one case where continuing would make things worse. */
export function damaged(path: string, detail: string, cause?: unknown): GatepostError {
  return new GatepostError('log.damaged', `The log ${path} is damaged: ${detail}. ${WAY_OUT}`, { cause });
}

/**
 * A database file without a byte in it. Something emptied it, because the gate writes the first page before it gives
 * the name.
 */
export function emptied(path: string): GatepostError {
  return new GatepostError('log.empty', `The log ${path} is empty: 0 bytes. ${WAY_OUT}`);
}

const WAY_OUT =
  'Nothing was changed and nothing opens. Copy the store folder away as evidence. Then either put a backup back, or begin a new log at this kiosk: sudo gatepost log begin';

const SENTENCES: Readonly<Record<Exclude<LogTrouble, 'log.damaged' | 'log.empty'>, string>> = {
  'log.full': 'There is no room on the disk. Free some: journalctl --vacuum-size=100M, apt clean.',
  'log.readonly':
    'Its file system is read-only. dmesg says whether errors made it so: then copy the data and change the card.',
  'log.failed': 'The card gives errors (dmesg). Copy the data away and change the card.',
};

/** Turns any failure of the database while the gate runs into the error that the ports promise. */
export function asLogError(path: string, action: string, error: unknown): GatepostError {
  if (error instanceof GatepostError) return error;
  const trouble = troubleOf(path, error);
  const hint =
    trouble === undefined
      ? 'Check free space (df), the rights of the folder and the health of the card (dmesg).'
      : trouble === 'log.damaged' || trouble === 'log.empty'
        ? 'The file is damaged.'
        : SENTENCES[trouble];
  return new GatepostError(
    'log.unavailable',
    `Cannot ${action} the log ${path}: ${messageOf(error)}. ${hint}`,
    {
      cause: error,
    },
  );
}

/** For every write after the running gate found the file damaged: nothing is written to it any more. */
export function foundDamaged(path: string): GatepostError {
  return new GatepostError(
    'log.unavailable',
    `The log ${path} was found damaged at its last use, so nothing more is written to it and nothing opens. Stop Gatepost and copy the store folder away; the next start looks at it anew.`,
  );
}

/** A failure to open the store: like asLogError, but troubles that the gate can wait for have codes of their own. */
export function asOpenError(path: string, error: unknown): GatepostError {
  if (isLogTrouble(error)) return error;
  const cause = error instanceof GatepostError && error.code === 'log.unavailable' ? error.cause : error;
  const trouble = troubleOf(path, cause);
  if (trouble === 'log.damaged') return damaged(path, messageOf(cause), cause);
  if (trouble === undefined || trouble === 'log.empty') return asLogError(path, 'open', error);
  return new GatepostError(
    trouble,
    `Cannot open the log ${path}: ${messageOf(cause)}. ${SENTENCES[trouble]}`,
    { cause },
  );
}

/** The trouble behind a failure of the file at `path`; undefined if it is not one that can go away by itself. */
export function troubleOf(path: string, error: unknown): LogTrouble | undefined {
  if (error instanceof GatepostError)
    return error.cause === undefined ? undefined : troubleOf(path, error.cause);
  if (isDamage(error)) return 'log.damaged';
  const code = codeOf(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'log.full';
  if (code === 'EROFS') return 'log.readonly';
  if (code === 'EIO') return 'log.failed';
  if (!/^SQLITE_(CANTOPEN|IOERR|READONLY|PROTOCOL)/.test(code)) return undefined;
  const folder = stateOfFolder(dirname(path));
  if (folder !== undefined) return folder;
  return code.startsWith('SQLITE_IOERR') ? 'log.failed' : undefined;
}

function isDamage(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError &&
    (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB')
  );
}

/** SQLite says that a file cannot be created, but not why. */
function stateOfFolder(folder: string): 'log.full' | 'log.readonly' | undefined {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LEAST_FREE_BYTES ? 'log.full' : undefined;
  } catch (error) {
    return codeOf(error) === 'EROFS' ? 'log.readonly' : undefined;
  }
}

/** Whether a failure is one of the database or of its files; anything else is a defect. */
export function isOfFiles(error: unknown): boolean {
  return codeOf(error) !== '' && !(error instanceof GatepostError);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
