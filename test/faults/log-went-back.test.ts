import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LogMarks } from '../../src/adapters/sqlite/log-marks.ts';
import { openReadOnly } from '../../src/adapters/sqlite/log-reader.ts';
import type { Store } from '../../src/adapters/sqlite/store.ts';
import { furthest } from '../../src/core/events/log-mark.ts';
import { doorOpened } from '../support/gate/event-samples.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { changeTables, logFiles, openStore, temporaryFolder } from '../support/store/store-folder.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

function files(folder: string): string[] {
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
}

/** What a power cut or `kill -9` leaves: the store as it lies on the disk while the gate runs, the same files. */
async function dieWith(store: Store, folder: string): Promise<void> {
  const aside = temporaryFolder();
  for (const name of files(folder)) copyFileSync(join(folder, name), join(aside, name));
  await store.stop();
  // Written back into the same files: they are not copies.
  for (const name of files(aside)) copyFileSync(join(aside, name), join(folder, name));
}

async function write(store: Store, count: number): Promise<void> {
  for (let one = 0; one < count; one++) store.log.commit({ events: [doorOpened()] });
}

function bodies(store: Store): string[] {
  return store.outbox.readAfter(0, 100_000).map(({ body }) => Buffer.from(body).toString());
}

function everything(store: Store): { epoch: string; sequence: string; id: string; type: string }[] {
  return bodies(store).map((body) => JSON.parse(body));
}

/** Every number of every epoch stands for one event, over all that was ever seen. */
function expectUnique(...seen: ReturnType<typeof everything>[]): void {
  const ids = new Map<string, string>();
  for (const { epoch, sequence, id } of seen.flat()) {
    const place = `${epoch} ${sequence}`;
    expect(ids.get(place) ?? id).toBe(id);
    ids.set(place, id);
  }
}

/** A copy of a store that was stopped, in a folder that may have another one; what only takes room stays. */
function copyLog(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(to))
    if (name !== 'reserve') rmSync(join(to, name), { recursive: true, force: true });
  for (const name of readdirSync(from))
    if (!existsSync(join(to, name))) cpSync(join(from, name), join(to, name), { recursive: true });
}

function cut(path: string, bytes: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, bytes);
  closeSync(file);
}

function overwriteTail(path: string, bytes: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, statSync(path).size - bytes);
  closeSync(file);
}

/** Each is given a store with 30 events, of which the first 10 are in `backup`, and takes something away from it. */
const goings: [string, 'lost' | 'restored', (folder: string, backup: string) => void][] = [
  [
    'an older copy of the database put in its place',
    'restored',
    (folder, backup) => copyFileSync(join(backup, 'gatepost.db'), join(folder, 'gatepost.db')),
  ],
  [
    'an older copy of all files written over them',
    'restored',
    (folder, backup) => cpSync(backup, folder, { recursive: true, preserveTimestamps: true }),
  ],
  [
    'the folder replaced by a copy of it',
    'restored',
    (folder, backup) => {
      renameSync(folder, `${folder}-before`);
      cpSync(backup, folder, { recursive: true, preserveTimestamps: true });
    },
  ],
  [
    'the folder replaced by the copy that was made of it as it is',
    'restored',
    (folder) => {
      renameSync(folder, `${folder}-before`);
      cpSync(`${folder}-before`, folder, { recursive: true, preserveTimestamps: true });
    },
  ],
  [
    'the mark taken away',
    'restored',
    (folder) => {
      for (const name of files(folder).filter((one) => one.startsWith('gatepost.mark')))
        rmSync(join(folder, name));
    },
  ],
  ['the database gone', 'lost', (folder) => rmSync(join(folder, 'gatepost.db'))],
];

/** The same for a store whose gate was killed, so that the newest 20 events are in the write-ahead log alone. */
const walGoings: [string, (wal: string) => void][] = [
  ['deleted', (wal) => rmSync(wal)],
  ['emptied', (wal) => cut(wal, 0)],
  ['cut in half', (wal) => cut(wal, Math.floor(statSync(wal).size / 2))],
  ['with its tail overwritten', (wal) => overwriteTail(wal, 4096)],
  ['with its last byte gone', (wal) => cut(wal, statSync(wal).size - 1)],
];

