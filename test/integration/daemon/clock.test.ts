import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { databasePath } from '../../../src/adapters/sqlite/database.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { EventWatch, type ReceivedEvent } from '../../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { openStore } from '../../support/store/store-folder.ts';

const DAY_S = 86_400;
const TEN_YEARS_MS = 9.5 * 365 * DAY_S * 1000;
const STORY_MS = 120_000;

needs('mosquitto', 'socat')('a daemon whose clock is wrong', () => {
  let broker: Mosquitto;
  let events: EventWatch;
  let gate: TestGate;

  beforeEach(async () => {
    broker = await Mosquitto.start();
    events = await EventWatch.start(broker.url);
    gate = await TestGate.set({ mqttUrl: broker.url, screening: 'off', releaseSeconds: 0.2 });
    setClock(0);
  });
  afterEach(async () => {
    await gate?.dispose();
    await events?.stop();
    await broker?.stop();
  });

  const shiftFile = () => join(gate.folder, 'shift');
  const storeFolder = () => join(gate.folder, 'store');
  const setClock = (shiftMs: number) => writeFileSync(shiftFile(), String(shiftMs));
  const start = async (): Promise<void> => {
    events.mark();
    const preload = pathToFileURL('test/support/clock/shifted-clock.mjs').href;
    await gate.start({ env: { SHIFTED_CLOCK: shiftFile(), NODE_OPTIONS: `--import ${preload}` } });
    await events.next('device.clock');
  };
  const restart = async (): Promise<void> => {
    await gate.daemon.kill('SIGTERM');
    await start();
  };
  const quality = async (wanted: string): Promise<void> => {
    await events.until((all) =>
      all.some(({ name, data }) => name === 'device.clock' && data.quality === wanted),
    );
  };
  const shows = async (pass: Parameters<typeof issuePass>[0], answer: string): Promise<ReceivedEvent> => {
    events.mark();
    gate.show(issuePass(pass).text);
    return events.next(answer);
  };
  const resident = () => ({ expiresAt: Math.floor(Date.now() / 1000) + 300 * DAY_S });
  const isPresent = ({ event }: ReceivedEvent) =>
    expect(event.time.slice(0, 4)).toBe(String(new Date().getUTCFullYear()));
  /** Lets whoever went through be gone, so that the next one is not turned away. */
  const goes = async (): Promise<void> => {
    gate.setDoor('open');
    await events.next('access.taken');
    gate.setDoor('closed');
    await events.until((all) => all.some(({ data }) => data.state === 'Closed'));
    await gate.level.changes.until((levels) => levels.at(-1) === '0');
  };
  const counts = (): number => {
    const database = new Database(databasePath(storeFolder()), { readonly: true });
    try {
      return (
        database.prepare<[], { all: number }>('SELECT sum(count) AS "all" FROM day_count').get()?.all ?? 0
      );
    } finally {
      database.close();
    }
  };
  const command = async (...words: string[]): Promise<{ code: number; said: string }> => {
    const line = ['dist/src/cli/gatepost.js', 'clock', ...words, '--config', gate.config];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, line);
      return { code: 0, said: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, said: stdout + stderr };
    }
  };

  it(
    'goes on as if nothing had been after minutes in another decade, over restarts',
    async () => {
      await start();
      await shows(resident(), 'access.granted');
      await goes();
      const before = counts();
      events.mark();
      setClock(TEN_YEARS_MS);
      await quality('unsynced');
      isPresent(await shows({ ...resident(), kind: 'emergency' }, 'access.granted'));
      await goes();
      const asked = await shows(resident(), 'access.requested');
      isPresent(asked);
      expect(asked.data.reasons).toEqual(['gp:ClockUntrusted']);
      await restart();
      expect((await events.next('device.clock')).data.quality).toBe('unsynced');
      setClock(0);
      await quality('holdover');
      isPresent(await shows(resident(), 'access.granted'));
      await goes();
      await restart();
      isPresent(await shows(resident(), 'access.granted'));
      expect(counts()).toBeGreaterThan(before);
      expect((await command()).code).toBe(0);
    },
    STORY_MS,
  );

  it(
    'calls the guard for everybody while its floor is wrong, until a person lowers it',
    async () => {
      const store = await openStore(storeFolder());
      const wrongMs = Date.now() + TEN_YEARS_MS;
      store.clockFloor.save({ floorMs: wrongMs, vouchedMs: wrongMs, timesSet: 0 });
      await store.stop();
      await start();
      expect((await events.next('device.clock')).data.quality).toBe('unsynced');
      const asked = await shows({ ...resident(), kind: 'emergency' }, 'access.requested');
      expect(asked.data.reasons).toEqual(['CredentialExpired']);
      expect(await command()).toMatchObject({ code: 1, said: expect.stringMatching(/gatepost clock lower/) });
      expect(await command('confirm')).toMatchObject({
        code: 2,
        said: expect.stringMatching(/behind the floor/),
      });
      expect(await command('lower')).toMatchObject({ code: 2, said: expect.stringMatching(/--confirm/) });
      events.mark();
      expect(await command('lower', '--confirm')).toMatchObject({ code: 0 });
      await quality('holdover');
      const lowered = events.recent.find(({ data }) => data.floor !== undefined);
      expect(lowered?.data.by).toEqual(expect.any(String));
      // It went on while the gate ran.
      expect(Date.parse(lowered?.data.previousFloor)).toBeGreaterThanOrEqual(Math.floor(wrongMs));
      expect(Date.parse(lowered?.data.floor)).toBeLessThanOrEqual(Date.now());
      await restart();
      isPresent(await shows(resident(), 'access.granted'));
      expect(await command('lower', '--confirm')).toMatchObject({ code: 2 });
    },
    STORY_MS,
  );

  it(
    'revives nothing when it is set back, and asks the guard',
    async () => {
      await start();
      await shows(resident(), 'access.granted');
      await goes();
      const over = { expiresAt: Math.floor(Date.now() / 1000) - 10 };
      await shows(over, 'access.denied');
      setClock(-DAY_S * 1000);
      await quality('unsynced');
      await gate.daemon.kill('SIGKILL');
      await start();
      const asked = await shows(over, 'access.requested');
      expect(asked.data.reasons).toEqual(['CredentialExpired', 'gp:ClockUntrusted']);
    },
    STORY_MS,
  );
});
