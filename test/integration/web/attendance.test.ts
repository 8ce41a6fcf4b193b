import { describe, expect, it } from 'vitest';
import type { OrderType } from '../../../src/core/desk/guard-order.ts';
import { type OrderWeight, orderWeight } from '../../../src/core/desk/order-weight.ts';
import { DOOR_VERBS } from '../../../src/core/door/door-orders.ts';
import { ScriptedStandstills } from '../../support/clock/scripted-standstills.ts';
import { type Kiosk, OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';

const MINUTE_MS = 60_000;
const NOTE = 'parcel for 3-201';
const PASS_ID = '0123456789abcdef';
const HOLDER_REF = '0a1b2c3d4e5f';
const UNTIL_MS = Date.UTC(2020, 2, 9);

const doorOrder = (verb: string) => ({ path: 'door', body: { door: 'main', verb } });
const ORDERS: readonly {
  readonly path: Exclude<OrderType, 'door' | 'answer-request'>;
  readonly body: object;
}[] = [
  { path: 'open', body: { accessPoint: 'main-in' } },
  { path: 'measure', body: { accessPoint: 'main-in' } },
  { path: 'order', body: { kind: 'quarantine', subject: { holderRef: HOLDER_REF } } },
  { path: 'end-order', body: { orderId: 'order-1' } },
  { path: 'report', body: { holderRef: HOLDER_REF } },
  { path: 'forgive', body: { subject: { passId: PASS_ID } } },
  { path: 'give-back-quota', body: { subject: { passId: PASS_ID } } },
  { path: 'occupancy', body: { value: 120 } },
  { path: 'end-lock-out', body: { accessPoint: 'main-in' } },
  { path: 'visitor', body: { passId: PASS_ID, label: '王师傅', untilMs: UNTIL_MS } },
  { path: 'confirm-host', body: { passId: PASS_ID } },
];
const REFUSAL = { path: 'refuse', body: { accessPoint: 'main-in' } };

function send(
  kiosk: Kiosk,
  cookie: string,
  { path, body }: { path: string; body: object },
  password?: string,
) {
  const more = password === undefined ? {} : { password };
  return kiosk.send('POST', `/api/guard/${path}`, { ...body, note: NOTE, ...more }, { cookie });
}

function presence(kiosk: Kiosk, cookie: string, body: object = {}) {
  return kiosk.send('POST', '/api/session', body, { cookie });
}

describe('the password with an order', () => {
  it.each(['hold', 'unblock', 'lockdown-release', 'unlock'])(
    'is needed to %s a door, each time',
    async (verb) => {
      const kiosk = await startKiosk();
      const cookie = await kiosk.signIn();
      const without = await send(kiosk, cookie, doorOrder(verb));
      expect([without.status, without.json]).toMatchObject([403, { error: 'desk.password' }]);
      const wrong = await send(kiosk, cookie, doorOrder(verb), 'apricot in snow');
      expect([wrong.status, wrong.json]).toMatchObject([401, { error: 'operator.refused' }]);
      expect(kiosk.desk.orders).toEqual([]);
      expect((await send(kiosk, cookie, doorOrder(verb), PASSWORD)).status).toBe(200);
      expect(kiosk.desk.orders).toEqual([
        { type: 'door', door: 'main', verb, note: NOTE, operator: OPERATOR },
      ]);
      expect((await send(kiosk, cookie, doorOrder(verb))).status).toBe(403);
      expect(kiosk.desk.orders).toHaveLength(1);
    },
  );

  it.each(['lockdown', 'block', 'release', 'lock'])('is not needed to %s a door', async (verb) => {
    const kiosk = await startKiosk();
    expect((await send(kiosk, await kiosk.signIn(), doorOrder(verb))).status).toBe(200);
  });

  it('is not needed to hold a door in a fire, and is again when it is over', async () => {
    let isFire = true;
    const kiosk = await startKiosk({ isFire: () => isFire });
    const cookie = await kiosk.signIn();
    expect((await send(kiosk, cookie, doorOrder('hold'))).status).toBe(200);
    expect((await send(kiosk, cookie, doorOrder('unblock'))).status).toBe(403);
    isFire = false;
    expect((await send(kiosk, cookie, doorOrder('hold'))).status).toBe(403);
  });

  it('gives no order for a session that ended while it was checked', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    kiosk.operators.confirm = async () => {
      await kiosk.send('POST', '/api/logout', {}, { cookie });
      return { status: 'accepted' };
    };
    expect((await send(kiosk, cookie, doorOrder('hold'), PASSWORD)).status).toBe(401);
    expect(kiosk.desk.orders).toEqual([]);
  });
});

