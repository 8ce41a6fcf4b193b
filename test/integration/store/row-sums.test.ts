import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { setKeptClock } from '../../../src/adapters/sqlite/clock-file.ts';
import { openForReading, openForWriting } from '../../../src/adapters/sqlite/database.ts';
import { FolderLock, lockPath } from '../../../src/adapters/sqlite/folder-lock.ts';
import { MIGRATIONS, migrate } from '../../../src/adapters/sqlite/migrations.ts';
import { findWrongSum, summedTables } from '../../../src/adapters/sqlite/row-sums.ts';
import type { Effect } from '../../../src/core/decision/effect.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { changeTables, openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const DAY = { accessPoint: 'main-in', direction: 'in', siteDay: 20_000 } as const;
const VISITOR = {
  passId: '77aa77aa77aa77aa',
  label: 'a plumber',
  fromMs: 1,
  untilMs: 9e15,
  registeredBy: 'li',
};

function passage(name: string, passId = '00112233aabbccdd'): Effect {
  return { kind: 'recordPassage', entry: { passage: name, passId, ...DAY } };
}

/** A stopped store with rows in the tables that decisions rest on. */
async function filled(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  store.log.commit({
    events: [accessGranted()],
    effects: [
      passage('p1'),
      { kind: 'countDay', ...DAY, counted: 'granted' },
      { kind: 'chooseLevel', by: 'guard', level: 'heightened' },
      { kind: 'registerVisitor', visitor: VISITOR },
    ],
  });
  store.clockFloor.set(12_345);
  await store.stop();
  const sql =
    "INSERT INTO operator (name, password_hash) VALUES ('li', 'x'); INSERT INTO pass_step VALUES ('00112233aabbccdd', 5)";
  changeTables(join(folder, 'gatepost.db'), sql);
  return folder;
}

function markOf(folder: string): string {
  return join(folder, readdirSync(folder).find((name) => name.startsWith('gatepost.mark-')) ?? '');
}

function edit(folder: string, sql: string): void {
  const database = new Database(join(folder, 'gatepost.db'));
  database.exec(sql);
  database.close();
}

describe('a row that is not as the gate wrote it', () => {
  it.each([
    ['passage', "UPDATE passage SET state = 'nottaken'"],
    ['passage', 'UPDATE passage SET site_day = 20001'],
    ['passage', 'DELETE FROM passage'],
    ['pass_step', 'UPDATE pass_step SET step = 4'],
    ['day_count', 'UPDATE day_count SET count = 2'],
    ['chosen_level', "UPDATE chosen_level SET level = 'normal'"],
    ['visitor', 'UPDATE visitor SET host_confirmed = 1'],
    [
      'visitor',
      "INSERT INTO visitor (pass_id, label, host_ref, from_ms, until_ms, registered_by, host_confirmed) VALUES ('x', 'y', NULL, 1, 2, 'z', 0)",
    ],
    ['operator', "UPDATE operator SET password_hash = 'y'"],
    ['kept_number', "UPDATE kept_number SET value = 1 WHERE name = 'clock-floor'"],
    ['kept_number', "DELETE FROM kept_number WHERE name = 'clock-floor'"],
    ['log', 'UPDATE log SET published_sequence = 1'],
    ['log_epoch', "UPDATE log_epoch SET epoch = epoch || 'x'"],
    ['passage', "UPDATE kept_number SET value = value + 1 WHERE name = 'sum-passage'"],
    ['passage', "DELETE FROM kept_number WHERE name = 'sum-passage'"],
  ])('in %s stops the start: %s', async (table, sql) => {
    const folder = await filled();
    edit(folder, sql);
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'log.damaged',
      message: expect.stringContaining(`the table ${table} is not as the gate wrote it`),
    });
  });

  it.each([
    ['its sums are gone', "DELETE FROM kept_number WHERE name LIKE 'sum-%'"],
    ['description of its tables', 'CREATE INDEX extra ON passage (at_ms)'],
    ['description of its tables', 'DROP INDEX passage_by_day'],
    ['header names another version', 'PRAGMA user_version = 4'],
    ['no newer Gatepost has written it', 'PRAGMA user_version = 84'],
  ])('nor does one with a wrong header or other tables open: %s', async (words, sql) => {
    const folder = await filled();
    edit(folder, sql);
    const found = { code: 'log.damaged', message: expect.stringContaining(words) };
    await expect(openStore(folder)).rejects.toMatchObject(found);
  });

  it('is noted anew where it follows from the log, which is said', async () => {
    const folder = await filled();
    edit(folder, "UPDATE event_about SET pass_id = x'99' WHERE sequence = 2");
    const logger = new SilentLogger();
    const store = await openStore(folder, { logger });
    const database = new Database(store.path, { readonly: true });
    const about = database.prepare('SELECT hex(pass_id) FROM event_about WHERE sequence = 2').pluck().get();
    database.close();
    expect(about).toBe('00112233AABBCCDD');
    expect(JSON.stringify(logger.lines)).toContain('noted anew');
  });

  it('stops what would move the tables up and hide it', async () => {
    const folder = await filled();
    edit(folder, "UPDATE operator SET password_hash = 'y'");
    const database = openForWriting(join(folder, 'gatepost.db'));
    onTestFinished(() => void database.close());
    const version = (MIGRATIONS.at(-1)?.version ?? 0) + 1;
    const next = [...MIGRATIONS, { version, sql: 'ALTER TABLE operator ADD COLUMN shift TEXT' }];
    expect(() => migrate(database, next)).toThrow(/the table operator is not as the gate wrote it/);
  });
});

