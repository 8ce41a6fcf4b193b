import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReadOnly } from '../../src/adapters/sqlite/log-reader.ts';
import { openLogSource } from '../../src/adapters/sqlite/log-source.ts';
import { CHAIN_START, verifyChain } from '../../src/core/events/chain.ts';
import type { EventDraft } from '../../src/core/events/event.ts';
import { verifyLog } from '../../src/core/events/verify-log.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { makePurge } from '../support/store/purge.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Every so many rows one is a guard's. */
const GUARDS = 20;
const ROWS = 700;

/** What passages left has ended, what guards did has not: 100 days later. */
let between = '';
/** Everything of then has ended: 200 days later. */
let over = '';

beforeAll(async () => {
  const base = mkdtempSync(join(tmpdir(), 'gatepost-ended-'));
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  const folder = join(base, 'store');
  [between, over] = [join(base, 'between'), join(base, 'over')];
  const clock = new VirtualClock();
  const opened = async () => {
    const { Store } = await import('../../src/adapters/sqlite/store.ts');
    const { SilentLogger } = await import('../support/silent-logger.ts');
    const store = new Store({
      folder,
      site: 'willow-court',
      gate: 'north',
      clock,
      logger: new SilentLogger(),
    });
    await store.start(new AbortController().signal);
    return store;
  };
  const purged = async (days: number, to: string): Promise<void> => {
    clock.advance(days * DAY_MS);
    const store = await opened();
    store.log.commit({ events: [accessGranted({}, clock.read().wallMs)] });
    const purge = makePurge(store, clock);
    await purge.start(new AbortController().signal);
    clock.advance(30 * 60_000);
    await purge.stop();
    while (store.tree.grow() > 0);
    await store.stop();
    cpSync(folder, to, { recursive: true });
  };
  const store = await opened();
  for (let row = 2; row <= ROWS; row++) {
    const { wallMs: timeMs } = clock.read();
    store.log.commit({ events: [row % GUARDS === 0 ? letIn(timeMs) : accessGranted({}, timeMs)] });
    clock.advance(HOUR_MS / 20);
  }
  while (store.tree.grow() > 0);
  await store.stop();
  await purged(100, between);
  await purged(100, over);
});

function letIn(timeMs: number): EventDraft {
  return {
    name: 'operator.override',
    subject: 'main-in',
    data: { operator: 'chen', action: 'open', accessPoint: 'main-in', note: 'Ambulance' },
    timeMs,
    timeQuality: 'synced',
  };
}

/** What two ways to verify say of a copy in which somebody has done something. */
function named(original: string, sql = ''): { readonly findings: readonly string[]; readonly chain: string } {
  const folder = temporaryFolder();
  cpSync(original, folder, { recursive: true });
  const database = new Database(join(folder, 'gatepost.db'));
  database.exec(sql);
  database.close();
  const source = openLogSource(folder);
  const steps = verifyLog(source, { witnesses: [] });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  source.close();
  const reader = openReadOnly(folder);
  const head = reader.head();
  const chain = verifyChain(reader.rows(), {
    after: CHAIN_START,
    cover: reader.cover(),
    ...(head && { last: head }),
  });
  reader.close();
  const findings = step.value.findings.map(({ problem, first, last }) => `${problem} ${first}-${last}`);
  return { findings, chain: chain.status === 'intact' ? 'intact' : `${chain.problem} ${chain.sequence}` };
}

/** Leaves of rows what a lawful end leaves. */
const end = (where: string) =>
  `UPDATE event SET name = '', time_ms = 0, time_quality = '', id = '', recorded_ms = NULL, body = NULL,
    salt = NULL, reduced = NULL, origin = NULL, holder_ref = NULL, passage = NULL WHERE ${where};`;

