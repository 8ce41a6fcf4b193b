import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lookAtLog } from '../../src/adapters/sqlite/log-look.ts';
import { findDamage, putAside } from '../../src/adapters/sqlite/put-aside.ts';
import type { Store } from '../../src/adapters/sqlite/store.ts';
import { StoreCheck } from '../../src/app/site/store-check.ts';
import type { AlteredRows } from '../../src/core/events/chain.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { doorOpened } from '../support/gate/event-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { changeTables, logFiles, openStore, temporaryFolder } from '../support/store/store-folder.ts';

const PAGE = 4096;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NEVER = new AbortController().signal;

let made: Buffer | undefined;

/** A store that is too large to be checked as a whole at its start. */
async function largeStore(): Promise<{ folder: string; path: string }> {
  const folder = temporaryFolder();
  const path = join(folder, 'gatepost.db');
  if (made !== undefined) {
    writeFileSync(path, made);
    return { folder, path };
  }
  const store = await openStore(folder);
  while (statSync(path).size < 9 * 1024 * 1024)
    store.log.commit({ events: Array.from({ length: 2_000 }, () => doorOpened()) });
  await store.stop();
  made = readFileSync(path);
  return { folder, path };
}

function overwrite(path: string, page: number, bytes: Buffer = Buffer.alloc(PAGE, 0xa5)): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, (page - 1) * PAGE);
  closeSync(file);
}

/** A page in the middle of a table or an index, which no start reads. */
function pageOf(path: string, name: string): number {
  const database = new Database(path, { readonly: true });
  const sql = `SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path`;
  const pages = database.prepare<[string], { pageno: number }>(sql).all(name);
  database.close();
  return pages[Math.floor(pages.length / 2)]?.pageno ?? 0;
}

