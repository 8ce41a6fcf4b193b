import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ScryptHasher } from '../../../src/adapters/crypto/scrypt-hasher.ts';
import { OperatorAccounts } from '../../../src/app/operators/operator-accounts.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { cookieOf, type Kiosk, OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { MemoryBrowsers, MemoryOperators } from '../../support/store/memory-operators.ts';
import { RecordingLog } from '../../support/store/recording-log.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function statusOf(kiosk: Kiosk, cookie: string): Promise<unknown> {
  return (await kiosk.send('GET', '/api/session', undefined, { cookie })).json;
}

/** With the password, so that it does not matter when somebody was last seen at the desk. */
function order(kiosk: Kiosk, cookie: string) {
  const body = { accessPoint: 'main-in', note: 'parcel', password: PASSWORD };
  return kiosk.send('POST', '/api/guard/open', body, { cookie });
}

describe('signing in', () => {
  it('goes from set-up through sign-in to sign-out with real accounts', async () => {
    const codes: string[] = [];
    const log = new RecordingLog();
    const operators = new OperatorAccounts({
      store: new MemoryOperators(),
      hasher: new ScryptHasher(),
      log,
      clock: new VirtualClock(),
      logger: new SilentLogger(),
      gate: 'north',
      randomBytes,
      onSetUpCode: (code) => codes.push(code),
    });
    operators.announceSetUp();
    const kiosk = await startKiosk({ operators });
    const account = { operator: OPERATOR, password: PASSWORD };
    expect(await statusOf(kiosk, '')).toEqual({ status: 'setup', demo: false });

    const wrong = await kiosk.send('POST', '/api/setup', { code: 'AAAA-AAAA', ...account });
    expect([wrong.status, wrong.json]).toMatchObject([409, { error: 'operator.refused' }]);
    const done = await kiosk.send('POST', '/api/setup', { code: codes[0], ...account });
    expect([done.status, done.json]).toEqual([
      200,
      { status: 'signed-in', operator: OPERATOR, role: 'supervisor', demo: false },
    ]);
    expect(await statusOf(kiosk, cookieOf(done))).toMatchObject({ status: 'signed-in', operator: OPERATOR });

    const signedIn = await kiosk.send('POST', '/api/login', account);
    const cookie = cookieOf(signedIn);
    expect((await order(kiosk, cookie)).status).toBe(200);
    expect((await kiosk.send('POST', '/api/logout', undefined, { cookie })).status).toBe(200);
    expect((await order(kiosk, cookie)).status).toBe(401);
    expect(await statusOf(kiosk, cookie)).toEqual({ status: 'login', demo: false });
    expect(log.events.map((event) => event.name)).toEqual([
      'operator.authfailed',
      'operator.login',
      'operator.login',
      'operator.logout',
    ]);
  });

  it('locks out after five wrong passwords and says for how long', async () => {
    const clock = new VirtualClock();
    const store = new MemoryOperators();
    const hasher = new ScryptHasher();
    store.put({ name: OPERATOR, passwordHash: await hasher.hash(PASSWORD), role: 'guard' });
    const operators = new OperatorAccounts({
      store,
      hasher,
      log: new RecordingLog(),
      clock,
      logger: new SilentLogger(),
      gate: 'north',
      randomBytes,
      onSetUpCode: () => undefined,
    });
    const kiosk = await startKiosk({ operators, clock });
    const attempt = (password: string) => kiosk.send('POST', '/api/login', { operator: OPERATOR, password });
    for (let tries = 0; tries < 5; tries++) expect((await attempt('a wrong one')).status).toBe(401);
    const locked = await attempt(PASSWORD);
    expect([locked.status, locked.headers['retry-after'], locked.json]).toMatchObject([
      429,
      '30',
      { error: 'operator.locked' },
    ]);
    clock.advance(30_000);
    expect((await attempt(PASSWORD)).status).toBe(200);
  });

  it('limits the tries of one address on the monotonic clock, whoever they are for', async () => {
    const kiosk = await startKiosk();
    const attempt = (at: number) =>
      kiosk.send('POST', '/api/login', { operator: `Guess ${at}`, password: 'a wrong one' });
    for (let at = 0; at < 20; at++) expect((await attempt(at)).status).toBe(401);
    const over = await attempt(20);
    expect([over.status, over.json]).toMatchObject([429, { error: 'too_many_requests' }]);
    kiosk.clock.jumpTo(0);
    kiosk.clock.advance(MINUTE_MS);
    expect((await attempt(21)).status).toBe(401);
  });

  it('refuses, records and tells a thousand guesses, and lets the guard in beside them', async () => {
    const clock = new VirtualClock();
    const [store, hasher, log] = [new MemoryOperators(), new ScryptHasher(), new RecordingLog()];
    store.put({ name: OPERATOR, passwordHash: await hasher.hash(PASSWORD), role: 'guard' });
    let alarms = 0;
    const operators = new OperatorAccounts({
      ...{ store, hasher, log, clock, logger: new SilentLogger(), gate: 'north', randomBytes },
      browsers: new MemoryBrowsers(),
      onSetUpCode: () => undefined,
      onGuessing: () => {
        alarms += 1;
      },
    });
    const kiosk = await startKiosk({ operators, clock });
    const right = { operator: OPERATOR, password: PASSWORD };
    const login = (body: object, cookie?: string) =>
      kiosk.send('POST', '/api/login', body, cookie === undefined ? {} : { cookie });
    const cookies = ({ headers }: Awaited<ReturnType<typeof login>>) =>
      [headers['set-cookie'] ?? []]
        .flat()
        .map((one) => one.split(';')[0])
        .join('; ');
    const mine = cookies(await login(right));
    for (let guess = 0; guess < 1_000; guess++) {
      // As patient as one may be who has many: the wait of the address, and that of the name, is over.
      if (guess % 100 === 0) clock.advance(16 * MINUTE_MS);
      const names = [OPERATOR, `Guess ${guess}`];
      const answer = await login({ operator: names[guess % 2], password: `guess number ${guess}` });
      expect([guess, [401, 429].includes(answer.status)]).toEqual([guess, true]);
      expect(cookies(answer)).toBe('');
    }
    const tried = log.events.filter(({ name }) => name === 'operator.authfailed');
    expect([tried.length, alarms]).toEqual([1_000, 50]);
    // The password alone is not enough from a strange browser now; from the guard's own it is, at once.
    expect((await login(right)).status).toBe(429);
    const back = await login(right, mine);
    expect(back.status).toBe(200);
    expect((await order(kiosk, cookies(back))).status).toBe(200);
  });

  it('gives a cookie that scripts cannot read and other sites cannot send', async () => {
    const kiosk = await startKiosk();
    const answer = await kiosk.send('POST', '/api/login', { operator: OPERATOR, password: PASSWORD });
    const cookie = String(answer.headers['set-cookie']?.[0]);
    expect(cookie).toMatch(new RegExp(`^gatepost_session_kiosk_${kiosk.port}=[A-Za-z0-9_-]{43};`));
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('never goes on with a session id from before the sign-in', async () => {
    const kiosk = await startKiosk();
    const before = await kiosk.signIn();
    const body = { operator: OPERATOR, password: PASSWORD };
    const answer = await kiosk.send('POST', '/api/login', body, { cookie: before });
    expect(cookieOf(answer)).not.toBe(before);
    expect((await order(kiosk, before)).status).toBe(401);
    expect((await order(kiosk, cookieOf(answer))).status).toBe(200);
  });

  it.each(["' OR 1=1 --", '<script>alert(1)</script>', 'x'.repeat(256)])(
    'hands %j to the operator desk as plain text and repeats nothing of it',
    async (text) => {
      const kiosk = await startKiosk();
      const answer = await kiosk.send('POST', '/api/login', { operator: text, password: text });
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain(text);
      expect(kiosk.operators.calls).toMatchObject([{ kind: 'login', operator: text }]);
    },
  );
});

describe('a session', () => {
  it('ends after 30 minutes without an order, and the end is recorded', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    kiosk.clock.advance(29 * MINUTE_MS);
    expect((await order(kiosk, cookie)).status).toBe(200);
    kiosk.clock.advance(30 * MINUTE_MS - 1);
    expect(kiosk.operators.calls).not.toContainEqual({ kind: 'logout', operator: OPERATOR });
    kiosk.clock.advance(1);
    expect(kiosk.operators.calls).toContainEqual({ kind: 'logout', operator: OPERATOR });
    expect((await order(kiosk, cookie)).status).toBe(401);
  });

  it('is kept by a person at the screen and not by a page that only asks', async () => {
    const kiosk = await startKiosk();
    const watched = await kiosk.signIn();
    const touched = await kiosk.signIn();
    kiosk.clock.advance(29 * MINUTE_MS);
    expect(await statusOf(kiosk, watched)).toMatchObject({ status: 'signed-in' });
    const touch = await kiosk.send('POST', '/api/session', {}, { cookie: touched });
    expect(touch.status).toBe(200);
    kiosk.clock.advance(MINUTE_MS);
    expect(await statusOf(kiosk, watched)).toMatchObject({ status: 'login' });
    expect(await statusOf(kiosk, touched)).toMatchObject({ status: 'signed-in' });
    expect((await kiosk.send('POST', '/api/session', {}, { cookie: watched })).status).toBe(401);
  });

  it('ends after 12 hours however busy the guard is', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    for (let quarters = 1; quarters < 48; quarters++) {
      kiosk.clock.advance(HOUR_MS / 4);
      expect((await order(kiosk, cookie)).status).toBe(200);
    }
    kiosk.clock.advance(HOUR_MS / 4);
    expect((await order(kiosk, cookie)).status).toBe(401);
  });

  it('does not end because somebody sets the wall clock', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    kiosk.clock.jumpTo(kiosk.clock.read().wallMs + 48 * HOUR_MS);
    expect((await order(kiosk, cookie)).status).toBe(200);
  });

  it('makes room when there are 64: the one that was unused for longest ends', async () => {
    const kiosk = await startKiosk();
    const cookies: string[] = [];
    for (let count = 0; count < 64; count++) {
      if (count % 20 === 0) kiosk.clock.advance(MINUTE_MS);
      cookies.push(await kiosk.signIn());
    }
    const [first = '', second = ''] = cookies;
    expect((await order(kiosk, first)).status).toBe(200);
    const last = await kiosk.signIn();
    expect((await order(kiosk, second)).status).toBe(401);
    expect((await order(kiosk, first)).status).toBe(200);
    expect((await order(kiosk, last)).status).toBe(200);
  });
});
