import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { BackupBook as BackupBookPort, BackupRecord } from '../../ports/site-store.ts';
import { Connection } from './connection.ts';
import { databasePath, openForReading, openForWriting } from './database.ts';
import { migrateBeside } from './folder-lock.ts';
import { ReadConnection } from './read-connection.ts';
import { sweepCopy } from './store-copy.ts';

const COLUMNS = 'id, at_ms AS atMs, time_quality AS quality, bytes, event_rows AS rows, recipient';

/** The backups that were made of this store. A command notes each; the daemon makes an event of the note. */
export class SqliteBackupBook implements BackupBookPort {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  untold(): readonly BackupRecord[] {
    const sql = `SELECT ${COLUMNS} FROM backup WHERE told = 0 ORDER BY id`;
    return this.#connection.read(() => this.#connection.statement<[], BackupRecord>(sql).all());
  }

  last(): BackupRecord | undefined {
    return this.#connection.read(() => readLast(this.#connection));
  }

  sweep(): void {
    sweepCopy(dirname(this.#connection.path));
  }

  note(record: Omit<BackupRecord, 'id'>): void {
    this.#connection.write(() => this.#put(record, 0));
  }

  /** A backup that needs no event any more. Runs inside a transaction. */
  putTold(record: Omit<BackupRecord, 'id'>): void {
    this.#put(record, 1);
  }

  /** Its event is written. Of those the newest alone is kept. Runs inside the transaction of the event. */
  markTold(id: number): void {
    this.#connection.statement<[number]>('UPDATE backup SET told = 1 WHERE id = ?').run(id);
    const sql = 'DELETE FROM backup WHERE told = 1 AND id < (SELECT max(id) FROM backup WHERE told = 1)';
    this.#connection.statement(sql).run();
  }

  #put({ atMs, quality, bytes, rows, recipient }: Omit<BackupRecord, 'id'>, told: 0 | 1): void {
    const sql =
      'INSERT INTO backup (at_ms, time_quality, bytes, event_rows, recipient, told) VALUES (?, ?, ?, ?, ?, ?)';
    this.#connection
      .statement<[number, string, number, number, string, number]>(sql)
      .run(Math.floor(atMs), quality, bytes, rows, recipient, told);
  }
}

function readLast(connection: ReadConnection): BackupRecord | undefined {
  const sql = `SELECT ${COLUMNS} FROM backup ORDER BY id DESC LIMIT 1`;
  return connection.statement<[], BackupRecord>(sql).get();
}

/** The newest backup of the store in `folder`, for commands; undefined if there is none. */
export function lastBackup(folder: string): BackupRecord | undefined {
  const path = databasePath(folder);
  if (!existsSync(path)) return undefined;
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    return connection.hasTable('backup') ? connection.read(() => readLast(connection)) : undefined;
  } finally {
    connection.close();
  }
}

/** Notes a backup for the daemon, which may be running. @throws GatepostError `log.unavailable` */
export function noteBackup(
  { folder, clock, logger }: { readonly folder: string; readonly clock: Clock; readonly logger: Logger },
  record: Omit<BackupRecord, 'id'>,
): void {
  const path = databasePath(folder);
  const connection = new Connection({ path, clock, logger });
  connection.attach(openForWriting(path));
  try {
    migrateBeside(connection.database);
    new SqliteBackupBook(connection).note(record);
  } finally {
    connection.close();
  }
}
