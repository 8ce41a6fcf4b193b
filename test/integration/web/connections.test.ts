import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Server } from 'node:http';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConnectionPlaces } from '../../../src/adapters/web/connection-places.ts';
import { networkOf } from '../../../src/core/network.ts';
import { type Kiosk, startKiosk } from '../../support/screens/web-kiosk.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

/** More than there are places. */
const MANY = 260;

/** Connected sockets that have sent `text`, read nothing, and never end their own side. */
async function sockets(port: number, count: number, text: string): Promise<Socket[]> {
  const opened = Array.from({ length: count }, () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.pause();
    return socket;
  });
  onTestFinished(() => {
    for (const socket of opened) socket.destroy();
  });
  for (const socket of opened) {
    if (socket.connecting) await once(socket, 'connect');
    await new Promise((resolve) => socket.write(text, resolve));
  }
  return opened;
}

/** Writes on and on until the other side is seen to be gone. */
async function closedByWriting(socket: Socket, everyMs: number): Promise<void> {
  const more = setInterval(() => socket.write('x'), everyMs);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(more);
}

async function expectAnswers(kiosk: Kiosk): Promise<void> {
  for (let at = 0; at < 20; at++) expect((await kiosk.send('GET', '/api/session')).status).toBe(200);
  const screen = await WebScreen.open(`${kiosk.url}/ws/prompt?accessPoint=main-in`, { origin: kiosk.url });
  screen.socket.terminate();
}

describe('a screen gets through', () => {
  it.each([
    ['silent', ''],
    ['half-open', 'GET / HTTP/1.1\r\nX: '],
    ['idle', 'GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['unreadable', 'no HTTP at all\r\n\r\n'],
  ])(`beside ${MANY} %s connections`, async (_what, text) => {
    const kiosk = await startKiosk();
    await sockets(kiosk.port, MANY, text);
    await expectAnswers(kiosk);
  });

  it(`beside ${MANY} connections that never read their answer, once they had their time`, async () => {
    const kiosk = await startKiosk();
    // More than the buffers of a connection take.
    const large = join(kiosk.screensFolder, 'large.bin');
    writeFileSync(large, Buffer.alloc(16 * 1024 * 1024));
    await kiosk.server.stop();
    await kiosk.server.start(new AbortController().signal);
    const port = kiosk.server.address()?.port ?? 0;
    await sockets(port, MANY, `GET /large.bin HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    kiosk.clock.advance(15_000);
    const again = await fetch(`http://127.0.0.1:${port}/api/session`);
    expect(again.status).toBe(200);
  });
});

describe('a refused connection', () => {
  it('is gone at once, although its other side stays', async () => {
    const kiosk = await startKiosk();
    const [socket] = await sockets(kiosk.port, 1, 'no HTTP at all\r\n\r\n');
    if (socket === undefined) throw new Error('no socket');
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    const ended = once(socket, 'end');
    socket.resume();
    await ended;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    // A socket that the kiosk had only ended would swallow this for ever.
    await closedByWriting(socket, 10);
  });

  it('is one whose head takes longer than ten seconds', async () => {
    const kiosk = await startKiosk();
    const [socket] = await sockets(kiosk.port, 1, 'GET / HTTP/1.1\r\nX: ');
    if (socket === undefined) throw new Error('no socket');
    await closedByWriting(socket, 500);
  });
});

describe('the places', () => {
  function rig() {
    let nowMs = 0;
    const server = new Server();
    new ConnectionPlaces(() => nowMs).attach(server);
    const arrive = (from: string): Socket => {
      const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: from });
      server.emit('connection', socket);
      return socket;
    };
    /** Asks for something whose answer does not end. */
    const ask = (socket: Socket): Server => {
      const response = new Server();
      server.listeners('request').forEach((listen) => {
        listen.call(server, { socket }, response);
      });
      return response;
    };
    return { arrive, ask, pass: (ms: number) => (nowMs += ms) };
  }

  it('of one network are 64, and its own oldest gives way', () => {
    const { arrive } = rig();
    const first = arrive('192.0.2.7');
    const elsewhere = arrive('192.0.2.8');
    const more = Array.from({ length: 64 }, () => arrive('::ffff:192.0.2.7'));
    expect([first.destroyed, elsewhere.destroyed]).toEqual([true, false]);
    expect(more.every((socket) => !socket.destroyed)).toBe(true);
  });

  it('count a whole /64 of IPv6 as one network', () => {
    const { arrive } = rig();
    const first = arrive('2001:db8:1:2::1');
    const elsewhere = arrive('2001:db8:1:3::1');
    for (let at = 0; at < 64; at++) arrive(`2001:db8:1:2:${at.toString(16)}::9`);
    expect([first.destroyed, elsewhere.destroyed]).toEqual([true, false]);
  });

  it('keep 16 for the kiosk itself', () => {
    const { arrive, ask } = rig();
    const others = Array.from({ length: 300 }, (_, at) => {
      const socket = arrive(`192.0.2.${at % 250}`);
      ask(socket);
      return socket;
    });
    expect(others.filter((socket) => !socket.destroyed)).toHaveLength(240);
    const own = Array.from({ length: 16 }, () => arrive('127.0.0.1'));
    expect(own.every((socket) => !socket.destroyed)).toBe(true);
  });

  it('are taken from who waits before they are from who is answered, and from both only when needed', () => {
    const { arrive, ask, pass } = rig();
    const asking = arrive('127.0.0.1');
    const response = ask(asking);
    const waiting = arrive('127.0.0.1');
    const rest = Array.from({ length: 254 }, () => arrive('127.0.0.1'));
    expect(waiting.destroyed).toBe(false);
    arrive('127.0.0.1');
    expect([asking.destroyed, waiting.destroyed]).toEqual([false, true]);
    pass(15_000);
    response.emit('close');
    for (const socket of rest) ask(socket);
    arrive('127.0.0.1');
    expect(asking.destroyed).toBe(false);
  });

  it('are refused while everybody is being answered, for fifteen seconds', () => {
    const { arrive, ask, pass } = rig();
    for (let at = 0; at < 256; at++) ask(arrive('127.0.0.1'));
    expect(arrive('127.0.0.1').destroyed).toBe(true);
    pass(15_000);
    expect(arrive('127.0.0.1').destroyed).toBe(false);
  });
});

describe('the screens of one access point', () => {
  const screen = (kiosk: Kiosk, forwardedFor?: string) =>
    WebScreen.open(`${kiosk.url}/ws/prompt?accessPoint=main-in`, {
      origin: kiosk.url,
      ...(forwardedFor === undefined ? {} : { headers: { 'x-forwarded-for': forwardedFor } }),
    });

  it('leave two places for the kiosk itself, and one network four', async () => {
    const kiosk = await startKiosk();
    for (let at = 0; at < 4; at++) await screen(kiosk, '192.0.2.9');
    await expect(screen(kiosk, '192.0.2.9')).rejects.toThrow(/503/);
    const own = await screen(kiosk);
    expect(own.socket.readyState).toBe(own.socket.OPEN);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0001:0002:3::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
