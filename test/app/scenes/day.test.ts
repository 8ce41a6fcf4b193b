import { expect, it, onTestFinished } from 'vitest';
import { siteDay } from '../../../src/core/time/site-time.ts';
import { RuleGate } from '../../support/gate/rule-gate.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

it('a day has its quarters, the times of its devices, and one review, over a restart', async () => {
  const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
  let { gate } = court;
  for (let someone = 0; someone < 3; someone++) await court.person().comesIn();
  await court.at('2020-02-24 08:20');
  await court.person().shows('out');
  await gate.pass(60_000);
  const quarters = () => gate.store.dayCounts.quarters(siteDay('2020-02-24'));
  const place = { accessPoint: 'main-in', direction: 'in' };
  expect(quarters()).toEqual([
    { ...place, quarter: 32, counted: 'granted', count: 3 },
    { quarter: 33, accessPoint: 'main-out', direction: 'out', counted: 'granted', count: 1 },
    { quarter: 33, accessPoint: 'main-out', direction: 'out', counted: 'nottaken', count: 1 },
  ]);
  const review = { type: 'review-day', operator: 'wang', date: '2020-02-24', note: 'All quiet' } as const;
  expect(gate.desk.give(review)).toMatchObject({ cause: 'day_not_over' });
  await gate.stop();
  gate = await RuleGate.start(court.folder, gate.clock, WITHOUT_THERMOMETER);
  onTestFinished(() => gate.stop());
  await gate.pass(17 * 3_600_000);
  expect(gate.days.page(undefined)).toMatchObject({ date: '2020-02-25', isOver: false, first: '2020-02-24' });
  expect(gate.days.page('2020-02-26')).toBeUndefined();
  const page = gate.days.page('2020-02-24');
  expect(page).toMatchObject({ isOver: true, quarters: 96, quarterCells: quarters() });
  expect(page?.devices.find(({ device }) => device === 'scanner:main-in')).toMatchObject({ downMs: 0 });
  const [first] = page?.devices ?? [];
  // From eight to midnight.
  expect(Math.round((first?.okMs ?? 0) / 3_600_000)).toBe(16);
  const told = gate
    .data('stats.daily')
    .map(({ date, devices }) => [date, devices?.map(({ device }) => device)]);
  expect(told).toEqual([['2020-02-24', page?.devices.map(({ device }) => device)]]);
  expect(gate.desk.give(review)).toEqual({ status: 'done' });
  expect(gate.desk.give({ ...review, operator: 'chen' })).toMatchObject({ cause: 'day_reviewed' });
  expect(gate.desk.give({ ...review, date: 'yesterday' })).toMatchObject({ cause: 'day_not_over' });
  expect(gate.days.page('2020-02-24')?.review).toMatchObject({ by: 'wang', note: 'All quiet' });
  expect(gate.data('stats.reviewed')).toEqual([{ date: '2020-02-24', operator: 'wang', note: 'All quiet' }]);
});
