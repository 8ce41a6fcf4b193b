import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebServer } from '../../../src/adapters/web/server.ts';
import { GatepostError } from '../../../src/core/errors.ts';
import { startKiosk } from '../../support/screens/web-kiosk.ts';

const NOTE = 'parcel for 3-201';

describe('pages', () => {
  it('serves the built files with a policy that allows nothing inline and nothing foreign', async () => {
    const { send } = await startKiosk();
    for (const [path, text] of [
      ['/', 'links'],
      ['/guard/', 'guard page'],
      ['/prompt/', 'prompt page'],
      ['/assets/guard-4f2a.js', 'export {};'],
    ] as const) {
      const answer = await send('GET', path);
      expect([answer.status, answer.text]).toEqual([200, text]);
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('upgrade-insecure-requests');
    }
  });

  it('lets browsers keep what is named by its content for ever, and asks them to ask for the rest', async () => {
    const { send } = await startKiosk();
    const asset = await send('GET', '/assets/guard-4f2a.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/guard/', '/', '/assets/gone-4f2a.js', '/nothing']) {
      expect([path, (await send('GET', path)).headers['cache-control']]).toEqual([path, 'no-cache']);
    }
    expect((await send('GET', '/api/session')).headers['cache-control']).toBe('no-store');
    const known = await send('GET', '/guard/', undefined, {
      'if-none-match': String((await send('GET', '/guard/')).headers.etag),
    });
    expect(known.status).toBe(304);
  });

  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', undefined],
  ])('sends the form that lies beside a file to who takes %s', async (accepted, encoding) => {
    const kiosk = await startKiosk();
    writeFileSync(join(kiosk.screensFolder, 'assets/guard-4f2a.js.br'), 'short');
    writeFileSync(join(kiosk.screensFolder, 'assets/guard-4f2a.js.gz'), 'longer');
    const answer = await kiosk.send('GET', '/assets/guard-4f2a.js', undefined, {
      'accept-encoding': accepted,
    });
    expect([answer.status, answer.headers['content-encoding']]).toEqual([200, encoding]);
    expect(answer.headers['content-type']).toMatch(/javascript/);
    expect(answer.headers.vary).toBe('accept-encoding');
    expect(answer.text).toBe(encoding === undefined ? 'export {};' : encoding === 'br' ? 'short' : 'longer');
    const page = await kiosk.send('GET', '/guard/', undefined, { 'accept-encoding': accepted });
    expect([page.status, page.text]).toEqual([200, 'guard page']);
  });

  it('leads from /guard to /guard/', async () => {
    const { send } = await startKiosk();
    const answer = await send('GET', '/guard');
    expect([answer.status, answer.headers.location]).toEqual([308, '/guard/']);
  });

  it.each([
    '/nothing',
    '/api/nothing',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/guard/..%5c..%5csecret.txt',
    '/assets/../../secret.txt',
    '/.hidden',
    '/demo/',
    '/demo/index.html',
    '/%64emo/index.html',
    '/api/demo',
  ])('answers 404 to %s', async (path) => {
    const { send } = await startKiosk();
    const answer = await send('GET', path);
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ error: 'not_found' });
  });

  it('refuses an address that cannot be decoded, in its own words', async () => {
    const { send } = await startKiosk();
    expect((await send('GET', '/%')).json).toEqual({
      error: 'bad_request',
      message: 'The request cannot be read.',
    });
  });

  it('says what to run when the screens are not built', async () => {
    const { send, logger } = await startKiosk({ screensFolder: '/nonexistent/screens' });
    const page = await send('GET', '/guard/');
    expect(page.status).toBe(503);
    expect(page.text).toContain('npm run build');
    expect((await send('GET', '/')).text).toContain('/prompt/');
    expect(logger.lines.some((line) => line.message.includes('npm run build'))).toBe(true);
  });
});