describe('a desk at which nobody was for 15 minutes', () => {
  /** The page stays open and asks every few seconds, as it does. */
  async function leftAlone(change: Parameters<typeof startKiosk>[0] = {}) {
    const kiosk = await startKiosk(change);
    const cookie = await kiosk.signIn();
    for (let minute = 0; minute < 15; minute++) {
      kiosk.clock.advance(MINUTE_MS);
      await presence(kiosk, cookie);
    }
    return { kiosk, cookie };
  }

  it.each(ORDERS)('does not carry out $path, and says what to do', async (order) => {
    const { kiosk, cookie } = await leftAlone();
    const answer = await send(kiosk, cookie, order);
    expect([answer.status, answer.json]).toMatchObject([
      403,
      { error: 'desk.unattended', message: expect.stringContaining('password') },
    ]);
    expect(kiosk.desk.orders).toEqual([]);
  });

  it.each(['block', 'release'])('does not %s a door', async (verb) => {
    const { kiosk, cookie } = await leftAlone();
    expect((await send(kiosk, cookie, doorOrder(verb))).status).toBe(403);
  });

  it('takes nothing off the list', async () => {
    const { kiosk, cookie } = await leftAlone();
    const seen = await kiosk.send('POST', '/api/guard/seen', { id: 'duress:1' }, { cookie });
    expect(seen.json).toMatchObject({ error: 'desk.unattended' });
  });

  it('still locks down, turns away, and holds the door in a fire', async () => {
    const { kiosk, cookie } = await leftAlone({ isFire: () => true });
    for (const order of [doorOrder('lockdown'), REFUSAL, doorOrder('hold')]) {
      expect((await send(kiosk, cookie, order)).status).toBe(200);
    }
  });

  it('goes on showing everything', async () => {
    const { kiosk, cookie } = await leftAlone();
    const session = await kiosk.send('GET', '/api/session', undefined, { cookie });
    expect(session.json).toMatchObject({ status: 'signed-in' });
    expect((await presence(kiosk, cookie)).json).toEqual({ status: 'done', attended: false });
  });

  it('is brought back by the password, with an order or without, and by nothing else', async () => {
    const { kiosk, cookie } = await leftAlone();
    const open = { path: 'open', body: { accessPoint: 'main-in' } };
    expect((await presence(kiosk, cookie, { attended: true })).json).toMatchObject({ attended: false });
    expect((await send(kiosk, cookie, open, 'apricot in snow')).status).toBe(401);
    expect((await send(kiosk, cookie, open)).status).toBe(403);
    expect((await send(kiosk, cookie, open, PASSWORD)).status).toBe(200);
    expect((await send(kiosk, cookie, open)).status).toBe(200);
    kiosk.clock.advance(15 * MINUTE_MS);
    expect((await presence(kiosk, cookie, { password: 'apricot in snow' })).status).toBe(401);
    expect((await presence(kiosk, cookie, { password: PASSWORD })).json).toMatchObject({ attended: true });
    expect((await send(kiosk, cookie, open)).status).toBe(200);
  });

  it('is none while hands move at it, and orders alone are no hands', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    for (let minute = 0; minute < 60; minute++) {
      kiosk.clock.advance(MINUTE_MS);
      await presence(kiosk, cookie, { attended: true });
    }
    const open = { path: 'open', body: { accessPoint: 'main-in' } };
    for (let minute = 0; minute < 14; minute++) {
      expect((await send(kiosk, cookie, open)).status).toBe(200);
      kiosk.clock.advance(MINUTE_MS);
    }
    kiosk.clock.advance(MINUTE_MS);
    expect((await send(kiosk, cookie, open)).status).toBe(403);
  });
});

it('asks of every order what its table says', () => {
  const weight = (type: Exclude<OrderType, 'door' | 'answer-request'>) => orderWeight({ type }, false);
  expect(ORDERS.map(({ path }) => weight(path))).toEqual(ORDERS.map(() => 'attended'));
  expect([weight('level'), weight('refuse'), weight('seen')]).toEqual(['confirmed', 'always', 'attended']);
  const doors = (fire: boolean, wanted: OrderWeight) =>
    DOOR_VERBS.filter((verb) => orderWeight({ type: 'door', verb }, fire) === wanted);
  expect(doors(false, 'confirmed')).toEqual(['hold', 'unblock', 'lockdown-release', 'unlock']);
  expect(doors(true, 'always')).toEqual(['hold', 'lockdown', 'unlock']);
});

describe('an order that lay there while the program stood still', () => {
  const CONFIRMED = [
    ...['hold', 'unblock', 'lockdown-release', 'unlock'].map(doorOrder),
    { path: 'level', body: { level: 'normal' } },
  ];

  async function stoodStill(change: Parameters<typeof startKiosk>[0] = {}) {
    const standstills = new ScriptedStandstills();
    const kiosk = await startKiosk({ standstills, ...change });
    const cookie = await kiosk.signIn();
    kiosk.clock.advance(MINUTE_MS);
    standstills.end(kiosk.clock.read().monotonicMs);
    return { kiosk, cookie, standstills };
  }

  it.each([...ORDERS, ...CONFIRMED])('is not carried out: $path $body.verb', async (order) => {
    const { kiosk, cookie } = await stoodStill();
    const answer = await send(kiosk, cookie, order, PASSWORD);
    expect([answer.status, answer.json]).toMatchObject([409, { status: 'refused', cause: 'stood_still' }]);
    expect(kiosk.desk.orders).toEqual([]);
    kiosk.clock.advance(500);
    expect((await send(kiosk, cookie, order, PASSWORD)).status).toBe(200);
  });

  it.each([...['lockdown', 'block', 'release'].map(doorOrder), REFUSAL])(
    'is carried out where it shuts or turns away: $path $body.verb',
    async (order) => {
      const { kiosk, cookie } = await stoodStill();
      expect((await send(kiosk, cookie, order)).status).toBe(200);
    },
  );

  it('is not carried out when the standstill came while the password was checked', async () => {
    const { kiosk, cookie, standstills } = await stoodStill();
    kiosk.clock.advance(MINUTE_MS);
    kiosk.operators.confirm = async () => {
      kiosk.clock.advance(MINUTE_MS);
      standstills.end(kiosk.clock.read().monotonicMs);
      return { status: 'accepted' };
    };
    expect((await send(kiosk, cookie, doorOrder('hold'), PASSWORD)).status).toBe(409);
    expect(kiosk.desk.orders).toEqual([]);
  });
});
