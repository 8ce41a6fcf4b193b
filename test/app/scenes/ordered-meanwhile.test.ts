import { describe, expect, it } from 'vitest';
import { invited, phone } from '../../support/gate/invited.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { Scene } from '../../support/gate/scene.ts';

const HOUSE = 'a1b2c3d4e5f6';

describe('what is ordered while somebody is measured holds for this person too', () => {
  it.each([
    ['resident', 'suspension'],
    ['guest', 'suspension'],
    ['guest', 'quarantine'],
  ] as const)('a %s, %s', async (who, kind) => {
    const rules = {
      guests: { count: 2, days: 7, confirm: 'host' },
      kinds: { resident: {}, visitor: {} },
      screening: { direction: { in: 'enforce', out: 'enforce' }, kinds: {} },
    } as const;
    const scene = await Scene.opens('2020-02-24 08:30', policy({ normal: rules }), { thermometer: true });
    const host = scene.person({ holderRef: HOUSE, holderKey: phone });
    const alone = scene.person({ holderRef: HOUSE });
    await (who === 'guest' ? host.shows('in', invited(scene, host.card)) : alone.shows('in'));
    await scene.later(4);
    const opened = scene.gate.actuator.pulses.length;
    const order = {
      type: 'order',
      ...scene.guard('Told by the office'),
      kind,
      subject: { holderRef: HOUSE },
    } as const;
    expect(scene.gate.desk.give(order).status).toBe('done');
    await scene.later(4);
    await scene.forehead(36.4, { room: 22 });
    expect(scene.gate.actuator.pulses).toHaveLength(opened);
    expect(scene.gate.data('access.granted')).toEqual([]);
  });
});

it('a guest who waits goes in once the guard has entered and confirmed this visit', async () => {
  const rules = {
    guests: { count: 2, days: 7, confirm: 'guard' },
    kinds: { resident: {}, visitor: { registration: 'confirmed' } },
  } as const;
  const scene = await Scene.opens('2020-02-24 08:30', policy({ normal: rules }));
  const host = scene.person({ holderRef: HOUSE, holderKey: phone });
  await host.shows('in', invited(scene, host.card));
  await scene.later(3);
  const passId = scene.gate.data('access.requested')[0]?.passId ?? '';
  const untilMs = scene.gate.clock.read().wallMs + 3_600_000;
  const by = scene.guard('By phone');
  expect(scene.gate.desk.give({ type: 'visitor', ...by, passId, label: 'Li', untilMs }).status).toBe('done');
  expect(scene.gate.desk.give({ type: 'confirm-host', ...by, passId }).status).toBe('done');
  await scene.gate.pass(300);
  expect(scene.says()).toBe('Granted');
});
