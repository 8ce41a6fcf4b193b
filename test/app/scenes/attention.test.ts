import { describe, expect, it, onTestFinished } from 'vitest';
import { PASS_FLAGS } from '../../../src/core/pass/pass.ts';
import { RuleGate } from '../../support/gate/rule-gate.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WILLOW_COURT, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const CHEN = { operator: 'chen' };
/** The lock-out of the sample rules lasts a minute. */
const LOCK_OUT_S = 60;

const opens = () => Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
const items = (gate: RuleGate) => gate.feed.get('attention') ?? [];
const kinds = (gate: RuleGate) => items(gate).map(({ kind }) => kind);
const seen = (gate: RuleGate) => gate.data('operator.override').filter(({ action }) => action === 'seen');

async function lockOut(court: Scene): Promise<void> {
  for (const guess of ['one', 'two', 'three', 'four', 'five']) {
    await court.person().shows('in', `GP1:${guess}`);
    await court.later(7);
  }
}

describe('what called for the guard', () => {
  it('leaves the list when a guard has seen it; the log keeps who, when and what', async () => {
    const court = await opens();
    await court.person({ kind: 'emergency' }).comesIn();
    await court.person({ flags: PASS_FLAGS.duress }).comesIn();
    expect(kinds(court.gate)).toEqual(['duress', 'emergency']);
    const [duress] = items(court.gate);
    expect(court.gate.desk.give({ type: 'seen', ...CHEN, id: duress?.id ?? '' })).toEqual({ status: 'done' });
    expect(kinds(court.gate)).toEqual(['emergency']);
    expect(seen(court.gate)).toEqual([
      { ...CHEN, action: 'seen', accessPoint: 'main-in', passage: duress?.passage, item: 'duress' },
    ]);
  });

  it('is marked once, whoever is first', async () => {
    const court = await opens();
    await court.person({ kind: 'emergency' }).comesIn();
    const [{ id } = { id: '' }] = items(court.gate);
    court.gate.desk.give({ type: 'seen', ...CHEN, id });
    expect(court.gate.desk.give({ type: 'seen', operator: 'li', id }).status).toBe('refused');
    expect(seen(court.gate)).toMatchObject([CHEN]);
  });

  it('is still there after a restart, and what was seen is not', async () => {
    const court = await opens();
    await court.person({ kind: 'emergency' }).comesIn();
    await court.person({ flags: PASS_FLAGS.duress }).comesIn();
    const before = items(court.gate);
    court.gate.desk.give({
      type: 'seen',
      ...CHEN,
      id: before.find(({ kind }) => kind === 'emergency')?.id ?? '',
    });
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, WITHOUT_THERMOMETER);
    expect(items(next)).toEqual(before.filter(({ kind }) => kind === 'duress'));
    await next.stop();
  });

  it('is not forgotten because many others passed before the restart', async () => {
    const court = await opens();
    await court.person({ flags: PASS_FLAGS.duress }).comesIn();
    const before = items(court.gate);
    for (let i = 0; i < 600; i += 1) await court.person().comesIn();
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, WITHOUT_THERMOMETER);
    expect(items(next)).toEqual(before);
    await next.stop();
  });

  it('is not called up again by a restart when it was seen before many orders', async () => {
    const court = await opens();
    await court.person({ flags: PASS_FLAGS.duress }).comesIn();
    court.gate.desk.give({ type: 'seen', ...CHEN, id: items(court.gate)[0]?.id ?? '' });
    for (let i = 0; i < 600; i += 1) {
      court.gate.desk.give({ type: 'open', ...CHEN, accessPoint: 'main-in', note: 'a bus came' });
      await court.gate.walk();
      await court.gate.pass(20_000);
    }
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, WITHOUT_THERMOMETER);
    expect(items(next)).toEqual([]);
    await next.stop();
  });

  it('stays as long as a lock-out lasts, and after it until somebody has seen that there was one', async () => {
    const court = await opens();
    await lockOut(court);
    const order = { ...CHEN, id: 'lockOut:main-in' };
    expect(court.gate.desk.give({ type: 'seen', ...order }).status).toBe('refused');
    expect(items(court.gate)).toMatchObject([{ kind: 'lockOut' }]);
    await court.later(LOCK_OUT_S);
    expect(items(court.gate)).toMatchObject([{ kind: 'lockOut', over: true }]);
    expect(court.gate.desk.give({ type: 'seen', ...order })).toEqual({ status: 'done' });
    expect(items(court.gate)).toEqual([]);
    expect(seen(court.gate)).toMatchObject([{ accessPoint: 'main-in', item: 'lockOut' }]);
  });

  it('keeps a lock-out above any number of things that are over', async () => {
    const court = await opens();
    await lockOut(court);
    for (let ambulance = 0; ambulance < 25; ambulance += 1)
      await court.person({ kind: 'emergency' }).shows('in');
    expect(kinds(court.gate).filter((kind) => kind === 'emergency')).toHaveLength(20);
    expect(items(court.gate).filter(({ id }) => id === 'lockOut:main-in')).toHaveLength(1);
  });
});

