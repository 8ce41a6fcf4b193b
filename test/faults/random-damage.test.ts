import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openForWriting } from '../../src/adapters/sqlite/database.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { isGatepostError } from '../../src/core/errors.ts';
import type { AlteredRows } from '../../src/core/events/chain.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { seededNumbers } from '../support/seeded-random.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { makePurge } from '../support/store/purge.ts';
import { logFiles } from '../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
/** GATEPOST_DAMAGES sets another number, for a long run. */
const DAMAGES = Number(process.env.GATEPOST_DAMAGES ?? 200);
const SEED = Number(process.env.GATEPOST_SEED ?? 20);
const PAGE = 4096;
const SECTOR = 512;

/** All tables, each with its rows as texts. */
type Tables = ReadonlyMap<string, readonly string[]>;

let base = '';
/** A store as a gate leaves it that was killed with a full write-ahead log, and as one that was stopped. */
const originals: string[] = [];
/**
 * Every state that was ever committed to the write-ahead log, in their order, as a start leaves it and as a new epoch does.
 * The first one is in the database.
 */
const states: { readonly started: Tables; readonly reset: Tables }[] = [];

function open(folder: string, clock: VirtualClock): Store {
  const place = { folder, site: 'willow-court', gate: 'north' };
  return new Store({ ...place, clock, logger: new SilentLogger() });
}

/** Rows of the tables that this test has no other way to fill. */
const MORE = `
  INSERT INTO operator (name, password_hash) VALUES ('li', 'x'), ('wang', 'y');
  INSERT INTO chosen_level (one, level) VALUES (1, 'heightened');
  INSERT INTO site_order VALUES (1, '{"level":{"until":1}}');
  INSERT INTO bundle VALUES ('trust', 'willow-court', 7, 1, 2, 'k', 'd', 3);
  INSERT INTO directory VALUES (1, 1) ON CONFLICT DO NOTHING;
  INSERT INTO holder VALUES (1, 'a1b2c3d40001', 'Wang', '3-401'), (1, 'a1b2c3d40002', 'Li', '3-402');
  INSERT INTO holder_photo VALUES (1, 'a1b2c3d40001', 'image/png', randomblob(9000));
  INSERT INTO known_browser VALUES ('li', 'abcdef', 5);
  INSERT INTO attention VALUES (1, '[]', 3);
  INSERT INTO backup (at_ms, time_quality, bytes, event_rows, recipient, told) VALUES (1, 'synced', 2, 3, 'age1', 1);
  INSERT INTO quota_window VALUES ('a1b2c3d40001', 3, 4);
  INSERT INTO erasure_left VALUES ('order', 'o9', NULL);
  INSERT INTO erasure_receipt VALUES (1, '{}');
  INSERT INTO server_receipt VALUES ('one', 'e', 12);
  INSERT INTO command_counter VALUES ('aa', 5);
  INSERT INTO open_count VALUES (20000, 'main-in', 'in', 7);
  INSERT INTO register_line VALUES ('line-1', 'vehicle', 'a driver', 'A 1', NULL, NULL, NULL, 1, 'li', NULL);
  INSERT INTO visitor (pass_id, label, host_ref, from_ms, until_ms, registered_by, host_confirmed) VALUES ('77aa', 'a plumber', 'a1b2c3d40001', 1, 2, 'li', 0);
  INSERT INTO standing_order VALUES ('o1', 'suspension', 'a1b2c3d40002', 1, NULL, NULL, 'li', 'lost pass', NULL);
  INSERT INTO session VALUES ('dd', 'li', 'cc', 1, 2, 3, 4, 'synced', 'boot', 5);
  INSERT INTO data_request VALUES (1, 'export', 'main-in', '77aa', x'01', x'02', 5, 'open', NULL, NULL, NULL, NULL);
  INSERT INTO operator_change (operator, change, at_ms, time_quality) VALUES ('li', 'created', 1, 'synced');
  INSERT INTO self_report VALUES ('a1b2c3d40001', 20000, 1);
`;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'gatepost-random-'));
  const folder = join(base, 'store');
  const clock = new VirtualClock();
  const store = open(folder, clock);
  await store.start(new AbortController().signal);
  const passage = (at: number): void => {
    const { wallMs } = clock.read();
    const [name, passId] = [`p${at}`, `ca4d${String(at % 90).padStart(12, '0')}`];
    const who = { passId, holderRef: `a1b2c3d4${String(at % 60).padStart(4, '0')}` };
    const place = { direction: 'in', accessPoint: 'main-in', siteDay: Math.floor(wallMs / DAY_MS) } as const;
    store.log.commit({
      events: [accessGranted({ passage: name, ...who }, wallMs)],
      effects: [
        { kind: 'recordPassage', entry: { passage: name, ...who, ...place, passUntilMs: wallMs + DAY_MS } },
        { kind: 'rememberStep', passId, step: Math.floor(wallMs / 15_000) },
        { kind: 'countDay', ...place, counted: 'granted' },
      ],
    });
    clock.advance(DAY_MS / 15);
  };
  for (let at = 0; at < 300; at++) passage(at);
  while (store.tree.grow() > 0);
  store.checkpoints.keep({ epoch: store.log.head().epoch, size: 300, note: 'a signed note' });
  const purge = makePurge(store, clock);
  await purge.start(new AbortController().signal);
  clock.advance(30 * 60_000);
  await purge.stop();
  await store.stop();
  const database = openForWriting(join(folder, 'gatepost.db'));
  database.exec(MORE);
  database.close();
  originals.push(join(base, 'stopped'));
  cpSync(folder, join(base, 'stopped'), { recursive: true, preserveTimestamps: true });
  await store.start(new AbortController().signal);
  const note = () => {
    const tables = tablesOf(store.path);
    states.push({ started: comparable(tables, false), reset: comparable(tables, true) });
  };
  note();
  for (let at = 300; at < 340; at++) {
    passage(at);
    note();
    // Transactions without an event, of which one is the last.
    store.clockFloor.set(clock.read().wallMs);
    note();
  }
  cpSync(folder, join(base, 'killed'), { recursive: true });
  originals.push(join(base, 'killed'));
  await store.stop();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** What lies beside the log only to take room. */
