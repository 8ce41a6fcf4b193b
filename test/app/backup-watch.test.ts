import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { noteBackup } from '../../src/adapters/sqlite/backup-book.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { BackupWatch } from '../../src/app/site/backup-watch.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { checkBackups } from '../../src/doctor/backups.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
const RECORD = { quality: 'synced', bytes: 4711, rows: 12, recipient: 'ab'.repeat(32) } as const;

async function watching(warnAfterDays: number | undefined) {
  const folder = temporaryFolder();
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const store = await openStore(folder, { clock });
  const state = new PresentState();
  const notes = new EventWriter({ log: store.log, clock, logger });
  const watch = new BackupWatch({
    book: store.backups,
    ...{ notes, clock, state, logger, gate: 'north', settings: { warnAfterDays }, everyMs: 5_000 },
  });
  onTestFinished(() => watch.stop());
  await watch.start(new AbortController().signal);
  const place = { folder, clock, logger };
  const events = () => store.log.recent(['storage.backup'], 9);
  return { folder, clock, store, state, place, events };
}

describe('the watch over backups', () => {
  it('makes one event of what a command has noted, of the time of the backup', async () => {
    const { clock, store, place, events } = await watching(30);
    const atMs = clock.read().wallMs - 60_000;
    noteBackup(place, { ...RECORD, atMs });
    expect(events()).toEqual([]);
    await clock.advance(20_000);
    expect(events()).toMatchObject([{ timeMs: atMs }]);
    const [event] = events();
    const { quality: _, ...data } = RECORD;
    expect(JSON.parse(new TextDecoder().decode(event?.body))).toMatchObject({ subject: 'north', data });
    expect(store.backups.untold()).toEqual([]);
    expect(store.backups.last()).toMatchObject({ atMs });
  });

  it('tells how old the last one is, and when a new one is due', async () => {
    const { clock, state, place } = await watching(2);
    expect(state.backup.values).toEqual([{ isDue: true }]);
    const atMs = clock.read().wallMs;
    noteBackup(place, { ...RECORD, atMs });
    await clock.advance(5_000);
    expect(state.backup.values).toEqual([{ lastMs: atMs, isDue: false }]);
    await clock.advance(2 * DAY_MS + 5_000);
    expect(state.backup.values).toEqual([{ lastMs: atMs, isDue: true }]);
  });

  it('says nothing where no backups are asked for, but of one that was made', async () => {
    const { clock, state, place } = await watching(undefined);
    expect(state.backup.values).toEqual([]);
    const atMs = clock.read().wallMs - 400 * DAY_MS;
    noteBackup(place, { ...RECORD, atMs });
    await clock.advance(5_000);
    expect(state.backup.values).toEqual([{ lastMs: atMs, isDue: false }]);
  });

  it('removes the copy that a killed command has left', async () => {
    const { folder, clock } = await watching(30);
    writeFileSync(join(folder, 'gatepost.db.copy'), 'half');
    await clock.advance(5_000);
    expect(existsSync(join(folder, 'gatepost.db.copy'))).toBe(false);
  });
});

describe('doctor', () => {
  const nowMs = Date.UTC(2027, 0, 31);
  const look = (recipient: string | undefined, lastMs?: number, problem?: string) =>
    checkBackups(
      { recipient, warnAfterDays: 30, problemOf: async () => problem, lastMs: () => lastMs },
      nowMs,
    );

  it('is silent where no backups are asked for', async () => {
    expect(await look(undefined)).toEqual([]);
  });

  it.each([
    ['there is none', undefined, undefined, 'warn', /no backup of the store yet/],
    ['it is old', nowMs - 31 * DAY_MS, undefined, 'warn', /2026-12-31, 31 days ago/],
    ['it is of today', nowMs - 1, undefined, 'ok', /2027-01-30, 0 days ago/],
    ['the key is wrong', nowMs, 'is no age public key', 'warn', /no backup can be made/],
  ] as const)('says so where %s', async (_, lastMs, problem, grade, text) => {
    expect(await look('age1…', lastMs, problem)).toMatchObject([
      { grade, text: expect.stringMatching(text) },
    ]);
  });
});
