import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type StatsFs,
  statfsSync,
  write,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { syncFolder } from './new-files.ts';

/** A large file is put on disk each time so many bytes were written, so that a full or failing disk is met early. */
const SYNC_BYTES = 4 * 1024 * 1024;
const MIB = 1024 * 1024;
/** Ending of a file that is not complete. */
const PARTIAL = '.partial';
/** Type of a FAT file system in statfs(2), and the largest file that it holds. */
const FAT = 0x4d44;
const MOST_ON_FAT_BYTES = 2 ** 32 - 1;
const OTHER_FORMAT = 'format it as exFAT or ext4';

const syncData = promisify(fdatasync);
const writeBytes = promisify(write);

/** A file that gets its name once it is complete. */
export interface GrowingFile {
  readonly file: number;
  /** Gives it its name. @throws GatepostError `backup.failed` if there is one of that name */
  commit(): void;
  /** Removes what is not complete. If that cannot be done (the stick is gone), it counts for nothing all the same. */
  discard(): void;
}

/**
 * Opens a new file beside its name. What an attempt before has left there is overwritten.
 * @throws GatepostError `backup.failed`
 */
export function openGrowingFile(path: string): GrowingFile {
  const partial = `${path}${PARTIAL}`;
  const isTaken = (): void => {
    if (isThere(path))
      throw failed(`${path} exists already and is not overwritten; move it away or name another file.`);
  };
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: number;
  try {
    isTaken();
    file = openSync(partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw notWritten(path, error);
  }
  if (!fstatSync(file).isFile()) throw failed(`${partial} is no regular file.`);
  const discard = (): void => {
    try {
      rmSync(partial, { force: true });
    } catch {
      // What is wrong with the disk was said by what failed before.
    }
  };
  const commit = (): void => {
    try {
      isTaken();
      renameSync(partial, path);
      syncFolder(dirname(path));
    } catch (error) {
      throw notWritten(path, error);
    }
  };
  return { file, commit, discard };
}

/**
 * Writes `content` to an open file and puts it on disk.
 * @param path of the file, for messages
 * @param onProgress called with the bytes that are on disk
 * @returns how many bytes they were
 * @throws GatepostError `backup.failed`, and what reading `content` throws
 */
export async function writeOut(
  { file, path, needed }: { readonly file: number; readonly path: string; readonly needed: number },
  content: AsyncIterable<Uint8Array>,
  onProgress: (bytes: number) => void,
): Promise<number> {
  let [done, onDisk] = [0, 0];
  for await (const piece of content) {
    try {
      for (let at = 0; at < piece.length; ) {
        const { bytesWritten } = await writeBytes(file, piece, at, piece.length - at);
        at += bytesWritten;
      }
      done += piece.length;
      if (done - onDisk < SYNC_BYTES) continue;
      await syncData(file);
    } catch (error) {
      throw notWritten(path, error, needed);
    }
    onDisk = done;
    onProgress(done);
  }
  try {
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    throw notWritten(path, error, needed);
  }
  onProgress(done);
  return done;
}

/**
 * Whether a file of this size fits on the disk of a folder. A disk that does not say counts as one where it does.
 * @throws GatepostError `backup.failed`
 */
export function demandFree(folder: string, needed: number, ask: typeof statfs = statfs): void {
  const disk = ask(folder);
  if (disk === undefined) return;
  if (disk.type === FAT && needed > MOST_ON_FAT_BYTES)
    throw failed(
      `${folder} lies on a disk formatted as FAT, which holds no file of 4 GiB or more, and it needs ${mebibytes(needed)} MiB: ${OTHER_FORMAT}.`,
    );
  if (disk.bavail * disk.bsize < needed) throw noRoom(folder, needed, disk);
}

/** What went wrong with a file on such a disk, in words. */
export function notWritten(path: string, error: unknown, needed?: number): GatepostError {
  if (error instanceof GatepostError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const cause = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT') return noRoom(path, needed, statfs(dirname(path)));
  const why: Readonly<Record<string, string>> = {
    EROFS:
      'the disk takes no writes: a stick that is locked, or mounted read-only (remount it: mount -o remount,rw …)',
    EFBIG: `files of that size do not fit on a disk formatted as FAT: ${OTHER_FORMAT}`,
    ENOENT: 'its folder is not there: is the stick mounted?',
    ENOTDIR: 'its folder is not there: is the stick mounted?',
    EACCES: 'the user of this command may not write there: sudo gatepost …',
    EPERM: 'the user of this command may not write there: sudo gatepost …',
    ELOOP: 'a link lies in its place, which is not followed: remove it',
  };
  const lost = ['EIO', 'ENODEV', 'ENXIO', 'ESTALE'].includes(code);
  const text = lost
    ? 'the disk is gone or gives errors: a stick that was pulled out, or is failing'
    : why[code];
  return new GatepostError('backup.failed', `${path} cannot be written: ${text ?? messageOf(error)}.`, cause);
}

function noRoom(where: string, needed: number | undefined, disk: Disk | undefined): GatepostError {
  const free = disk && disk.bavail * disk.bsize;
  const [need, there] = [needed, free].map((bytes) => (bytes === undefined ? '?' : mebibytes(bytes)));
  return failed(
    `There is no room for it in ${where}: it needs ${need} MiB, and ${there} MiB are free. Make room there, or take a larger stick or card.`,
  );
}

type Disk = Pick<StatsFs, 'type' | 'bavail' | 'bsize'>;

function statfs(folder: string): Disk | undefined {
  try {
    return statfsSync(folder);
  } catch {
    return undefined;
  }
}

/** Also true for a link that leads nowhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / MIB);
}

function failed(message: string): GatepostError {
  return new GatepostError('backup.failed', message);
}
