import { describe, expect, it } from 'vitest';
import { OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';

const NOTE = 'came home from another province';
const PASS_ID = '0123456789abcdef';
const HOLDER_REF = '0a1b2c3d4e5f';
const UNTIL_MS = Date.UTC(2020, 2, 9);

/** Path, body, and what the desk must be told beside the note and the operator. */
const ORDERS: readonly (readonly [path: string, body: Record<string, unknown>])[] = [
  ['level', { level: 'strict' }],
  ['order', { kind: 'quarantine', subject: { holderRef: HOLDER_REF }, untilMs: UNTIL_MS }],
  ['order', { kind: 'suspension', subject: { passId: PASS_ID }, fromMs: 1, direction: 'out' }],
  ['end-order', { orderId: '8c3f8f9e-6a7e-4a53-9f0b-3f1c5f6d7e8a' }],
  ['report', { holderRef: HOLDER_REF }],
  ['forgive', { subject: { passId: PASS_ID } }],
  ['give-back-quota', { subject: { holderRef: HOLDER_REF } }],
  ['occupancy', { value: 120 }],
  ['end-lock-out', { accessPoint: 'main-in' }],
  ['disable', { accessPoint: 'main-in' }],
  ['enable', { accessPoint: 'main-in' }],
  ['visitor', { passId: PASS_ID, label: '王师傅', hostRef: HOLDER_REF, untilMs: UNTIL_MS }],
  ['confirm-host', { passId: PASS_ID }],
];

/** The whole body as the page sends it. */
function bodyOf(path: string, body: object): object {
  return { ...body, note: NOTE, ...(path === 'level' || path === 'enable' ? { password: PASSWORD } : {}) };
}

describe('orders of the guard’s desk', () => {
  it.each(ORDERS)('carries %s to the desk, with the operator of the session', async (path, body) => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const answer = await send('POST', `/api/guard/${path}`, bodyOf(path, body), { cookie });
    expect([answer.status, answer.json]).toEqual([200, { status: 'done' }]);
    expect(desk.orders).toEqual([{ type: path, ...body, note: NOTE, operator: OPERATOR }]);
    desk.answer = { status: 'refused', cause: 'not_recorded', detail: 'Not today.' };
    const refusal = await send('POST', `/api/guard/${path}`, bodyOf(path, body), { cookie });
    expect([refusal.status, refusal.json]).toEqual([409, desk.answer]);
  });

  it.each(ORDERS)('does nothing for %s without a session or from a foreign page', async (path, body) => {
    const { send, signIn, desk, operators } = await startKiosk();
    const whole = bodyOf(path, body);
    for (const cookie of [undefined, 'gatepost_session=guess']) {
      const answer = await send('POST', `/api/guard/${path}`, whole, { cookie });
      expect([answer.status, answer.json]).toMatchObject([401, { error: 'no_session' }]);
    }
    const cookie = await signIn();
    for (const origin of [undefined, 'null', 'https://evil.example']) {
      const answer = await send('POST', `/api/guard/${path}`, whole, { cookie, origin });
      expect([answer.status, answer.json]).toMatchObject([403, { error: 'foreign_origin' }]);
    }
    expect(desk.orders).toEqual([]);
    expect(operators.calls).not.toContainEqual(expect.objectContaining({ kind: 'confirm' }));
  });

  it.each(ORDERS)('takes no operator from the body of %s, and no unreadable text', async (path, body) => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const whole = bodyOf(path, body);
    for (const change of [
      { operator: 'Somebody Else' },
      { note: '' },
      { note: 'x'.repeat(201) },
      { note: 'two\nlines' },
      { note: 'nul\u0000' },
      { note: ['a list'] },
      { note: undefined },
      { constructor: {} },
    ]) {
      const answer = await send('POST', `/api/guard/${path}`, { ...whole, ...change }, { cookie });
      expect([change, answer.status, answer.json]).toMatchObject([change, 400, { error: 'usage' }]);
    }
    expect(desk.orders).toEqual([]);
  });

  it.each<[path: string, change: object]>([
    ['level', { level: 'Strict; DROP TABLE' }],
    ['level', { level: { $ne: '' } }],
    ['level', { password: 'x'.repeat(257) }],
    ['level', { password: undefined }],
    ['order', { kind: 'execution' }],
    ['order', { subject: { passId: PASS_ID, holderRef: HOLDER_REF } }],
    ['order', { subject: { passId: `${PASS_ID}'--` } }],
    ['order', { subject: HOLDER_REF }],
    ['order', { untilMs: '2020-03-09' }],
    ['order', { untilMs: 1e300 }],
    ['order', { fromMs: -1 }],
    ['order', { direction: 'sideways' }],
    ['end-order', { orderId: "' OR 1=1 --" }],
    ['report', { holderRef: PASS_ID }],
    ['occupancy', { value: -1 }],
    ['occupancy', { value: 100_001 }],
    ['occupancy', { value: 1.5 }],
    ['end-lock-out', { accessPoint: '../../etc' }],
    ['visitor', { label: '' }],
    ['visitor', { label: 'x'.repeat(61) }],
    ['visitor', { label: 'line\u2028break' }],
    ['visitor', { passId: PASS_ID.toUpperCase() }],
    ['visitor', { untilMs: null }],
    ['confirm-host', { passId: '' }],
  ])('refuses %s with %j', async (path, change) => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const body = ORDERS.find(([name]) => name === path)?.[1] ?? {};
    const answer = await send('POST', `/api/guard/${path}`, { ...bodyOf(path, body), ...change }, { cookie });
    expect([answer.status, answer.json]).toMatchObject([400, { error: 'usage' }]);
    expect(desk.orders).toEqual([]);
  });

  it('keeps markup of a visitor’s name as the text it is', async () => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const label = '<img src=x onerror=alert(1)>';
    const body = { passId: PASS_ID, label, untilMs: UNTIL_MS, note: NOTE };
    await send('POST', '/api/guard/visitor', body, { cookie });
    expect(desk.orders).toMatchObject([{ label }]);
  });
});

