import { describe, expect, it } from 'vitest';
import { Uuid7 } from '../../../src/adapters/sqlite/uuid7.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted } from '../../support/gate/event-samples.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2020, 1, 24, 12);
const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
const hourly = () => new Uuid7(undefined, HOUR_MS);

function isGrowing(ids: readonly string[]): boolean {
  return ids.every((id, at) => at === 0 || (ids[at - 1] ?? '') < id);
}

describe('ids of rows', () => {
  it('tell the hour alone, and grow through more rows than an hour has', () => {
    const made = hourly();
    const ids = Array.from({ length: 100_000 }, (_, at) => made.next(NOON + at * 36));
    expect(new Set(ids.map(timeOf))).toEqual(new Set([NOON]));
    expect(isGrowing(ids)).toBe(true);
    for (const id of ids.slice(0, 50))
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(timeOf(made.next(NOON + HOUR_MS + 1))).toBe(NOON + HOUR_MS);
  });

  it('go on behind those of an earlier process, also where the clock went back', () => {
    const before = hourly();
    const ids = Array.from({ length: 5_000 }, () => before.next(NOON + 60_000));
    for (const nowMs of [NOON + 61_000, NOON - 9 * HOUR_MS]) {
      const after = hourly();
      after.continueAfter(ids.at(-1) ?? '');
      expect(isGrowing([...ids, after.next(nowMs), after.next(nowMs)])).toBe(true);
    }
  });

  it('go on behind an id with an exact time, as rows had them before', () => {
    const exact = new Uuid7().next(NOON + 1_234_567);
    const after = hourly();
    after.continueAfter(exact);
    expect(isGrowing([exact, after.next(NOON + 1_234_568), after.next(NOON + 1_234_569)])).toBe(true);
  });

  it('take nothing from what is no id', () => {
    const made = hourly();
    for (const text of ['', 'hello', '0170761a-a007-4000-8000-000000000000']) made.continueAfter(text);
    expect(timeOf(made.next(NOON))).toBe(NOON);
  });

  it('grow over a restart of the store within the hour; its epoch has the exact time', async () => {
    const folder = temporaryFolder();
    const clock = new VirtualClock(NOON + 754_321);
    const ids: string[] = [];
    for (let run = 0; run < 3; run++) {
      const store = await openStore(folder, { clock });
      store.log.commit({ events: Array.from({ length: 20 }, () => accessGranted()) });
      const rows = store.outbox.readAfter(0, 100);
      ids.splice(0, ids.length, ...rows.map(({ body }) => JSON.parse(new TextDecoder().decode(body)).id));
      expect(timeOf(store.outbox.position().epoch)).toBe(NOON + 754_321);
      await store.stop();
    }
    expect([ids.length, isGrowing(ids)]).toEqual([61, true]);
    expect(new Set(ids.map(timeOf))).toEqual(new Set([NOON]));
  });
});
