import { describe, expect, it } from 'vitest';
import { DecisionBoard } from '../../src/app/board/decision-board.ts';
import type { Given } from '../../src/core/desk/guard-order.ts';
import type { DeskAnswer } from '../../src/ports/guard-desk.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene } from '../support/gate/scene.ts';

const ROOM = { room: 22 };
const RULES = policy({
  normal: {
    kinds: { resident: {}, visitor: { registration: 'confirmed' } },
    screening: { direction: { in: 'enforce', out: 'off' }, kinds: { visitor: 'off' } },
    antiPassback: { mode: 'hard' },
  },
});
const AT = { accessPoint: 'main-in' } as const;
const CHEN = { ...AT, operator: 'chen', note: 'Knows her' };
const LI = { ...AT, operator: 'li', note: 'Neighbour' };

const opens = () => Scene.opens('2020-02-24 08:00', RULES, { thermometer: true });

/** What the guard's page shows on the card of the way in. */
function shown({ gate }: Scene): string {
  const passage = gate.feed.get('passage/main-in')?.passage;
  if (passage === undefined) throw new Error('the card shows nobody');
  return passage;
}

/** Somebody whom the thermometer cannot measure waits for the guard. */
async function waits(court: Scene): Promise<string> {
  await court.person().shows('in');
  await court.forehead(24.5, { room: -13 });
  expect(court.says()).toBe('Wait');
  return shown(court);
}

function heard(answer: DeskAnswer): object | undefined {
  return answer.status === 'refused' ? (answer.already ?? {}) : undefined;
}

describe('two guards who order about the same person', () => {
  it('open once: the second hears who did it', async () => {
    const court = await opens();
    const passage = await waits(court);
    expect(court.gate.desk.give({ type: 'open', ...CHEN, passage })).toEqual({ status: 'done' });
    expect(court.gate.desk.give({ type: 'open', ...LI, passage })).toEqual({
      status: 'refused',
      detail: 'chen has let this person in already.',
      already: { operator: 'chen', action: 'open' },
    });
    expect(court.gate.actuator.pulses).toHaveLength(1);
    expect(court.gate.data('access.granted')).toHaveLength(1);
    expect(court.gate.data('operator.override')).toMatchObject([{ operator: 'chen', passage }]);
  });

  it.each<[string, (court: Scene) => Promise<unknown>]>([
    ['while the person walks', async (court) => court.gate.walk()],
    ['after the gate is idle again', async (court) => court.later(60)],
  ])('open once, %s too', async (_when, then) => {
    const court = await opens();
    const passage = await waits(court);
    court.gate.desk.give({ type: 'open', ...CHEN, passage });
    await court.gate.walk();
    await then(court);
    expect(heard(court.gate.desk.give({ type: 'open', ...LI, passage }))).toEqual({
      operator: 'chen',
      action: 'open',
    });
    expect(heard(court.gate.desk.give({ type: 'refuse', ...LI, passage }))).toEqual({
      operator: 'chen',
      action: 'open',
    });
    expect(court.gate.actuator.pulses).toHaveLength(1);
  });

  it('open once for somebody who has shown nothing, though the door is shut again', async () => {
    const court = await opens();
    expect(court.gate.desk.give({ type: 'open', ...CHEN, passage: null })).toEqual({ status: 'done' });
    await court.gate.walk();
    expect(heard(court.gate.desk.give({ type: 'open', ...LI, passage: null }))).toEqual({
      operator: 'chen',
      action: 'open',
    });
    expect(court.gate.actuator.pulses).toHaveLength(1);
    const another = { passage: null, another: true } as const;
    expect(court.gate.desk.give({ type: 'open', ...LI, ...another })).toEqual({ status: 'done' });
    await court.gate.walk();
    expect(court.gate.desk.give({ type: 'open', ...LI, passage: null })).toEqual({ status: 'done' });
    await court.gate.walk();
    await court.later(10);
    expect(court.gate.desk.give({ type: 'open', ...CHEN, passage: null })).toEqual({ status: 'done' });
  });

  it('are not held up by an opening that opened nothing', async () => {
    const court = await opens();
    court.gate.actuator.stuck = true;
    expect(court.gate.desk.give({ type: 'open', ...CHEN, passage: null })).toMatchObject({
      cause: 'not_opened',
    });
    court.gate.actuator.stuck = false;
    await court.later(2);
    expect(court.gate.desk.give({ type: 'open', ...LI, passage: null })).toEqual({ status: 'done' });
  });

  it('hear of a refusal, which only a guard who has seen it overrules', async () => {
    const court = await opens();
    const passage = await waits(court);
    expect(court.gate.desk.give({ type: 'refuse', ...CHEN, passage })).toEqual({ status: 'done' });
    for (const order of ['open', 'refuse'] as const)
      expect(heard(court.gate.desk.give({ type: order, ...LI, passage }))).toEqual({
        operator: 'chen',
        action: 'refuse',
      });
    expect(court.gate.actuator.pulses).toEqual([]);
    await court.later(6);
    expect(court.gate.desk.give({ type: 'open', ...LI, passage, overrule: true })).toEqual({
      status: 'done',
    });
    expect(court.gate.actuator.pulses).toHaveLength(1);
  });

  it('hear of a measurement that has just begun, and may decide once they have seen it', async () => {
    const court = await opens();
    const passage = await waits(court);
    expect(court.gate.desk.give({ type: 'measure', ...CHEN, passage })).toEqual({ status: 'done' });
    for (const order of ['open', 'measure', 'refuse'] as const)
      expect(heard(court.gate.desk.give({ type: order, ...LI, passage }))).toEqual({
        operator: 'chen',
        action: 'measure',
      });
    await court.later(6);
    expect(court.gate.desk.give({ type: 'open', ...LI, passage })).toEqual({ status: 'done' });
  });

  it('hear of one after a refusal, which is a passage of its own', async () => {
    const court = await opens();
    await court.person().shows('in');
    for (const pause of [11, 0]) {
      await court.forehead(37.9, ROOM);
      await court.later(pause);
    }
    const passage = shown(court);
    expect(court.gate.desk.give({ type: 'measure', ...CHEN, passage })).toEqual({ status: 'done' });
    expect(heard(court.gate.desk.give({ type: 'open', ...LI, passage, overrule: true }))).toEqual({
      operator: 'chen',
      action: 'measure',
    });
    expect(court.gate.actuator.pulses).toEqual([]);
  });

  it('let one person in who has shown nothing, not two, unless it is said to be another', async () => {
    const court = await opens();
    expect(court.gate.desk.give({ type: 'open', ...CHEN, passage: null })).toEqual({ status: 'done' });
    expect(heard(court.gate.desk.give({ type: 'open', ...LI, passage: null }))).toEqual({
      operator: 'chen',
      action: 'open',
    });
    expect(heard(court.gate.desk.give({ type: 'open', ...LI }))).toEqual({
      operator: 'chen',
      action: 'open',
    });
    const more: Given<'open'> = { type: 'open', ...LI, passage: shown(court), another: true };
    expect(court.gate.desk.give(more)).toEqual({ status: 'done' });
    expect(heard(court.gate.desk.give({ ...more, operator: 'chen' }))).toEqual({
      operator: 'li',
      action: 'open',
    });
    expect(court.gate.actuator.pulses).toHaveLength(2);
  });
});

