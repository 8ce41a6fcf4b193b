import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { issue } from '../../../src/adapters/tls/certificate-maker.ts';
import { OwnCertificate } from '../../../src/adapters/tls/own-certificate.ts';
import { ownPaths, readAuthority, readOwn } from '../../../src/adapters/tls/own-files.ts';
import { makeOwn } from '../../../src/cli/https/make.ts';
import type { ClockReading } from '../../../src/core/time/clock-reading.ts';
import { needs } from '../../support/needs.ts';
import { startKiosk } from '../../support/screens/web-kiosk.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NAMES = ['gate.test', '127.0.0.1'];
const NOW = Date.now();
const OURS = '/O=Willow Court, North gate (Gatepost)/CN=x';

const at = (wallMs: number, monotonicMs = 0): ClockReading => ({ wallMs, monotonicMs, quality: 'synced' });

/** A kiosk's own files, and how often they were asked to be made. */
function own(names: readonly string[] = NAMES) {
  const folder = temporaryFolder();
  const asked: number[] = [];
  const order = { folder, names, title: 'Willow Court, North gate' };
  const make = async (nowMs: number) => {
    asked.push(nowMs);
    await makeOwn({ ...order, nowMs });
  };
  return { folder, asked, order, make, source: new OwnCertificate({ folder, names, make }) };
}

/** What a browser that trusts `ca` says to a server with this pair under `servername`. */
async function visited(
  pair: { cert: string | Uint8Array; key: string | Uint8Array },
  ca: string,
  host: string,
) {
  const server = createServer({ cert: Buffer.from(pair.cert), key: Buffer.from(pair.key) });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const bound = server.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const isName = !/^[\d.]+$/.test(host);
  const socket = connect({ port, host: '127.0.0.1', ca, ...(isName ? { servername: host } : {}) });
  onTestFinished(() => void socket.destroy());
  return new Promise<string>((resolve) => {
    socket.once('secureConnect', () => resolve('trusted'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(`${error.code} ${error.message}`));
  });
}

it('a kiosk makes an authority for its own names alone, and a certificate that browsers believe', async () => {
  const { folder, source, asked } = own();
  const { pair, problem } = await source.current(at(NOW));
  if (pair === undefined) throw new Error(problem);
  const authority = readAuthority(folder);
  if (authority === undefined) throw new Error('no authority');
  expect(await visited(pair, authority.cert, 'gate.test')).toBe('trusted');
  expect(await visited(pair, authority.cert, '127.0.0.1')).toBe('trusted');
  expect(await visited(pair, authority.cert, 'bank.test')).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
  // Whoever has stolen its key can sign for nothing else.
  for (const foreign of ['bank.test', '192.0.2.9']) {
    const life = { notBeforeMs: NOW - DAY_MS, notAfterMs: NOW + DAY_MS };
    const { both } = await issue(authority, { title: foreign, names: [foreign], ...life });
    expect(await visited({ cert: both, key: both }, authority.cert, foreign)).toMatch(
      /permitted subtree violation/,
    );
  }
  const served = String(Buffer.from(pair.cert));
  expect(served).not.toContain('PRIVATE');
  const life = pair.facts.notAfterMs - pair.facts.notBeforeMs;
  expect(life).toBeLessThanOrEqual(397 * DAY_MS);
  const { place, authority: kept, screens } = ownPaths(folder);
  const modes = [place, kept, screens].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600, 0o600]);
  // A minute later there is nothing to do.
  await source.current(at(NOW + 60_000, 60_000));
  expect(asked).toHaveLength(1);
});