describe('what needs a person', () => {
  const MEASURED = { thermometer: true } as const;
  const restarted = async (court: Scene, rules = WITHOUT_THERMOMETER, options = {}) => {
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, rules, options);
    onTestFinished(() => next.stop());
    return next;
  };

  it('is a person with a fever whom nobody attended to, long after the refusal has left the screen', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, MEASURED);
    const person = court.person();
    await person.shows('in');
    await court.forehead(38.4, { room: 21 });
    await court.later(12);
    await court.forehead(38.4, { room: 21 });
    await court.later(120);
    expect(kinds(court.gate)).toEqual(['elevated']);
    const [item] = items(court.gate);
    expect(item?.passage).toBe(court.gate.data('access.denied').at(-1)?.passage);
    expect(kinds(await restarted(court, WILLOW_COURT, MEASURED))).toEqual(['elevated']);
  });

  it('is a door that was forced or stood open for too long, after it was shut', async () => {
    const court = await opens();
    court.gate.contact.is('Open');
    await court.later(1);
    expect(kinds(court.gate)).toEqual([]);
    court.gate.contact.is('Closed');
    await court.later(1);
    expect(items(court.gate)).toMatchObject([{ id: 'forced:main', kind: 'forced', accessPoint: 'main' }]);
    await court.person().shows('in');
    court.gate.contact.is('Open');
    await court.later(60);
    court.gate.contact.is('Closed');
    await court.later(1);
    expect(kinds(court.gate)).toEqual(['heldOpen', 'forced']);
    court.gate.desk.give({ type: 'seen', ...CHEN, id: 'heldOpen:main' });
    expect(seen(court.gate)).toEqual([{ ...CHEN, action: 'seen', door: 'main', item: 'heldOpen' }]);
    expect(kinds(await restarted(court))).toEqual(['forced']);
  });

  it('is a door that was still forced when the gate went down', async () => {
    const court = await opens();
    court.gate.contact.is('Open');
    await court.later(1);
    expect(kinds(await restarted(court))).toEqual(['forced']);
  });

  it('is a scanner or thermometer that went away, also after it came back', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, MEASURED);
    court.gate.sensors.forehead.powerOff();
    await court.later(5);
    expect(items(court.gate)).toMatchObject([
      { id: 'device-thermometer:main-in', kind: 'device', role: 'thermometer', accessPoint: 'main-in' },
    ]);
    await court.later(600);
    expect(items(court.gate)).toHaveLength(1);
    court.gate.sensors.forehead.powerOn();
    await court.later(5);
    expect(items(court.gate)).toMatchObject([{ kind: 'device', over: true }]);
    court.gate.desk.give({ type: 'seen', ...CHEN, id: 'device-thermometer:main-in' });
    expect(items(court.gate)).toEqual([]);
    expect(seen(court.gate)).toMatchObject([{ accessPoint: 'main-in', item: 'device', role: 'thermometer' }]);
  });

  it('is somebody whom no guard answered', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, MEASURED);
    court.gate.sensors.forehead.powerOff();
    await court.later(5);
    expect(await court.person().shows('in')).toBe('GuardCalled');
    await court.later(120);
    expect(kinds(court.gate)).toEqual(['unanswered', 'device']);
    const reasons = ['gp:TemperatureSensorFault', 'gp:GuardTimeout'];
    const [timeout] = court.gate.data('access.timeout');
    expect(timeout).toMatchObject({ passage: court.gate.data('access.requested')[0]?.passage, reasons });
    expect(timeout).not.toHaveProperty('decision');
    expect(court.gate.data('access.denied')).toMatchObject([{ decision: 'Denied', reasons }]);
  });

  it('never makes room for anything else, however many rows passed before a restart', async () => {
    const court = await opens();
    await court.person({ flags: PASS_FLAGS.duress }).comesIn();
    court.gate.contact.is('Open');
    await court.later(1);
    court.gate.contact.is('Closed');
    await court.later(1);
    for (let i = 0; i < 30; i += 1) await court.person({ kind: 'emergency' }).shows('in');
    for (let i = 0; i < 600; i += 1)
      court.gate.desk.give({ type: 'occupancy', ...CHEN, value: i, note: 'counted' });
    const counted = (gate: RuleGate) =>
      items(gate)
        .filter(({ kind }) => kind === 'emergency')
        .reduce((sum, { count = 1 }) => sum + count, 0);
    expect(kinds(court.gate)).toEqual(expect.arrayContaining(['duress', 'forced']));
    expect(counted(court.gate)).toBe(30);
    const next = await restarted(court);
    expect(kinds(next)).toEqual(expect.arrayContaining(['duress', 'forced']));
    expect(counted(next)).toBe(30);
    expect(items(next).filter(({ kind }) => kind === 'emergency')).toHaveLength(20);
  });
});
