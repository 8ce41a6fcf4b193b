import { describe, expect, it } from 'vitest';
import { siteDay } from '../../../src/core/time/site-time.ts';
import { Scene, siteMs } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const HOUSE_12 = 'a1b2c3d4e5f6';

describe('who came back from another province', () => {
  it('stays at home for 14 days: refused on day 13, let through on day 15', async () => {
    const court = await Scene.opens('2020-02-10 18:00', WITHOUT_THERMOMETER);
    const returner = court.person({ holderRef: HOUSE_12 });
    expect(await returner.comesIn()).toBe('Granted');
    court.gate.desk.give({
      type: 'order',
      ...court.guard('Came by train from Wuhan'),
      kind: 'quarantine',
      subject: { holderRef: HOUSE_12 },
      untilMs: siteMs('2020-02-24 00:00'),
    });

    await court.at('2020-02-22 09:00');
    court.gate.desk.give({ type: 'report', ...court.guard('36.5 by telephone'), holderRef: HOUSE_12 });
    expect(court.gate.feed.get('orders')).toMatchObject([{ kind: 'quarantine', reportsToday: 1 }]);
    expect(await returner.goesOut()).toBe('gp:QuarantineOrder');
    await court.at('2020-02-23 20:00');
    expect(await returner.goesOut()).toBe('gp:QuarantineOrder');
    await court.at('2020-02-24 09:00');
    expect(await returner.goesOut()).toBe('Granted');
  });
});

describe('as the weeks go by', () => {
  it('the level goes from strict to normal to open, which holds the gate and keeps counts only', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const { gate } = court;
    const wang = court.person({ holderRef: HOUSE_12 });
    const zhao = court.person({ holderRef: HOUSE_12 });
    expect(await wang.goesOut()).toBe('Granted');
    expect(await zhao.goesOut()).toBe('gp:QuotaExceeded');
    const levels = () => gate.data('access.granted').map(({ policy }) => policy?.level);
    expect(levels()).toEqual(['strict']);

    await court.at('2020-03-20 08:00');
    gate.desk.give({ type: 'level', ...court.guard('No case for four weeks'), level: 'normal' });
    expect(await wang.goesOut()).toBe('Granted');
    expect(await zhao.goesOut()).toBe('Granted');
    // Of the first one the log keeps after two weeks that it was, and in which hour.
    expect(levels()).toEqual([undefined, 'normal', 'normal']);

    await court.at('2020-04-08 08:00');
    gate.desk.give({ type: 'level', ...court.guard('The checkpoint goes, the care stays'), level: 'open' });
    expect(gate.door.mode).toBe('LockedOpen');
    const written = gate.store.outbox.position().lastSequence;
    for (const neighbour of [wang, zhao, wang, zhao, wang, zhao]) {
      expect(await neighbour.shows('out')).toBe('Granted');
      await court.later(20);
    }
    expect(gate.store.outbox.position().lastSequence).toBe(written);
    expect(gate.store.dayCounts.cells(siteDay('2020-04-08'))).toEqual([
      { accessPoint: 'main-out', direction: 'out', counted: 'open', count: 6 },
    ]);
    expect(gate.data('policy.applied')).toMatchObject([
      { level: 'normal', previous: { level: 'strict' }, by: 'chen' },
      { level: 'open', previous: { level: 'normal' }, by: 'chen' },
    ]);

    // The day ends with a count, whatever the level; a handful of people is not told apart.
    await court.at('2020-04-09 00:05');
    expect(gate.data('stats.daily')).toMatchObject([
      { date: '2020-02-24', counts: [{ counted: 'denied' }, { counted: 'granted', count: '<5' }] },
      { date: '2020-03-20', counts: [{ counted: 'granted', of: 'resident', count: '<5' }] },
      { date: '2020-04-08', counts: [{ accessPoint: 'main-out', counted: 'open', count: 6 }] },
    ]);
  });
});
