import { expect, it, onTestFinished } from 'vitest';
import { signMusterReceipt } from '../../../src/core/report/muster-receipt.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';
import { RuleGate } from '../../support/gate/rule-gate.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

it('a fire freezes who is inside; people are ticked at the reader and by hand, over a restart, and the list goes in its time', async () => {
  const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
  let { gate } = court;
  const view = () => gate.feed.get('muster');
  const people = Array.from({ length: 4 }, () => court.person());
  for (const one of people) await one.comesIn();
  await people[0]?.goesOut();
  await gate.desk.give({ type: 'open', ...court.guard('Fire inspection'), accessPoint: 'main-in' });
  await gate.walk();
  await gate.pass(60_000);
  expect(view()).toBeUndefined();

  // The door is free before the list is made.
  const turns: string[] = [];
  gate.state.doors.follow(({ fire, released }) => void (fire === true && turns.push(`door ${released}`)));
  gate.state.muster.follow(() => void turns.push('list'));
  gate.inputs.fire.is('Open');
  await gate.pass(1_000);
  expect(turns.indexOf('list')).toBeGreaterThan(turns.indexOf('door true'));
  expect(turns[0]).toMatch('door');
  expect(view()).toMatchObject({ number: 1, cause: 'fire', people: 3, ticked: 0 });
  expect(gate.data('muster.started')).toEqual([
    {
      ...{ muster: 1, cause: 'fire', people: 3, counted: 4 },
      ...{ inUnnamed: 1, outUnnamed: 0, whileOpen: 0, long: 0, doubted: false },
    },
  ]);
  expect(gate.desk.give({ type: 'begin-muster', ...court.guard('Again') })).toMatchObject({
    cause: 'muster_on',
  });

  // Whoever comes out shows the pass in passing: ticked once; who is not on the list changes nothing.
  await people[1]?.shows('out');
  await people[1]?.shows('out');
  await people[0]?.shows('out');
  await court.person().shows('out');
  const tick = (line: number, here = true) =>
    gate.desk.give({ type: 'tick-muster', operator: 'chen', muster: 1, line, here });
  expect([tick(2), tick(2), tick(4)]).toMatchObject([
    { status: 'done' },
    { status: 'done' },
    { cause: 'muster_over' },
  ]);
  expect(view()).toMatchObject({ people: 3, ticked: 2 });

  await gate.stop();
  gate = await RuleGate.start(court.folder, gate.clock, WITHOUT_THERMOMETER);
  onTestFinished(() => gate.stop());
  gate.inputs.fire.is('Open');
  await gate.pass(1_000);
  expect(view()).toMatchObject({ number: 1, people: 3, ticked: 2 });
  const sheet = gate.muster.look('wang');
  expect(sheet?.people.map(({ line, accessPoint, kind }) => [line, accessPoint, kind])).toEqual(
    [1, 2, 3].map((line) => [line, 'main-in', 'resident']),
  );
  expect(sheet?.ticks.map(({ line, by, at }) => [line, by ?? at])).toEqual([
    [1, 'main-out'],
    [2, 'chen'],
  ]);
  expect(JSON.stringify(sheet)).not.toContain('passId');
  expect(gate.data('operator.lookup')).toEqual([{ operator: 'wang', of: 'muster', muster: 1 }]);
  tick(2, false);
  tick(3);
  expect(gate.muster.ticks()?.ticks.map(({ line }) => line)).toEqual([1, 3]);

  // The guard ends it while the alarm goes on; the same alarm makes no second list.
  const end = {
    type: 'end-muster',
    operator: 'chen',
    muster: 1,
    note: 'Two are here, one is in hospital',
  } as const;
  expect(gate.desk.give(end)).toEqual({ status: 'done' });
  expect([tick(2), gate.desk.give(end)]).toMatchObject([{ cause: 'muster_over' }, { cause: 'muster_over' }]);
  expect(gate.data('muster.ended')).toEqual([
    { muster: 1, by: 'chen', people: 3, ticked: 2, note: end.note },
  ]);
  await gate.pass(23 * 3_600_000);
  gate.inputs.fire.is('Closed');
  await gate.pass(1_000);
  expect(gate.muster.look('wang')?.people).toHaveLength(3);
  await gate.pass(3_600_000 + 60_000);
  expect(gate.store.musters.lines(1)).toEqual([]);
  const erased = gate.muster.look('wang');
  expect([erased?.people, erased?.ticks]).toEqual([[], []]);
  expect(erased?.receipt).toEqual(
    signMusterReceipt(
      {
        ...{ site: 'c42', gate: 'north', muster: 1, cause: 'fire', people: 3, ticked: 2 },
        startedAt: new Date(erased?.muster.startedMs ?? 0).toISOString(),
        endedAt: new Date(erased?.muster.endedMs ?? 0).toISOString(),
        erasedAt: new Date(erased?.muster.erasedMs ?? 0).toISOString(),
      },
      testSigner('phone'),
    ),
  );
  expect(gate.data('muster.erased')).toMatchObject([{ muster: 1, people: 3, ticked: 2 }]);

  // The next alarm makes the next list, and who ends nothing is not forgotten.
  gate.inputs.fire.is('Open');
  await gate.pass(1_000);
  // One of the three has gone out with the pass since.
  expect(view()).toMatchObject({ number: 2, people: 2, ticked: 0 });
  await gate.pass(24 * 3_600_000 + 60_000);
  expect(gate.data('muster.ended')[1]).toEqual({ muster: 2, by: 'auto', people: 2, ticked: 0 });
});