describe('a log that went back begins a new epoch', () => {
  async function filled(): Promise<{ folder: string; backup: string }> {
    const folder = join(temporaryFolder(), 'store');
    const backup = temporaryFolder();
    const first = await openStore(folder);
    await write(first, 10);
    await first.stop();
    cpSync(folder, backup, { recursive: true, preserveTimestamps: true });
    return { folder, backup };
  }

  it.each(goings)('%s', async (_title, cause, go) => {
    const { folder, backup } = await filled();
    const second = await openStore(folder);
    await write(second, 20);
    const before = everything(second);
    const head = second.log.head();
    await second.stop();
    go(folder, backup);

    const third = await openStore(folder);
    await write(third, 30);
    const after = everything(third);
    expectUnique(before, after);
    const reset = after.find(({ type, epoch }) => type.includes('log.reset') && epoch !== head.epoch);
    const known = go.toString().includes('mark') ? {} : { previousEpoch: head.epoch };
    expect(reset).toMatchObject({ data: { cause, ...known } });
    expect(third.outbox.position()).toMatchObject({
      epoch: reset?.epoch,
      firstSequence: Number(reset?.sequence),
    });
    await third.stop();
    // Once is enough.
    const fourth = await openStore(folder);
    expect(fourth.outbox.position().epoch).toBe(reset?.epoch);
  });

  it.each(walGoings)('the write-ahead log of a dead gate %s', async (_title, go) => {
    const { folder } = await filled();
    const second = await openStore(folder);
    await write(second, 20);
    const before = everything(second);
    await dieWith(second, folder);
    go(join(folder, 'gatepost.db-wal'));

    const third = await openStore(folder);
    await write(third, 30);
    const after = everything(third);
    expectUnique(before, after);
    expect(third.outbox.position().epoch).not.toBe(before[0]?.epoch);
    expect(after.filter(({ type }) => type.includes('log.reset'))).toHaveLength(2);
  });

  it('a gate in its first hour does not lose the whole log with its write-ahead log', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const { epoch } = store.outbox.position();
    await write(store, 5);
    await dieWith(store, folder);
    rmSync(join(folder, 'gatepost.db-wal'));
    const again = await openStore(folder);
    expect(everything(again)).toMatchObject([
      { epoch, data: { cause: 'new log' } },
      { data: { cause: 'restored', previousEpoch: epoch, previousSequence: 6 } },
    ]);
  });

  it('all the same, however often it starts: a log that did not go back keeps its epoch', async () => {
    const folder = temporaryFolder();
    const epochs = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const store = await openStore(folder);
      await write(store, 3);
      epochs.add(store.outbox.position().epoch);
      if (round % 2 === 0) await store.stop();
      else await dieWith(store, folder);
    }
    expect(epochs.size).toBe(1);
    expect(files(folder).filter((name) => name.startsWith('gatepost.mark'))).toHaveLength(1);
  });

  it('a store from before there were marks goes on', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const { epoch } = store.outbox.position();
    await store.stop();
    for (const name of files(folder).filter((one) => one.startsWith('gatepost.mark')))
      rmSync(join(folder, name));
    changeTables(join(folder, 'gatepost.db'), "DELETE FROM kept_number WHERE name = 'marked'");
    expect((await openStore(folder)).outbox.position().epoch).toBe(epoch);
  });
});

describe('the mark of the log', () => {
  /** Runs a writer until it has reported `count` commits and `afterMs` more, and kills it. */
  async function kill(folder: string, count: number): Promise<void> {
    const words = typescriptArguments('faults/log-writer.child.ts', folder, 'endless');
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    let reported = 0;
    for await (const _line of createInterface({ input: child.stdout })) {
      reported += 1;
      if (reported === count) child.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
  }

  it('is never ahead of what is committed, wherever the gate is killed', async () => {
    const folder = temporaryFolder();
    const epochs = new Set<string>();
    for (const count of [1, 2, 3, 17, 64, 200]) {
      await kill(folder, count);
      const reader = openReadOnly(folder);
      const head = reader.head();
      const { epoch } = reader.position();
      reader.close();
      const marks = new LogMarks({
        folder,
        database: join(folder, 'gatepost.db'),
        logger: new SilentLogger(),
      }).find();
      const mark = furthest(marks.marks);
      expect(marks.sameFile).toBe(true);
      expect(mark?.epoch).toBe(epoch);
      // One transaction of two events may have come to its end without its mark.
      expect((head?.sequence ?? 0) - (mark?.sequence ?? 0)).toBeGreaterThanOrEqual(0);
      expect((head?.sequence ?? 0) - (mark?.sequence ?? 0)).toBeLessThanOrEqual(2);
      epochs.add(epoch);
    }
    expect(epochs.size).toBe(1);
  });

  it('is not written for a transaction that fails', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await write(store, 3);
    const marks = new LogMarks({ folder, database: store.path, logger: new SilentLogger() });
    const before = marks.find();
    const wrong = { ...doorOpened(), timeMs: Number.NaN };
    expect(() => store.log.commit({ events: [doorOpened(), wrong] })).toThrow();
    expect(marks.find()).toEqual(before);
    expect(before.marks).toEqual([store.log.head()]);
  });

  it('waits for the end of a transaction that has more in it than the event', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const marks = new LogMarks({ folder, database: store.path, logger: new SilentLogger() });
    const list = { type: 'trust', site: 'willow-court', number: 1, issuedAt: 1, nextUpdate: 2 } as const;
    const seen: unknown[] = [];
    const stop = store.outbox.onCommitted(() => {
      const reader = openReadOnly(folder);
      seen.push(reader.head()?.sequence, marks.find().marks[0]?.sequence);
      reader.close();
    });
    store.bundles.putInForce(
      { ...list, keyId: 'a1b2c3d4', digest: '0'.repeat(64), appliedMs: 1 },
      doorOpened(),
    );
    stop();
    const { sequence } = store.log.head();
    expect(seen).toEqual([sequence, sequence]);
  });

  it('says nothing when it is not what the gate has written', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.stop();
    const name = files(folder).find((one) => one.startsWith('gatepost.mark')) ?? '';
    overwriteTail(join(folder, name), 500);
    const marks = new LogMarks({ folder, database: store.path, logger: new SilentLogger() });
    expect(marks.find().marks).toEqual([]);
    expect(existsSync(join(folder, name))).toBe(true);
  });
});