describe('sums', () => {
  it('are right after whatever the gate does to its tables', async () => {
    const folder = await filled();
    const store = await openStore(folder);
    const effects: readonly Effect[] = [
      // A row that another takes the place of, and rows that count on.
      passage('p1', '1111111111111111'),
      passage('p2'),
      { kind: 'countDay', ...DAY, counted: 'granted' },
      { kind: 'noteQuota', account: 'a', days: 2, untilMs: 5 },
      { kind: 'noteQuota', account: 'a', days: 3, untilMs: 4 },
      { kind: 'giveBack', passage: 'p2' },
      { kind: 'forgive', subject: { passId: '00112233aabbccdd' } },
      { kind: 'registerVisitor', visitor: VISITOR },
      { kind: 'dropCounts', beforeDay: 30_000 },
    ];
    for (const effect of effects) store.log.commit({ events: [doorOpened()], effects: [effect] });
    const database = openForWriting(store.path);
    database.exec('VACUUM');
    database.exec("INSERT OR REPLACE INTO operator (name, password_hash) VALUES ('li', 'z'), ('wang', 'y')");
    expect(() =>
      database.exec("INSERT INTO operator (name, password_hash) VALUES ('new', 'a'), ('li', 'b')"),
    ).toThrow(/UNIQUE/);
    database.exec(
      'BEGIN; DELETE FROM operator; SAVEPOINT inner; DELETE FROM visitor; ROLLBACK TO inner; COMMIT',
    );
    database.close();
    const reader = openForReading(store.path);
    onTestFinished(() => void reader.close());
    expect(findWrongSum(reader)).toBeUndefined();
    await store.stop();
    expect((await openStore(folder)).log.isWritable()).toBe(true);
  });

  it('of each table notice any column of any row', () => {
    const database = new Database(':memory:');
    migrate(database);
    database.exec(
      "INSERT INTO passage (passage, direction, access_point, at_ms, site_day, occupancy) VALUES ('p', 'in', 'm', 1, 2, 1)",
    );
    database.exec('PRAGMA recursive_triggers = OFF; PRAGMA ignore_check_constraints = ON');
    for (const name of database
      .prepare("SELECT name FROM sqlite_temp_schema WHERE type = 'trigger'")
      .pluck()
      .all())
      database.exec(`DROP TRIGGER temp.${String(name)}`);
    const columns = database
      .prepare("SELECT name FROM pragma_table_xinfo('passage') WHERE hidden = 0")
      .pluck()
      .all();
    expect(findWrongSum(database)).toBeUndefined();
    for (const column of columns) {
      database.exec('BEGIN');
      database.exec(
        `UPDATE passage SET ${String(column)} = CASE typeof(${String(column)}) WHEN 'text' THEN 'q' ELSE 77 END`,
      );
      expect([column, findWrongSum(database)]).toEqual([column, expect.stringContaining('passage')]);
      database.exec('ROLLBACK');
    }
    database.close();
  });

  it('come with the tables of a store from before, and with tables and columns that are added', () => {
    const database = new Database(':memory:');
    migrate(database, MIGRATIONS.slice(0, 12));
    database.exec("INSERT INTO operator (name, password_hash) VALUES ('li', 'x')");
    const version = (MIGRATIONS.at(-1)?.version ?? 0) + 1;
    const sql = 'ALTER TABLE operator ADD COLUMN shift TEXT; CREATE TABLE extra (a TEXT) STRICT';
    migrate(database);
    migrate(database, [...MIGRATIONS, { version, sql }]);
    expect(summedTables(database)).toContain('extra');
    database.exec("UPDATE operator SET shift = 'night'; INSERT INTO extra VALUES ('x')");
    expect(findWrongSum(database)).toBeUndefined();
    database.close();
  });
});

describe('a command beside a gate that runs since before an update', () => {
  it('does not move the tables up under it', () => {
    const folder = temporaryFolder();
    const database = openForWriting(join(folder, 'gatepost.db'));
    migrate(database, MIGRATIONS.slice(0, -1));
    const lock = new FolderLock(lockPath(folder));
    lock.acquire();
    onTestFinished(() => lock.release());
    const place = { folder, site: 'willow-court', gate: 'north', clock: new VirtualClock() };
    const set = () => setKeptClock({ ...place, logger: new SilentLogger() }, 'li');
    expect(set).toThrow(expect.objectContaining({ code: 'log.busy' }));
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.at(-2)?.version);
    lock.release();
    set();
    expect(findWrongSum(database)).toBeUndefined();
    database.close();
  });
});

describe('a transaction without an event', () => {
  it('that the write-ahead file has lost makes the store one that went back', async () => {
    const folder = await filled();
    const store = await openStore(folder);
    store.log.commit({ events: [doorOpened()] });
    const wal = `${store.path}-wal`;
    const before = statSync(wal).size;
    store.clockFloor.set(99_999);
    const [files, mark] = [[store.path, wal].map((path) => readFileSync(path)), readFileSync(markOf(folder))];
    await store.stop();
    writeFileSync(store.path, files[0] ?? '');
    writeFileSync(wal, files[1] ?? '');
    truncateSync(wal, before);
    writeFileSync(markOf(folder), mark);
    const again = await openStore(folder);
    expect(again.log.recent(['log.reset'], 1)[0]?.sequence).toBe(again.log.head().sequence);
    expect(again.records.doubtedSinceMs()).toBeDefined();
  });
});
