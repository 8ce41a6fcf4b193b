import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { Attention } from '../../../src/app/board/attention.ts';
import { EventWriter } from '../../../src/app/log/event-writer.ts';
import { RecordEnding } from '../../../src/app/log/record-ending.ts';
import { MusterErasure } from '../../../src/app/rules/muster-erasure.ts';
import { PresentState } from '../../../src/app/state/present-state.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { makePurge } from '../../support/store/purge.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer than anything may be kept: the longest life of a pass, and the longest class behind it. */
const LONGEST_MS = 600 * DAY_MS;
const README = readFileSync(new URL('../../../src/adapters/sqlite/README.md', import.meta.url), 'utf8');

/** Tables of the README, with what is said of their end. */
function endsOf(): ReadonlyMap<string, string> {
  const section = README.slice(README.indexOf('## What ends each table'), README.indexOf('## Row rates'));
  return new Map(
    Array.from(section.matchAll(/^\| `(\w+)` \| .* \| (.*) \|$/gm), ([, name = '', end = '']) => [name, end]),
  );
}

function tables(database: Database.Database): readonly string[] {
  const sql =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
  return database.prepare<[], string>(sql).pluck().all();
}

it('every table is in the README with its end, and what has one is empty after the longest time', async () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock();
  const store = await openStore(folder, { clock });
  const { wallMs } = clock.read();
  const siteDay = Math.floor(wallMs / DAY_MS);
  const [passId, holderRef] = ['ca4d000000000001', 'a1b2c3d4e5f6'];
  const place = { direction: 'in', accessPoint: 'main-in' } as const;
  const entry = { passage: 'p1', passId, holderRef, ...place, siteDay, usesLimited: true };
  const request = { number: 1001, kind: 'export', accessPoint: 'main-in', askedMs: wallMs, passId } as const;
  const reading = {
    kind: 'countReading',
    siteDay: siteDay - 1,
    accessPoint: 'main-in',
    tenths: 364,
  } as const;
  const readings = Array.from({ length: 20 }, () => reading);
  const doubts = { counted: 1, inUnnamed: 0, outUnnamed: 0, whileOpen: 0, long: 0, doubted: false };
  const began = { number: 1, cause: 'order', by: 'chen', note: 'why', startedMs: wallMs, people: 1 } as const;
  const muster = { ...began, doubts, endedMs: wallMs, endedBy: 'chen' };
  store.log.commit({
    events: [accessGranted({ passId, holderRef, passage: 'p1' }, wallMs), doorOpened(wallMs)],
    effects: [
      { kind: 'recordPassage', entry: { ...entry, passUntilMs: wallMs + 300 * DAY_MS } },
      { kind: 'noteQuota', account: holderRef, days: 5, untilMs: wallMs + 300 * DAY_MS },
      { kind: 'rememberStep', passId, step: Math.floor(wallMs / 15_000) },
      {
        kind: 'registerVisitor',
        visitor: {
          passId,
          label: 'Plumber',
          hostRef: holderRef,
          fromMs: wallMs,
          untilMs: wallMs + DAY_MS,
          registeredBy: 'chen',
        },
      },
      {
        kind: 'addOrder',
        order: {
          id: 'o1',
          kind: 'quarantine',
          subject: { holderRef },
          fromMs: wallMs,
          untilMs: wallMs + DAY_MS,
          source: 'guard',
          by: 'chen',
          note: 'why',
        },
      },
      { kind: 'countReport', holderRef, siteDay },
      { kind: 'countDay', siteDay, quarter: 32, ...place, counted: 'granted' },
      { kind: 'countReading', siteDay, accessPoint: 'main-in', tenths: 364 },
      ...readings,
      { kind: 'closeDay', siteDay: siteDay - 1 },
      { kind: 'addUptime', siteDay, devices: [{ device: 'log', okMs: 1, downMs: 0 }] },
      { kind: 'reviewDay', siteDay, review: { by: 'chen', note: 'why', atMs: wallMs } },
      { kind: 'countOpen', siteDay, ...place },
      { kind: 'addRequest', request },
      { kind: 'keepShift', text: '{}', atMs: wallMs },
      {
        kind: 'addLine',
        line: {
          id: 'v1',
          register: 'vehicle',
          label: 'Wu',
          plate: '京A·88888',
          cameMs: wallMs,
          registeredBy: 'chen',
        },
      },
      { kind: 'keepMuster', muster, lines: [{ line: 1, passId, accessPoint: 'main-in', sinceMs: wallMs }] },
    ],
  });
  store.sessions.keep([{ digest: 'd', operator: 'chen', credential: 'c', ageMs: 0, idleMs: 0, leftMs: 0 }]);
  store.browsers.remember('b', 'chen');
  const logger = new SilentLogger();
  const attention = new Attention({ state: new PresentState(), keeping: { book: store.attention, logger } });
  attention.restore(store.log);
  attention.raise({
    id: 'unanswered:p1',
    kind: 'unanswered',
    accessPoint: 'main-in',
    sinceMs: wallMs,
    passage: 'p1',
  });
  const database = new Database(join(folder, 'gatepost.db'));
  database.prepare("INSERT INTO erasure_left VALUES ('order', 'o1', ?)").run(wallMs + DAY_MS);
  const ends = endsOf();
  expect([...ends.keys()]).toEqual(tables(database));
  const written = store.log.head().sequence;
  // What the purge itself has written since says nothing of anybody.
  const old = (table: string) => (table === 'event_about' ? `WHERE sequence <= ${written}` : '');
  const count = (table: string) =>
    database
      .prepare(`SELECT count(*) FROM "${table}" ${old(table)}`)
      .pluck()
      .get();
  const ending = [...ends].filter(([, end]) => !/^(stays|emptied)/.test(end)).map(([table]) => table);
  // Written by commands alone, and taken away when the gate or the command has gone on.
  const passing = ['erasure_pending', 'operator_change'];
  expect(ending.filter((table) => count(table) === 0)).toEqual(passing);

  clock.advance(LONGEST_MS);
  const settings = {
    screeningMs: 72 * HOUR_MS,
    accessMs: 14 * DAY_MS,
    reducedMs: 90 * DAY_MS,
    operatorMs: 180 * DAY_MS,
    visitMs: 14 * DAY_MS,
    vehicleMs: 14 * DAY_MS,
    deliveryMs: 14 * DAY_MS,
    orderMs: 14 * DAY_MS,
  };
  const nowMs = clock.read().wallMs;
  const works = new RecordEnding({
    ...{ records: store.recordPurge, attention, settings, timeZone: 'Asia/Shanghai' },
    needs: () => ({ quotaDays: 2, lastPassageMs: HOUR_MS }),
  });
  for (const _turn of works.work(nowMs, () => 100));
  const purge = makePurge(store, clock);
  await purge.start(new AbortController().signal);
  clock.advance(6 * HOUR_MS);
  await purge.stop();
  const notes = new EventWriter({ log: store.log, clock, logger });
  notes.write([], [{ kind: 'dropCounts', beforeDay: Math.floor(nowMs / DAY_MS) - 366 }]);
  const gate = { site: 'c42', gate: 'north', gateKey: () => testSigner('phone') };
  new MusterErasure({ ...gate, book: store.musters, notes, clock, logger }).eraseDue(DAY_MS);
  expect(database.prepare('SELECT head FROM muster').pluck().get()).not.toContain('chen');
  for (const ms of [nowMs, nowMs + DAY_MS])
    notes.write([], [{ kind: 'endRequests', overMs: ms - 1, nowMs: nowMs - 1 }]);
  expect(ending.filter((table) => count(table) !== 0)).toEqual([]);
  expect(database.prepare('SELECT items FROM attention').pluck().get()).toBe('[]');
  const said = "SELECT count(*) FROM event WHERE name LIKE 'access.%' OR name LIKE 'door.%'";
  expect(database.prepare(said).pluck().get()).toBe(0);
  database.close();
});
