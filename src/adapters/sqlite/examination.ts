import { existsSync, rmSync, statSync } from 'node:fs';
import type { AlteredRows } from '../../core/events/chain.ts';
import type { LogMark } from '../../core/events/log-mark.ts';
import { refuseFoundDamaged } from './check-note.ts';
import { openForReading, refuseLink } from './database.ts';
import { chainHeadOf, readLogRow } from './event-rows.ts';
import { checkHealth } from './health-check.ts';
import { readKept } from './kept-numbers.ts';
import { ReadConnection } from './read-connection.ts';
import { asOpenError, damaged } from './store-errors.ts';

/** The result of examining a log before anything is written to it. */
export interface Examination {
  readonly head: LogMark | undefined;
  /** Whether there has to be a mark beside the database. */
  readonly marked: boolean;
  /** Whether it was put back from a backup and not started since. */
  readonly putBack: boolean;
  readonly hashAt: (sequence: number) => string | undefined;
  /** Rows that were altered. */
  readonly altered: readonly AlteredRows[];
  /** Rows of which it stands wrongly what they are about. */
  readonly misnoted: readonly number[];
  /**
   * Ends the examination. Until then no other connection that closes changes the file: SQLite checkpoints the
   * write-ahead log only when the last connection closes, and a read-only one cannot.
   * @param untouched leave no file behind that was not there before
   */
  close(untouched: boolean): void;
}

/**
 * Examines the log in `path` without changing a byte of it, at a cost that does not grow with the log.
 * @returns undefined if there is no file
 * @throws GatepostError `log.damaged`, `log.empty`, or why it cannot be read
 */
export function examine(path: string): Examination | undefined {
  const beside = [`${path}-wal`, `${path}-shm`];
  refuseLink(path);
  if (!existsSync(path)) {
    if (sizeOf(`${path}-wal`) === 0) return undefined;
    throw damaged(path, `it is not there, but its ${path}-wal is`);
  }
  refuseFoundDamaged(path);
  const made = beside.filter((file) => !existsSync(file));
  const connection = new ReadConnection(path);
  const close = (untouched: boolean): void => {
    connection.close();
    if (untouched && sizeOf(`${path}-wal`) === 0) for (const file of made) rmSync(file, { force: true });
  };
  try {
    connection.attach(openForReading(path));
    // One transaction, so that a running gate that writes meanwhile cannot give a mixed state.
    return { ...connection.database.transaction(() => look(connection))(), close };
  } catch (error) {
    close(true);
    throw asOpenError(path, error);
  }
}

function look(connection: ReadConnection): Omit<Examination, 'close'> {
  const { database } = connection;
  const hashAt = (sequence: number): string | undefined =>
    database
      .prepare<[number], { hash: Buffer }>('SELECT hash FROM event WHERE sequence = ?')
      .get(sequence)
      ?.hash.toString('hex');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version === 0 && !connection.hasTable('log'))
    return { head: undefined, marked: false, putBack: false, hashAt, altered: [], misnoted: [] };
  const health = checkHealth(connection);
  const log = readLogRow(connection);
  const head = log && { epoch: log.epoch, ...chainHeadOf(log), writes: readKept(connection, 'writes') };
  const [marked, putBack] = [readKept(connection, 'marked') === 1, readKept(connection, 'restored') === 1];
  return { head, marked, putBack, hashAt, ...health };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