describe('rows of guards whose passages have ended around them', () => {
  it('stay, and the log says which', () => {
    expect(named(between)).toEqual({ findings: [], chain: 'intact' });
    const database = new Database(join(between, 'gatepost.db'), { readonly: true });
    const rows = database
      .prepare("SELECT sequence FROM event WHERE name = 'operator.override'")
      .pluck()
      .all();
    const bare = database.prepare("SELECT count(*) FROM event WHERE name = ''").pluck().get();
    const told = database
      .prepare(
        "SELECT json_extract(CAST(body AS TEXT), '$.data.staying') FROM event WHERE name = 'log.purged'",
      )
      .pluck()
      .all()
      .filter((one) => one !== null);
    database.close();
    expect(rows).toHaveLength(ROWS / GUARDS);
    expect(bare).toBeGreaterThan(600);
    // The row by which the log begins is about the gate too.
    expect(told).toEqual([`1,${rows.join(',')}`]);
  });

  it.each<[string, string, string[], string]>([
    ['one is made to look as if it had ended', end('sequence = 320'), ['erased 320-320'], 'uncovered 320'],
    ['one is deleted', 'DELETE FROM event WHERE sequence = 320', ['missing 320-320'], 'missing 321'],
    [
      'all of a block look so',
      end('sequence BETWEEN 257 AND 512'),
      [260, 280, 300, 320, 340, 360, 380, 400, 420, 440, 460, 480, 500].map((row) => `erased ${row}-${row}`),
      'uncovered 260',
    ],
    [
      'a block is deleted but for its last row',
      `${end('sequence BETWEEN 257 AND 512')} DELETE FROM event WHERE sequence BETWEEN 257 AND 511`,
      [260, 280, 300, 320, 340, 360, 380, 400, 420, 440, 460, 480, 500].map((row) => `missing ${row}-${row}`),
      'missing 512',
    ],
  ])('cannot go unnamed where %s', (_how, sql, findings, chain) => {
    const seen = named(between, sql);
    expect(seen).toEqual({ findings, chain });
  });

  it('cannot go unnamed where what names them goes too', () => {
    const told = `name = 'log.purged' AND instr(body, '"class":"ended"') > 0`;
    const { findings } = named(between, `${end('sequence = 320')} DELETE FROM event WHERE ${told}`);
    expect(findings).toContainEqual(expect.stringMatching(/^(missing|truncated) 70\d-70\d$/));
    expect(findings).toContainEqual(expect.stringMatching(/^erased 301-/));
  });

  it('end with their class', () => {
    expect(named(over)).toEqual({ findings: [], chain: 'intact' });
    const database = new Database(join(over, 'gatepost.db'), { readonly: true });
    const rows = database
      .prepare("SELECT count(*) FROM event WHERE name = 'operator.override'")
      .pluck()
      .get();
    database.close();
    expect(rows).toBe(0);
  });
});

describe('a row that somebody took away', () => {
  it('before its time was over stays named when the rows around it end', async () => {
    const folder = temporaryFolder();
    const clock = new VirtualClock();
    const store = await openStore(folder, { clock });
    for (let row = 2; row <= 40; row++) {
      const { wallMs } = clock.read();
      store.log.commit({ events: [row % 10 === 0 ? letIn(wallMs) : accessGranted({}, wallMs)] });
    }
    await store.stop();
    const database = new Database(join(folder, 'gatepost.db'));
    database.exec('DELETE FROM event WHERE sequence = 20');
    database.exec("UPDATE event SET name = 'access.granted' WHERE sequence = 30");
    database.close();
    clock.advance(100 * DAY_MS);
    const again = await openStore(folder, { clock });
    again.log.commit({ events: [accessGranted({}, clock.read().wallMs)] });
    const purge = makePurge(again, clock);
    await purge.start(new AbortController().signal);
    clock.advance(30 * 60_000);
    await purge.stop();
    await again.stop();
    expect(named(folder).findings).toEqual(['missing 20-20', expect.stringMatching(/ 30-30$/)]);
  });
});