needs('openssl')('whoever has stolen its key', () => {
  it.each([
    ['a server of this kiosk', 'DNS:gate.test', 'sslserver', OURS, /: OK/],
    ['a client', 'DNS:gate.test', 'sslclient', OURS, /unsuitable certificate purpose/],
    ['a person', 'DNS:gate.test,email:guard@gate.test', 'any', OURS, /permitted subtree violation/],
    ['another maker', 'DNS:gate.test', 'sslserver', '/O=Bank/CN=gate.test', /permitted subtree violation/],
    ['a server by its subject alone', undefined, 'any', '/CN=bank.test', /permitted subtree violation/],
  ])('can sign for %s: %s, %s', async (_what, names, purpose, subject, says) => {
    const { folder, make } = own(['gate.test']);
    await make(NOW);
    const { authority } = ownPaths(folder);
    const [csr, cert, extensions] = ['csr', 'cert', 'ext'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const run = (...words: string[]) => {
      const { stdout, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
      return stdout + stderr;
    };
    writeFileSync(extensions, names === undefined ? '' : `subjectAltName=${names}\n`);
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
    run('req', ...curve, '-utf8', '-subj', subject, '-out', csr);
    const order = ['-in', csr, '-CA', authority, '-CAkey', authority, '-extfile', extensions];
    run('x509', '-req', ...order, '-days', '9', '-out', cert);
    expect(run('verify', '-x509_strict', '-purpose', purpose, '-CAfile', authority, cert)).toMatch(says);
  });
});

it('addresses of IPv6 are the same ones however they are written', async () => {
  const { source, asked, order } = own(['gate.test', '2001:DB8:0::0:1', '::ffff:192.0.2.1']);
  const { pair, problem } = await source.current(at(NOW));
  expect([problem, pair !== undefined]).toEqual([undefined, true]);
  await source.current(at(NOW, 2 * HOUR_MS));
  expect(asked).toHaveLength(1);
  expect(await makeOwn({ ...order, names: ['2001:db8:0:0:0:0:0:1'], nowMs: NOW })).toEqual(['certificate']);
});

it('a certificate that is not by the authority beside it is made anew', async () => {
  const [{ folder, source, asked, make }, other] = [own(), own()];
  await make(NOW);
  await other.make(NOW);
  const before = (await source.current(at(NOW))).pair;
  // A power cut between the two files, or a copy of one that was put back.
  copyFileSync(ownPaths(other.folder).authority, ownPaths(folder).authority);
  expect(readOwn(folder)?.screens?.isByAuthority).toBe(false);
  const { pair, problem } = await source.current(at(NOW, HOUR_MS));
  expect([problem, asked.length]).toEqual([undefined, 2]);
  if (pair === undefined || before === undefined) throw new Error(problem);
  const ca = readAuthority(folder)?.cert ?? '';
  expect(await visited(before, ca, 'gate.test')).not.toBe('trusted');
  expect(await visited(pair, ca, 'gate.test')).toBe('trusted');
});

it('an authority that is gone is missed, and made by nobody unasked', async () => {
  const { folder, source, asked, order } = own();
  const { pair } = await source.current(at(NOW));
  rmSync(ownPaths(folder).authority);
  for (const days of [0, 300, 500]) {
    const { pair: served, problem } = await source.current(at(NOW + days * DAY_MS, days * 24 * HOUR_MS));
    expect(problem).toMatch(/authority\.pem is gone.*Put it back.*renew-authority/);
    expect(served?.facts.fingerprint).toBe(pair?.facts.fingerprint);
  }
  expect(asked).toHaveLength(1);
  await expect(makeOwn({ ...order, nowMs: NOW })).rejects.toThrow(/is gone/);
  expect(await makeOwn({ ...order, nowMs: NOW, renewAuthority: true })).toEqual(['authority', 'certificate']);
});

it.runIf(process.getuid?.() === 0)('root makes no store that would be its own', async () => {
  const folder = join(temporaryFolder(), 'state');
  await expect(makeOwn({ ...own().order, folder, nowMs: NOW })).rejects.toThrow(/no folder .*Start the gate/);
  expect(existsSync(folder)).toBe(false);
});

it('it makes none before its time is confirmed, and renews by a confirmed time alone', async () => {
  const { source, asked, folder } = own();
  const unsure = [
    { wallMs: 0, monotonicMs: 0, quality: 'unsynced' },
    { ...at(NOW), vouchedMs: 0 },
  ] as const;
  for (const reading of unsure) {
    const { pair, problem } = await source.current(reading);
    expect(pair).toBeUndefined();
    expect(problem).toMatch(/before its time is confirmed/);
  }
  expect(asked).toEqual([]);
  const first = (await source.current(at(NOW))).pair;
  const before = readAuthority(folder)?.fingerprint;
  // A clock that has jumped ahead, or fell back to 1970, renews nothing and hides nothing.
  for (const wild of [{ ...at(NOW + 9000 * DAY_MS, HOUR_MS), vouchedMs: NOW }, unsure[0]])
    expect((await source.current(wild)).pair?.facts.fingerprint).toBe(first?.facts.fingerprint);
  const renewed = await source.current(at(NOW + 300 * DAY_MS, 2 * HOUR_MS));
  expect(renewed.problem).toBeUndefined();
  expect(renewed.pair?.facts.fingerprint).not.toBe(first?.facts.fingerprint);
  expect(readAuthority(folder)?.fingerprint).toBe(before);
  expect(asked).toHaveLength(2);
});

it('what cannot be made is said, tried once an hour, and leaves the one before in use', async () => {
  const { source, order, asked } = own();
  const { pair } = await source.current(at(NOW));
  const { authority } = ownPaths(order.folder);
  const whole = readFileSync(authority);
  writeFileSync(authority, whole.subarray(0, 900));
  for (const minute of [61, 62, 119]) {
    const now = at(NOW + 300 * DAY_MS, minute * 60_000);
    const reading = await source.current(now);
    expect(reading.problem).toMatch(/authority\.pem holds no authority with its key/);
    expect(reading.pair?.facts.fingerprint).toBe(pair?.facts.fingerprint);
  }
  expect(asked).toHaveLength(1);
  expect(readFileSync(authority)).toEqual(whole.subarray(0, 900));
  writeFileSync(authority, whole);
  // No place for the new one.
  const { screens } = ownPaths(order.folder);
  const made = readFileSync(screens);
  rmSync(screens);
  mkdirSync(join(screens, 'full'), { recursive: true });
  for (const minute of [120, 121, 179]) {
    const reading = await source.current(at(NOW + 300 * DAY_MS, minute * 60_000));
    expect(reading.problem).toMatch(/could not be made: Cannot write/);
    expect(reading.pair?.facts.fingerprint).toBe(pair?.facts.fingerprint);
  }
  expect(asked).toHaveLength(2);
  rmSync(screens, { recursive: true });
  writeFileSync(screens, made);
  const mended = await source.current(at(NOW + 300 * DAY_MS, 3 * HOUR_MS));
  expect(mended.problem).toBeUndefined();
  expect(mended.pair?.facts.fingerprint).not.toBe(pair?.facts.fingerprint);
});

it('another name needs another authority, which a person has to ask for', async () => {
  const { order, make } = own();
  await make(NOW);
  const more = { ...order, names: [...NAMES, 'east.test'], nowMs: NOW };
  await expect(makeOwn(more)).rejects.toThrow(/signs nothing for east\.test.*renew-authority/);
  // What lies below a name is its owner's, and fewer names are no trouble.
  expect(await makeOwn({ ...more, names: ['lodge.gate.test'] })).toEqual(['certificate']);
  const before = readAuthority(order.folder)?.fingerprint;
  expect(await makeOwn({ ...more, renewAuthority: true })).toEqual(['authority', 'certificate']);
  expect(readAuthority(order.folder)?.fingerprint).not.toBe(before);
});

it('devices fetch the authority without its key, and its fingerprint is told at the kiosk alone', async () => {
  const { folder, make } = own();
  const kiosk = await startKiosk({ authority: () => readAuthority(folder) });
  expect((await kiosk.send('GET', '/gatepost-ca.crt')).status).toBe(404);
  await make(NOW);
  const answer = await fetch(`${kiosk.url}/gatepost-ca.crt`);
  expect(answer.headers.get('content-type')).toBe('application/x-x509-ca-cert');
  const fetched = new X509Certificate(Buffer.from(await answer.arrayBuffer()));
  expect(fetched.fingerprint256).toBe(readAuthority(folder)?.fingerprint);
  const here = (await kiosk.send('GET', '/api/https')).json as { fingerprint: string[] };
  expect(here.fingerprint.join(' ').replaceAll(' ', '')).toBe(fetched.fingerprint256.replaceAll(':', ''));
  const far = await kiosk.send('GET', '/api/https', undefined, { 'x-forwarded-for': '192.0.2.7' });
  expect(far.json).toEqual({ urls: [] });
  const without = await startKiosk();
  for (const path of ['/trust/', '/api/https', '/gatepost-ca.crt'])
    expect((await without.send('GET', path)).status).toBe(404);
});
