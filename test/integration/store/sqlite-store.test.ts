import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { MIGRATIONS, migrate } from '../../../src/adapters/sqlite/migrations.ts';
import { CHAIN_START, verifyChain } from '../../../src/core/events/chain.ts';
import type { StoredEvent } from '../../../src/core/events/event.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

function bodyOf(event: StoredEvent | undefined) {
  return JSON.parse(new TextDecoder().decode(event?.body));
}

function code(wanted: string) {
  return expect.objectContaining({ code: wanted });
}

describe('a new store', () => {
  it('begins a new epoch and says so in its first row', async () => {
    const store = await openStore(temporaryFolder());
    const [first] = store.outbox.readAfter(0, 10);
    expect(first).toMatchObject({ sequence: 1, name: 'log.reset' });
    expect(bodyOf(first)).toMatchObject({ prevhash: '0'.repeat(64), epoch: store.outbox.position().epoch });
    expect(store.endedUncleanly).toBe(false);
  });

  it('keeps its folder and files from other users', async () => {
    const folder = join(temporaryFolder(), 'state', 'north');
    const store = await openStore(folder);
    store.log.commit({ events: [doorOpened()] });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(folder))
      expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
  });

  it('takes rights of others away from an existing file', async () => {
    const folder = temporaryFolder();
    await (await openStore(folder)).stop();
    chmodSync(join(folder, 'gatepost.db'), 0o644);
    await openStore(folder);
    expect(statSync(join(folder, 'gatepost.db')).mode & 0o777).toBe(0o600);
  });
});

describe('a store that is opened again', () => {
  it('goes on in the same epoch, with the same cursor and an intact chain', async () => {
    const folder = temporaryFolder();
    const first = await openStore(folder);
    first.log.commit({ events: [accessGranted(), doorOpened()] });
    first.outbox.advance(2);
    const before = first.outbox.position();
    await first.stop();
    const second = await openStore(folder);
    expect(second.outbox.position()).toEqual(before);
    expect(second.endedUncleanly).toBe(false);
    second.log.commit({ events: [doorOpened()] });
    const reader = openReadOnly(folder);
    const head = reader.head();
    expect(
      verifyChain(reader.rows(), { after: CHAIN_START, cover: reader.cover(), ...(head && { last: head }) }),
    ).toMatchObject({
      status: 'intact',
      rows: 4,
    });
    reader.close();
  });

  it('may be started and stopped twice without harm', async () => {
    const store = await openStore(temporaryFolder());
    await store.start(new AbortController().signal);
    await store.stop();
    await store.stop();
    expect(store.log.isWritable()).toBe(false);
    expect(() => store.log.commit({ events: [doorOpened()] })).toThrow(code('log.unavailable'));
    await store.start(new AbortController().signal);
    expect(store.log.isWritable()).toBe(true);
  });
});

describe('two processes on one store', () => {
  it('refuses the second and lets the first work on', async () => {
    const folder = temporaryFolder();
    const first = await openStore(folder);
    await expect(openStore(folder)).rejects.toThrow(code('log.busy'));
    expect(first.log.commit({ events: [doorOpened()] })).toHaveLength(1);
    await first.stop();
    await openStore(folder);
  });

  it('lets a reader read between the commits', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const reader = openReadOnly(folder);
    const seen: (number | undefined)[] = [];
    for (let round = 0; round < 20; round++) {
      store.log.commit({ events: [doorOpened()] });
      seen.push(reader.newest(1)[0]?.sequence);
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, round) => round + 2));
    const rows = reader.rows()[Symbol.iterator]();
    rows.next();
    // A reader in the middle of a walk neither blocks the writer nor sees what came later.
    store.log.commit({ events: [doorOpened()] });
    let left = 1;
    while (rows.next().done !== true) left += 1;
    expect(left).toBe(21);
    reader.close();
  });

  it('says what is missing when there is no log to read', () => {
    expect(() => openReadOnly(temporaryFolder())).toThrow(code('log.unavailable'));
  });

  it('reads a log whose daemon is stopped', async () => {
    const folder = temporaryFolder();
    await (await openStore(folder)).stop();
    const reader = openReadOnly(folder);
    expect(reader.newest(5)).toHaveLength(1);
    reader.close();
    await openStore(folder);
  });
});