describe('an order for somebody else than who stands there now', () => {
  it('opens nothing for who came after the page was read', async () => {
    const court = await opens();
    await court.person().shows('in');
    for (const passage of [null, 'a-passage-of-long-ago'])
      expect(court.gate.desk.give({ type: 'open', ...CHEN, passage })).toMatchObject({ status: 'refused' });
    expect(court.gate.actuator.pulses).toEqual([]);
    expect(court.gate.data('operator.override')).toEqual([]);
  });

  it.each(['open', 'refuse', 'measure'] as const)('%s says that a passage is over', async (order) => {
    const court = await opens();
    const passage = await waits(court);
    await court.later(20 * 60);
    const answer = court.gate.desk.give({ type: order, ...CHEN, passage });
    expect(answer).toMatchObject({ status: 'refused', detail: expect.stringMatching(/over|show the pass/) });
    expect(court.gate.actuator.pulses).toEqual([]);
  });

  it('is told that the gate itself has opened meanwhile', async () => {
    const court = await opens();
    await court.person().shows('in');
    const passage = shown(court);
    await court.forehead(36.4, ROOM);
    expect(court.says()).toBe('Granted');
    expect(court.gate.desk.give({ type: 'open', ...CHEN, passage })).toMatchObject({
      detail: 'The gate itself has let this person in already.',
      already: { operator: 'auto', action: 'open' },
    });
    expect(court.gate.actuator.pulses).toHaveLength(1);
  });
});

