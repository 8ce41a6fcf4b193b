import { describe, expect, it } from 'vitest';
import type { PushPerson } from '../../src/core/access/vocabulary.ts';
import { policy } from '../support/gate/policy-samples.ts';
import type { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene } from '../support/gate/scene.ts';
import { failed, ScriptedPush } from '../support/push/scripted-push.ts';

const RULES = policy({ normal: { kinds: { resident: {}, visitor: { registration: 'confirmed' } } } });
const CHEN = { operator: 'chen' };

async function opens() {
  const phones = { first: new ScriptedPush(), second: new ScriptedPush() };
  const times = { first: 5_000, second: 60_000 };
  const court = await Scene.opens('2020-02-24 03:00', RULES, { push: { senders: phones, times } });
  return { court, gate: court.gate, ...phones };
}

const told = ({ gate }: { gate: RuleGate }) =>
  gate.data('attention.notified').map(({ to, outcome, needs }) => `${to} ${outcome} ${needs}`);
const phone = ({ state }: RuleGate, person: PushPerson) =>
  state.devices.values.find(({ id }) => id === `push:${person}`);
const items = ({ state }: RuleGate) => (state.attention.values[0] ?? []).map(({ id }) => id);

describe('a guard who is away from the desk', () => {
  it('is told of a call after some seconds, and the second person after a minute, once each', async () => {
    const away = await opens();
    const { court, gate, first, second } = away;
    gate.assist.take('main-in', 'call', true);
    await court.later(4);
    expect(first.asked).toBe(0);
    await court.later(1);
    expect([first.asked, second.asked]).toEqual([1, 0]);
    await court.later(54);
    expect([first.asked, second.asked]).toEqual([1, 0]);
    await court.later(1);
    expect([first.asked, second.asked]).toEqual([1, 1]);
    await court.later(400);
    expect([first.asked, second.asked]).toEqual([1, 1]);
    expect(told(away)).toEqual(['first sent 1', 'second sent 1']);
    expect(JSON.stringify(gate.data('attention.notified'))).not.toMatch(/main-in|chen|assist/);
  });

  it('is not told of what was answered in time, nor is the second', async () => {
    const { court, gate, first, second } = await opens();
    gate.assist.take('main-in', 'call', true);
    await court.later(3);
    gate.desk.give({ type: 'answer-assist', ...CHEN, accessPoint: 'main-in', answer: 'coming' });
    await court.later(100);
    expect([first.asked, second.asked]).toEqual([0, 0]);
    await court.person({ kind: 'emergency' }).comesIn();
    expect(first.asked).toBe(1);
    gate.desk.give({ type: 'seen', ...CHEN, id: items(gate)[0] ?? '' });
    await court.later(100);
    expect([first.asked, second.asked]).toEqual([1, 0]);
  });

  it('is told of a person who waits, and the second though that person has given up', async () => {
    const { court, gate, first, second } = await opens();
    const visitor = court.person({ kind: 'visitor' });
    const { passId = '' } = visitor.card;
    const untilMs = gate.clock.read().wallMs + 3_600_000;
    gate.desk.give({ type: 'visitor', ...CHEN, passId, label: 'Mr Liu', untilMs, note: 'Rang' });
    expect(await visitor.shows('in')).toBe('GuardCalled');
    await court.later(6);
    expect([first.asked, second.asked]).toEqual([1, 0]);
    await court.later(60);
    expect(items(gate).some((id) => id.startsWith('unanswered:'))).toBe(true);
    expect([first.asked, second.asked]).toEqual([1, 1]);
  });

  it('is told of a door in alarm, once, also when it is over and nobody has seen it', async () => {
    const { court, gate, first, second } = await opens();
    gate.contact.is('Open');
    await court.later(7);
    gate.contact.is('Closed');
    await court.later(4);
    expect(items(gate)).toEqual(['forced:main']);
    await court.later(100);
    expect([first.asked, second.asked]).toEqual([1, 1]);
  });

  it('gets one message for all that comes within twenty seconds', async () => {
    const away = await opens();
    const { court, gate, first } = away;
    gate.assist.take('main-in', 'call', true);
    await court.later(6);
    gate.assist.take('main-out', 'call', true);
    await court.person({ kind: 'emergency' }).shows('in');
    await court.later(12);
    expect(first.asked).toBe(1);
    await court.later(10);
    expect(first.asked).toBe(2);
    expect(told(away)).toEqual(['first sent 1', 'first sent 2']);
  });
});

