import { describe, expect, it, onTestFinished } from 'vitest';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene } from '../support/gate/scene.ts';

const CHEN = { operator: 'chen', note: 'Reader is being cleaned' };
const RULES = policy({
  normal: { kinds: { resident: {}, emergency: {}, visitor: { registration: 'confirmed' } } },
  festival: { gate: 'open' },
});

const opens = () => Scene.opens('2020-02-24 08:00', RULES);
const give = ({ gate }: Scene, type: 'enable' | 'disable', accessPoint = 'main-in') =>
  gate.desk.give({ type, ...CHEN, accessPoint });
const pointIn = ({ state }: RuleGate) => state.accessPoints.values.find(({ id }) => id === 'main-in');

describe('an access point out of service', () => {
  it('lets nobody through, says so on its screen, and has the order and the refusal on record', async () => {
    const court = await opens();
    const sinceMs = court.gate.clock.read().wallMs;
    expect(give(court, 'disable')).toEqual({ status: 'done' });
    expect(court.says()).toBe('Disabled');
    expect(court.says('out')).toBe('Idle');
    await court.person().shows('in');
    expect(court.says()).toBe('gp:GateMode');
    expect(court.gate.actuator.pulses).toEqual([]);
    await court.later(15);
    expect(court.says()).toBe('Disabled');
    expect(court.gate.data('operator.override')).toEqual([
      { operator: 'chen', action: 'disable', accessPoint: 'main-in', note: CHEN.note },
    ]);
    expect(court.gate.data('accesspoint.enabled')).toEqual([
      { accessPoint: 'main-in', enabled: false, by: 'chen', note: CHEN.note },
    ]);
    expect(court.gate.data('access.denied')).toMatchObject([
      { reason: 'gp:GateMode', accessPoint: 'main-in' },
    ]);
    expect(pointIn(court.gate)).toMatchObject({
      enabled: false,
      outOfService: { sinceMs, by: 'chen', note: CHEN.note },
    });
  });

  it('leaves the other way through the door as it was, and works again once it is put back', async () => {
    const court = await opens();
    give(court, 'disable');
    const lan = court.person();
    await lan.goesOut();
    expect(court.gate.data('access.granted')).toHaveLength(1);
    expect(give(court, 'enable')).toEqual({ status: 'done' });
    expect(court.says()).toBe('Idle');
    await lan.comesIn();
    expect(court.gate.data('access.granted')).toHaveLength(2);
    expect(pointIn(court.gate)).toEqual({ id: 'main-in', door: 'main', direction: 'in', enabled: true });
  });

  it('may be a way out, too', async () => {
    const court = await opens();
    give(court, 'disable', 'main-out');
    await court.person().shows('out');
    expect(court.says('out')).toBe('gp:GateMode');
  });

  it('opens for an emergency, and by the hand of the guard', async () => {
    const court = await opens();
    give(court, 'disable');
    await court.person({ kind: 'emergency' }).comesIn();
    expect(court.gate.actuator.pulses).toHaveLength(1);
    await court.later(20);
    const order = { type: 'open', ...CHEN, accessPoint: 'main-in', passage: null } as const;
    expect(court.gate.desk.give(order)).toEqual({ status: 'done' });
    expect(court.gate.actuator.pulses).toHaveLength(2);
  });

  it('counts nobody where the level holds the gate open', async () => {
    const court = await opens();
    court.gate.desk.give({ type: 'level', ...CHEN, level: 'festival' });
    give(court, 'disable');
    expect(court.says()).toBe('Disabled');
    expect(court.gate.prompts.at('main-out')).toMatchObject({ message: 'HeldOpen' });
    await court.person().shows('in');
    expect(court.says()).toBe('gp:GateMode');
    const day = court.gate.store.holderState;
    expect(day.openCounts(18_316)).toEqual([]);
  });

  it('stays so over a restart, and as it is again after the next', async () => {
    const court = await opens();
    give(court, 'disable');
    give(court, 'disable', 'main-out');
    give(court, 'enable', 'main-out');
    const before = pointIn(court.gate);
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, RULES);
    onTestFinished(() => next.stop());
    expect(pointIn(next)).toEqual(before);
    expect(next.prompts.at('main-in')?.feedback).toBe('Disabled');
    expect(next.prompts.at('main-out')?.feedback).toBe('Idle');
    expect(next.show('in', {})?.data.reason).toBe('gp:GateMode');
  });

  it('is taken out once and put back once', async () => {
    const court = await opens();
    expect(give(court, 'enable')).toMatchObject({ status: 'refused', cause: 'in_service_already' });
    give(court, 'disable');
    expect(give(court, 'disable')).toMatchObject({ status: 'refused', cause: 'out_of_service_already' });
    expect(give(court, 'disable', 'side')).toMatchObject({ status: 'refused', cause: 'no_such_place' });
    expect(court.gate.data('accesspoint.enabled')).toHaveLength(1);
    expect(court.gate.data('operator.override')).toHaveLength(1);
  });
});
