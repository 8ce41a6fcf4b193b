import { expect, it, onTestFinished } from 'vitest';
import { RuleGate } from '../../support/gate/rule-gate.ts';
import { Scene, siteMs } from '../../support/gate/scene.ts';
import { WILLOW_COURT } from '../../support/gate/willow-court.ts';

it('a shift is handed over with what is open, outlives a restart, and is the next guard’s when confirmed', async () => {
  const court = await Scene.opens('2020-02-24 15:50', WILLOW_COURT);
  let { gate } = court;
  const shift = () => gate.feed.get('shift');
  const give = (order: Parameters<typeof gate.desk.give>[0]) => gate.desk.give(order);
  expect(shift()).toEqual({});
  expect(give({ type: 'take-over', operator: 'chen', atMs: null })).toEqual({ status: 'done' });
  expect(give({ type: 'take-over', operator: 'chen', atMs: null })).toMatchObject({
    cause: 'on_duty_already',
  });

  const subject = { holderRef: 'a1b2c3d4e5f6' };
  const stay = { type: 'order', kind: 'quarantine', subject, ...court.guard('Came back') } as const;
  give({ ...stay, untilMs: siteMs('2020-02-24 20:00') });
  give({ ...stay, subject: { holderRef: 'a1b2c3d4e5f7' }, untilMs: siteMs('2020-02-25 20:00') });
  give({
    type: 'visitor',
    passId: '00000000000000a1',
    label: 'Plumber',
    untilMs: siteMs('2020-02-24 18:00'),
    ...court.guard('3-502 knows'),
  });
  expect(give({ type: 'hand-over', operator: 'chen', note: 'Keys in the drawer' })).toEqual({
    status: 'done',
  });
  const open = { waiting: 0, calls: 0, alarms: 0, devices: 0, orders: 1, visitors: 1 };
  const handedOver = shift()?.handedOver;
  expect(handedOver).toMatchObject({ by: 'chen', note: 'Keys in the drawer', open });

  await gate.stop();
  gate = await RuleGate.start(court.folder, gate.clock, WILLOW_COURT);
  onTestFinished(() => gate.stop());
  expect(shift()).toMatchObject({ onDuty: { operator: 'chen' }, handedOver });
  await gate.pass(600_000);
  const taken = { type: 'take-over', operator: 'wang', atMs: handedOver?.atMs ?? 0 } as const;
  expect(give({ ...taken, atMs: taken.atMs - 1 })).toMatchObject({ cause: 'handover_changed' });
  expect(give({ ...taken, atMs: null })).toMatchObject({ cause: 'handover_changed' });
  expect(give(taken)).toEqual({ status: 'done' });
  expect(shift()).toEqual({ onDuty: { operator: 'wang', sinceMs: gate.clock.read().wallMs } });
  expect(gate.data('operator.handover')).toEqual([
    { operator: 'chen', step: 'taken' },
    { operator: 'chen', step: 'given', note: 'Keys in the drawer', open },
    { operator: 'wang', step: 'taken', from: 'chen', open },
  ]);
});
