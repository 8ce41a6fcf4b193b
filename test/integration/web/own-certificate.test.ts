import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { issue } from '../../../src/adapters/tls/certificate-maker.ts';
import { OwnCertificate } from '../../../src/adapters/tls/own-certificate.ts';
import { ownPaths, readAuthority } from '../../../src/adapters/tls/own-files.ts';
import { makeOwn } from '../../../src/cli/https/make.ts';
import type { ClockReading } from '../../../src/core/time/clock-reading.ts';
import { startKiosk } from '../../support/screens/web-kiosk.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NAMES = ['gate.test', '127.0.0.1'];
const NOW = Date.now();

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
    expect(reading.problem).toMatch(/could not be made: .*authority\.pem holds no authority with its key/);
    expect(reading.pair?.facts.fingerprint).toBe(pair?.facts.fingerprint);
  }
  expect(asked).toHaveLength(2);
  expect(readFileSync(authority)).toEqual(whole.subarray(0, 900));
  writeFileSync(authority, whole);
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
