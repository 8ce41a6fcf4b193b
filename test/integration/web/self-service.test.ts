import { expect, it } from 'vitest';
import type { SelfServiceOrder } from '../../../src/core/report/data-request.ts';
import type { AccountView } from '../../../src/ports/resident-prompt.ts';
import { promptView } from '../../support/screens/screen-samples.ts';
import { startKiosk } from '../../support/screens/web-kiosk.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

/** As a proxy on the kiosk passes on what somebody elsewhere asks. */
const ELSEWHERE = { 'x-forwarded-for': '192.0.2.7' };
const ACCOUNT: AccountView = { rows: 3, since: '2020-02-11', lines: [], copies: [], mayAsk: true };

async function kioskWith(done = true) {
  const presses: [string, SelfServiceOrder][] = [];
  let goneOnMs: number | undefined;
  const kiosk = await startKiosk({
    selfService: {
      take: (accessPoint, order) => {
        presses.push([accessPoint, order]);
        return done;
      },
    },
    standstills: { lastEndMs: () => goneOnMs },
  });
  const press = (body: object, headers: Record<string, string> = {}) =>
    kiosk.send('POST', '/api/self-service', body, headers);
  const standStill = () => {
    goneOnMs = kiosk.clock.read().monotonicMs;
  };
  return { kiosk, presses, press, standStill };
}

it('takes what is pressed at a screen of the kiosk itself, and of nobody else', async () => {
  const { kiosk, presses, press } = await kioskWith();
  expect((await kiosk.send('GET', '/api/prompt')).json).toMatchObject({ selfService: true });
  expect((await kiosk.send('GET', '/api/prompt', undefined, ELSEWHERE)).json).toMatchObject({
    selfService: false,
  });
  for (const order of ['begin', 'export', 'erasure', 'end'])
    expect((await press({ accessPoint: 'main-in', order })).json).toEqual({ status: 'done' });
  expect(presses).toHaveLength(4);
  expect((await press({ accessPoint: 'main-in', order: 'begin' }, ELSEWHERE)).status).toBe(404);
  expect(
    (await press({ accessPoint: 'main-in', order: 'begin' }, { origin: 'http://elsewhere' })).status,
  ).toBe(403);
  for (const wrong of [{}, { accessPoint: 'main-in' }, { accessPoint: 'main-in', order: 'open' }])
    expect((await press(wrong)).status).toBe(400);
  expect(presses).toHaveLength(4);
});

it('says when it was not done, and does nothing late but end', async () => {
  const { presses, press, standStill } = await kioskWith(false);
  expect(await press({ accessPoint: 'main-in', order: 'begin' })).toMatchObject({
    status: 409,
    json: { status: 'refused' },
  });
  standStill();
  await press({ accessPoint: 'main-in', order: 'erasure' });
  await press({ accessPoint: 'main-in', order: 'end' });
  expect(presses.map(([, order]) => order)).toEqual(['begin', 'end']);
});

it('does not exist where the site does not want it', async () => {
  const kiosk = await startKiosk();
  expect((await kiosk.send('GET', '/api/prompt')).json).toMatchObject({ selfService: false });
  const answer = await kiosk.send('POST', '/api/self-service', { accessPoint: 'main-in', order: 'begin' });
  expect(answer.status).toBe(404);
});

it('shows how much is kept to the screen at the gate alone', async () => {
  const { kiosk } = await kioskWith();
  const open = (headers: Record<string, string>) =>
    WebScreen.open(`${kiosk.url}/ws/prompt?accessPoint=main-in`, { origin: kiosk.url, headers });
  const [here, elsewhere] = [await open({}), await open(ELSEWHERE)];
  const told = { feedback: 'TextMessage', message: 'SelfService' } as const;
  kiosk.server.residentPrompt.show(
    promptView({ ...told, selfService: { step: 'account', seconds: 60, account: ACCOUNT } }),
  );
  kiosk.clock.advance(1_000);
  for (const screen of [here, elsewhere])
    await screen.until(() => JSON.stringify(screen.latest('prompt') ?? '').includes('account'));
  expect(here.latest('account')).toEqual(ACCOUNT);
  expect(JSON.stringify(elsewhere.messages)).not.toContain('rows');
  const late = await open(ELSEWHERE);
  kiosk.clock.advance(1_000);
  await late.until(() => late.latest('prompt') !== undefined);
  expect(JSON.stringify(late.messages)).not.toContain('rows');
  for (const screen of [here, elsewhere, late]) screen.socket.terminate();
});
