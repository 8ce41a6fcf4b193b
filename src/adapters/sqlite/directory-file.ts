import { existsSync } from 'node:fs';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { Connection } from './connection.ts';
import { databasePath, openForReading } from './database.ts';
import { type DirectoryCounts, type DirectoryEntry, DirectoryWriter } from './directory-writer.ts';
import { FolderLock, registerLockPath } from './folder-lock.ts';
import { SqliteHolderRegister } from './holder-register.ts';
import { logBesideGate } from './log-beside-gate.ts';
import { refuseForeignFolder } from './operator-file.ts';
import { ReadConnection } from './read-connection.ts';

export interface DirectoryPlace {
  /** Store folder. */
  readonly folder: string;
  readonly site: string;
  readonly gate: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Puts exactly these holders in force and writes the event. Works with or without a running daemon.
 * @throws GatepostError `log.busy` while another import runs, `log.damaged`, `log.unavailable`, `usage`
 */
export function replaceDirectory(
  place: DirectoryPlace,
  entries: readonly DirectoryEntry[],
  onProgress: (done: number, total: number) => void,
): Promise<DirectoryCounts> {
  return withWriter(place, 'import', onProgress, (writer) => writer.replace(entries));
}

/** Removes one holder. Returns whether there was one. Throws like replaceDirectory. */
export function eraseHolder(place: DirectoryPlace, holderRef: string): Promise<boolean> {
  return withWriter(
    place,
    'erase',
    () => undefined,
    async (writer) => writer.erase(holderRef),
  );
}

/** Reads the directory in force. @throws GatepostError `log.unavailable` if there is no store */
export function readDirectory<T>(folder: string, read: (register: SqliteHolderRegister) => T): T {
  const path = databasePath(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    return read(new SqliteHolderRegister(connection));
  } finally {
    connection.close();
  }
}

async function withWriter<T>(
  place: DirectoryPlace,
  source: 'import' | 'erase',
  onProgress: (done: number, total: number) => void,
  work: (writer: DirectoryWriter) => Promise<T>,
): Promise<T> {
  const { folder, gate, clock, logger } = place;
  const path = databasePath(folder);
  if (!existsSync(path)) refuseForeignFolder(folder);
  const lock = new FolderLock(registerLockPath(folder));
  const connection = new Connection({ path, clock, logger });
  acquire(lock);
  try {
    const log = logBesideGate(connection, place);
    const record = (counts: DirectoryCounts): void => {
      const { wallMs, quality } = clock.read();
      const data = { source, ...counts };
      log.commit({
        events: [{ name: 'directory.applied', subject: gate, data, timeMs: wallMs, timeQuality: quality }],
      });
    };
    return await work(new DirectoryWriter({ connection, record, onProgress }));
  } finally {
    connection.close();
    lock.release();
  }
}

function acquire(lock: FolderLock): void {
  try {
    lock.acquire();
  } catch (cause) {
    if (!isGatepostError(cause, 'log.busy')) throw cause;
    throw new GatepostError('log.busy', 'Another import into this store is running. Wait for its end.', {
      cause,
    });
  }
}
