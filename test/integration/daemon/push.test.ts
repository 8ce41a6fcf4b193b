import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { HttpPush } from '../../../src/adapters/push/http-push.ts';
import { checkPush } from '../../../src/doctor/push.ts';
import { TestAuthority } from '../../support/broker/test-authority.ts';
import { DaemonProcess, gatepostArguments } from '../../support/gate/daemon.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { Ntfy } from '../../support/push/ntfy.ts';

const NEVER = new AbortController().signal;
let folder: string;
let authority: TestAuthority;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-push-'));
  authority = new TestAuthority();
  writeFileSync(file('ca.pem'), authority.cert);
  writeFileSync(file('token'), 'tk_test\n');
  writeFileSync(file('wrong'), 'tk_other\n');
});
afterAll(() => {
  authority.remove();
  rmSync(folder, { recursive: true, force: true });
});

function phone(url: string, more: Partial<ConstructorParameters<typeof HttpPush>[0]> = {}) {
  const message = { text: '北门 needs you.', priority: 4, page: 'https://gate.lan:8443/guard/' };
  return new HttpPush({ url, tokenFile: file('token'), ...message, ...more });
}

it('tells a notifier, and says of each other answer what to do', async () => {
  const ntfy = await Ntfy.start();
  const at = `http://127.0.0.1:${ntfy.port}`;
  const one = phone(`${at}/north`);
  const facts = { person: 'first', place: one.place, check: (signal: AbortSignal) => one.check(signal) };
  expect(await checkPush([facts])).toMatchObject([{ check: 'push', grade: 'ok' }]);
  expect(await one.send(NEVER)).toEqual({ status: 'sent' });
  expect(ntfy.messages.items).toMatchObject([
    {
      topic: 'north',
      text: '北门 needs you.',
      headers: { title: 'Gatepost', priority: '4', click: 'https://gate.lan:8443/guard/' },
    },
  ]);
  const refused = await phone(`${at}/north`, { tokenFile: file('wrong') }).send(NEVER);
  expect(refused).toMatchObject({ status: 'failed', cause: 'push.refused' });
  expect(JSON.stringify(refused)).not.toMatch(/tk_other|\/north/);
  for (const [mood, cause] of [
    [429, 'push.unreachable'],
    [500, 'push.unreachable'],
    [404, 'push.refused'],
    [302, 'push.refused'],
  ] as const) {
    ntfy.mood = mood;
    const answer = await one.send(NEVER);
    expect([mood, answer]).toEqual([
      mood,
      {
        status: 'failed',
        cause,
        detail: expect.stringContaining(String(mood)),
        ...(mood === 429 ? { retryAfterMs: 7_000 } : {}),
      },
    ]);
  }
  ntfy.mood = 'hang';
  expect(await phone(`${at}/north`, { limitMs: 100 }).send(NEVER)).toMatchObject({
    cause: 'push.unreachable',
    detail: expect.stringContaining('no answer within'),
  });
  const stopped = new AbortController();
  const waiting = one.send(stopped.signal);
  stopped.abort();
  expect((await waiting).status).toBe('failed');
  await ntfy.stop();
  expect(await checkPush([facts])).toMatchObject([{ grade: 'warn', text: expect.stringContaining(at) }]);
  expect(await phone(`${at}/north`, { tokenFile: file('missing') }).send(NEVER)).toMatchObject({
    detail: expect.stringContaining('missing'),
  });
});

it('is told by a real gate, over TLS by an authority of the site; the second where the first is refused', async () => {
  const ntfy = await Ntfy.start(authority.issue('ntfy'));
  const topic = (name: string, token: string) =>
    `{ url: "https://127.0.0.1:${ntfy.port}/${name}", tokenFile: ${token}, caFile: ca.pem }`;
  const push = `push: { firstAfterSeconds: 0, page: "https://gate.lan:8443/guard/", first: ${topic('one', 'wrong')}, second: ${topic('two', 'token')} }`;
  writeFileSync(file('gate.yaml'), `${ONE_DOOR}\nweb: { port: 0 }\n${push}\n`);
  const daemon = await DaemonProcess.start({ config: file('gate.yaml') });
  onTestFinished(async () => void (await daemon.kill('SIGTERM')));
  const call = await fetch(`${daemon.url}/api/assist`, {
    method: 'POST',
    headers: { origin: daemon.url, 'content-type': 'application/json' },
    body: '{"accessPoint":"main-in","order":"call"}',
  });
  expect(call.status).toBe(200);
  const [message] = await ntfy.messages.until((all) => all.length > 0);
  expect(message).toMatchObject({ topic: 'two', text: 'North gate needs you.', headers: { priority: '5' } });
  expect(JSON.stringify(daemon.log.items)).not.toMatch(/tk_test|tk_other/);

  const said = await new Promise<string>((resolve) =>
    execFile(
      process.execPath,
      gatepostArguments('push', 'test', '--config', file('gate.yaml')),
      (error, out, complaint) => resolve(`${error?.code} ${out} ${complaint}`),
    ),
  );
  expect(said).toMatch(
    /^1 second: https:\/\/127\.0\.0\.1:\d+ has taken the test\.\n.*first: .* answers 403/s,
  );
  expect(ntfy.messages.items.at(-1)?.text).toBe('North gate: this is a test. Nobody is needed.');
});
