import { expect, it, onTestFinished } from 'vitest';
import type { TalkNews } from '../../src/ports/talk.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene } from '../support/gate/scene.ts';
import { talkSdp } from '../support/gate/talk-sdp.ts';

const RULES = policy({ normal: { kinds: { resident: {}, visitor: { registration: 'confirmed' } } } });

/** A gate whose resident's screen is open, and what single screens are told. */
async function talkable() {
  const court = await Scene.opens('2020-02-24 08:00', RULES);
  const { gate } = court;
  const news: TalkNews[] = [];
  gate.state.talkNews.hear((one) => news.push(one));
  gate.talk.fromResident('main-in', 'kiosk', { type: 'here', microphone: true });
  return {
    court,
    gate,
    news,
    told: (screen: string) => news.filter((one) => one.screen === screen).at(-1)?.told,
  };
}

const call = (gate: RuleGate) =>
  gate.state.assists.values.find(({ accessPoint }) => accessPoint === 'main-in');
const answer = (gate: RuleGate, said: 'coming' | 'talking', operator = 'chen') =>
  gate.desk.give({ type: 'answer-assist', operator, accessPoint: 'main-in', answer: said });
const join = (gate: RuleGate, screen = 'desk', operator = 'chen') =>
  gate.talk.fromGuard(operator, screen, { type: 'join' }, 'main-in');

/** From the press to open voices. Returns the name of the talk. */
function connect(gate: RuleGate, news: readonly TalkNews[]): string {
  gate.assist.take('main-in', 'call', true);
  expect(answer(gate, 'talking')).toEqual({ status: 'done' });
  join(gate);
  const talk = news.at(-1)?.told.talk ?? '';
  const sdp = talkSdp();
  gate.talk.fromResident('main-in', 'kiosk', { type: 'offer', talk, sdp });
  gate.talk.fromGuard('chen', 'desk', { type: 'answer', talk, sdp });
  gate.talk.fromResident('main-in', 'kiosk', { type: 'voice', talk });
  return talk;
}

it('opens the microphone of the gate for a call that was pressed there, and for nothing a guard does', async () => {
  const { gate, news, told } = await talkable();
  join(gate);
  expect(answer(gate, 'talking')).toMatchObject({ cause: 'nobody_calls' });
  gate.assist.take('main-in', 'call', false);
  expect(call(gate)).toMatchObject({ status: 'ringing', talk: 'not_pressed_here' });
  expect(answer(gate, 'talking')).toMatchObject({ cause: 'cannot_talk' });
  join(gate);
  expect(news).toEqual([]);
  // Then somebody presses at the gate itself.
  gate.assist.take('main-in', 'call', true);
  expect(call(gate)).toMatchObject({ status: 'ringing', talk: 'ready' });
  join(gate);
  expect(news).toEqual([]);
  expect(answer(gate, 'talking')).toEqual({ status: 'done' });
  expect(news).toEqual([]);
  join(gate, 'desk', 'lin');
  expect(news).toEqual([]);
  join(gate);
  expect(told('kiosk')).toMatchObject({ begin: true });
  expect(gate.prompts.at('main-in')?.assist).toMatchObject({ status: 'talking', talk: 'connecting' });
});

it('lets two guards answer at once, and one of them talk; the other is told who', async () => {
  const { gate, news } = await talkable();
  gate.assist.take('main-in', 'call', true);
  expect(answer(gate, 'talking')).toEqual({ status: 'done' });
  expect(answer(gate, 'talking', 'lin')).toMatchObject({
    cause: 'call_answered',
    detail: expect.stringContaining('chen'),
  });
  expect(answer(gate, 'coming', 'lin')).toMatchObject({ cause: 'call_answered' });
  join(gate, 'tablet', 'lin');
  expect(news).toEqual([]);
  expect(call(gate)).toMatchObject({ status: 'talking', operator: 'chen', talk: 'connecting' });
});

it('says on record that somebody talked, for how long, and what was answered then; never what was said', async () => {
  const { gate, news, told } = await talkable();
  const talk = connect(gate, news);
  expect(call(gate)).toMatchObject({ status: 'talking', talk: 'open' });
  await gate.pass(20_000);
  expect(answer(gate, 'coming')).toEqual({ status: 'done' });
  expect([told('kiosk'), told('desk')]).toEqual([
    { talk, over: 'answered' },
    { talk, over: 'answered' },
  ]);
  expect(gate.prompts.at('main-in')?.assist?.status).toBe('coming');
  expect(gate.data('assist.answered').map(({ answer: said }) => said)).toEqual(['talking', 'coming']);
  expect(gate.data('assist.talked')).toMatchObject([{ operator: 'chen', seconds: 20, ended: 'answered' }]);
  const rows = JSON.stringify(gate.store.outbox.readAfter(0, 1_000));
  expect(rows).not.toMatch(/m=audio|fingerprint/);
});

it.each([
  ['hangs up at the gate', 'caller', 'none', (gate: RuleGate) => gate.assist.take('main-in', 'end', true)],
  ['closes the page of the gate', 'screen_left', 'ringing', (gate: RuleGate) => gate.talk.gone('kiosk')],
  ['makes the guard’s page anew', 'guard_left', 'ringing', (gate: RuleGate) => gate.talk.gone('desk')],
] as const)('closes both microphones when somebody %s', async (_, ended, status, act) => {
  const { gate, news, told } = await talkable();
  const talk = connect(gate, news);
  act(gate);
  expect([told('kiosk'), told('desk')]).toEqual([
    { talk, over: ended },
    { talk, over: ended },
  ]);
  expect(call(gate)?.status).toBe(status);
  if (status === 'none') return;
  expect(gate.prompts.at('main-in')?.assist).toMatchObject({ status, trouble: ended });
  // The same call can be answered again, as long as there is a screen to talk at.
  gate.talk.fromResident('main-in', 'kiosk', { type: 'here', microphone: true });
  expect(answer(gate, 'talking', 'lin')).toEqual({ status: 'done' });
  expect(gate.data('assist.requested')).toHaveLength(1);
});

it('decides about passes as ever while somebody talks', async () => {
  const { court, gate, news } = await talkable();
  connect(gate, news);
  await court.person().comesIn();
  expect(gate.data('access.granted')).toHaveLength(1);
  expect(call(gate)).toMatchObject({ status: 'talking', talk: 'open' });
});

it('rings again after a restart in the middle of a talk, and opens no microphone by itself', async () => {
  const { court, gate, news } = await talkable();
  connect(gate, news);
  await gate.stop();
  const again = await RuleGate.start(court.folder, gate.clock, RULES);
  onTestFinished(() => again.stop());
  expect(call(again)).toMatchObject({ status: 'ringing', talk: 'not_pressed_here' });
});

it('says why nobody can talk, and the call goes on without voice', async () => {
  const { gate } = await talkable();
  gate.assist.take('main-in', 'call', true);
  for (const [microphone, talk] of [
    [false, 'no_microphone'],
    [true, 'ready'],
  ] as const) {
    gate.talk.fromResident('main-in', 'kiosk', { type: 'here', microphone });
    expect(call(gate)?.talk).toBe(talk);
  }
  gate.talk.gone('kiosk');
  expect(call(gate)?.talk).toBe('no_screen');
  expect(answer(gate, 'talking')).toMatchObject({ cause: 'cannot_talk' });
  expect(answer(gate, 'coming')).toEqual({ status: 'done' });
});
