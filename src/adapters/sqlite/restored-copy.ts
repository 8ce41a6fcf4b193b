import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { MAX_BUNDLE_BYTES } from '../../core/bundle/bundle.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import { viewOf } from '../../core/events/row-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { BackupRecord } from '../../ports/site-store.ts';
import { mendAbouts } from './about-check.ts';
import { SqliteBackupBook } from './backup-book.ts';
import { bundleFileName, keptBundles } from './bundle-shelf.ts';
import { Connection } from './connection.ts';
import { APPLICATION_ID, databasePath, syncFolder } from './database.ts';
import { readEventsAfter, readLogRow } from './event-rows.ts';
import { checkHealth } from './health-check.ts';
import { putKept } from './kept-numbers.ts';
import { migrate, newestVersion } from './migrations.ts';
import { findWrongSum } from './row-sums.ts';
import { refuseStoodDown } from './stood-down.ts';
import { COPIED_FILES, GATE_KEY } from './store-copy.ts';
import { asLogError, troubleOf } from './store-errors.ts';

/** Longest gate key; a real one has some hundred bytes. */
const MAX_KEY_BYTES = 16 * 1024;

interface Expected {
  readonly site: string;
  readonly gate: string;
  /** Of the backup that it comes from. */
  readonly record: Omit<BackupRecord, 'id'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a copy was found to be. */
export interface RestoredCopy {
  readonly rows: number;
  readonly lastSequence: number;
  /** Rows that were altered before the backup was made. */
  readonly altered: readonly AlteredRows[];
  /** Schema that the backup has, and that it has now. */
  readonly schema: { readonly before: number; readonly now: number };
  /** Accounts in it, by name. */
  readonly operators: readonly string[];
}

/**
 * Checks the copy of a store that was decrypted into `folder`, reading every page of it, and makes a store of it: with
 * the schema of this program, its files beside it, nobody signed in, and a note that the next start begins a new epoch.
 * Whoever knows the public key can make a backup, so nothing in it is believed: a trigger in it would act in the gate.
 * @throws GatepostError `backup.refused`, `site.stooddown`
 */
export function acceptCopy(folder: string, expected: Expected): RestoredCopy {
  const path = databasePath(folder);
  const connection = new Connection({ path, clock: expected.clock, logger: expected.logger });
  try {
    connection.attach(open(path));
    const before = checkForm(connection.database);
    const files = takeFiles(connection.database);
    migrate(connection.database);
    checkSchema(connection.database);
    refuseStoodDown(connection);
    const wrong = findWrongSum(connection.database);
    if (wrong !== undefined) throw refused(`the store in it is damaged: ${wrong}. Take another backup`);
    const { altered, misnoted } = checkHealth(connection);
    mendAbouts(connection, misnoted);
    const lastSequence = checkOrigin(connection, expected);
    writeFiles(folder, connection, files);
    const rows = settle(connection, expected.record);
    const names = connection.statement<[], { name: string }>('SELECT name FROM operator ORDER BY name').all();
    return {
      rows,
      lastSequence,
      altered,
      schema: { before, now: newestVersion() },
      operators: names.map(({ name }) => name),
    };
  } catch (error) {
    if (error instanceof GatepostError && error.code !== 'log.damaged') throw error;
    const trouble = troubleOf(path, error);
    if (trouble !== undefined && trouble !== 'log.damaged') throw asLogError(path, 'unpack', error);
    throw refused(`the store in it is damaged: ${messageOf(error)}`, error);
  } finally {
    connection.close();
    sync(path);
  }
}

function open(path: string): Database.Database {
  const database = new Database(path, { fileMustExist: true });
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = DELETE');
  // Until it is complete nobody relies on it; then it is put on disk as a whole.
  database.pragma('synchronous = OFF');
  return database;
}

/** @returns the schema version */
function checkForm(database: Database.Database): number {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    throw refused('what is in it is no store of Gatepost');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > newestVersion())
    throw refused(
      `it was made by a newer Gatepost (schema ${version}; this one knows ${newestVersion()}). Install that version, or a later one, first`,
    );
  const answer = String(database.pragma('integrity_check', { simple: true }));
  if (answer !== 'ok') throw refused(`the store in it is damaged: ${answer}. Take another backup`);
  return version;
}