describe('the schema', () => {
  const one = MIGRATIONS.slice(0, 1);
  const newest = MIGRATIONS.at(-1)?.version ?? 0;
  const next = [...MIGRATIONS, { version: newest + 1, sql: 'ALTER TABLE operator ADD COLUMN shift TEXT' }];
  const failing = [
    ...next,
    { version: newest + 2, sql: 'CREATE TABLE extra (a); INSERT INTO nowhere VALUES (1)' },
  ];

  function versionOne(): Database.Database {
    const database = new Database(join(temporaryFolder(), 'gatepost.db'));
    migrate(database, one);
    database.exec("INSERT INTO operator (name, password_hash) VALUES ('li', 'x')");
    return database;
  }

  it('moves from version 1 and keeps what is there', () => {
    const database = versionOne();
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    migrate(database, next);
    expect(database.pragma('user_version', { simple: true })).toBe(newest + 1);
    expect(database.prepare('SELECT name, role, shift FROM operator').all()).toEqual([
      { name: 'li', role: 'supervisor', shift: null },
    ]);
    migrate(database, next);
    database.close();
  });

  it('leaves nothing of a step that failed', () => {
    const database = versionOne();
    expect(() => migrate(database, failing)).toThrow();
    expect(database.pragma('user_version', { simple: true })).toBe(newest + 1);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'extra'").all()).toEqual([]);
    database.close();
  });

  it('refuses a file of a newer Gatepost, to write and to read', async () => {
    const folder = temporaryFolder();
    await (await openStore(folder)).stop();
    const database = new Database(join(folder, 'gatepost.db'));
    database.pragma('user_version = 99');
    database.close();
    await expect(openStore(folder)).rejects.toThrow(/newer Gatepost/);
    expect(() => openReadOnly(folder)).toThrow(/newer Gatepost/);
  });
});

describe('what the store keeps beside events', () => {
  it('forgets steps of passes after a day, and no sooner', async () => {
    const clock = new VirtualClock();
    const store = await openStore(temporaryFolder(), { clock });
    const remember = (passId: string) => {
      const step = Math.floor(clock.read().wallMs / 15_000);
      store.log.commit({ events: [], effects: [{ kind: 'rememberStep', passId, step }] });
      return step;
    };
    const step = remember('aa');
    clock.advance(23 * 60 * 60 * 1000);
    remember('bb');
    expect(store.passMemory.stepSeen('aa', step)).toBe(true);
    clock.advance(2 * 60 * 60 * 1000);
    remember('cc');
    expect(store.passMemory.stepSeen('aa', step)).toBe(false);
  });

  it('keeps operators', async () => {
    const folder = temporaryFolder();
    const first = await openStore(folder);
    expect(first.operators.count()).toBe(0);
    first.operators.put({ name: 'li', passwordHash: 'one', role: 'guard' });
    first.operators.put({ name: 'li', passwordHash: 'two', role: 'guard' });
    await first.stop();
    const { operators } = await openStore(folder);
    expect(operators.count()).toBe(1);
    expect(operators.find('li')).toEqual({ name: 'li', passwordHash: 'two', role: 'guard' });
    expect(operators.find("li' OR '1'='1")).toBeUndefined();
  });

  it('keeps the clock’s floor, which only grows by itself', async () => {
    const folder = temporaryFolder();
    const first = await openStore(folder);
    const kept = { floorMs: 2000, vouchedMs: 1500, timesSet: 0 };
    expect(first.clockFloor.load()).toEqual({ floorMs: 0, vouchedMs: 0, timesSet: 0 });
    expect(first.clockFloor.save(kept)).toBe(true);
    expect(first.clockFloor.save({ floorMs: 1000.5, vouchedMs: 900, timesSet: 0 })).toBe(true);
    await first.stop();
    const second = await openStore(folder);
    expect(second.clockFloor.load()).toEqual(kept);
    second.clockFloor.set(500);
    // Who has not heard of it must not save over what a person said.
    expect(second.clockFloor.save({ floorMs: 9000, vouchedMs: 9000, timesSet: 0 })).toBe(false);
    expect(second.clockFloor.load()).toEqual({ floorMs: 500, vouchedMs: 500, timesSet: 1 });
  });
});