describe('who may ask', () => {
  it.each([
    ['another name', 'evil.example'],
    ['our address under a foreign name', 'evil.example:80'],
    ['another port', '127.0.0.1:1'],
  ])('refuses a Host header with %s', async (_what, host) => {
    const { send } = await startKiosk();
    const answer = await send('GET', '/api/session', undefined, { host });
    expect(answer.status).toBe(421);
    expect(answer.json).toMatchObject({ error: 'foreign_host' });
  });

  it.each([
    ['without its port', 'gate.example'],
    ["with the kiosk's own port", 'gate.example:8080'],
  ])('says so when a proxy passes the Host on %s', async (_what, host) => {
    const { send } = await startKiosk({ allowedOrigins: ['https://gate.example:8441'] });
    const answer = await send('GET', '/api/session', undefined, { host });
    expect([answer.status, answer.json]).toMatchObject([421, { error: 'foreign_host' }]);
    const { message } = answer.json as { message: string };
    expect(message).toContain('gate.example:8441');
    expect(message).toContain('$http_host');
    expect((await send('GET', '/api/session', undefined, { host: 'gate.example:8441' })).status).toBe(200);
  });

  it.each([
    ['https://gate.example', 'gate.example:443'],
    ['https://GATE.example', 'Gate.Example:443'],
    ['http://gate.example', 'gate.example:80'],
    ['https://[2001:db8::7]', '[2001:db8::7]:443'],
  ])('knows the Host of a proxy for %s that writes the port of its scheme: %s', async (origin, host) => {
    const { send } = await startKiosk({ allowedOrigins: [origin] });
    expect((await send('GET', '/api/session', undefined, { host })).status).toBe(200);
    for (const other of [
      'gate.example:8443',
      origin.startsWith('https') ? 'gate.example:80' : 'gate.example:443',
    ])
      expect((await send('GET', '/api/session', undefined, { host: other })).status).toBe(421);
  });

  it('says so of its own address without the port, and of a foreign name that it is foreign', async () => {
    const { send, port } = await startKiosk();
    const own = await send('GET', '/api/session', undefined, { host: '127.0.0.1' });
    expect(own.json).toMatchObject({ message: expect.stringContaining(`127.0.0.1:${port}`) });
    const foreign = await send('GET', '/api/session', undefined, { host: 'evil.example' });
    expect(foreign.text).not.toContain('evil');
    expect(foreign.text).not.toContain('http_host');
  });

  it.each([
    ['missing', undefined],
    ['null', 'null'],
    ['foreign', 'https://evil.example'],
    ['ours with another port', 'http://127.0.0.1:1'],
    ['ours as a prefix', 'http://127.0.0.1.evil.example'],
  ])('refuses an order whose Origin is %s', async (_what, origin) => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const answer = await send(
      'POST',
      '/api/guard/open',
      { accessPoint: 'main-in', note: NOTE },
      { cookie, origin },
    );
    expect(answer.status).toBe(403);
    expect(answer.json).toMatchObject({ error: 'foreign_origin' });
    expect(desk.orders).toEqual([]);
  });

  it('serves localhost and the origin of a TLS proxy, whose cookie is then for TLS only', async () => {
    const { send, port } = await startKiosk({ allowedOrigins: ['https://gate.example'] });
    const local = { host: `localhost:${port}`, origin: `http://localhost:${port}` };
    const proxied = { host: 'gate.example', origin: 'https://gate.example' };
    const body = { operator: 'Li Mei', password: 'plum tree in rain' };
    const plain = await send('POST', '/api/login', body, local);
    const secure = await send('POST', '/api/login', body, proxied);
    expect(plain.headers['set-cookie']?.[0]).not.toMatch(/Secure/);
    expect(secure.headers['set-cookie']?.[0]).toMatch(/; Secure/);
  });

  it('does not act without a session, whatever the cookie says', async () => {
    const { send, desk } = await startKiosk();
    for (const cookie of [
      undefined,
      'gatepost_session=',
      'gatepost_session=guess',
      'gatepost_session=__proto__',
    ]) {
      for (const path of [
        '/api/guard/open',
        '/api/guard/refuse',
        '/api/guard/measure',
        '/api/guard/seen',
        '/api/guard/door',
      ]) {
        const answer = await send('POST', path, { accessPoint: 'main-in', note: NOTE }, { cookie });
        expect([path, answer.status]).toEqual([path, 401]);
      }
    }
    expect(desk.orders).toEqual([]);
  });

  it('answers bytes that are no HTTP with 400 and the end', async () => {
    const { port } = await startKiosk();
    const socket = connect(port, '127.0.0.1');
    socket.write('\x00\x01\x02 not HTTP at all\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });
});

describe("the guard's orders", () => {
  it('reach the desk with the operator of the session', async () => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const passage = { accessPoint: 'main-in', note: NOTE };
    const opened = await send('POST', '/api/guard/open', passage, { cookie });
    const named = { ...passage, passage: '45560fbb-5e4d-4265-8000-01c525680450' };
    const nobody = { ...passage, passage: null };
    await send('POST', '/api/guard/open', { ...named, overrule: true, another: false }, { cookie });
    await send('POST', '/api/guard/open', nobody, { cookie });
    await send('POST', '/api/guard/refuse', named, { cookie });
    await send('POST', '/api/guard/measure', named, { cookie });
    const strange = await send('POST', '/api/guard/open', { ...passage, passage: "' OR 1=1" }, { cookie });
    expect(strange.status).toBe(400);
    await send('POST', '/api/guard/seen', { id: 'lockOut:main-in' }, { cookie });
    const hostile = await send('POST', '/api/guard/seen', { id: "x:' OR 1=1 --" }, { cookie });
    expect(hostile.status).toBe(400);
    await send('POST', '/api/guard/door', { door: 'main', verb: 'lockdown', note: NOTE }, { cookie });
    expect([opened.status, opened.json]).toEqual([200, { status: 'done' }]);
    expect(desk.orders).toEqual([
      { type: 'open', operator: 'Li Mei', ...passage },
      { type: 'open', operator: 'Li Mei', ...named, overrule: true, another: false },
      { type: 'open', operator: 'Li Mei', ...nobody },
      { type: 'refuse', operator: 'Li Mei', ...named },
      { type: 'measure', operator: 'Li Mei', ...named },
      { type: 'seen', operator: 'Li Mei', id: 'lockOut:main-in' },
      { type: 'door', operator: 'Li Mei', door: 'main', verb: 'lockdown', note: NOTE },
    ]);
  });

  it('are answered 409 with the sentence of the desk when it refuses', async () => {
    const { send, signIn, desk } = await startKiosk();
    desk.answer = { status: 'refused', cause: 'in_lockdown', detail: 'The door is in lockdown.' };
    const answer = await send(
      'POST',
      '/api/guard/open',
      { accessPoint: 'main-in', note: NOTE },
      { cookie: await signIn() },
    );
    expect([answer.status, answer.json]).toEqual([409, desk.answer]);
  });

  it.each([
    [
      'a known fault',
      new GatepostError('log.unavailable', 'SQLITE_FULL at /var/lib'),
      503,
      'log.unavailable',
    ],
    ['a defect', new TypeError('x.y is not a function at /srv/gatepost/secret.ts:12'), 500, 'internal'],
  ])('tell nothing of the inside on %s, and the log everything', async (_what, fault, status, error) => {
    const { send, signIn, desk, logger } = await startKiosk();
    desk.answer = fault;
    const answer = await send(
      'POST',
      '/api/guard/open',
      { accessPoint: 'main-in', note: NOTE },
      { cookie: await signIn() },
    );
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error });
    expect(Object.keys(answer.json as object).sort()).toEqual(['error', 'message']);
    expect(answer.text).not.toMatch(/SQLITE|is not a function|secret|\/var/);
    expect(JSON.stringify(logger.lines)).toContain(fault.message);
  });

  it('cannot name another operator', async () => {
    const { send, signIn, desk } = await startKiosk();
    const order = { accessPoint: 'main-in', note: NOTE, operator: 'Eve' };
    const answer = await send('POST', '/api/guard/open', order, { cookie: await signIn() });
    expect(answer.status).toBe(400);
    expect(desk.orders).toEqual([]);
  });

  const HOSTILE = ["'; DROP TABLE events;--", '<script>alert(1)</script>', '$(reboot)', '../../etc/passwd'];

  it.each(HOSTILE)('carry %j as a note unchanged, and refuse it in every other field', async (text) => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const noted = await send('POST', '/api/guard/open', { accessPoint: 'main-in', note: text }, { cookie });
    expect(noted.status).toBe(200);
    expect(desk.orders).toMatchObject([{ note: text }]);
    for (const [path, body] of [
      ['/api/guard/open', { accessPoint: text, note: NOTE }],
      ['/api/guard/refuse', { accessPoint: text, note: NOTE }],
      ['/api/guard/door', { door: text, verb: 'hold', note: NOTE }],
      ['/api/guard/door', { door: 'main', verb: text, note: NOTE }],
    ] as const) {
      const answer = await send('POST', path, body, { cookie });
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.text).not.toContain(text);
    }
    expect(desk.orders).toHaveLength(1);
  });

  it.each([
    ['an empty note', { accessPoint: 'main-in', note: '  ' }],
    ['a note that is too long', { accessPoint: 'main-in', note: 'x'.repeat(201) }],
    ['control characters', { accessPoint: 'main-in', note: 'a\u0000b' }],
    ['a line break', { accessPoint: 'main-in', note: 'a\nb' }],
    ['no note', { accessPoint: 'main-in' }],
    ['a number for a note', { accessPoint: 'main-in', note: 7 }],
    ['a list', []],
    ['null', null],
  ])('are refused with %s', async (_what, body) => {
    const { send, signIn, desk } = await startKiosk();
    const answer = await send('POST', '/api/guard/open', body, { cookie: await signIn() });
    expect(answer.status).toBe(400);
    expect(desk.orders).toEqual([]);
  });

  it.each([
    ['text', 'text/plain', '{"accessPoint":"main-in","note":"x"}', 415],
    ['a form', 'application/x-www-form-urlencoded', 'accessPoint=main-in&note=x', 415],
    ['a picture', 'image/png', 'x', 415],
    ['broken JSON', 'application/json', '{"accessPoint":', 400],
    [
      'a poisoned prototype',
      'application/json',
      '{"__proto__":{"a":1},"accessPoint":"main-in","note":"x"}',
      400,
    ],
    ['too much', 'application/json', JSON.stringify({ note: 'x'.repeat(17_000) }), 413],
  ])('are refused as %s', async (_what, type, body, status) => {
    const { send, signIn, desk } = await startKiosk();
    const cookie = await signIn();
    const answer = await send('POST', '/api/guard/open', body, { cookie, 'content-type': type });
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.json as object).sort()).toEqual(['error', 'message']);
    expect(answer.text).not.toMatch(/FST_|JSON at|Unexpected/);
    expect(desk.orders).toEqual([]);
  });
});

