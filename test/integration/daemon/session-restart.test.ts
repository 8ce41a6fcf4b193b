import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Connection } from '../../../src/adapters/sqlite/connection.ts';
import { databasePath, openForWriting } from '../../../src/adapters/sqlite/database.ts';
import { SqliteSessionStore } from '../../../src/adapters/sqlite/session-store.ts';
import type { SessionStore } from '../../../src/ports/operator-store.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { type Kiosk, OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A machine whose kiosk is started again and again on one store. */
async function machine() {
  const folder = temporaryFolder();
  await (await openStore(folder)).stop();
  const state = { boot: 'boot 1', uptimeMs: 1_000 };
  const clock = new VirtualClock();
  const connection = new Connection({ path: databasePath(folder), clock, logger: new SilentLogger() });
  connection.attach(openForWriting(databasePath(folder)));
  const sessions = new SqliteSessionStore({
    connection,
    clock,
    bootId: () => state.boot,
    uptimeMs: () => state.uptimeMs,
  });
  return {
    folder,
    state,
    clock,
    sessions,
    /** Time passes, the kiosk on or off. */
    pass: (ms: number) => {
      clock.advance(ms);
      state.uptimeMs += ms;
    },
    start: (store: SessionStore = sessions) => startKiosk({ clock, sessions: store }),
  };
}

/** What a sign-in is worth at a kiosk on another port: cookies are named for the port. */
function moved(cookie: string, to: Kiosk): string {
  return cookie.replace(/_\d+=/, `_${to.port}=`);
}

const statusAt = async (kiosk: Kiosk, cookie: string) => {
  const answer = await kiosk.send('GET', '/api/session', undefined, { cookie: moved(cookie, kiosk) });
  return (answer.json as { status: string }).status;
};

describe('a sign-in', () => {
  it('outlives a restart of the daemon, orders and feed included', async () => {
    const { start, pass } = await machine();
    const before = await start();
    const cookie = await before.signIn();
    await before.server.stop();
    pass(MINUTE_MS);
    const kiosk = await start();
    const order = { accessPoint: 'main-in', note: 'parcel' };
    const sent = await kiosk.send('POST', '/api/guard/open', order, { cookie: moved(cookie, kiosk) });
    expect(sent.status).toBe(200);
    expect(kiosk.desk.orders).toMatchObject([{ type: 'open', operator: OPERATOR }]);
    const screen = await WebScreen.open(`${kiosk.url}/ws/guard`, {
      origin: kiosk.url,
      cookie: moved(cookie, kiosk),
    });
    screen.socket.terminate();
  });

  it('outlives a daemon that was killed', async () => {
    const { start, pass } = await machine();
    const before = await start();
    const cookie = await before.signIn();
    pass(MINUTE_MS);
    expect(await statusAt(await start(), cookie)).toBe('signed-in');
  });

  it('ends in its time: 12 hours and 30 minutes go on while the kiosk is off', async () => {
    const { start, pass } = await machine();
    let kiosk = await start();
    const idle = await kiosk.signIn();
    await kiosk.server.stop();
    pass(30 * MINUTE_MS);
    kiosk = await start();
    expect(await statusAt(kiosk, idle)).toBe('login');
    expect(kiosk.operators.calls).toContainEqual({ kind: 'logout', operator: OPERATOR });

    const long = await kiosk.signIn();
    for (let quarters = 0; quarters < 48; quarters++) {
      expect(await statusAt(kiosk, long)).toBe('signed-in');
      await kiosk.send('POST', '/api/session', {}, { cookie: moved(long, kiosk) });
      await kiosk.server.stop();
      pass(HOUR_MS / 4);
      kiosk = await start();
    }
    expect(await statusAt(kiosk, long)).toBe('login');
  });

  it('that was signed out, or whose password was changed while the kiosk was off, stays ended', async () => {
    const { start } = await machine();
    let kiosk = await start();
    const out = await kiosk.signIn();
    const old = await kiosk.signIn();
    await kiosk.send('POST', '/api/logout', {}, { cookie: out });
    await kiosk.server.stop();
    kiosk = await start();
    expect(await statusAt(kiosk, out)).toBe('login');
    await kiosk.server.stop();
    kiosk = await start();
    kiosk.operators.change({ operator: OPERATOR, password: 'pear tree in snow' });
    expect(await statusAt(kiosk, old)).toBe('login');
  });

  it('is on disk as a digest only', async () => {
    const { start, folder } = await machine();
    const kiosk = await start();
    const id = (await kiosk.signIn()).split('=')[1] ?? '';
    await kiosk.server.stop();
    for (const file of ['gatepost.db', 'gatepost.db-wal'].map((name) => join(folder, name))) {
      if (existsSync(file)) expect(readFileSync(file).includes(id)).toBe(false);
    }
    const rows = new Database(databasePath(folder), { readonly: true });
    expect(rows.prepare('SELECT count(*) AS count FROM session').get()).toEqual({ count: 1 });
    rows.close();
  });
});