describe('a commit that takes long', () => {
  it('is said in the log of the daemon, a quick one is not', async () => {
    const logger = new SilentLogger();
    const clock = new VirtualClock();
    let stepMs = 100;
    const stepping: Clock = {
      read: () => {
        clock.advance(stepMs);
        return clock.read();
      },
      schedule: (delayMs, run) => clock.schedule(delayMs, run),
    };
    const store = await openStore(temporaryFolder(), { clock: stepping, logger });
    expect(logger.lines).toEqual([]);
    stepMs = 300;
    store.log.commit({ events: [doorOpened()] });
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { durationMs: 300 } }]);
  });
});

describe('the queue of events', () => {
  it('gives what the file has, whatever was written since and by whom', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const steps: Readonly<Record<string, () => unknown>> = {
      one: () => store.log.commit({ events: [doorOpened()] }),
      many: () => store.log.commit({ events: Array.from({ length: 12 }, () => accessGranted()) }),
      renewal: () => store.log.renew({ epoch: store.outbox.position().epoch }),
      noted: () => store.outbox.note(store.outbox.position().lastSequence - 1),
      cursor: () => store.outbox.advance(store.outbox.position().lastSequence - 1),
      effect: () =>
        store.log.commit({
          events: [],
          effects: [{ kind: 'rememberStep', passId: '00aa', step: 105_000_000 }],
        }),
      foreign: () => {
        const other = new Database(join(folder, 'gatepost.db'));
        other.exec("INSERT OR REPLACE INTO probe VALUES (1, x'00')");
        other.close();
      },
      again: async () => {
        await store.stop();
        await store.start(new AbortController().signal);
      },
    };
    const text = (events: readonly StoredEvent[]) =>
      events.map(({ body, ...rest }) => ({ ...rest, body: Buffer.from(body).toString() }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 1, max: 12 }),
        async (names, back, limit) => {
          for (const name of names) await steps[name]?.();
          const after = Math.max(0, store.outbox.position().lastSequence - back);
          const reader = openReadOnly(folder);
          expect(text(store.outbox.readAfter(after, limit))).toEqual(text(reader.readAfter(after, limit)));
          const { publishedSequence, ...position } = store.outbox.position();
          const { publishedSequence: written, ...inFile } = reader.position();
          expect(position).toEqual(inFile);
          expect(publishedSequence).toBeGreaterThanOrEqual(written);
          reader.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  it('keeps what the broker has with the next rows, and says at once how far it is', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const written = () => {
      const reader = openReadOnly(folder);
      const { publishedSequence } = reader.position();
      reader.close();
      return publishedSequence;
    };
    const { sequence = 0 } = store.log.commit({ events: [doorOpened()] })[0] ?? {};
    store.outbox.note(sequence);
    store.outbox.note(sequence - 1);
    expect([store.outbox.position().publishedSequence, written()]).toEqual([sequence, 0]);
    expect(store.outbox.readAfter(sequence, 10)).toEqual([]);
    store.log.commit({ events: [doorOpened()] });
    expect(written()).toBe(sequence);
    store.outbox.note(sequence + 1);
    // Nothing that is not there was ever stored by anybody.
    store.outbox.note(sequence + 1000);
    store.log.commit({ events: [doorOpened()] });
    expect(written()).toBe(sequence);
    await store.stop();
    await store.start(new AbortController().signal);
    expect(store.outbox.position().publishedSequence).toBe(sequence);
    store.outbox.advance(sequence + 1);
    expect(written()).toBe(sequence + 1);
  });

  it('gives no row that somebody has changed since it was written', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const [row] = store.log.commit({ events: [doorOpened()] });
    const before = (row?.sequence ?? 0) - 1;
    expect(store.outbox.readAfter(before, 10)).toEqual([row]);
    const other = new Database(join(folder, 'gatepost.db'));
    other.prepare('UPDATE event SET body = ? WHERE sequence > ?').run(Buffer.from('{}'), before);
    other.close();
    expect(store.outbox.readAfter(before, 10)).toEqual([]);
  });
});
