import { expect, it, onTestFinished } from 'vitest';
import { callsOf } from '../../src/adapters/web/calls.ts';
import { StatePublisher } from '../../src/app/uplink/state-publisher.ts';
import { isCall } from '../../src/core/access/attention.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene } from '../support/gate/scene.ts';

const RULES = policy({ normal: { kinds: { resident: {}, visitor: { registration: 'confirmed' } } } });
const opens = () => Scene.opens('2020-02-24 08:00', RULES);

const items = ({ state }: RuleGate) =>
  (state.attention.values[0] ?? []).filter((item) => item.kind === 'assist');
const rings = (gate: RuleGate) => items(gate).some(isCall);
const status = ({ state }: RuleGate, id = 'main-in') =>
  state.assists.values.find(({ accessPoint }) => accessPoint === id)?.status;
const answer = ({ desk }: RuleGate, said: 'coming' | 'refused', operator = 'chen') =>
  desk.give({ type: 'answer-assist', operator, accessPoint: 'main-in', answer: said });
const rows = ({ store }: RuleGate) =>
  store.outbox
    .readAfter(0, 10_000)
    .map(({ name }) => name)
    .filter((name) => name.startsWith('assist.'));

it('rings at every guard’s screen at once, with place and time, and opens nothing', async () => {
  const { gate } = await opens();
  const sinceMs = gate.clock.read().wallMs;
  expect(gate.assist.take('main-in', 'call', true)).toBe(true);
  expect(items(gate)).toEqual([{ id: 'assist:main-in', kind: 'assist', accessPoint: 'main-in', sinceMs }]);
  expect(callsOf(new Map([['attention', items(gate)]]))).toEqual({ waiting: 1, alarm: false });
  expect(gate.prompts.at('main-in')).toMatchObject({
    feedback: 'Idle',
    assist: { status: 'ringing', sinceSeconds: 0 },
  });
  expect(gate.prompts.at('main-out')?.assist).toBeUndefined();
  expect(status(gate)).toBe('ringing');
  expect(gate.desk.give({ type: 'seen', operator: 'chen', id: 'assist:main-in' })).toMatchObject({
    cause: 'not_over',
  });
  expect(gate.actuator.pulses).toEqual([]);
  expect(gate.assist.take('nowhere', 'call', true)).toBe(false);
});

it('is answered by the first of two guards, on record', async () => {
  const { gate } = await opens();
  expect(answer(gate, 'coming')).toMatchObject({ cause: 'nobody_calls' });
  gate.assist.take('main-in', 'call', true);
  await gate.pass(12_000);
  expect(answer(gate, 'coming')).toEqual({ status: 'done' });
  expect(answer(gate, 'refused', 'lin')).toMatchObject({ cause: 'call_answered' });
  expect(rings(gate)).toBe(false);
  expect(gate.prompts.at('main-in')?.assist).toEqual({ status: 'coming', sinceSeconds: 12 });
  const [asked] = gate.data('assist.requested');
  expect(gate.data('assist.answered')).toEqual([
    {
      accessPoint: 'main-in',
      direction: 'in',
      call: asked?.call,
      answer: 'coming',
      operator: 'chen',
      waited: 12,
    },
  ]);
  await gate.pass(200_000);
  expect(gate.prompts.at('main-in')?.assist).toBeUndefined();
});

it('tells the person after half a minute, rings on, and stays on the guards’ list when nobody came', async () => {
  const { gate } = await opens();
  gate.state.guards.set({ isThere: false });
  gate.assist.take('main-in', 'call', true);
  expect(gate.prompts.at('main-in')).toMatchObject({ assist: { status: 'ringing' }, guardAway: true });
  await gate.pass(30_000);
  expect(gate.prompts.at('main-in')?.assist).toMatchObject({ status: 'unanswered', sinceSeconds: 30 });
  expect(gate.data('assist.unanswered')).toMatchObject([{ cause: 'time', waited: 30 }]);
  expect(rings(gate)).toBe(true);
  await gate.pass(600_000);
  expect(items(gate)).toMatchObject([{ over: true }]);
  expect(gate.desk.give({ type: 'seen', operator: 'chen', id: 'assist:main-in' })).toEqual({
    status: 'done',
  });
});

