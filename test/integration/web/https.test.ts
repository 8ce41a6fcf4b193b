import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { GivenCertificate } from '../../../src/adapters/tls/given-certificate.ts';
import { HandshakeBudget } from '../../../src/adapters/web/handshake-budget.ts';
import { TestAuthority } from '../../support/broker/test-authority.ts';
import { needs } from '../../support/needs.ts';
import { type Kiosk, OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const NAME = 'gate.test';
const DAY_MS = 86_400_000;

needs('openssl')('the screens over HTTPS', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority();
  const first = authority.issue('first', 365, `DNS:${NAME}`);
  const second = authority.issue('second', 365, `DNS:${NAME}`);
  let kiosk: Kiosk;
  let port: number;
  let source: GivenCertificate;
  let folder: string;
  afterAll(() => {
    authority.remove();
    stranger.remove();
  });

  beforeEach(async () => {
    folder = temporaryFolder();
    put(first);
    kiosk = await startKiosk({ secure: { host: '127.0.0.1', port: 0, names: [NAME], strict: false } });
    kiosk.clock.advance(0);
    source = new GivenCertificate({
      certFile: join(folder, 'cert'),
      keyFile: join(folder, 'key'),
      names: [NAME],
    });
    await look();
    port = Number(kiosk.server.address()?.secureUrls?.[0]?.split(':').at(-1));
  });

  function put(files: { cert?: string; key?: string }): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  }
  /** As the daemon does each minute. */
  async function look(wallMs = Date.now()): Promise<string | undefined> {
    const { pair, problem } = await source.current({ wallMs, monotonicMs: 0, quality: 'synced' });
    if (pair !== undefined) await kiosk.server.secureWith(pair);
    return problem;
  }
  const origin = () => `https://${NAME}:${port}`;
  async function ask(path: string, order: { body?: object; headers?: Record<string, string> } = {}) {
    const { body, headers } = order;
    const outgoing = request({
      ...{ host: '127.0.0.1', port, path, agent: false, ca: authority.cert, servername: NAME },
      method: body === undefined ? 'GET' : 'POST',
      headers: { host: `${NAME}:${port}`, 'content-type': 'application/json', ...headers },
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const [incoming] = await once(outgoing, 'response');
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    return { status: incoming.statusCode as number, headers: incoming.headers as IncomingHttpHeaders, text };
  }
  /** Common name of the certificate that a new connection is shown, once its chain is verified. */
  async function shown(more: ConnectionOptions = {}): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, servername: NAME, ...more });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    return String(socket.getPeerCertificate().subject.CN);
  }

  it('are the same pages, with cookies that no plain page can set', async () => {
    expect((await ask('/guard/')).text).toBe('guard page');
    const signIn = { body: { operator: OPERATOR, password: PASSWORD }, headers: { origin: origin() } };
    const login = await ask('/api/login', signIn);
    expect(login.status).toBe(200);
    const cookie = String(login.headers['set-cookie']?.[0]);
    expect(cookie).toMatch(/^__Host-gatepost_session_\w+=[\w-]+;.*; Secure/);
    const [named = ''] = cookie.split(';');
    expect((await ask('/api/session', { headers: { cookie: named } })).text).toContain('signed-in');
    const planted = named.replace('__Host-', '');
    expect((await ask('/api/session', { headers: { cookie: planted } })).text).not.toContain('signed-in');
    expect(login.headers).not.toHaveProperty('strict-transport-security');
  });

  it('answer to their own names and origins alone', async () => {
    expect((await ask('/', { headers: { host: `other.test:${port}` } })).status).toBe(421);
    expect((await ask('/', { headers: { host: `${NAME}:${kiosk.port}` } })).status).toBe(421);
    const body = { operator: OPERATOR, password: PASSWORD };
    for (const foreign of [`http://${NAME}:${port}`, kiosk.url, 'https://other.test', 'null'])
      expect([foreign, (await ask('/api/login', { body, headers: { origin: foreign } })).status]).toEqual([
        foreign,
        403,
      ]);
    // Nor does the plain address answer to them.
    expect((await kiosk.send('GET', '/', undefined, { host: `${NAME}:${kiosk.port}` })).status).toBe(421);
    const plain = await kiosk.send('POST', '/api/login', body, { origin: origin() });
    expect(plain.status).toBe(403);
  });

  it('speak TLS 1.2 and later, and no other protocol', async () => {
    expect(await shown({ maxVersion: 'TLSv1.2' })).toBe('first');
    await expect(
      shown({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
    ).rejects.toThrow();
    const plain = connectPlain({ port, host: '127.0.0.1' });
    plain.write(`GET / HTTP/1.1\r\nHost: ${NAME}:${port}\r\n\r\n`);
    let text = '';
    plain.on('data', (chunk) => {
      text += String(chunk);
    });
    plain.on('error', () => undefined);
    await once(plain, 'close');
    expect(text).not.toContain('HTTP/1.1 200');
    await expect(shown({ ca: stranger.cert })).rejects.toThrow(/self-signed|verify|issuer/);
  });

  it('take a renewed pair without a restart, and who is connected stays so', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws/prompt?accessPoint=main-in`, {
      ...{ ca: authority.cert, servername: NAME, origin: origin(), headers: { host: `${NAME}:${port}` } },
    });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    put({ cert: second.cert });
    expect(await look()).toMatch(/does not belong to the key.*The one before is used/);
    expect(await shown()).toBe('first');
    put({ key: second.key });
    expect(await look()).toBeUndefined();
    expect(await shown()).toBe('second');
    // The same one, and now what stands between it and its authority too.
    const isSent = async () => {
      const open = connect({ host: '127.0.0.1', port, servername: NAME, rejectUnauthorized: false });
      onTestFinished(() => void open.destroy());
      await once(open, 'secureConnect');
      return open.getPeerCertificate(true).issuerCertificate !== undefined;
    };
    expect(await isSent()).toBe(false);
    put({ cert: second.cert + authority.cert });
    expect(await look()).toBeUndefined();
    expect(await isSent()).toBe(true);
    kiosk.server.residentPrompt.show({ accessPoint: 'main-in' } as never);
    const heard = once(socket, 'message');
    kiosk.clock.advance(100);
    const [message] = await heard;
    expect(String(message)).toContain('"topic":"prompt"');
  });

  it.each([
    ['cut off', { cert: second.cert.slice(0, 300), key: second.key }, /no whole certificate/],
    ['without a key', { cert: second.cert, key: 'no key' }, /no private key/],
    ['empty', { cert: '' }, /no whole certificate/],
    ['over', authority.issue('over', 1, `DNS:${NAME}`), /ended at/],
    ['for another name', authority.issue('other', 365, 'DNS:other.test'), /not for gate\.test/],
  ])('keep their pair where the renewed one is %s', async (_what, files, words) => {
    put(files);
    expect(await look(Date.now() + 3 * DAY_MS)).toMatch(words);
    expect(await shown()).toBe('first');
    put(second);
    expect(await look()).toBeUndefined();
    expect(await shown()).toBe('second');
  });

  it('tell a browser to come over TLS alone only where the site asks for it, and no longer than the certificate', async () => {
    await kiosk.server.stop();
    kiosk = await startKiosk({ secure: { host: '127.0.0.1', port: 0, names: [NAME], strict: true } });
    kiosk.clock.quality = 'synced';
    const { pair } = await source.current(kiosk.clock.read());
    if (pair === undefined) throw new Error('no certificate');
    await kiosk.server.secureWith(pair);
    port = Number(kiosk.server.address()?.secureUrls?.[0]?.split(':').at(-1));
    const seconds = Math.floor((pair.facts.notAfterMs - kiosk.clock.read().wallMs) / 1000);
    const strict = async (headers: Record<string, string> = {}) =>
      (await ask('/', { headers })).headers['strict-transport-security'];
    expect(await strict()).toBe(`max-age=${seconds}`);
    expect(await strict({ host: `127.0.0.1:${port}` })).toBeUndefined();
    expect(await strict({ host: `localhost:${port}` })).toBeUndefined();
    kiosk.clock.quality = 'unsynced';
    expect(await strict()).toBeUndefined();
  });

  it('are reached beside 260 handshakes that never end', async () => {
    const silent = await Promise.all(
      Array.from({ length: 260 }, async () => {
        const socket: Socket = connectPlain({ port, host: '127.0.0.1' });
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        // The head of a TLS record whose rest does not come.
        socket.write(Buffer.from([22, 3, 1, 2, 0, 1]));
        return socket;
      }),
    );
    onTestFinished(() => {
      for (const socket of silent) socket.destroy();
    });
    expect((await ask('/guard/')).text).toBe('guard page');
    expect((await kiosk.send('GET', '/guard/')).text).toBe('guard page');
  });
});

it('handshakes are bounded for a network and for all, and never for the kiosk itself', () => {
  let nowMs = 0;
  const budget = new HandshakeBudget(() => nowMs);
  const admitted = (from: () => string, tries: number): number =>
    Array.from({ length: tries }, () => budget.admits(from())).filter(Boolean).length;
  expect(admitted(() => '192.0.2.7', 100)).toBe(24);
  expect(admitted(() => '192.0.2.8', 10)).toBe(10);
  let at = 0;
  expect(admitted(() => `198.51.100.${at++}`, 100)).toBe(64 - 34);
  expect(admitted(() => '127.0.0.1', 100)).toBe(100);
  nowMs += 1000;
  expect(admitted(() => '192.0.2.7', 100)).toBe(6);
  nowMs += 60_000;
  expect(admitted(() => `203.0.113.${at++ % 250}`, 200)).toBe(64);
});