/** Takes the files out of the copy. */
function takeFiles(database: Database.Database): ReadonlyMap<string, Buffer> {
  const sql = `SELECT name, bytes FROM ${COPIED_FILES} WHERE length(bytes) <= ? LIMIT 100`;
  const rows = database.prepare<[number], { name: string; bytes: Buffer }>(sql).all(MAX_BUNDLE_BYTES);
  database.exec(`DROP TABLE ${COPIED_FILES}`);
  return new Map(rows.map(({ name, bytes }) => [name, bytes]));
}

/** Tables and indexes as this program makes them, and nothing that acts by itself. */
function checkSchema(database: Database.Database): void {
  const fresh = new Database(':memory:');
  try {
    migrate(fresh);
    const [present, ours] = [new Set(objectsOf(database)), new Set(objectsOf(fresh))];
    const isComplete = [...ours].every((object) => present.has(object));
    const isMore = (object: string): boolean => /^(trigger|view) /.test(object) && !ours.has(object);
    if (isComplete && ![...present].some(isMore)) return;
  } finally {
    fresh.close();
  }
  throw refused('its tables are not those of Gatepost: it was changed, or made by another program');
}

function objectsOf(database: Database.Database): readonly string[] {
  const sql = "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS object FROM sqlite_schema";
  return database
    .prepare<[], { object: string }>(sql)
    .all()
    .map(({ object }) => object);
}

/** @returns number of the last row */
function checkOrigin(connection: Connection, { site, gate }: Expected): number {
  const log = readLogRow(connection);
  if (log === undefined) throw refused('there is no log in it');
  const sql = 'SELECT sequence FROM event WHERE body IS NOT NULL ORDER BY sequence DESC LIMIT 1';
  const newest = connection.statement<[], { sequence: number }>(sql).get()?.sequence;
  const [event] = newest === undefined ? [] : readEventsAfter(connection, newest - 1, 1);
  const source: unknown = event && viewOf(event.body)?.envelope.source;
  if (source !== undefined && source !== `/gates/${site}/${gate}`)
    throw refused(`its log is that of ${String(source)}, and this is /gates/${site}/${gate}`);
  return log.lastSequence;
}

/** The lists in force, of which the database has the digests, and the key of the gate. */
function writeFiles(folder: string, connection: Connection, files: ReadonlyMap<string, Buffer>): void {
  const bundles = join(folder, 'bundles');
  mkdirSync(bundles, { mode: 0o700 });
  for (const kept of keptBundles(connection)) {
    const name = bundleFileName(kept);
    const bytes = files.get(`bundles/${name}`);
    // A list that is lost counts as too old, as it did before.
    if (bytes === undefined) continue;
    if (createHash('sha256').update(bytes).digest('hex') !== kept.digest || /[^\w.-]/.test(name))
      throw refused(`the signed list ${kept.type} in it is not the one that was in force`);
    writeWhole(join(bundles, name), bytes);
  }
  syncFolder(bundles);
  const key = files.get(GATE_KEY);
  if (key !== undefined && key.length <= MAX_KEY_BYTES) writeWhole(join(folder, GATE_KEY), key);
}

/** @returns number of rows */
function settle(connection: Connection, record: Omit<BackupRecord, 'id'>): number {
  return connection.write(() => {
    // Whoever was signed in then is not, after this.
    connection.statement('DELETE FROM session').run();
    putKept(connection, 'in-use', 0);
    putKept(connection, 'restored', 1);
    const { rows } = connection
      .statement<[], { rows: number }>('SELECT count(*) AS rows FROM event')
      .get() ?? {
      rows: 0,
    };
    new SqliteBackupBook(connection).putTold({ ...record, rows });
    return rows;
  });
}

function writeWhole(path: string, bytes: Buffer): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function sync(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function refused(why: string, cause?: unknown): GatepostError {
  return new GatepostError('backup.refused', `Nothing was changed: the backup cannot be used: ${why}.`, {
    cause,
  });
}
