import type Database from 'better-sqlite3';
import { GatepostError } from '../../core/errors.ts';
import { findWrongSum, keepSums, knowSums, leaveSums, makeSums, summedVersion } from './row-sums.ts';
import { damaged } from './store-errors.ts';

/** One step of the schema. A released step is never changed; a change is a new step. */
interface Migration {
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
  {
    version: 2,
    sql: `
      -- Who was let through, one row a passage. Quota, uses, anti-passback and occupancy all follow from these rows
      -- and from nothing else; a passage that was not taken is given back by its state alone.
      CREATE TABLE passage (
        id INTEGER PRIMARY KEY,
        passage TEXT NOT NULL UNIQUE,
        pass_id TEXT,
        holder_ref TEXT,
        -- Whose quota it is.
        account TEXT GENERATED ALWAYS AS (coalesce(holder_ref, pass_id)) VIRTUAL,
        kind TEXT,
        direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
        access_point TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        site_day INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'granted' CHECK (state IN ('granted', 'taken', 'nottaken')),
        -- What it changed the number of people inside by; given back with the passage.
        occupancy INTEGER NOT NULL,
        -- Anti-passback no longer looks at it.
        forgiven INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX passage_by_account ON passage (account, site_day, direction) WHERE state <> 'nottaken';
      CREATE INDEX passage_by_use ON passage (pass_id, direction) WHERE state <> 'nottaken';
      CREATE INDEX passage_last ON passage (pass_id) WHERE state <> 'nottaken' AND forgiven = 0;
      CREATE INDEX passage_by_day ON passage (site_day);

      CREATE TABLE chosen_level (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        level TEXT NOT NULL
      ) STRICT;

      -- Those given here; the centre's stay in their signed list.
      CREATE TABLE standing_order (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        -- A passId (16 hex characters) or a holderRef (12).
        subject TEXT NOT NULL,
        from_ms INTEGER NOT NULL,
        until_ms INTEGER,
        direction TEXT CHECK (direction IN ('in', 'out')),
        ordered_by TEXT NOT NULL,
        note TEXT NOT NULL,
        ended_ms INTEGER
      ) STRICT;
      CREATE INDEX standing_order_by_subject ON standing_order (subject) WHERE ended_ms IS NULL;

      -- Never published.
      CREATE TABLE visitor (
        pass_id TEXT PRIMARY KEY,
        label TEXT NOT NULL,
        host_ref TEXT,
        from_ms INTEGER NOT NULL,
        until_ms INTEGER NOT NULL,
        registered_by TEXT NOT NULL,
        host_confirmed INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX visitor_by_end ON visitor (until_ms);

      -- Reports of households under observation.
      CREATE TABLE self_report (
        holder_ref TEXT NOT NULL,
        site_day INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (holder_ref, site_day)
      ) STRICT, WITHOUT ROWID;

      -- Who came by while the gate was held open by its level: numbers only.
      CREATE TABLE open_count (
        site_day INTEGER NOT NULL,
        access_point TEXT NOT NULL,
        direction TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (site_day, access_point, direction)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 3,
    sql: `
      -- The signed list in force of each type. Its bytes lie in the folder bundles; the digest vouches for them.
      CREATE TABLE bundle (
        type TEXT PRIMARY KEY,
        site TEXT NOT NULL,
        number INTEGER NOT NULL,
        issued_at INTEGER NOT NULL,
        next_update INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        applied_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 4,
    sql: `
      -- The register of holders by generations: an import writes the next one in small steps beside the gate's work,
      -- and one update of directory puts it in force. Never published.
      ALTER TABLE holder RENAME TO holder_before;
      CREATE TABLE directory (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        generation INTEGER NOT NULL
      ) STRICT;
      INSERT INTO directory VALUES (1, 1);
      CREATE TABLE holder (
        generation INTEGER NOT NULL DEFAULT 1,
        holder_ref TEXT NOT NULL,
        label TEXT NOT NULL,
        unit TEXT NOT NULL,
        PRIMARY KEY (generation, holder_ref)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE holder_photo (
        generation INTEGER NOT NULL,
        holder_ref TEXT NOT NULL,
        type TEXT NOT NULL CHECK (type IN ('image/jpeg', 'image/png')),
        photo BLOB NOT NULL,
        PRIMARY KEY (generation, holder_ref)
      ) STRICT;
      INSERT INTO holder (holder_ref, label, unit) SELECT holder_ref, label, unit FROM holder_before;
      DROP TABLE holder_before;
    `,
  },
  {
    version: 5,
    sql: `
      -- Numbers only, kept for longer than the events they come from. what is a kind, a reason or an outcome.
      CREATE TABLE day_count (
        site_day INTEGER NOT NULL,
        access_point TEXT NOT NULL,
        direction TEXT NOT NULL,
        counted TEXT NOT NULL,
        what TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (site_day, access_point, direction, counted, what)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 6,
    sql: `
      -- What commands did to accounts, until the daemon has made an event of it.
      CREATE TABLE operator_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        operator TEXT NOT NULL,
        change TEXT NOT NULL CHECK (change IN ('created', 'password', 'removed')),
        at_ms INTEGER NOT NULL,
        time_quality TEXT NOT NULL
      ) STRICT;

      -- Browsers somebody has signed in with, by the digest of their secret.
      CREATE TABLE known_browser (
        operator TEXT NOT NULL,
        browser TEXT NOT NULL,
        used_ms INTEGER NOT NULL,
        PRIMARY KEY (operator, browser)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX known_browser_by_digest ON known_browser (browser);

      -- Who is signed in, by the digest of the session's id. The ages are those of the moment it was kept, which is
      -- told by the wall clock and by the time since this boot of the machine.
      CREATE TABLE session (
        digest TEXT PRIMARY KEY,
        operator TEXT NOT NULL,
        credential TEXT NOT NULL,
        age_ms INTEGER NOT NULL,
        idle_ms INTEGER NOT NULL,
        left_ms INTEGER NOT NULL,
        kept_ms INTEGER NOT NULL,
        time_quality TEXT NOT NULL,
        boot_id TEXT NOT NULL,
        uptime_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 7,
    sql: `
      -- What no guard has seen yet, as JSON, and how far the log was when it was written.
      CREATE TABLE attention (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        items TEXT NOT NULL,
        sequence INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 8,
    sql: `
      -- Given back by a guard: the passage no longer counts for the quota of its account, or as a use of its pass.
      ALTER TABLE passage ADD COLUMN quota_returned INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE passage ADD COLUMN use_returned INTEGER NOT NULL DEFAULT 0;
    `,
  },
  {
    version: 9,
    sql: `
      -- Lives of this log, with the first row of each.
      CREATE TABLE log_epoch (
        first_sequence INTEGER PRIMARY KEY,
        epoch TEXT NOT NULL UNIQUE
      ) STRICT;
      INSERT OR IGNORE INTO log_epoch
        SELECT sequence, json_extract(CAST(body AS TEXT), '$.epoch') FROM event
          WHERE name = 'log.reset' AND body IS NOT NULL AND json_valid(CAST(body AS TEXT))
            AND json_type(CAST(body AS TEXT), '$.epoch') = 'text'
          ORDER BY sequence;
      INSERT OR IGNORE INTO log_epoch
        SELECT coalesce((SELECT max(1, value) FROM kept_number WHERE name = 'epoch-from'), 1), epoch FROM log;

      -- Full subtrees of the RFC 6962 tree over the row hashes of an epoch, from 256 rows (level 8) upwards.
      CREATE TABLE tree_node (
        epoch_first INTEGER NOT NULL,
        level INTEGER NOT NULL,
        place INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (epoch_first, level, place)
      ) STRICT, WITHOUT ROWID;

      -- Signed checkpoints of the log, the newest ones and the newest that a witness has co-signed.
      CREATE TABLE log_checkpoint (
        id INTEGER PRIMARY KEY,
        epoch TEXT NOT NULL,
        size INTEGER NOT NULL,
        note TEXT NOT NULL,
        cosigned INTEGER NOT NULL DEFAULT 0
      ) STRICT;
    `,
  },
  {
    version: 10,
    sql: `
      -- What rows are about, so that a search need not read every body. Rows from before are not in it.
      CREATE TABLE event_about (
        sequence INTEGER PRIMARY KEY,
        pass_id BLOB,
        holder_ref BLOB,
        access_point TEXT,
        reason TEXT,
        -- Those beside the first one.
        reasons TEXT
      ) STRICT;
      INSERT INTO kept_number SELECT 'about-from', coalesce(max(sequence), 0) + 1 FROM event;
      -- Whatever takes the content of a row takes it here too; its reason is no personal data.
      CREATE TRIGGER event_reduced AFTER UPDATE OF body ON event WHEN new.body IS NULL BEGIN
        DELETE FROM event_about WHERE sequence = new.sequence AND reason IS NULL;
        UPDATE event_about SET pass_id = NULL, holder_ref = NULL, access_point = NULL, reasons = NULL
          WHERE sequence = new.sequence;
      END;
      CREATE TRIGGER event_ended AFTER DELETE ON event BEGIN
        DELETE FROM event_about WHERE sequence = old.sequence;
      END;
    `,
  },
  {
    version: 11,
    sql: `
      -- Backups that commands made: those of which there is no event yet, and the newest.
      CREATE TABLE backup (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_ms INTEGER NOT NULL,
        time_quality TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        event_rows INTEGER NOT NULL,
        recipient TEXT NOT NULL,
        told INTEGER NOT NULL CHECK (told IN (0, 1))
      ) STRICT;
    `,
  },
  {
    version: 12,
    sql: `
      -- What tells when no rule needs a passage any more. Of passages from before nothing is known: they are kept for as
      -- long as a pass can be valid.
      ALTER TABLE passage ADD COLUMN pass_until_ms INTEGER;
      ALTER TABLE passage ADD COLUMN uses_limited INTEGER NOT NULL DEFAULT 0;

      -- Passes with a quota of their own: how many days it counts for the account, and when the last such pass ends.
      CREATE TABLE quota_window (
        account TEXT PRIMARY KEY,
        days INTEGER NOT NULL,
        until_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 13,
    sql: `
      -- Rows from now on have their salts in the body; salt is that of rows before. A reduced row has neither, but what
      -- is left of it in reduced, its epoch and source in row_origin, and its time cut to the hour. Of a row that
      -- ended only sequence and hash are left.
      ALTER TABLE event ADD COLUMN reduced BLOB;
      ALTER TABLE event ADD COLUMN origin INTEGER REFERENCES row_origin (id);
      -- When it was written, if the clock was in step then; of a reduced row the end of that hour.
      ALTER TABLE event ADD COLUMN recorded_ms INTEGER;
      INSERT INTO kept_number SELECT 'split-from', coalesce(max(sequence), 0) + 1 FROM event;

      CREATE TABLE row_origin (
        id INTEGER PRIMARY KEY,
        epoch TEXT NOT NULL,
        source TEXT NOT NULL,
        UNIQUE (epoch, source)
      ) STRICT;

      CREATE TRIGGER event_bare AFTER UPDATE OF name ON event WHEN new.name = '' BEGIN
        DELETE FROM event_about WHERE sequence = new.sequence;
      END;
    `,
  },
  {
    version: 14,
    sql: `
      -- What a rule still needs of holders who were erased, without their pseudonyms, and when it goes; NULL: when an
      -- order is ended. record-purge.ts takes it away then.
      CREATE TABLE erasure_left (
        what TEXT NOT NULL CHECK (what IN ('order', 'passage', 'visit', 'hosted')),
        id TEXT NOT NULL,
        due_ms INTEGER,
        PRIMARY KEY (what, id)
      ) STRICT, WITHOUT ROWID;
      -- The signed receipt of the last erasure, in case nobody has got it.
      CREATE TABLE erasure_receipt (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        receipt TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 15,
    sql: `
      -- Reasons about a reading end with the screening, and what became of a refusal for one with them.
      DROP TRIGGER event_reduced;
      CREATE TRIGGER event_reduced AFTER UPDATE OF body ON event WHEN new.body IS NULL BEGIN
        DELETE FROM event_about WHERE sequence = new.sequence AND (reason IS NULL
          OR reason IN ('gp:TemperatureHigh', 'gp:TemperatureNotMeasured', 'gp:TemperatureSensorFault'));
        UPDATE event_about SET pass_id = NULL, holder_ref = NULL, access_point = NULL, reasons = NULL
          WHERE sequence = new.sequence;
      END;
      CREATE TRIGGER event_reading_gone AFTER UPDATE OF body ON event WHEN new.body IS NOT NULL BEGIN
        UPDATE event_about SET reason = NULL, reasons = NULL WHERE sequence = new.sequence
          AND reason IN ('gp:TemperatureHigh', 'gp:TemperatureNotMeasured', 'gp:TemperatureSensorFault');
        UPDATE event_about SET reasons = trim(replace(replace(replace(' ' || replace(reasons, ' ', '  ') || ' ',
            ' gp:TemperatureHigh ', ''), ' gp:TemperatureNotMeasured ', ''), ' gp:TemperatureSensorFault ', ''))
          WHERE sequence = new.sequence AND instr(reasons, 'gp:Temperature') > 0;
        UPDATE event_about SET reasons = nullif(replace(reasons, '  ', ' '), '') WHERE sequence = new.sequence
          AND reasons IS NOT NULL;
      END;
    `,
  },
  {
    version: 16,
    sql: `
      -- What each server says that it has stored: everything of an epoch up to a number.
      CREATE TABLE server_receipt (
        server TEXT PRIMARY KEY,
        epoch TEXT NOT NULL,
        up_to INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 17,
    sql: `
      -- Requests about the data of a pass that were made at the gate. The pass stands there until the request is done,
      -- then only a salted digest of it: whoever shows the pass again is told what became of the request.
      CREATE TABLE data_request (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('export', 'erasure')),
        access_point TEXT NOT NULL,
        pass_id TEXT,
        salt BLOB NOT NULL,
        mark BLOB NOT NULL,
        asked_ms INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'refused', 'done', 'lapsed')),
        answered_by TEXT,
        answered_ms INTEGER,
        note TEXT,
        -- The signed receipt of an erasure.
        receipt TEXT
      ) STRICT;
    `,
  },
  {
    version: 18,
    sql: `
      -- The last command of each key that was used up; public_key is hex.
      CREATE TABLE command_counter (
        public_key TEXT PRIMARY KEY,
        counter INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 19,
    sql: `
      -- What the gate remembers of the centre's orders to the site.
      CREATE TABLE site_order (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        orders TEXT NOT NULL CHECK (json_valid(orders))
      ) STRICT;
    `,
  },
  {
    version: 20,
    sql: `
      -- An erasure that is under way: everything is erased, or is in privacy.erased, and the file is searched for copies.
      CREATE TABLE erasure_pending (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        -- As it will be signed once nothing is found.
        receipt TEXT NOT NULL,
        -- JSON: numbers of the requests that are done with it.
        requests TEXT NOT NULL CHECK (json_valid(requests)),
        ordered_by TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        -- JSON: what is searched for, each bit of it turned, so that the search does not find it here. NULL: nothing of it is left.
        sought BLOB
      ) STRICT;
    `,
  },
  {
    version: 21,
    sql: `
      -- From here on there are sums of all tables (row-sums.ts).
      INSERT INTO kept_number VALUES ('sum-user_version', 21);
    `,
  },
  {
    version: 22,
    sql: `
      -- Let in by a guest pass: it counts for the guests of the account, and not for the account itself.
      ALTER TABLE passage ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;
    `,
  },
  {
    version: 23,
    sql: `
      -- What an operator may do follows from the role. Whoever had an account before could do everything.
      ALTER TABLE operator ADD COLUMN role TEXT NOT NULL DEFAULT 'supervisor'
        CHECK (role IN ('guard', 'supervisor', 'office'));

      ALTER TABLE operator_change RENAME TO operator_change_before;
      CREATE TABLE operator_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        operator TEXT NOT NULL,
        change TEXT NOT NULL CHECK (change IN ('created', 'password', 'role', 'removed', 'sessions-ended')),
        role TEXT,
        -- NULL: by a command.
        by_operator TEXT,
        at_ms INTEGER NOT NULL,
        time_quality TEXT NOT NULL
      ) STRICT;
      INSERT INTO operator_change (id, operator, change, at_ms, time_quality)
        SELECT id, operator, change, at_ms, time_quality FROM operator_change_before;
      DROP TABLE operator_change_before;
    `,
  },
  {
    version: 24,
    sql: `
      -- Who is on duty, and what was handed over.
      CREATE TABLE shift (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        shift TEXT NOT NULL CHECK (json_valid(shift)),
        changed_ms INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 25,
    sql: `
      -- What is asked of visitors, and whether they are inside: since when their pass has let them in.
      ALTER TABLE visitor ADD COLUMN phone TEXT;
      ALTER TABLE visitor ADD COLUMN unit TEXT;
      ALTER TABLE visitor ADD COLUMN purpose TEXT;
      ALTER TABLE visitor ADD COLUMN confirmed_by TEXT;
      ALTER TABLE visitor ADD COLUMN inside_ms INTEGER;
      ALTER TABLE visitor ADD COLUMN left_ms INTEGER;
      CREATE INDEX visitor_by_begin ON visitor (from_ms);
      CREATE INDEX visitor_inside ON visitor (inside_ms) WHERE inside_ms IS NOT NULL;

      -- Vehicles and couriers. Never published.
      CREATE TABLE register_line (
        id TEXT PRIMARY KEY,
        register TEXT NOT NULL CHECK (register IN ('vehicle', 'delivery')),
        label TEXT NOT NULL,
        plate TEXT,
        unit TEXT,
        purpose TEXT,
        disinfected INTEGER,
        came_ms INTEGER NOT NULL,
        registered_by TEXT NOT NULL,
        -- NULL: inside.
        left_ms INTEGER
      ) STRICT;
      CREATE INDEX register_line_by_time ON register_line (came_ms);
      CREATE INDEX register_line_inside ON register_line (came_ms) WHERE left_ms IS NULL;
    `,
  },
  {
    version: 26,
    sql: `
      -- Lists of who was inside at a fire or on order. Of an erased one the head with its signed receipt is left.
      CREATE TABLE muster (
        number INTEGER PRIMARY KEY,
        head TEXT NOT NULL CHECK (json_valid(head)),
        ended_ms INTEGER,
        receipt TEXT CHECK (json_valid(receipt))
      ) STRICT;
      -- Pseudonyms alone; NULL once the holder was erased. Never published.
      CREATE TABLE muster_person (
        muster INTEGER NOT NULL,
        line INTEGER NOT NULL,
        pass_id TEXT,
        holder_ref TEXT,
        -- Of a vehicle or a courier.
        register_id TEXT,
        kind TEXT,
        guest INTEGER NOT NULL,
        access_point TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        ticked_ms INTEGER,
        ticked_by TEXT,
        ticked_at TEXT,
        PRIMARY KEY (muster, line)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 27,
    sql: `
      -- Who has taken the level: what a guard has chosen holds until it is given back to the schedule.
      ALTER TABLE chosen_level ADD COLUMN chosen_by TEXT NOT NULL DEFAULT 'guard'
        CHECK (chosen_by IN ('guard', 'schedule'));
    `,
  },
  {
    version: 28,
    sql: `
      -- Of a pass that this desk has made: times in, and times out. NULL: it is from elsewhere.
      ALTER TABLE visitor ADD COLUMN uses INTEGER;
    `,
  },
  {
    version: 29,
    sql: `
      -- Numbers of each quarter of an hour, kept for as long as those of the day.
      CREATE TABLE quarter_count (
        site_day INTEGER NOT NULL,
        quarter INTEGER NOT NULL,
        access_point TEXT NOT NULL,
        direction TEXT NOT NULL,
        counted TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (site_day, quarter, access_point, direction, counted)
      ) STRICT, WITHOUT ROWID;
      -- Normal readings of days that are not over, by tenths of a degree; then their median.
      CREATE TABLE reading_count (
        site_day INTEGER NOT NULL,
        access_point TEXT NOT NULL,
        tenths INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (site_day, access_point, tenths)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sensor_day (
        site_day INTEGER NOT NULL,
        access_point TEXT NOT NULL,
        tenths INTEGER NOT NULL,
        readings INTEGER NOT NULL,
        PRIMARY KEY (site_day, access_point)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE device_day (
        site_day INTEGER NOT NULL,
        device TEXT NOT NULL,
        ok_ms INTEGER NOT NULL,
        down_ms INTEGER NOT NULL,
        PRIMARY KEY (site_day, device)
      ) STRICT, WITHOUT ROWID;
      -- Who has looked through a day.
      CREATE TABLE day_review (
        site_day INTEGER PRIMARY KEY,
        reviewed_by TEXT NOT NULL,
        note TEXT NOT NULL,
        at_ms INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 30,
    sql: `
      -- The one-time code of an account: its secret, sealed with a key that is not in the store, and the newest step a
      -- code of which was taken.
      CREATE TABLE operator_code (
        operator TEXT PRIMARY KEY,
        sealed TEXT NOT NULL,
        last_step INTEGER NOT NULL
      ) STRICT;
      -- Digests of the recovery codes that are left.
      CREATE TABLE operator_recovery (
        operator TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (operator, digest)
      ) STRICT, WITHOUT ROWID;

      -- What can be changed is said by the code alone from now on.
      ALTER TABLE operator_change RENAME TO operator_change_before;
      CREATE TABLE operator_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        operator TEXT NOT NULL,
        change TEXT NOT NULL,
        role TEXT,
        -- NULL: by a command.
        by_operator TEXT,
        at_ms INTEGER NOT NULL,
        time_quality TEXT NOT NULL
      ) STRICT;
      INSERT INTO operator_change SELECT * FROM operator_change_before;
      DROP TABLE operator_change_before;
    `,
  },
  {
    version: 31,
    sql: `
      -- Public keys of devices that sign in for an account, under one host name. Nothing of it is secret.
      CREATE TABLE operator_passkey (
        id TEXT PRIMARY KEY,
        operator TEXT NOT NULL,
        host TEXT NOT NULL,
        name TEXT NOT NULL,
        public_key TEXT NOT NULL,
        counter INTEGER NOT NULL,
        made_ms INTEGER NOT NULL
      ) STRICT;
    `,
  },
];

/** Stores from this version on have sums. */
export const SUMS_FROM = 21;

/**
 * The version of an open database that this Gatepost can read.
 * @throws GatepostError `log.unavailable` when the file was written by a newer Gatepost, `log.damaged` when its header
 * says so and its tables do not
 */
export function checkVersion(
  database: Database.Database,
  migrations: readonly Migration[] = MIGRATIONS,
): number {
  const newest = migrations.at(-1)?.version ?? 0;
  const present = Number(database.pragma('user_version', { simple: true }));
  if (present <= newest) return present;
  const summed = summedVersion(database);
  if (summed !== undefined && summed < present)
    throw damaged(
      database.name,
      `its header says schema ${present} and its sums say schema ${summed}, so no newer Gatepost has written it`,
    );
  throw new GatepostError(
    'log.unavailable',
    `${database.name} was written by a newer Gatepost (schema ${present}; this one knows ${newest}). Install that version again, or a later one.`,
  );
}

/** The schema that this Gatepost makes. */
export function newestVersion(): number {
  return MIGRATIONS.at(-1)?.version ?? 0;
}

/**
 * Applies the schema steps that are missing, each in its own transaction with the sums of what it changed. From then on
 * the sums are kept by this connection.
 * @throws GatepostError like checkVersion, and `log.damaged` where a sum is wrong: a new one would hide that
 */
export function migrate(database: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  knowSums(database);
  const present = checkVersion(database, migrations);
  if (present < (migrations.at(-1)?.version ?? 0)) {
    const wrong = findWrongSum(database);
    if (wrong !== undefined) throw damaged(database.name, wrong);
    leaveSums(database);
  }
  for (const { version, sql } of migrations) {
    if (version <= present) continue;
    const step = database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${version}`);
      makeSums(database, sql);
    });
    step.immediate();
  }
  keepSums(database);
}