describe('the password before a change of level', () => {
  it('is that of the session’s operator, and does not reach the desk or the log', async () => {
    const { send, signIn, desk, operators, logger } = await startKiosk();
    const cookie = await signIn();
    await send('POST', '/api/guard/level', { level: 'open', password: PASSWORD, note: NOTE }, { cookie });
    expect(operators.calls).toContainEqual({ kind: 'confirm', operator: OPERATOR, remote: '127.0.0.1' });
    expect(JSON.stringify([desk.orders, logger.lines])).not.toContain(PASSWORD);
  });

  it('changes nothing when it is wrong, and keeps the session', async () => {
    const { send, signIn, desk, operators } = await startKiosk();
    const cookie = await signIn();
    const body = { level: 'open', password: 'apricot in snow', note: NOTE };
    const wrong = await send('POST', '/api/guard/level', body, { cookie });
    expect([wrong.status, wrong.json]).toMatchObject([401, { error: 'operator.refused' }]);
    operators.lockedForMs = 29_500;
    const locked = await send('POST', '/api/guard/level', { ...body, password: PASSWORD }, { cookie });
    expect([locked.status, locked.json, locked.headers['retry-after']]).toMatchObject([
      429,
      { error: 'operator.locked' },
      '30',
    ]);
    expect(desk.orders).toEqual([]);
    const session = await send('GET', '/api/session', undefined, { cookie });
    expect(session.json).toMatchObject({ status: 'signed-in' });
  });

  it('gives no order for somebody who signed out while it was checked', async () => {
    const { send, signIn, desk, operators } = await startKiosk();
    const cookie = await signIn();
    operators.confirm = async ({ operator }) => {
      await send('POST', '/api/logout', {}, { cookie });
      return { status: 'accepted', operator };
    };
    const body = { level: 'open', password: PASSWORD, note: NOTE };
    const answer = await send('POST', '/api/guard/level', body, { cookie });
    expect([answer.status, answer.json]).toMatchObject([401, { error: 'no_session' }]);
    expect(desk.orders).toEqual([]);
  });

  it('can be guessed at no faster than at the sign-in', async () => {
    const { send, signIn } = await startKiosk();
    const cookie = await signIn();
    const body = { level: 'open', password: 'guess', note: NOTE };
    const statuses: number[] = [];
    for (let tries = 0; tries < 21; tries++) {
      statuses.push((await send('POST', '/api/guard/level', body, { cookie })).status);
    }
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('a pass to be printed', () => {
  it('goes to the printer with words as wide as its paper, and with no others', async () => {
    const printed: object[] = [];
    const { send, signIn } = await startKiosk({
      passPrinter: {
        dots: 384,
        print: async (passId, words) => {
          printed.push({ passId, ...words, dots: words.dots.length });
          if (passId !== PASS_ID) return undefined;
          return printed.length === 1 ? { status: 'printed' } : { status: 'failed', cause: 'paper' };
        },
      },
    });
    const cookie = await signIn();
    const print = async ({ passId = PASS_ID, width = 384, height = 10, bytes = 480 } = {}) => {
      const words = { width, height, dots: Buffer.alloc(bytes).toString('base64') };
      return send('POST', '/api/guard/print-pass', { passId, words }, { cookie });
    };
    const wrong = [{ width: 576 }, { bytes: 479 }, { height: 401, bytes: 19_248 }, { passId: 'x' }];
    for (const order of wrong) expect([order, (await print(order)).status]).toEqual([order, 400]);
    expect((await print({ height: 400, bytes: 60_000 })).status).toBe(413);
    expect(printed).toEqual([]);
    expect(await print()).toMatchObject({ status: 200, json: { status: 'printed' } });
    expect(printed).toEqual([{ passId: PASS_ID, width: 384, height: 10, dots: 480 }]);
    expect(await print()).toMatchObject({ status: 409, json: { status: 'failed', cause: 'paper' } });
    expect((await print({ passId: 'aabbccddeeff0011' })).status).toBe(404);
  });
});