const RESERVE = 'reserve';

/** The same files with the bytes of then: a copy of the database would count as one that was put back. */
function putBack(original: string, folder: string): void {
  for (const name of readdirSync(folder))
    if (name !== 'gatepost.db' && name !== RESERVE)
      rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of readdirSync(original))
    if (name === 'gatepost.db') writeFileSync(join(folder, name), readFileSync(join(original, name)));
    else if (name !== RESERVE) cpSync(join(original, name), join(folder, name), { recursive: true });
}

function tablesOf(path: string): Tables {
  const database = new Database(path, { readonly: true });
  try {
    const sql =
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    const names = database.prepare<[], string>(sql).pluck().all();
    return new Map(names.map((name) => [name, rowsOf(database, name)]));
  } finally {
    database.close();
  }
}

/** All values with their types, the number of the row or name first. */
function rowsOf(database: Database.Database, name: string): readonly string[] {
  const columns = database
    .prepare<[string], string>('SELECT name FROM pragma_table_xinfo(?)')
    .pluck()
    .all(name);
  const row = columns.map((column) => `quote(${column})`).join(` || ' ' || `);
  return database.prepare<[], string>(`SELECT ${row} FROM ${name}`).pluck().all();
}

/** Harm that a card or a power cut does to a file. */
const HARMS: readonly [name: string, harm: (left: Buffer, random: (below: number) => number) => Buffer][] = [
  ['a bit', (left, random) => flipped(left, [random(left.length)], random)],
  ['another bit', (left, random) => flipped(left, [random(left.length)], random)],
  ['a bit of the header', (left, random) => flipped(left, [random(100)], random)],
  [
    'bits of one page',
    (left, random) => {
      const page = random(left.length) & ~(PAGE - 1);
      return flipped(left, [page + random(PAGE), page + random(PAGE)], random);
    },
  ],
  [
    'noise',
    (left, random) => {
      const from = sector(random(left.length));
      const end = Math.min(left.length, from + SECTOR * (1 + random(4)));
      for (let byte = from; byte < end; byte++) left[byte] = random(256);
      return left;
    },
  ],
  [
    'zeros',
    (left, random) => {
      const unit = random(2) === 0 ? PAGE : SECTOR;
      const from = random(left.length) & ~(unit - 1);
      return left.fill(random(2) * 255, from, Math.min(left.length, from + unit * (1 + random(8))));
    },
  ],
  [
    'bytes of elsewhere',
    (left, random) => {
      const [from, to] = [sector(random(left.length)), sector(random(left.length))];
      left.copy(left, to, from, from + SECTOR * (1 + random(16)));
      return left;
    },
  ],
  [
    'two pages in each other’s place',
    (left, random) => {
      const [one, other] = [random(left.length) & ~(PAGE - 1), random(left.length) & ~(PAGE - 1)];
      const kept = Buffer.from(left.subarray(one, one + PAGE));
      left.copy(left, one, other, other + PAGE);
      kept.copy(left, other, 0, Math.min(PAGE, left.length - other));
      return left;
    },
  ],
  ['a cut', (left, random) => left.subarray(0, random(left.length))],
];

function sector(at: number): number {
  return at & ~(SECTOR - 1);
}