describe('a write-ahead log of a dead gate that was corrupted at random', () => {
  const ROUNDS = 120;

  it(`goes on with everything, or begins a new epoch and doubts its records, or is refused: ${ROUNDS} times`, async () => {
    const random = seededRandom(20_261_130);
    const origin = temporaryFolder();
    const store = await openStore(origin);
    await write(store, 5);
    store.log.commit({ events: [doorOpened()], effects: [{ kind: 'setOccupancy', value: 7 }] });
    const all = everything(store);
    await dieWith(store, origin);
    const wal = readFileSync(join(origin, 'gatepost.db-wal'));
    // The same files each time: copies would be doubted for that alone.
    const files = logFiles(origin);
    let [whole, behind] = [0, 0];

    for (let round = 0; round < ROUNDS; round++) {
      const path = join(origin, 'gatepost.db-wal');
      for (const name of Object.keys(logFiles(origin))) if (!(name in files)) rmSync(join(origin, name));
      for (const [name, text] of Object.entries(files)) writeFileSync(join(origin, name), text, 'latin1');
      const at = Math.floor(random() * wal.length);
      if (round % 3 === 0) cut(path, at);
      else {
        const noise = Buffer.from(Array.from({ length: round % 3 }, () => Math.floor(random() * 256)));
        const file = openSync(path, 'r+');
        writeSync(file, noise, 0, Math.min(noise.length, wal.length - at), at);
        closeSync(file);
      }
      const before = logFiles(origin);
      let opened: Store;
      try {
        opened = await openStore(origin);
      } catch (error) {
        expect(error).toMatchObject({ code: 'log.damaged' });
        expect({ ...logFiles(origin), 'gatepost.db-shm': '' }).toEqual({ ...before, 'gatepost.db-shm': '' });
        continue;
      }
      const now = everything(opened);
      const ids = new Set(now.map(({ id }) => id));
      const isWhole = all.every(({ id }) => ids.has(id));
      for (const event of now) {
        const was = all.find(({ id }) => id === event.id);
        if (was !== undefined) expect(event).toEqual(was);
      }
      // Never a state that nobody has written: what is not there is doubted.
      if (isWhole) expect(opened.holderState.occupancy()).toBe(7);
      expect(opened.records.doubtedSinceMs() === undefined, `round ${round}`).toBe(isWhole);
      if (isWhole) whole += 1;
      else behind += 1;
      await opened.stop();
    }
    expect([whole, behind].every((count) => count > ROUNDS / 20)).toBe(true);
  });
});

describe('a file that was corrupted at random', () => {
  const ROUNDS = 160;
  const PAGE = 4096;

  it(`is named and left untouched, or goes on with the events as they were written: ${ROUNDS} times`, async () => {
    const random = seededRandom(20_261_129);
    const origin = temporaryFolder();
    const store = await openStore(origin);
    for (let round = 0; round < 10; round++)
      store.log.commit({ events: Array.from({ length: 12 }, () => doorOpened()) });
    const written = new Map(bodies(store).map((body) => [body, JSON.parse(body).id]));
    const ids = new Set(written.values());
    await store.stop();
    const whole = readFileSync(join(origin, 'gatepost.db'));
    const folder = join(temporaryFolder(), 'store');
    let refused = 0;

    for (let round = 0; round < ROUNDS; round++) {
      copyLog(origin, folder);
      const path = join(folder, 'gatepost.db');
      const at = Math.floor(random() * whole.length);
      const kind = round % 4;
      if (kind === 0) cut(path, at);
      else {
        const file = openSync(path, 'r+');
        const length = kind === 1 ? 1 : kind === 2 ? PAGE : Math.floor(random() * 400) + 1;
        const place = kind === 2 ? Math.floor(at / PAGE) * PAGE : at;
        const noise = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
        writeSync(file, kind === 2 ? Buffer.alloc(PAGE) : noise, 0, length, place);
        closeSync(file);
      }
      const before = logFiles(folder);
      let opened: Store | undefined;
      try {
        opened = await openStore(folder);
      } catch (error) {
        refused += 1;
        expect(error).toMatchObject({ code: expect.stringMatching(/^log\.(damaged|empty)$/) });
        expect(error).toHaveProperty('message', expect.stringContaining(path));
        expect(logFiles(folder)).toEqual(before);
        continue;
      }
      const others = bodies(opened).filter((body) => !written.has(body));
      expect(others.filter((body) => ids.has(JSON.parse(body).id))).toEqual([]);
      await opened.stop();
    }
    expect(refused).toBeGreaterThan(ROUNDS / 3);
  });
});