describe('after a reboot of the machine', () => {
  it('a believed clock tells whether the sign-in is over', async () => {
    const { start, state, clock } = await machine();
    let kiosk = await start();
    const cookie = await kiosk.signIn();
    await kiosk.server.stop();
    Object.assign(state, { boot: 'boot 2', uptimeMs: 20_000 });
    clock.advance(5 * MINUTE_MS);
    kiosk = await start();
    expect(await statusAt(kiosk, cookie)).toBe('signed-in');
    await kiosk.server.stop();
    Object.assign(state, { boot: 'boot 3', uptimeMs: 20_000 });
    clock.advance(30 * MINUTE_MS);
    expect(await statusAt(await start(), cookie)).toBe('login');
  });

  it('nobody is signed in while the clock is not believed, and who was is again when it is', async () => {
    const { start, state, clock } = await machine();
    let kiosk = await start();
    const cookie = await kiosk.signIn();
    await kiosk.server.stop();
    Object.assign(state, { boot: 'boot 2', uptimeMs: 20_000 });
    clock.quality = 'unsynced';
    kiosk = await start();
    expect(await statusAt(kiosk, cookie)).toBe('login');
    clock.quality = 'synced';
    expect(await statusAt(kiosk, cookie)).toBe('signed-in');
  });

  it('a sign-in under a clock that was not believed is over', async () => {
    const { start, state, clock } = await machine();
    clock.quality = 'unsynced';
    const kiosk = await start();
    const cookie = await kiosk.signIn();
    await kiosk.server.stop();
    Object.assign(state, { boot: 'boot 2', uptimeMs: 20_000 });
    clock.quality = 'synced';
    expect(await statusAt(await start(), cookie)).toBe('login');
  });

  it('within one boot it goes by the running time, whatever somebody sets the clock to', async () => {
    const { start, clock, state } = await machine();
    clock.quality = 'unsynced';
    let kiosk = await start();
    const cookie = await kiosk.signIn();
    await kiosk.server.stop();
    clock.jumpTo(clock.read().wallMs + 48 * HOUR_MS);
    kiosk = await start();
    expect(await statusAt(kiosk, cookie)).toBe('signed-in');
    await kiosk.server.stop();
    state.uptimeMs += 30 * MINUTE_MS;
    expect(await statusAt(await start(), cookie)).toBe('login');
  });
});

it('signs in and out also where sign-ins cannot be kept', async () => {
  const { start } = await machine();
  const store = await openStore(temporaryFolder());
  await store.stop();
  const kiosk = await start(store.sessions);
  const cookie = await kiosk.signIn();
  expect(await statusAt(kiosk, cookie)).toBe('signed-in');
  await kiosk.send('POST', '/api/logout', {}, { cookie });
  expect(await statusAt(kiosk, cookie)).toBe('login');
  expect(kiosk.logger.lines.some(({ level }) => level === 'warn')).toBe(true);
});

describe('an account that is changed', () => {
  it('ends the sessions of the name at once, with their sockets, and no others', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    const screen = await WebScreen.open(`${kiosk.url}/ws/guard`, { origin: kiosk.url, cookie });
    kiosk.operators.change({ operator: OPERATOR, password: 'pear tree in snow' });
    expect(await screen.closed).toBe(4401);
    const order = { door: 'main', verb: 'block', note: 'x' };
    expect((await kiosk.send('POST', '/api/guard/door', order, { cookie })).status).toBe(401);
    expect(kiosk.operators.calls).toContainEqual({ kind: 'logout', operator: OPERATOR });
    expect((await kiosk.send('POST', '/api/login', { operator: OPERATOR, password: PASSWORD })).status).toBe(
      401,
    );
  });

  it('ends them also when nobody has told yet', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    kiosk.operators.account = undefined;
    expect((await kiosk.send('POST', '/api/session', {}, { cookie })).status).toBe(401);
  });
});

describe('two gates behind one host name', () => {
  it('sign nobody out of each other', async () => {
    const north = await startKiosk({ cookieScope: 'willow-court_north' });
    const south = await startKiosk({ cookieScope: 'willow-court_north' });
    const jar = [await north.signIn(), await south.signIn()].join('; ');
    expect(new Set(jar.split('; ').map((cookie) => cookie.split('=')[0])).size).toBe(2);
    for (const kiosk of [north, south]) expect(await statusOf(kiosk, jar)).toBe('signed-in');
    await north.send('POST', '/api/logout', {}, { cookie: jar });
    expect(await statusOf(north, jar)).toBe('login');
    expect(await statusOf(south, jar)).toBe('signed-in');
  });

  it('are told apart by the gate where both listen at the same port', async () => {
    const names = await Promise.all(
      ['willow-court_north', 'willow-court_south'].map(async (cookieScope) => {
        const kiosk = await startKiosk({ cookieScope });
        return (await kiosk.signIn()).replace(String(kiosk.port), 'PORT').split('=')[0];
      }),
    );
    expect(new Set(names).size).toBe(2);
  });

  it('go by the cookie that is good when somebody has planted another one before it', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    const planted = `${cookie.split('=')[0]}=planted; ${cookie}`;
    expect(await statusOf(kiosk, planted)).toBe('signed-in');
    const order = { accessPoint: 'main-in', note: 'parcel' };
    expect((await kiosk.send('POST', '/api/guard/open', order, { cookie: planted })).status).toBe(200);
  });

  async function statusOf(kiosk: Kiosk, cookie: string): Promise<string> {
    const answer = await kiosk.send('GET', '/api/session', undefined, { cookie });
    return (answer.json as { status: string }).status;
  }
});