it('ends when its person takes it back or goes through, and not when somebody else does', async () => {
  const court = await opens();
  const { gate } = court;
  gate.assist.take('main-in', 'call', true);
  gate.assist.take('main-in', 'end', true);
  expect([rings(gate), status(gate)]).toEqual([false, 'none']);
  gate.assist.take('main-in', 'call', true);
  await court.person().comesIn();
  expect(rings(gate)).toBe(true);
  gate.assist.take('main-in', 'end', true);
  const lan = court.person();
  await lan.shows('in');
  gate.assist.take('main-in', 'call', true);
  await gate.walk();
  expect(rings(gate)).toBe(false);
  expect(gate.data('assist.unanswered').map(({ cause }) => cause)).toEqual(['left', 'left', 'left']);
  expect(gate.data('assist.requested').map(({ passage }) => passage !== undefined)).toEqual([
    false,
    false,
    true,
  ]);
});

it('is answered by a guard who lets somebody through there', async () => {
  const court = await opens();
  const { gate } = court;
  gate.assist.take('main-in', 'call', true);
  expect(gate.desk.give({ type: 'open', accessPoint: 'main-in', ...court.guard('Known to me') })).toEqual({
    status: 'done',
  });
  expect(gate.data('assist.answered')).toMatchObject([{ answer: 'opened', operator: 'chen' }]);
  expect(rings(gate)).toBe(false);
});

it('goes on with a call that was not answered before a restart, once', async () => {
  const { gate, folder } = await opens();
  gate.assist.take('main-in', 'call', true);
  gate.assist.take('main-out', 'call', true);
  answerOut(gate);
  await gate.pass(10_000);
  await gate.stop();
  const again = await RuleGate.start(folder, gate.clock, RULES);
  onTestFinished(() => again.stop());
  expect([status(again), status(again, 'main-out')]).toEqual(['ringing', 'none']);
  expect(rings(again)).toBe(true);
  await again.pass(20_000);
  expect(again.data('assist.unanswered')).toHaveLength(1);
  expect(again.data('assist.requested')).toHaveLength(2);
  await again.stop();
  const third = await RuleGate.start(folder, gate.clock, RULES);
  onTestFinished(() => third.stop());
  expect(status(third)).toBe('unanswered');
  answer(third, 'coming');
  await third.stop();
  const fourth = await RuleGate.start(folder, gate.clock, RULES);
  onTestFinished(() => fourth.stop());
  expect(status(fourth)).toBe('none');
  expect(fourth.data('assist.unanswered')).toHaveLength(1);
});

function answerOut({ desk }: RuleGate): void {
  desk.give({ type: 'answer-assist', operator: 'chen', accessPoint: 'main-out', answer: 'coming' });
}

it('takes the wired button, and not one that stays pressed', async () => {
  const { gate } = await opens();
  const { callButton } = gate.inputs;
  callButton.is('Open');
  await gate.pass(100);
  expect(gate.data('assist.requested')).toMatchObject([{ by: 'button' }]);
  answer(gate, 'refused');
  await gate.pass(120_000);
  expect(status(gate)).toBe('none');
  expect(gate.state.devices.values.find(({ id }) => id === 'callButton:main')).toMatchObject({
    status: 'degraded',
    cause: 'call_stuck',
  });
  callButton.is('Closed');
  await gate.pass(100);
  callButton.is('Open');
  await gate.pass(100);
  expect(status(gate)).toBe('ringing');
  expect(gate.data('assist.requested')).toHaveLength(2);
});

it('has few rows of somebody who calls and takes it back a thousand times', async () => {
  const { gate } = await opens();
  for (let press = 0; press < 1_000; press += 1) {
    gate.assist.take('main-in', 'call', true);
    gate.assist.take('main-in', 'end', true);
  }
  expect(rows(gate).length).toBeLessThan(80);
  gate.assist.take('main-in', 'call', true);
  expect(rings(gate)).toBe(true);
});

it('tells the servers where somebody calls, and that it is over', async () => {
  const { gate } = await opens();
  const told: string[] = [];
  const publisher = new StatePublisher({
    state: gate.state,
    sink: {
      publishState: (topic, payload) => {
        if (topic.startsWith('state/assist/')) told.push(`${topic} ${JSON.stringify(payload)}`);
      },
      setCondition: () => undefined,
      setAlert: (name, alert) => {
        if (name === 'assist') told.push(alert?.text ?? 'no alert');
      },
    },
  });
  await publisher.start(new AbortController().signal);
  onTestFinished(() => publisher.stop());
  gate.assist.take('main-in', 'call', true);
  answer(gate, 'coming');
  const since = '2020-02-24T00:00:00.000Z';
  expect(told).toEqual([
    'state/assist/main-in {"status":"none"}',
    'state/assist/main-out {"status":"none"}',
    'no alert',
    `state/assist/main-in {"status":"ringing","since":"${since}"}`,
    `Somebody calls the guard at main-in since ${since}.`,
    `state/assist/main-in {"status":"coming","since":"${since}"}`,
    'no alert',
  ]);
});
