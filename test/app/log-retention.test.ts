import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogSource } from '../../src/adapters/sqlite/log-source.ts';
import { verifyLog } from '../../src/core/events/verify-log.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene, siteMs } from '../support/gate/scene.ts';
import { WILLOW_COURT } from '../support/gate/willow-court.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const HOUSE = 'aaaaaaaaaaaa';

interface Row {
  readonly type: string;
  readonly dataschema: string;
  readonly time: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What would be published of all rows that are left. */
function rowsOf({ store }: RuleGate): Row[] {
  return store.outbox.readAfter(0, 100_000).map(({ body }) => JSON.parse(new TextDecoder().decode(body)));
}

function granted(gate: RuleGate): Row | undefined {
  return rowsOf(gate).find(({ type }) => type.startsWith('io.gatepost.access.granted'));
}

async function leap({ gate }: Scene, days: number): Promise<void> {
  gate.clock.holdUp(days * DAY_MS - HOUR_MS);
  await goBy(gate, 70);
}

/** Lets minutes go by, a minute of every ten whole: the thermometer talks ten times a second, and nobody is there. */
async function goBy(gate: RuleGate, minutes: number): Promise<void> {
  for (let gone = 0; gone < minutes; gone += 10) {
    gate.clock.holdUp(9 * MINUTE_MS);
    await gate.pass(MINUTE_MS);
  }
}

async function isProved({ store }: RuleGate): Promise<boolean> {
  const source = openLogSource(dirname(store.path));
  try {
    const verify = verifyLog(source, { witnesses: [] });
    for (;;) {
      const { done, value } = verify.next();
      if (done === true) return value.findings.length === 0;
    }
  } finally {
    source.close();
  }
}

/** Somebody is measured and comes in; a guard opens once. */
async function oneComesIn(court: Scene): Promise<void> {
  await court.person({ holderRef: HOUSE }).shows('in');
  await court.forehead(36.5, { room: 22 });
  await court.gate.walk();
  await court.gate.desk.give({ type: 'open', ...court.guard('Fire inspection'), accessPoint: 'main-in' });
  await court.gate.walk();
}

describe('a row of the log', () => {
  it('loses the screening, then the person, then itself, each announced before', async () => {
    const court = await Scene.opens('2020-02-24 08:20', WILLOW_COURT, { thermometer: true });
    const { gate } = court;
    await oneComesIn(court);
    const whole = granted(gate);
    expect(whole?.data).toMatchObject({ holderRef: HOUSE, screening: { outcome: 'normal' } });
    await leap(court, 2.9);
    expect(granted(gate)).toEqual(whole);
    await leap(court, 0.2);
    expect(granted(gate)?.data).toMatchObject({ holderRef: HOUSE });
    expect(granted(gate)?.data).not.toHaveProperty('screening');
    await leap(court, 10.8);
    expect(granted(gate)?.data).toMatchObject({ holderRef: HOUSE });
    await leap(court, 0.2);
    expect(granted(gate)).toMatchObject({ data: {}, time: '2020-02-24T00:00:00.000Z' });
    expect(JSON.stringify(rowsOf(gate))).not.toContain(HOUSE);
    expect(JSON.stringify(rowsOf(gate))).toContain('Fire inspection');
    const purged = gate.data('log.purged');
    expect(purged.map((data) => data.class)).toEqual(['screening', 'access']);
    // No broker has any of it.
    for (const { count, unacknowledged } of purged) {
      expect(count).toBeGreaterThan(0);
      expect(unacknowledged).toBeDefined();
    }
    expect(await isProved(gate)).toBe(true);
    await leap(court, 75.8);
    expect(granted(gate)).toBeDefined();
    // Of a reduced row only the hour is known: it ends with the first row behind it.
    await leap(court, 4);
    expect(granted(gate)).toBeUndefined();
    expect(JSON.stringify(rowsOf(gate))).toContain('Fire inspection');
    await leap(court, 91);
    expect(JSON.stringify(rowsOf(gate))).not.toContain('Fire inspection');
    expect(await isProved(gate)).toBe(true);
  });

  it('is announced once in an hour at most for each class, whoever comes', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const { gate } = court;
    for (let hour = 0; hour < 5; hour++) {
      await oneComesIn(court);
      await goBy(gate, 30);
      await oneComesIn(court);
      await goBy(gate, 30);
    }
    gate.clock.holdUp(3 * DAY_MS - 5 * HOUR_MS);
    for (let look = 0; look < 40; look++) await goBy(gate, 10);
    const times = rowsOf(gate)
      .filter(({ type }) => type.includes('log.purged'))
      .map(({ time }) => Date.parse(time));
    expect(times.length).toBeGreaterThan(3);
    for (const [at, time] of times.slice(1).entries())
      expect(time - (times[at] ?? 0)).toBeGreaterThanOrEqual(HOUR_MS);
    expect(await isProved(gate)).toBe(true);
  });

  it('stays whole while no time is confirmed, and goes once it is, although it was written years ahead', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const { gate } = court;
    const floorMs = siteMs('2020-02-24 08:00');
    gate.clock.quality = 'unsynced';
    gate.clock.kept = { floorMs, vouchedMs: floorMs };
    gate.clock.jumpTo(siteMs('2031-02-24 08:00'));
    await oneComesIn(court);
    await leap(court, 500);
    expect(granted(gate)?.data).toHaveProperty('screening');
    gate.clock.quality = 'synced';
    gate.clock.kept = undefined;
    gate.clock.jumpTo(siteMs('2020-02-25 08:00'));
    await oneComesIn(court);
    await leap(court, 2);
    expect(granted(gate)?.data).toHaveProperty('screening');
    await leap(court, 13);
    expect(JSON.stringify(rowsOf(gate))).not.toContain(HOUSE);
    expect(await isProved(gate)).toBe(true);
  });

  it('goes to the end of what was announced after a stop in the middle', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const { gate } = court;
    for (let one = 0; one < 12; one++) await oneComesIn(court);
    gate.clock.holdUp(15 * DAY_MS);
    // A turn at a time: somebody stands at the gate in between.
    while (gate.data('log.purged').length < 2) await gate.pass(110);
    await gate.stop();
    const again = await RuleGate.start(court.folder, gate.clock, WILLOW_COURT, { thermometer: true });
    await again.pass(2 * 60_000);
    expect(JSON.stringify(rowsOf(again))).not.toContain(HOUSE);
    expect(again.data('log.purged')).toHaveLength(2);
    expect(await isProved(again)).toBe(true);
    await again.stop();
  });
});
