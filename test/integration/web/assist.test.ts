import { expect, it } from 'vitest';
import type { AssistOrder } from '../../../src/core/access/vocabulary.ts';
import { type Kiosk, startKiosk } from '../../support/screens/web-kiosk.ts';

/** As a proxy on the kiosk passes on what somebody elsewhere asks. */
const ELSEWHERE = { 'x-forwarded-for': '192.0.2.7' };
const PROMPT = {
  accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
  language: 'zh-CN',
  languages: ['zh-CN'],
  timeZone: 'Asia/Shanghai',
  simulated: true,
} as const;

async function kioskWith(button = true, done = true) {
  const presses: [string, AssistOrder][] = [];
  const kiosk = await startKiosk({
    prompt: { ...PROMPT, assist: { button, otherGate: 'East gate' } },
    assist: {
      take: (accessPoint, order) => {
        presses.push([accessPoint, order]);
        return done;
      },
    },
  });
  return { kiosk, presses };
}

const press = (kiosk: Kiosk, body: object, headers: Record<string, string> = {}) =>
  kiosk.send('POST', '/api/assist', body, headers);
const CALL = { accessPoint: 'main-in', order: 'call' };

it('calls the guard from any screen of the gate’s own pages, without a sign-in', async () => {
  const { kiosk, presses } = await kioskWith();
  expect((await kiosk.send('GET', '/api/prompt')).json).toMatchObject({
    assist: { button: true, otherGate: 'East gate', mayEnd: true },
  });
  expect((await press(kiosk, CALL)).json).toEqual({ status: 'done' });
  expect((await press(kiosk, CALL, ELSEWHERE)).json).toEqual({ status: 'done' });
  expect((await press(kiosk, CALL, { origin: 'http://elsewhere' })).status).toBe(403);
  for (const wrong of [{}, { accessPoint: 'main-in' }, { ...CALL, order: 'open' }, { ...CALL, more: 1 }])
    expect((await press(kiosk, wrong)).status).toBe(400);
  expect(presses).toEqual([
    ['main-in', 'call'],
    ['main-in', 'call'],
  ]);
  expect(kiosk.desk.orders).toEqual([]);
});

it('takes a call back only at a screen of the kiosk itself', async () => {
  const { kiosk, presses } = await kioskWith();
  const end = { ...CALL, order: 'end' };
  expect((await kiosk.send('GET', '/api/prompt', undefined, ELSEWHERE)).json).toMatchObject({
    assist: { mayEnd: false },
  });
  expect((await press(kiosk, end, ELSEWHERE)).status).toBe(404);
  expect((await press(kiosk, end)).status).toBe(200);
  expect(presses).toEqual([['main-in', 'end']]);
});

it('bounds how often one address may press, and says when the gate does not take it', async () => {
  const { kiosk, presses } = await kioskWith(true, false);
  const answers = [];
  for (let time = 0; time < 25; time += 1) answers.push((await press(kiosk, CALL)).status);
  expect([answers[0], answers.at(-1)]).toEqual([409, 429]);
  expect(presses).toHaveLength(20);
});

it('does not exist where the site wants no button on the screens', async () => {
  const { kiosk, presses } = await kioskWith(false);
  expect((await press(kiosk, CALL)).status).toBe(404);
  expect(presses).toEqual([]);
});
