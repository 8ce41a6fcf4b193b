import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { PromptView } from '../../../src/ports/resident-prompt.ts';
import { settle } from '../../support/clock/virtual-clock.ts';
import { type Kiosk, startKiosk } from '../../support/screens/web-kiosk.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

const IDLE: PromptView = { accessPoint: 'main-in', direction: 'in', feedback: 'Idle', simulated: true };

function queue(pending: number) {
  return { pending, connected: true };
}

async function guardScreen(kiosk: Kiosk, more: { autoPong?: boolean } = {}): Promise<WebScreen> {
  const cookie = await kiosk.signIn();
  return WebScreen.open(`${kiosk.url}/ws/guard`, { origin: kiosk.url, cookie, ...more });
}

function promptScreen(kiosk: Kiosk): Promise<WebScreen> {
  return WebScreen.open(`${kiosk.url}/ws/prompt?accessPoint=main-in`, { origin: kiosk.url });
}

/** Lets virtual time pass in steps until the screen knows what the test waits for. */
async function passTimeUntil(kiosk: Kiosk, done: () => boolean): Promise<void> {
  while (!done()) {
    kiosk.clock.advance(100);
    await settle();
  }
}

describe('the feeds', () => {
  it('tell all present values first and then the changes, also those from before the start', async () => {
    const kiosk = await startKiosk();
    kiosk.server.guardFeed.publish('queue', queue(1));
    kiosk.server.guardFeed.publish('clock', { wallMs: 5, quality: 'synced' });
    const screen = await guardScreen(kiosk);
    await passTimeUntil(kiosk, () => screen.messages.length > 0);
    expect(screen.messages[0]).toEqual([
      { topic: 'queue', value: queue(1) },
      { topic: 'clock', value: { wallMs: 5, quality: 'synced' } },
    ]);
    kiosk.server.guardFeed.publish('queue', queue(2));
    await passTimeUntil(kiosk, () => screen.messages.length > 1);
    expect(screen.messages.slice(1)).toEqual([[{ topic: 'queue', value: queue(2) }]]);
  });

  it("tell the resident's screen of its own access point without sign-in", async () => {
    const kiosk = await startKiosk();
    kiosk.server.residentPrompt.show(IDLE);
    kiosk.server.residentPrompt.show({ ...IDLE, accessPoint: 'unheard-of' });
    const screen = await promptScreen(kiosk);
    await passTimeUntil(kiosk, () => screen.messages.length > 0);
    expect(screen.messages).toEqual([[{ topic: 'prompt', value: IDLE }]]);
    expect((await kiosk.send('GET', '/api/prompt')).json).toMatchObject({
      accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
      simulated: true,
    });
  });

  it('turn 1,000 changes of one topic within a second into at most 11 messages, the last one right', async () => {
    const kiosk = await startKiosk();
    const screen = await guardScreen(kiosk);
    for (let value = 1; value <= 1000; value++) {
      kiosk.server.guardFeed.publish('queue', queue(value));
      kiosk.clock.advance(1);
      if (value % 100 === 0) await settle();
    }
    await passTimeUntil(
      kiosk,
      () => (screen.latest('queue') as { pending: number } | undefined)?.pending === 1000,
    );
    expect(screen.messages.length).toBeLessThanOrEqual(11);
    expect(screen.messages.length).toBeGreaterThan(1);
  });

  it('drop a screen that does not read, while another misses nothing', async () => {
    const kiosk = await startKiosk();
    const [slow, fast] = [await promptScreen(kiosk), await promptScreen(kiosk)];
    slow.pause();
    const filler = 'x'.repeat(512 * 1024);
    const wasDropped = () => kiosk.logger.lines.some((line) => line.message.includes('does not read'));
    let shown = 0;
    while (!wasDropped()) {
      shown++;
      const view = { ...IDLE, waitSeconds: shown, filler };
      kiosk.server.residentPrompt.show(view);
      kiosk.clock.advance(100);
      await fast.until(() => (fast.latest('prompt') as PromptView | undefined)?.waitSeconds === shown);
      expect(shown).toBeLessThan(1_000);
    }
    slow.socket.resume();
    expect(await slow.closed).toBeGreaterThanOrEqual(1001);
    expect(slow.messages.length).toBeLessThan(shown);
    kiosk.server.residentPrompt.show(IDLE);
    await passTimeUntil(kiosk, () => fast.latest('prompt') !== undefined && fast.messages.length > shown);
    expect(fast.latest('prompt')).toEqual(IDLE);
  });

  it('find a half-open screen by the deadline of its ping, and keep the one that answers', async () => {
    const kiosk = await startKiosk();
    const dead = await guardScreen(kiosk, { autoPong: false });
    const alive = await guardScreen(kiosk);
    const pinged = Promise.all([once(dead.socket, 'ping'), once(alive.socket, 'ping')]);
    kiosk.clock.advance(10_000);
    await pinged;
    // The answer of the living one has to come back before virtual time goes on.
    for (let trips = 0; trips < 3; trips++) await kiosk.send('GET', '/api/session');
    kiosk.clock.advance(4_999);
    expect(dead.socket.readyState).toBe(dead.socket.OPEN);
    kiosk.clock.advance(1);
    await dead.closed;
    kiosk.server.guardFeed.publish('queue', queue(7));
    await passTimeUntil(kiosk, () => alive.latest('queue') !== undefined);
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });

  it('end a screen that sends anything', async () => {
    const kiosk = await startKiosk();
    const polite = await promptScreen(kiosk);
    polite.socket.send('hello');
    expect(await polite.closed).toBe(1008);
    const rude = await promptScreen(kiosk);
    rude.socket.on('error', () => undefined);
    rude.socket.send(new Uint8Array(1024 * 1024));
    expect(await rude.closed).toBeGreaterThanOrEqual(1001);
    expect((await kiosk.send('GET', '/api/session')).status).toBe(200);
  });
});

