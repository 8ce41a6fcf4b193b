import type Database from 'better-sqlite3';
import { GatepostError } from '../../core/errors.ts';

/** One step of the schema. A released step is never changed; a change is a new step. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      -- The life of this log, one row. last_sequence and last_hash tell when rows are cut off the end.
      CREATE TABLE log (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        epoch TEXT NOT NULL,
        last_sequence INTEGER NOT NULL,
        last_hash BLOB NOT NULL,
        published_sequence INTEGER NOT NULL CHECK (published_sequence <= last_sequence)
      ) STRICT;

      -- body and salt become NULL when a row is erased; the hash stays. The other columns only serve look-up.
      CREATE TABLE event (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        time_ms INTEGER NOT NULL,
        time_quality TEXT NOT NULL,
        passage TEXT,
        holder_ref TEXT,
        body BLOB,
        salt BLOB,
        hash BLOB NOT NULL
      ) STRICT;
      -- Every index ends with the sequence, so (name) serves "newest of this name" without sorting.
      CREATE INDEX event_by_name ON event (name);
      CREATE INDEX event_by_time ON event (time_ms);

      CREATE TABLE pass_step (
        pass_id TEXT NOT NULL,
        step INTEGER NOT NULL,
        PRIMARY KEY (step, pass_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE operator (
        name TEXT PRIMARY KEY,
        password_hash TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- The local register of holders. Never published.
      CREATE TABLE holder (
        holder_ref TEXT PRIMARY KEY,
        label TEXT NOT NULL,
        unit TEXT NOT NULL,
        photo BLOB
      ) STRICT;

      -- Single numbers that outlive the process: clock-floor, in-use.
      CREATE TABLE kept_number (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE probe (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        value BLOB NOT NULL
      ) STRICT;
    `,
  },
];

/**
 * The version of an open database that this Gatepost can read.
 * @throws GatepostError `log.unavailable` when the file was written by a newer Gatepost
 */
export function checkVersion(
  database: Database.Database,
  migrations: readonly Migration[] = MIGRATIONS,
): number {
  const newest = migrations.at(-1)?.version ?? 0;
  const present = Number(database.pragma('user_version', { simple: true }));
  if (present <= newest) return present;
  throw new GatepostError(
    'log.unavailable',
    `${database.name} was written by a newer Gatepost (schema ${present}; this one knows ${newest}). Install that version again, or a later one.`,
  );
}

/** Brings the schema up to the newest step, each step in its own transaction. Throws like checkVersion. */
export function migrate(database: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const present = checkVersion(database, migrations);
  for (const { version, sql } of migrations) {
    if (version <= present) continue;
    const step = database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${version}`);
    });
    step.immediate();
  }
}
