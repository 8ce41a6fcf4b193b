import { describe, expect, it } from 'vitest';
import { settle } from '../../support/clock/virtual-clock.ts';
import { attentionItem, DOOR, passage, SITE } from '../../support/screens/screen-samples.ts';
import { type Kiosk, startKiosk } from '../../support/screens/web-kiosk.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

const OTHER = 'https://north.lan:8443';
const gates = { others: [{ name: 'South gate', url: 'https://south.lan:8443' }], watchedBy: [OTHER] };
const ENDED = 4401;
const MINUTE_MS = 60_000;

async function passTimeUntil({ clock }: Kiosk, done: () => boolean): Promise<void> {
  while (!done()) {
    clock.advance(100);
    await settle();
  }
}

async function granted(kiosk: Kiosk, cookie: string): Promise<string> {
  const answer = await kiosk.send('POST', '/api/gates/watch', { origin: OTHER }, { cookie });
  expect(answer.status).toBe(200);
  return (answer.json as { token: string }).token;
}

const watch = (kiosk: Kiosk, options: { origin?: string; token?: string; cookie?: string }) =>
  WebScreen.open(`${kiosk.url}/ws/gates`, {
    origin: options.origin ?? OTHER,
    ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
    ...(options.token === undefined ? {} : { protocols: ['gatepost.watch', options.token] }),
  });

describe('a gate that the page of another kiosk watches', () => {
  it('tells it how it is, as long as the guard who has allowed it stays signed in, however long that page is open', async () => {
    const kiosk = await startKiosk({ gates });
    const feed = kiosk.server.guardFeed;
    feed.publish('site', SITE);
    feed.publish('door/main', DOOR);
    feed.publish('passage/main-in', passage({ feedback: 'GuardCalled', label: '赵兰', passage: 'p1' }));
    const cookie = await kiosk.signIn();
    const screen = await watch(kiosk, { token: await granted(kiosk, cookie) });
    await passTimeUntil(kiosk, () => screen.latest('gate') !== undefined);
    expect(screen.latest('gate')).toMatchObject({
      name: SITE.name,
      needs: 1,
      alarm: false,
      places: [
        { accessPoint: 'main-in', feedback: 'GuardCalled', label: '赵兰', calls: false },
        { accessPoint: 'main-out', feedback: 'Idle', calls: false },
      ],
    });
    expect(JSON.stringify(screen.messages)).not.toMatch(/passId|holderRef|temperature/);
    feed.publish('attention', [attentionItem('forced'), attentionItem('duress')]);
    feed.publish('door/main', { ...DOOR, alarm: 'DoorForcedOpen' });
    await passTimeUntil(kiosk, () => (screen.latest('gate') as { alarm: boolean }).alarm);
    // It is heard of every few seconds, and its guard is signed out by nobody meanwhile.
    const endMs = kiosk.clock.read().monotonicMs + 31 * MINUTE_MS;
    while (kiosk.clock.read().monotonicMs < endMs) {
      const beats = screen.messages.length;
      kiosk.clock.advance(4_000);
      await passTimeUntil(kiosk, () => screen.messages.length > beats);
    }
    expect((await kiosk.send('GET', '/api/session', undefined, { cookie })).json).toMatchObject({
      status: 'signed-in',
    });
    await kiosk.send('POST', '/api/logout', undefined, { cookie });
    expect(await screen.closed).toBe(ENDED);
  });

  it('tells nobody else, and what opens that socket opens nothing else', async () => {
    const kiosk = await startKiosk({ gates });
    const cookie = await kiosk.signIn();
    const token = await granted(kiosk, cookie);
    const ends = async (options: Parameters<typeof watch>[1]) => (await watch(kiosk, options)).closed;
    expect(await ends({})).toBe(ENDED);
    expect(await ends({ token: `${token.slice(0, -1)}_` })).toBe(ENDED);
    // A cookie that a browser sends along with the page of the other kiosk counts for nothing.
    expect(await ends({ cookie })).toBe(ENDED);
    // Nor does the token with the kiosk's own page, or as a cookie.
    expect(await ends({ origin: kiosk.url, token })).toBe(ENDED);
    const stolen = `${cookie.split('=')[0]}=${token}`;
    expect((await kiosk.send('POST', '/api/session', {}, { cookie: stolen })).status).toBe(401);
    await expect(watch(kiosk, { origin: 'https://evil.lan', token })).rejects.toThrow('403');
    for (const path of ['/ws/guard', '/ws/gates?x', '/ws/prompt?accessPoint=main-in']) {
      const opened = WebScreen.open(kiosk.url + path, {
        origin: OTHER,
        cookie,
        protocols: ['gatepost.watch', token],
      });
      await expect(opened).rejects.toThrow('403');
    }
    const order = await kiosk.send('POST', '/api/guard/seen', { id: 'x' }, { cookie, origin: OTHER });
    expect(order.status).toBe(403);
    kiosk.operators.change(undefined);
    expect(await ends({ token })).toBe(ENDED);
  });

  it('asks its own guard, who sits there, and names only whom its config names', async () => {
    const kiosk = await startKiosk({ gates });
    const cookie = await kiosk.signIn();
    const ask = (origin: string, headers: object) =>
      kiosk.send('POST', '/api/gates/watch', { origin }, { cookie, ...headers });
    expect((await ask('https://evil.lan', {})).json).toMatchObject({ error: 'foreign_origin' });
    expect((await ask(OTHER, { origin: OTHER })).json).toMatchObject({ error: 'foreign_origin' });
    expect((await ask(OTHER, { cookie: undefined })).status).toBe(401);
    kiosk.clock.advance(16 * MINUTE_MS);
    expect((await ask(OTHER, {})).json).toMatchObject({ error: 'desk.unattended' });
    const usual = await startKiosk();
    const nobody = await usual.send(
      'POST',
      '/api/gates/watch',
      { origin: OTHER },
      { cookie: await usual.signIn() },
    );
    expect(nobody.status).toBe(403);
    await expect(watch(usual, {})).rejects.toThrow('403');
  });

  it('lets no page be framed, and opens to others only what a page of several gates needs', async () => {
    const kiosk = await startKiosk({ gates });
    const usual = await startKiosk();
    const headersOf = async (one: Kiosk, path: string) => {
      const { headers } = await one.send('GET', path);
      return [headers['content-security-policy'], headers['cross-origin-opener-policy']];
    };
    for (const path of ['/', '/guard/', '/prompt/', '/gates/', '/api/gates']) {
      for (const one of [kiosk, usual]) {
        const [policy] = await headersOf(one, path);
        expect([path, policy]).toEqual([path, expect.stringContaining("frame-ancestors 'none'")]);
      }
    }
    expect(await headersOf(kiosk, '/gates/')).toEqual([
      expect.stringContaining("connect-src 'self' wss://south.lan:8443;"),
      'same-origin-allow-popups',
    ]);
    expect((await headersOf(kiosk, '/guard/'))[1]).toBe('unsafe-none');
    expect((await headersOf(usual, '/guard/'))[1]).toBe('same-origin');
    expect((await headersOf(kiosk, '/prompt/'))[1]).toBe('same-origin');
    expect((await kiosk.send('GET', '/api/gates')).json).toEqual({ others: gates.others });
  });
});