describe('start and stop', () => {
  it('names the port that is taken and the fix', async () => {
    const first = await startKiosk();
    const second = startKiosk({ port: first.port });
    await expect(second).rejects.toMatchObject({ code: 'web.unavailable' });
    await expect(second).rejects.toThrow(
      new RegExp(`Port ${first.port} of 127\\.0\\.0\\.1 is taken.*web\\.port`),
    );
  });

  it('may be started twice, stopped twice and started again', async () => {
    const { server, send } = await startKiosk();
    const signal = new AbortController().signal;
    const before = server.address();
    await server.start(signal);
    expect(server.address()).toEqual(before);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(server.address()).toBeUndefined();
    await expect(send('GET', '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start(signal);
    expect(server.address()?.port).toBeGreaterThan(0);
  });

  it('leaves no timer behind', async () => {
    const { server, clock, signIn } = await startKiosk();
    await signIn();
    expect(clock.pendingTimers()).toBeGreaterThan(0);
    await server.stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('does nothing before its start and tells an allowed origin that is none', async () => {
    const { server, ...parts } = await startKiosk();
    const idle = new WebServer({
      port: 0,
      allowedOrigins: ['gate.example'],
      screensFolder: join(parts.screensFolder),
      deskForGuard: parts.desk,
      operators: parts.operators,
      prompt: { accessPoints: [], language: 'en', languages: ['en'], timeZone: 'UTC', simulated: false },
      clock: parts.clock,
      logger: parts.logger,
    });
    expect(idle.address()).toBeUndefined();
    await idle.stop();
    await expect(idle.start(new AbortController().signal)).rejects.toThrow(/gate\.example.*no origin/);
    expect(server.address()).toBeDefined();
  });
});
