import { expect, it } from 'vitest';
import type { TalkSaid } from '../../../src/core/assist/talk.ts';
import { LONGEST_SDP } from '../../../src/core/assist/talk-sdp.ts';
import { talkSdp } from '../../support/gate/talk-sdp.ts';
import { type Kiosk, OPERATOR, startKiosk } from '../../support/screens/web-kiosk.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

const UNWANTED = 1008;
const TOO_BIG = 1009;
const ELSEWHERE = { 'x-forwarded-for': '192.0.2.7' };
const OFFER = { type: 'offer', talk: 'talk-1', sdp: talkSdp() };

async function talking() {
  const said: [who: string, screen: string, said: TalkSaid, accessPoint?: string][] = [];
  const gone: string[] = [];
  const kiosk = await startKiosk({
    talk: {
      fromResident: (accessPoint, screen, one) => said.push([accessPoint, screen, one]),
      fromGuard: (operator, screen, one, accessPoint) =>
        said.push(accessPoint === undefined ? [operator, screen, one] : [operator, screen, one, accessPoint]),
      gone: (screen) => gone.push(screen),
    },
  });
  return { kiosk, said, gone };
}

const prompt = (kiosk: Kiosk, headers = {}) =>
  WebScreen.open(`${kiosk.url}/ws/prompt?accessPoint=main-in`, { origin: kiosk.url, headers });
const desk = async (kiosk: Kiosk) =>
  WebScreen.open(`${kiosk.url}/ws/guard`, { origin: kiosk.url, cookie: await kiosk.signIn() });
const says = ({ socket }: WebScreen, message: unknown) => socket.send(JSON.stringify(message));

it('lets the two pages on which people talk ask for a microphone, and no other', async () => {
  const { kiosk } = await talking();
  const policy = async (path: string, one = kiosk) =>
    String((await one.send('GET', path)).headers['permissions-policy']);
  for (const path of ['/prompt/', '/prompt/?accessPoint=main-in', '/guard/'])
    expect(await policy(path)).toMatch(/^microphone=\(self\), camera=\(\)/);
  for (const path of ['/', '/guard', '/demo/', '/api/session', '/assets/guard-4f2a.js', '/nowhere/guard/'])
    expect(await policy(path)).toMatch(/^microphone=\(\), camera=\(\)/);
  const silent = await startKiosk();
  expect(await policy('/prompt/', silent)).toMatch(/^microphone=\(\)/);
  expect((await kiosk.send('GET', '/api/prompt')).json).toMatchObject({ talk: true });
  expect((await kiosk.send('GET', '/api/prompt', undefined, ELSEWHERE)).json).toMatchObject({ talk: false });
  expect((await silent.send('GET', '/api/prompt')).json).toMatchObject({ talk: false });
});

it('takes what both pages say, knows who says it, and tells one page alone', async () => {
  const { kiosk, said, gone } = await talking();
  const [screen, second, guard] = [await prompt(kiosk), await prompt(kiosk), await desk(kiosk)];
  says(screen, { type: 'here', microphone: true });
  says(screen, OFFER);
  says(guard, { type: 'join', accessPoint: 'main-in' });
  says(guard, { type: 'hang-up', talk: 'talk-1' });
  await expect.poll(() => said.length).toBe(4);
  const [, id = ''] = said.find(([who]) => who === 'main-in') ?? [];
  const [, deskId = ''] = said.find(([who]) => who === OPERATOR) ?? [];
  expect(said.filter(([who]) => who === 'main-in').map(([, , one]) => one)).toEqual([
    { type: 'here', microphone: true },
    OFFER,
  ]);
  expect(said.filter(([who]) => who === OPERATOR)).toEqual([
    [OPERATOR, deskId, { type: 'join' }, 'main-in'],
    [OPERATOR, deskId, { type: 'hang-up', talk: 'talk-1' }],
  ]);
  const told = { talk: 'talk-1', begin: true } as const;
  kiosk.server.talkScreens.tell({ screen: id, told });
  kiosk.clock.advance(100);
  await screen.until(() => screen.latest('talk') !== undefined);
  expect(screen.latest('talk')).toEqual(told);
  expect([second.latest('talk'), guard.latest('talk')]).toEqual([undefined, undefined]);
  // It is told once, and not kept for whoever comes later.
  const third = await prompt(kiosk);
  kiosk.server.residentPrompt.show({
    accessPoint: 'main-in',
    direction: 'in',
    feedback: 'Idle',
    simulated: false,
  });
  kiosk.clock.advance(100);
  await third.until(() => third.latest('prompt') !== undefined);
  expect(third.latest('talk')).toBeUndefined();
  screen.socket.close();
  await expect.poll(() => gone).toEqual([id]);
});

it('ends the connection of a page that says what no page says, and passes nothing of it on', async () => {
  const { kiosk, said, gone } = await talking();
  const hostile: [unknown, number][] = [
    ['no JSON', UNWANTED],
    [Buffer.from(JSON.stringify(OFFER)), UNWANTED],
    [JSON.stringify({ ...OFFER, more: 1 }), UNWANTED],
    [JSON.stringify({ ...OFFER, sdp: `${OFFER.sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n` }), UNWANTED],
    [JSON.stringify({ ...OFFER, sdp: 'x'.repeat(LONGEST_SDP) }), UNWANTED],
    [JSON.stringify({ ...OFFER, talk: 'x'.repeat(65) }), UNWANTED],
    [JSON.stringify({ type: 'join', accessPoint: 'main-in' }), UNWANTED],
    [JSON.stringify({ type: 'answer', talk: 'talk-1', sdp: OFFER.sdp }), UNWANTED],
    [JSON.stringify({ ...OFFER, sdp: 'x'.repeat(100_000) }), TOO_BIG],
  ];
  for (const [message, code] of hostile) {
    const screen = await prompt(kiosk);
    screen.socket.send(message as string | Buffer);
    expect([message, await screen.closed]).toEqual([message, code]);
  }
  // A screen elsewhere may say nothing at all: nobody stands there.
  const elsewhere = await prompt(kiosk, ELSEWHERE);
  says(elsewhere, { type: 'here', microphone: true });
  expect(await elsewhere.closed).toBe(UNWANTED);
  const often = await prompt(kiosk);
  for (let time = 0; time < 40; time += 1) says(often, { type: 'here', microphone: true });
  expect(await often.closed).toBe(UNWANTED);
  expect(said).toHaveLength(30);
  await expect.poll(() => gone).toHaveLength(hostile.length + 1);
  expect(JSON.stringify(kiosk.logger)).not.toMatch(/m=audio/);
});