async function look(store: Store, kind: 'quick' | 'full'): Promise<string | undefined> {
  for (const part of store.inspection.parts(kind)) {
    const found = await store.inspection.look(part, NEVER);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe('damage deep in a large store', () => {
  it.each(['event', 'event_by_name', 'event_by_time'])(
    'in %s is named by the check after the start; nothing is written any more, and the next start refuses it',
    async (name) => {
      const { folder, path } = await largeStore();
      overwrite(path, pageOf(path, name));
      const store = await openStore(folder);
      onTestFinished(() => store.inspection.close());
      store.log.commit({ events: [doorOpened()] });
      expect(store.log.isWritable()).toBe(true);

      expect(await look(store, 'quick')).toMatch(/quick_check\(event\): /);
      expect(store.trouble).toBe('log.damaged');
      expect(store.damage).toMatch(/quick_check\(event\): /);
      expect(store.log.isWritable()).toBe(false);
      expect(() => store.log.commit({ events: [doorOpened()] })).toThrow(/found damaged/);
      const before = logFiles(folder);
      await store.inspection.close();
      await store.stop();
      const { 'gatepost.db-shm': _index, ...files } = logFiles(folder);
      expect(before).toMatchObject(files);

      await expect(openStore(folder)).rejects.toMatchObject({
        code: 'log.damaged',
        message: expect.stringMatching(/the check of .* has found: quick_check\(event\): /),
      });
      expect(() => lookAtLog(folder)).toThrow(expect.objectContaining({ code: 'log.damaged' }));
      // A new log may begin in its place.
      expect(findDamage(folder)?.code).toBe('log.damaged');
      putAside(folder, 'damaged-now');
      expect((await openStore(folder)).log.isWritable()).toBe(true);
    },
  );

  it('in the list of free pages is named too', async () => {
    const { folder, path } = await largeStore();
    const database = new Database(path);
    database.exec('DELETE FROM event WHERE sequence BETWEEN 1000 AND 1500');
    database.close();
    const trunk = readFileSync(path).readUInt32BE(32);
    expect(trunk).toBeGreaterThan(0);
    overwrite(path, trunk, Buffer.alloc(16, 0xff));
    const store = await openStore(folder);
    onTestFinished(() => store.inspection.close());
    expect(await look(store, 'quick')).toMatch(/quick_check\(sqlite_schema\): .*[Ff]reelist/);
  });

  it('in a row of a table that no start reads is named by the check after it, in one of a small table at once', async () => {
    const { folder, path } = await largeStore();
    const edit = (sql: string): void => {
      const database = new Database(path);
      database.exec(sql);
      database.close();
    };
    changeTables(path, "INSERT INTO holder VALUES (1, 'a1b2c3d40001', 'Wang', '3-401')");
    edit("UPDATE holder SET unit = '3-402'");
    const store = await openStore(folder);
    onTestFinished(() => store.inspection.close());
    expect(await look(store, 'quick')).toBe('row_sum(holder): the table holder is not as the gate wrote it');
    expect(store.log.isWritable()).toBe(false);
    await store.inspection.close();
    await store.stop();
    edit("UPDATE holder SET unit = '3-401'");
    const again = await openStore(folder);
    expect(again.log.isWritable()).toBe(true);
    await again.stop();
    edit("UPDATE kept_number SET value = 0 WHERE name = 'starts'");
    await expect(openStore(folder)).rejects.toThrow(/the table kept_number is not as the gate wrote it/);
  });

  it('in an index whose pages are sound is found by the weekly check', async () => {
    const { folder, path } = await largeStore();
    const store = await openStore(folder);
    onTestFinished(() => store.inspection.close());
    expect(await look(store, 'quick')).toBeUndefined();
    expect(await look(store, 'full')).toBeUndefined();
    await store.inspection.close();
    await store.stop();
    const page = pageOf(path, 'event_by_time');
    const at = (page - 1) * PAGE + PAGE - 3;
    const file = openSync(path, 'r+');
    const byte = readFileSync(path)[at] ?? 0;
    writeSync(file, Buffer.from([byte ^ 1]), 0, 1, at);
    closeSync(file);
    const again = await openStore(folder);
    onTestFinished(() => again.inspection.close());
    expect(await look(again, 'full')).toMatch(/integrity_check: .*event_by_time/);
    expect(again.log.isWritable()).toBe(false);
  });

  it('a sound file that was put back in its place opens', async () => {
    const { folder, path } = await largeStore();
    const sound = readFileSync(path);
    overwrite(path, pageOf(path, 'event'));
    const store = await openStore(folder);
    onTestFinished(() => store.inspection.close());
    expect(await look(store, 'quick')).toBeDefined();
    await store.inspection.close();
    await store.stop();
    const file = openSync(path, 'r+');
    writeSync(file, sound, 0, sound.length, 0);
    closeSync(file);
    expect((await openStore(folder)).log.isWritable()).toBe(true);
  });

  it('and a row that was edited does not stop the gate: the log names it', async () => {
    const { folder, path } = await largeStore();
    const database = new Database(path);
    database.exec(`UPDATE event SET time_ms = time_ms + 1 WHERE sequence = 700`);
    database.close();
    const store = await openStore(folder);
    const altered: AlteredRows[] = [];
    store.outbox.onAltered((rows) => altered.push(rows));
    let through: number | undefined = 600;
    while (through !== undefined && through < 800) through = store.inspection.recomputeAfter(through);
    expect(altered).toEqual([{ first: 700, last: 700, problem: 'edited' }]);
    expect(store.log.isWritable()).toBe(true);
  });
});

describe('a gate whose store is found damaged while it runs', () => {
  it('opens for nobody from then on, and says on the screens and to the servers where the damage is', async () => {
    const { folder, path } = await largeStore();
    overwrite(path, pageOf(path, 'event'));
    const gate = await RuleGate.start(folder, new VirtualClock(), policy());
    onTestFinished(() => gate.stop());
    expect(await gate.goes('in', {})).toMatchObject({ granted: true });
    const pulses = gate.actuator.pulses.length;

    await look(gate.store, 'quick');
    await gate.store.inspection.close();
    gate.present('in', {});
    await gate.pass(HOUR_MS);
    expect(gate.actuator.pulses).toHaveLength(pulses);
    expect(gate.state.devices.values.find(({ id }) => id === 'log')).toMatchObject({
      status: 'degraded',
      cause: 'log.damaged',
      detail: expect.stringMatching(/by hand neither: quick_check\(event\): /),
    });
    expect(gate.feed.get('attention')).toContainEqual(
      expect.objectContaining({ kind: 'device', role: 'log' }),
    );
    const open = { type: 'open', operator: 'chen', note: 'Known here', accessPoint: 'main-in' } as const;
    expect(gate.desk.give(open)).toMatchObject({ status: 'refused' });
  });
});

describe('pages overwritten at random in a large store', () => {
  const ROUNDS = 16;

  it(`are named at the start or by the check, or harm nothing that is ever read: ${ROUNDS} times`, async () => {
    const { folder, path } = await largeStore();
    const whole = readFileSync(path);
    const random = seededRandom(20_261_129);
    let named = 0;
    for (let round = 0; round < ROUNDS; round++) {
      writeFileSync(path, whole);
      rmSync(join(folder, 'gatepost.check'), { force: true });
      const page = 2 + Math.floor(random() * (whole.length / PAGE - 2));
      overwrite(path, page, Buffer.from(Array.from({ length: PAGE }, () => Math.floor(random() * 256))));
      let store: Store;
      try {
        store = await openStore(folder);
      } catch (error) {
        expect(error).toMatchObject({ code: 'log.damaged' });
        named += 1;
        continue;
      }
      const found = await look(store, round % 2 === 0 ? 'quick' : 'full');
      await store.inspection.close();
      expect(found !== undefined).toBe(!store.log.isWritable());
      if (found === undefined) expect(findDamage(folder), `page ${page}`).toBeUndefined();
      else named += 1;
      await store.stop();
    }
    expect(named).toBeGreaterThan(ROUNDS / 2);
  });
});

describe('the check beside the gate', () => {
  async function checked(folder: string, clock: VirtualClock) {
    const store = await openStore(folder, { clock });
    const logger = new SilentLogger();
    let looks = 0;
    const { inspection } = store;
    const check = new StoreCheck({
      inspection: {
        checks: () => inspection.checks(),
        parts: (kind) => inspection.parts(kind),
        look: async (part, signal) => {
          looks += 1;
          return inspection.look(part, signal).finally(() => {
            looks -= 1;
          });
        },
        recomputeAfter: (sequence) => inspection.recomputeAfter(sequence),
        keep: (checks) => inspection.keep(checks),
        close: () => inspection.close(),
      },
      clock,
      logger,
      timeZone: 'Asia/Shanghai',
      quietHour: 3,
    });
    onTestFinished(() => check.stop());
    await check.start(NEVER);
    /** Lets time pass until something is so, but none while a check is under way, which takes real time. */
    const until = async (isSo: () => boolean, stepMs: number): Promise<void> => {
      while (!isSo()) {
        if (looks === 0) clock.advance(stepMs);
        await settle();
      }
    };
    return { store, check, until };
  }

  it('runs once a week at the quiet hour of the site, keeps when it was, and goes through every row', async () => {
    const folder = temporaryFolder();
    // 20:00 in Shanghai.
    const clock = new VirtualClock(Date.UTC(2020, 1, 24, 12));
    const { store, check, until } = await checked(folder, clock);
    await until(() => store.inspection.checks().fullMs !== undefined, HOUR_MS / 4);
    const first = store.inspection.checks().fullMs ?? 0;
    expect(new Date(first).getUTCHours()).toBe(19);
    await until(() => store.inspection.checks().rowsThrough === undefined, 100);
    await until(() => store.inspection.checks().fullMs !== first, HOUR_MS / 4);
    const second = store.inspection.checks().fullMs ?? 0;
    expect(second - first).toBeGreaterThanOrEqual(7 * DAY_MS);
    expect(second - first).toBeLessThan(8 * DAY_MS);
    await check.stop();
    await store.stop();
    expect((await openStore(folder, { clock })).inspection.checks().fullMs).toBe(second);
  });

  it('stops at once in the middle of a look, and is tried again after the next start', async () => {
    const { folder } = await largeStore();
    const clock = new VirtualClock();
    const { store, check, until } = await checked(folder, clock);
    clock.advance(10_000);
    await check.stop();
    expect(store.inspection.checks().quickMs).toBeUndefined();
    await check.start(NEVER);
    await until(() => store.inspection.checks().quickMs !== undefined, 1_000);
    expect(store.log.isWritable()).toBe(true);
  });
});