describe('an upgrade', () => {
  it.each([
    ['missing', undefined],
    ['null', 'null'],
    ['foreign', 'https://evil.example'],
  ])('is refused when its Origin is %s, signed in or not', async (_what, origin) => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    const guard = WebScreen.open(`${kiosk.url}/ws/guard`, { cookie, origin });
    await expect(guard).rejects.toThrow('Unexpected server response: 403');
    const prompt = WebScreen.open(`${kiosk.url}/ws/prompt?accessPoint=main-in`, { origin });
    await expect(prompt).rejects.toThrow('Unexpected server response: 403');
  });

  it.each([
    ['/ws/guard', 401],
    ['/ws/prompt', 404],
    ['/ws/prompt?accessPoint=nowhere', 404],
    ["/ws/prompt?accessPoint=';DROP", 404],
    ['/ws/other', 404],
    ['/api/session', 404],
    ['/guard/', 404],
  ])('of %s without a session is answered %i', async (path, status) => {
    const kiosk = await startKiosk();
    const screen = WebScreen.open(`${kiosk.url}${path}`, { origin: kiosk.url });
    await expect(screen).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  it('is given to no more than 8 screens of one access point, out of 200 that ask at once', async () => {
    const kiosk = await startKiosk();
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => promptScreen(kiosk)));
    const open = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(open).toHaveLength(8);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('503');
    }
    const leaving = open[0];
    if (leaving?.status === 'fulfilled') leaving.value.socket.close();
    await leaving?.value.closed;
    await expect(promptScreen(kiosk)).resolves.toBeInstanceOf(WebScreen);
  });
});

describe('the end', () => {
  it('of a session closes its sockets and no others', async () => {
    const kiosk = await startKiosk();
    const cookie = await kiosk.signIn();
    const mine = await WebScreen.open(`${kiosk.url}/ws/guard`, { origin: kiosk.url, cookie });
    const other = await guardScreen(kiosk);
    await kiosk.send('POST', '/api/logout', undefined, { cookie });
    expect(await mine.closed).toBe(4401);
    expect(other.socket.readyState).toBe(other.socket.OPEN);
    // In steps, with a round trip in each, so that the screen's answers to pings come back in time.
    for (let steps = 0; steps < 360; steps++) {
      expect(other.socket.readyState).toBe(other.socket.OPEN);
      kiosk.clock.advance(5_000);
      await kiosk.send('GET', '/api/prompt');
    }
    expect(await other.closed).toBe(4401);
  });

  it('of the server closes every socket, also one that no longer reads', async () => {
    const kiosk = await startKiosk();
    const screens = [await guardScreen(kiosk), await promptScreen(kiosk)];
    const hung = await promptScreen(kiosk);
    hung.pause();
    await kiosk.server.stop();
    expect(await Promise.all(screens.map((screen) => screen.closed))).toEqual([1001, 1001]);
    hung.socket.resume();
    await hung.closed;
    kiosk.server.guardFeed.publish('queue', queue(1));
    expect(kiosk.clock.pendingTimers()).toBe(0);
  });
});