describe('a notifier that fails', () => {
  it('is tried again; the second is told at once; guard and servers see it', async () => {
    const away = await opens();
    const { court, gate, first, second } = away;
    first.health = { status: 'sent' };
    first.answer = failed('push.unreachable');
    gate.assist.take('main-in', 'call', true);
    await court.later(5);
    await court.later(3);
    expect([first.asked, second.asked]).toEqual([2, 0]);
    await court.later(5);
    await court.later(1);
    expect([first.asked, second.asked]).toEqual([3, 1]);
    expect(phone(gate, 'first')).toMatchObject({
      role: 'push',
      status: 'missing',
      cause: 'push.unreachable',
    });
    expect(items(gate)).toContain('device-push:first');
    await court.later(500);
    // Once a minute while somebody is needed; the notifier's own trouble calls nobody through it.
    expect(first.asked).toBeLessThan(13);
    expect(second.asked).toBe(1);
    expect(told(away)).toEqual(['first failed 1', 'second sent 1']);
    first.answer = { status: 'sent' };
    await court.later(61);
    expect(phone(gate, 'first')?.status).toBe('ok');
  });

  it('that refuses counts as failed at the first try, and as mended with the next message alone', async () => {
    const { court, gate, first, second } = await opens();
    first.health = { status: 'sent' };
    first.answer = failed('push.refused');
    gate.assist.take('main-in', 'call', true);
    await court.later(5);
    await court.later(1);
    expect([first.asked, second.asked]).toEqual([1, 1]);
    gate.desk.give({ type: 'answer-assist', ...CHEN, accessPoint: 'main-in', answer: 'coming' });
    await court.later(700);
    expect(phone(gate, 'first')).toMatchObject({ status: 'missing', cause: 'push.refused' });
    first.answer = { status: 'sent' };
    gate.assist.take('main-out', 'call', true);
    await court.later(5);
    expect(phone(gate, 'first')?.status).toBe('ok');
  });

  it('is left alone for as long as it asks, and no longer than somebody is needed', async () => {
    const { court, gate, first } = await opens();
    first.answer = failed('push.unreachable', 45_000);
    gate.assist.take('main-in', 'call', true);
    await court.later(5);
    await court.later(44);
    expect(first.asked).toBe(1);
    await court.later(1);
    expect(first.asked).toBe(2);
    gate.desk.give({ type: 'answer-assist', ...CHEN, accessPoint: 'main-in', answer: 'coming' });
    await court.later(300);
    expect(first.asked).toBe(2);
  });

  it('that is away is told before anybody is needed, and comes back by itself', async () => {
    const { court, gate, first } = await opens();
    expect(phone(gate, 'first')?.status).toBe('ok');
    first.answer = failed('push.unreachable');
    await court.later(300);
    expect(phone(gate, 'first')?.status).toBe('ok');
    await court.later(31);
    expect(phone(gate, 'first')?.status).toBe('missing');
    first.answer = { status: 'sent' };
    await court.later(31);
    expect(phone(gate, 'first')?.status).toBe('ok');
    expect(first.asked).toBe(0);
  });

  it('that never answers holds up no decision', async () => {
    const { court, gate, first, second } = await opens();
    first.send = second.send = () => new Promise(() => undefined);
    gate.assist.take('main-in', 'call', true);
    await court.later(70);
    expect(await court.person().comesIn()).toBe('Granted');
    await gate.stop();
  });
});