describe('somebody who was refused and is let in when the card is idle again', () => {
  async function refused(court: Scene, card = {}): Promise<string> {
    const person = court.person({ label: 'Wang', holderRef: '0a1b2c3d4e5f', ...card });
    await person.shows('in');
    await court.forehead(37.9, ROOM);
    await court.later(11);
    await court.forehead(37.9, ROOM);
    const passage = shown(court);
    await court.later(30);
    expect(court.gate.feed.get('passage/main-in')).toMatchObject({ feedback: 'Idle' });
    return passage;
  }

  it('is named in the log and on the screen, with the reason, and has the way in used up', async () => {
    const court = await opens();
    const passage = await refused(court);
    const order = { ...CHEN, passage, overrule: true, note: 'Measured by hand' };
    expect(court.gate.desk.give({ type: 'open', ...order })).toEqual({ status: 'done' });
    const [denied] = court.gate.data('access.denied');
    const [granted] = court.gate.data('access.granted');
    expect(granted).toMatchObject({
      passage,
      passId: denied?.passId,
      holderRef: '0a1b2c3d4e5f',
      decidedBy: 'chen',
      recognition: 'guard',
    });
    expect(court.gate.data('operator.override')).toMatchObject([
      { action: 'open', passage, note: order.note },
    ]);
    const line = { passage, label: 'Wang', note: order.note, passId: denied?.passId, decidedBy: 'chen' };
    expect(court.gate.feed.get('decisions')).toMatchObject([
      { ...line, decision: 'Granted', passageState: 'pending' },
      { passage, decision: 'Denied', decidedBy: 'auto', passageState: 'none' },
    ]);
    await court.gate.walk();
    expect(court.gate.feed.get('decisions')).toMatchObject([
      { decision: 'Granted', passageState: 'taken' },
      { decision: 'Denied', passageState: 'none' },
    ]);
    await court.later(20);
    expect(court.gate.show('in', { passId: denied?.passId ?? '', holderRef: '0a1b2c3d4e5f' })).toMatchObject({
      granted: false,
      data: { reasons: expect.arrayContaining(['gp:AntipassbackViolation']) },
    });
  });

  it('has name and reason on the screen after a restart too', async () => {
    const court = await opens();
    const passage = await refused(court);
    court.gate.desk.give({ type: 'open', ...CHEN, passage, overrule: true });
    await court.gate.walk();
    await court.gate.stop();
    const next = await RuleGate.start(court.folder, court.gate.clock, RULES, { thermometer: true });
    new DecisionBoard(next.state).restore(next.store.log, next.store.holders);
    expect(next.feed.get('decisions')).toMatchObject([
      { passage, decision: 'Granted', holderRef: '0a1b2c3d4e5f', note: CHEN.note, passageState: 'taken' },
      { passage, decision: 'Denied', passageState: 'none' },
    ]);
    await next.stop();
  });

  it('may be let in once more when the door was not pushed in time', async () => {
    const court = await opens();
    const passage = await refused(court);
    for (let i = 0; i < 2; i += 1) {
      expect(court.gate.desk.give({ type: 'open', ...CHEN, passage, overrule: true })).toEqual({
        status: 'done',
      });
      await court.later(30);
    }
    expect(court.gate.store.holderState.occupancy()).toBe(0);
    court.gate.desk.give({ type: 'open', ...CHEN, passage, overrule: true });
    await court.gate.walk();
    expect(court.gate.store.holderState.occupancy()).toBe(1);
    expect(court.gate.data('access.nottaken')).toHaveLength(2);
  });

  it('waits until nobody else is attended to', async () => {
    const court = await opens();
    const passage = await refused(court);
    await court.person().shows('in');
    expect(court.gate.desk.give({ type: 'open', ...CHEN, passage, overrule: true })).toMatchObject({
      status: 'refused',
    });
    expect(court.gate.actuator.pulses).toEqual([]);
  });
});

describe('a visitor whose host is confirmed', () => {
  const until = (court: Scene) => court.gate.clock.read().wallMs + 3_600_000;

  async function registered(court: Scene) {
    const guest = court.person({ kind: 'visitor' });
    const { passId = '' } = guest.card;
    const { accessPoint: _, ...chen } = CHEN;
    court.gate.desk.give({ type: 'visitor', ...chen, passId, label: 'Aunt', untilMs: until(court) });
    await guest.shows('in');
    expect(court.says()).toBe('GuardCalled');
    return { passId, passage: shown(court) };
  }

  it('goes in without showing the pass again', async () => {
    const court = await opens();
    const { passId, passage } = await registered(court);
    expect(
      court.gate.desk.give({ type: 'confirm-host', operator: 'chen', note: 'rang 3-502', passId, passage }),
    ).toEqual({
      status: 'done',
    });
    expect(court.says()).toBe('Granted');
    expect(court.gate.data('access.granted')).toMatchObject([{ passId, passage, decidedBy: 'auto' }]);
    expect(court.gate.data('operator.override').at(-1)).toMatchObject({
      action: 'confirm-host',
      passId,
      passage,
    });
  });

  it('does not go in when the wait is over or a guard has turned them away: the card is shown again', async () => {
    const late = await opens();
    const visit = await registered(late);
    await late.later(61);
    const court = await opens();
    const { passId } = await registered(court);
    court.gate.desk.give({ type: 'refuse', ...CHEN });
    for (const [scene, visitor] of [
      [late, visit.passId],
      [court, passId],
    ] as const) {
      scene.gate.desk.give({ type: 'confirm-host', operator: 'chen', note: 'rang 3-502', passId: visitor });
      expect(scene.gate.actuator.pulses).toEqual([]);
      await scene.later(5);
      expect(scene.gate.show('in', { passId: visitor, kind: 'visitor' })).toMatchObject({ granted: true });
    }
  });

  it('is confirmed once: the second guard hears by whom', async () => {
    const court = await opens();
    const { passId } = await registered(court);
    court.gate.desk.give({ type: 'confirm-host', operator: 'chen', note: 'rang 3-502', passId });
    expect(
      heard(court.gate.desk.give({ type: 'confirm-host', operator: 'li', note: 'rang 3-502', passId })),
    ).toEqual({
      operator: 'chen',
      action: 'confirm-host',
    });
    expect(court.gate.data('visitor.registered').filter(({ confirmed }) => confirmed)).toHaveLength(1);
  });
});