function flipped(bytes: Buffer, places: readonly number[], random: (below: number) => number): Buffer {
  for (const at of places)
    if (at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
  return bytes;
}

/** A write of which only the first sectors came: the page is in part as it was in the other store. */
function torn(bytes: Buffer, random: (below: number) => number): Buffer {
  const [before, after] = originals.map((one) => readFileSync(join(one, 'gatepost.db')));
  if (before === undefined || after === undefined) return bytes;
  const page = random(Math.min(before.length, bytes.length)) & ~(PAGE - 1);
  const other = bytes.equals(before) ? after : before;
  other.copy(bytes, page, page, page + SECTOR * (1 + random(7)));
  return bytes;
}

function damaged(
  bytes: Buffer,
  random: (below: number) => number,
): { readonly bytes: Buffer; readonly what: string } {
  const [what, harm] = HARMS[random(HARMS.length + 1)] ?? ['a torn page', torn];
  return { bytes: harm(Buffer.from(bytes), random), what };
}

describe(`${DAMAGES} random damages of the closed files`, () => {
  it('are named, and the files kept, or nothing is lost and nothing invented', {
    timeout: 600_000,
  }, async () => {
    const random = seededNumbers(SEED);
    const seen = { refused: 0, intact: 0, altered: 0, wentBack: 0 };
    const wrong: string[] = [];
    for (let nth = 0; nth < DAMAGES; nth++) {
      const original = originals[random(2)] ?? '';
      const folder = join(base, 'store');
      putBack(original, folder);
      const isKilled = original.endsWith('killed');
      const name = isKilled && random(2) === 0 ? 'gatepost.db-wal' : 'gatepost.db';
      const path = join(folder, name);
      const { bytes, what } = damaged(readFileSync(path), random);
      writeFileSync(path, bytes);
      const before = { ...logFiles(folder), 'gatepost.db-shm': '' };
      const store = open(folder, new VirtualClock(Date.UTC(2020, 3, 1)));
      const about = `${nth} ${isKilled ? 'killed' : 'stopped'} ${name}: ${what}`;
      try {
        await store.start(new AbortController().signal);
      } catch (error) {
        if (!isGatepostError(error)) throw error;
        seen.refused += 1;
        const after = { ...logFiles(folder), 'gatepost.db-shm': '' };
        if (!/^log\.(damaged|empty)$/.test(error.code))
          wrong.push(`${about}: ${error.code} ${error.message}`);
        if (!isDeepStrictEqual(after, before)) wrong.push(`${about}: files changed`);
        continue;
      }
      const faults = judged(store, isKilled, seen);
      await store.stop();
      wrong.push(...faults.map((fault) => `${about}: ${fault}`));
    }
    expect(wrong).toEqual([]);
    expect(Math.min(seen.refused, seen.intact, seen.wentBack)).toBeGreaterThan(0);
  });
});

/** Numbers that every start writes, and those that a new epoch writes. */
const OF_A_START = /^'(in-use|starts|marked|writes|sum-kept_number)'/;
const OF_AN_EPOCH = /^'(epoch-from|records-doubted|restored|commands-from|sum-log|sum-log_epoch)'/;

/** What is wrong with a store that has started: it is one of the states that were, or says that it went back. */
function judged(
  store: Store,
  isKilled: boolean,
  seen: { intact: number; altered: number; wentBack: number },
): string[] {
  const now = tablesOf(store.path);
  const reset = now.get('event')?.at(-1) ?? '';
  const isReset = / 'log\.reset' /.test(reset);
  const isAltered = store.altered.length > 0;
  seen[isReset ? 'wentBack' : isAltered ? 'altered' : 'intact'] += 1;
  const isNamed = (row: string): boolean => {
    const sequence = Number(row.slice(0, row.indexOf(' ')));
    return store.altered.some(({ first, last }: AlteredRows) => sequence >= first && sequence <= last);
  };
  const rowsIn = (tables: Tables, name: string): readonly string[] => {
    const rows = tables.get(name) ?? [];
    return isAltered && name === 'event' ? rows.filter((row) => !isNamed(row)) : rows;
  };
  const is = comparable(now, isReset);
  const isEvents = rowsIn(is, 'event');
  const differencesFrom = (was: Tables): readonly string[] =>
    [...new Set([...was.keys(), ...is.keys()])].filter((name) => {
      const before = rowsIn(was, name);
      const after = name === 'event' ? isEvents : rowsIn(is, name);
      // The row of the new epoch.
      const end = isReset && TABLES_OF_AN_EPOCH.includes(name) ? before.length : after.length;
      return !isDeepStrictEqual(before, after.slice(0, end));
    });
  const lawful = isReset ? states.map(({ reset }) => reset) : [states.at(isKilled ? -1 : 0)?.started];
  const differences = lawful.map((was = new Map()) => differencesFrom(was));
  const least = differences.sort((one, other) => one.length - other.length)[0] ?? [];
  return least.map((name) => `table ${name} is not as it was`);
}

const TABLES_OF_AN_EPOCH = ['event', 'event_about', 'log_epoch'];

/** Tables without what a start, and what a new epoch changes. */
function comparable(tables: Tables, isReset: boolean): Tables {
  const rowsOf = (name: string, rows: readonly string[]): readonly string[] => {
    if (name === 'probe' || (name === 'log' && isReset)) return [];
    if (name !== 'kept_number') return rows;
    return rows.filter((row) => !OF_A_START.test(row) && !(isReset && OF_AN_EPOCH.test(row)));
  };
  return new Map([...tables].map(([name, rows]) => [name, rowsOf(name, rows)]));
}
