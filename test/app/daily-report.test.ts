import { describe, expect, it } from 'vitest';
import { siteDay } from '../../src/core/time/site-time.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene, siteMs } from '../support/gate/scene.ts';
import { WILLOW_COURT, WITHOUT_THERMOMETER } from '../support/gate/willow-court.ts';

const DAY = siteDay('2020-02-24');

describe('the counts of a day', () => {
  it('say who was let through, who was not and why, and what foreheads said', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const { gate } = court;
    await court.person().shows('in');
    await court.forehead(36.5, { room: 22 });
    await court.later(30);
    await court
      .person({ kind: 'worker', expiresAt: Math.floor(siteMs('2020-02-24 08:00') / 1000) })
      .comesIn();
    await gate.desk.give({ type: 'open', ...court.guard('Fire inspection'), accessPoint: 'main-in' });
    await gate.walk();
    const cell = { accessPoint: 'main-in', direction: 'in', count: 1 };
    expect(gate.store.dayCounts.cells(DAY)).toEqual([
      { ...cell, counted: 'denied', of: 'CredentialExpired' },
      { ...cell, counted: 'granted', of: 'guard' },
      { ...cell, counted: 'granted', of: 'resident' },
      { ...cell, counted: 'nottaken' },
      { ...cell, counted: 'screening', of: 'normal' },
    ]);
  });

  it('are reported once, after midnight of the site, and below five only as somebody', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    for (let someone = 0; someone < 5; someone++) await court.person().comesIn();
    await court.person().goesOut();
    await court.at('2020-02-24 23:59');
    expect(court.gate.data('stats.daily')).toEqual([]);
    await court.at('2020-02-25 00:02');
    const { gate } = court;
    const counted = 'granted';
    expect(gate.data('stats.daily')).toMatchObject([
      {
        date: '2020-02-24',
        counts: [
          { accessPoint: 'main-in', direction: 'in', counted, of: 'resident', count: 5 },
          { accessPoint: 'main-out', direction: 'out', counted, of: 'resident', count: '<5' },
        ],
        peaks: [{ direction: 'in', from: '2020-02-24T00:00:00.000Z', count: 5 }],
      },
    ]);
    await court.at('2020-02-26 12:00');
    expect(gate.data('stats.daily')).toHaveLength(1);
  });

  it('of days that ended while the gate was off are reported when it is on again, once', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    await court.person().comesIn();
    await court.gate.stop();
    court.gate.clock.advance(3 * 86_400_000);
    for (const start of [1, 2]) {
      const again = await RuleGate.start(court.folder, court.gate.clock, WITHOUT_THERMOMETER);
      expect([start, again.data('stats.daily').length]).toEqual([start, 1]);
      await again.stop();
    }
  });

  it('wait for a clock that can be believed', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    await court.person().comesIn();
    court.gate.clock.quality = 'unsynced';
    await court.at('2020-02-25 08:00');
    expect(court.gate.data('stats.daily')).toEqual([]);
    court.gate.clock.quality = 'synced';
    await court.later(61);
    expect(court.gate.data('stats.daily')).toMatchObject([{ date: '2020-02-24' }]);
  });

  it('are neither reported nor erased by a date that may be taken back, or that nobody stands for', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    await court.person().comesIn();
    let { gate } = court;
    const openedMs = gate.clock.read().wallMs;
    const twoYearsMs = openedMs + 2 * 366 * 86_400_000;
    for (const [kept, reported, left] of [
      // In another year, which has not settled.
      [{ floorMs: openedMs, vouchedMs: openedMs }, 0, 1],
      // By a battery clock that nobody compared.
      [{ floorMs: twoYearsMs, vouchedMs: 0 }, 1, 1],
      [{ floorMs: twoYearsMs, vouchedMs: twoYearsMs }, 1, 0],
    ] as const) {
      await gate.stop();
      gate.clock.jumpTo(twoYearsMs);
      gate.clock.kept = kept;
      gate = await RuleGate.start(court.folder, gate.clock, WITHOUT_THERMOMETER);
      expect([gate.data('stats.daily').length, gate.store.dayCounts.days().length]).toEqual([reported, left]);
    }
    await gate.stop();
  });

  it('are kept for a year', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    let { gate } = court;
    await court.person().comesIn();
    for (const [days, left] of [
      [366, [DAY]],
      [1, []],
    ] as const) {
      await gate.stop();
      gate.clock.jumpTo(gate.clock.read().wallMs + days * 86_400_000);
      gate = await RuleGate.start(court.folder, gate.clock, WITHOUT_THERMOMETER);
      expect(gate.store.dayCounts.days()).toEqual(left);
    }
    await gate.stop();
  });
});
