import { expect, it } from 'vitest';
import { Upkeep, type UpkeepSettings } from '../../src/app/desk/upkeep.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { isGatepostError } from '../../src/core/errors.ts';
import type { ExportOrder, UpkeepCommands } from '../../src/ports/upkeep.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { KEPT } from '../support/gate/retention-settings.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
const NEVER = new AbortController().signal;
const FOUND = [{ check: 'power', grade: 'ok', text: 'Neither under-voltage nor throttling.' }] as const;

/** What a test ends by hand. */
function pending<T>() {
  let done!: (value: T) => void;
  let failed!: (error: Error) => void;
  const promise = new Promise<T>((resolve, reject) => {
    [done, failed] = [resolve, reject];
  });
  return { promise, done, failed };
}

/** Commands that end when the test says so. */
class Commands implements UpkeepCommands {
  readonly ordered: unknown[] = [];
  doctor = pending<typeof FOUND>();
  copy = pending<string>();
  signal = NEVER;
  examine(signal: AbortSignal) {
    this.signal = signal;
    this.ordered.push('examine');
    return this.doctor.promise;
  }
  backup(folder: string) {
    this.ordered.push(folder);
    return this.copy.promise;
  }
  async *export(order: ExportOrder) {
    this.ordered.push(order);
    yield new TextEncoder().encode('sequence\n');
    yield new TextEncoder().encode('1\n');
  }
}

async function upkeep(backup: Partial<UpkeepSettings['backup']> = {}) {
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const store = await openStore(temporaryFolder(), { clock });
  const commands = new Commands();
  const { screeningMs, accessMs, operatorMs, reducedMs } = KEPT;
  const desk = new Upkeep({
    ...{ commands, store, clock, logger },
    notes: new EventWriter({ log: store.log, clock, logger }),
    settings: {
      gate: 'north',
      backup: { hasRecipient: true, folder: '/media/backup', warnAfterDays: 30, ...backup },
      keptMs: { screening: screeningMs, access: accessMs, operator: operatorMs, ended: reducedMs },
      standDown: { site: 'willow-court', commands: [] },
    },
  });
  await desk.start(NEVER);
  const recorded = () =>
    store.log
      .recent(['operator.upkeep'], 9)
      .map(({ body }) => JSON.parse(new TextDecoder().decode(body)))
      .map(({ subject, data }) => ({ subject, ...data }));
  return { clock, store, desk, commands, recorded };
}

it('tells how much there is, since when, and what of it ends next', async () => {
  const { desk, store, clock } = await upkeep();
  const atMs = clock.read().wallMs;
  store.log.commit({ events: [accessGranted({}, atMs), accessGranted({}, atMs)] });
  clock.advance(DAY_MS);
  const { storage, backup } = desk.view();
  const { lastSequence } = store.outbox.position();
  expect(storage).toMatchObject({ rows: lastSequence, sinceMs: atMs });
  expect(storage.bytes).toBeGreaterThan(4_096);
  expect(storage.freeBytes).toBeLessThanOrEqual(storage.sizeBytes ?? 0);
  const nextOf = Object.fromEntries((storage.ends ?? []).map(({ part, nextMs }) => [part, nextMs]));
  expect(nextOf).toEqual({
    screening: atMs + KEPT.screeningMs,
    access: atMs + KEPT.accessMs,
    operator: atMs + KEPT.operatorMs,
    ended: undefined,
  });
  expect(backup).toEqual({ folder: '/media/backup', warnAfterDays: 30 });
  clock.quality = 'unsynced';
  expect(desk.view().storage).not.toHaveProperty('ends');
});

it('puts a backup on record before it begins, makes one at a time, and tells how it ended', async () => {
  const { desk, commands, recorded, clock } = await upkeep();
  expect(desk.backup('Li Mei')).toBe('done');
  expect(recorded()).toEqual([{ subject: 'north', operator: 'Li Mei', act: 'backup' }]);
  expect(desk.backup('Li Mei')).toBe('busy');
  expect(desk.view().backup.run).toEqual({ state: 'running', sinceMs: clock.read().wallMs });
  clock.advance(60_000);
  commands.copy.failed(new Error('There is no room for it.'));
  await settle();
  const atMs = clock.read().wallMs;
  expect(desk.view().backup.run).toEqual({ state: 'failed', atMs, detail: 'There is no room for it.' });
  commands.copy = pending();
  expect(desk.backup('Wang Fang')).toBe('done');
  commands.copy.done('/media/backup/x.age: 1.0 MiB');
  await settle();
  expect(desk.view().backup.run).toEqual({ state: 'done', atMs, detail: '/media/backup/x.age: 1.0 MiB' });
  expect(commands.ordered).toEqual(['/media/backup', '/media/backup']);
  expect(recorded()).toHaveLength(2);
});

it.each([
  [{ hasRecipient: false }, 'recipient'],
  [{ folder: undefined }, 'folder'],
  [{ hasRecipient: false, folder: undefined }, 'recipient'],
] as const)('makes none with %o, and says what is lacking', async (backup, lacks) => {
  const { desk, commands, recorded } = await upkeep(backup);
  expect(desk.view().backup).toMatchObject({ lacks });
  expect(desk.backup('Li Mei')).toBe('lacking');
  expect([commands.ordered, recorded()]).toEqual([[], []]);
});

it('does nothing that it cannot put on record', async () => {
  const { desk, commands, store } = await upkeep();
  await store.stop();
  const refusals = [() => desk.backup('Li Mei'), () => desk.export({ format: 'csv' }, 'Li Mei', NEVER)];
  for (const order of refusals) expect(order).toThrow(/log/);
  expect(commands.ordered).toEqual([]);
});

it('gives the log away on record, one file at a time, until nobody takes it any more', async () => {
  const { desk, commands, recorded } = await upkeep();
  const order = { format: 'csv', from: '2020-02-01', to: '2020-02-23' } as const;
  const taken = async (rows: AsyncIterable<Uint8Array> | 'busy') => {
    if (rows === 'busy') return rows;
    const pieces: Uint8Array[] = [];
    for await (const piece of rows) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  const gone = new AbortController();
  const first = desk.export(order, 'Li Mei', gone.signal);
  expect(recorded()).toEqual([{ subject: 'north', operator: 'Li Mei', act: 'export', ...order }]);
  expect(desk.export(order, 'Wang Fang', NEVER)).toBe('busy');
  expect(recorded()).toHaveLength(1);
  gone.abort();
  const second = desk.export({ format: 'jsonl' }, 'Wang Fang', new AbortController().signal);
  expect(await taken(second)).toBe('sequence\n1\n');
  expect(await taken(desk.export(order, 'Wang Fang', NEVER))).toBe('sequence\n1\n');
  expect(first).not.toBe('busy');
  expect(commands.ordered).toEqual([{ format: 'jsonl' }, order]);
  const wrong = () => desk.export({ ...order, from: '2020-03-01' }, 'Li Mei', NEVER);
  expect(wrong).toThrow(expect.toSatisfy((error: unknown) => isGatepostError(error, 'usage')));
  expect(recorded()).toHaveLength(3);
});

it('examines once at a time, and ends what runs with the gate', async () => {
  const { desk, commands, clock } = await upkeep();
  expect(desk.examine()).toBe('done');
  expect(desk.examine()).toBe('busy');
  commands.doctor.done(FOUND);
  await settle();
  expect(desk.view().doctor).toEqual({ state: 'done', atMs: clock.read().wallMs, findings: FOUND });
  commands.doctor = pending();
  expect(desk.examine()).toBe('done');
  await desk.stop();
  expect(commands.signal.aborted).toBe(true);
});
