import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MqttBroker } from '../../src/adapters/mqtt/mqtt-broker.ts';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { TestAuthority } from '../support/broker/test-authority.ts';
import { needs } from '../support/needs.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const NEVER = new AbortController().signal;
const WILL = { topic: 'gates/v1/x/north/state/conn', payload: new Uint8Array(), retain: true };
const DAY_MS = 86_400_000;

needs('mosquitto', 'openssl')('a certificate that is renewed while the gate runs', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority();
  const first = authority.issue('north');
  const second = authority.issue('north');
  const short = authority.issue('north', 10);
  const foreign = stranger.issue('north');
  let mosquitto: Mosquitto;
  let folder: string;
  let nowMs: number;
  let broker: MqttBroker;

  beforeAll(async () => {
    const own = authority.issue('broker');
    mosquitto = await Mosquitto.start({
      anonymous: false,
      lines: [
        'cafile %folder%/ca.crt',
        'certfile %folder%/own.crt',
        'keyfile %folder%/own.key',
        'require_certificate true',
        'use_identity_as_username true',
      ],
      files: { 'ca.crt': authority.cert, 'own.crt': own.cert, 'own.key': own.key },
    });
  });
  afterAll(async () => {
    await mosquitto.stop();
    authority.remove();
    stranger.remove();
  });
  beforeEach(() => {
    folder = temporaryFolder();
    nowMs = Date.now();
    put({ ...first, ca: authority.cert });
    broker = new MqttBroker({
      url: `mqtts://127.0.0.1:${mosquitto.port}`,
      clientId: 'north',
      caFile: join(folder, 'ca'),
      certFile: join(folder, 'cert'),
      keyFile: join(folder, 'key'),
      nowMs: () => nowMs,
    });
  });

  function put(files: { cert?: string; key?: string; ca?: string }): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  }
  /** Fingerprint of the certificate by which a new connection was let in. */
  async function usedByNext(): Promise<string | undefined> {
    const connection = await broker.connect(WILL, NEVER);
    await connection.close();
    return connection.certificate?.fingerprint;
  }
  function fingerprint({ cert }: { cert: string }): string {
    return new X509Certificate(cert).fingerprint256;
  }

  it('is used by the next connection, and its end is known', async () => {
    expect(await usedByNext()).toBe(fingerprint(first));
    put(second);
    expect(await broker.checkCertificate()).toEqual({
      certificate: {
        fingerprint: fingerprint(second),
        notBeforeMs: expect.any(Number),
        notAfterMs: Date.parse(new X509Certificate(second.cert).validTo),
      },
    });
    expect(await usedByNext()).toBe(fingerprint(second));
  });

  it.each([
    ['of which only the certificate is there yet', { cert: second.cert }, /does not belong to the key/],
    ['of which only the key is there yet', { key: second.key }, /does not belong to the key/],
    ['whose certificate is cut off', { cert: second.cert.slice(0, 300), key: second.key }, /no whole/],
    ['whose chain is cut off', { cert: second.cert + authority.cert.slice(0, 99) }, /no whole/],
    ['whose key is cut off', { cert: second.cert, key: second.key.slice(0, 60) }, /no private key/],
    ['whose certificate is empty', { cert: '' }, /no whole certificate/],
    ['whose authority is cut off', { ca: authority.cert.slice(0, 300) }, /\(caFile\) holds no whole/],
  ])('%s is not taken, and the one before goes on', async (_which, files, words) => {
    expect(await usedByNext()).toBe(fingerprint(first));
    put(files);
    expect(await usedByNext()).toBe(fingerprint(first));
    const { problem } = await broker.checkCertificate();
    expect(problem).toMatch(words);
    expect(problem).toMatch(/The one before is used until then/);
    put({ ...second, ca: authority.cert });
    expect(await usedByNext()).toBe(fingerprint(second));
    expect(await broker.checkCertificate()).not.toHaveProperty('problem');
  });

  it('that is over already, or not good yet, is not taken while the one before is good', async () => {
    expect(await usedByNext()).toBe(fingerprint(first));
    put(short);
    nowMs += 20 * DAY_MS;
    expect(await usedByNext()).toBe(fingerprint(first));
    expect((await broker.checkCertificate()).problem).toMatch(/ended at/);
    nowMs -= 40 * DAY_MS;
    // By this clock neither is good yet, so the newer is as good as the older.
    expect(await usedByNext()).toBe(fingerprint(short));
  });

  it('that the broker does not accept is not used, and it is said', async () => {
    expect(await usedByNext()).toBe(fingerprint(first));
    put(foreign);
    expect(await usedByNext()).toBe(fingerprint(first));
    expect(await usedByNext()).toBe(fingerprint(first));
    expect((await broker.checkCertificate()).problem).toMatch(/does not accept the renewed certificate/);
    put(second);
    expect(await usedByNext()).toBe(fingerprint(second));
    expect(await broker.checkCertificate()).not.toHaveProperty('problem');
  });

  it('does not bring back an authority that was replaced', async () => {
    expect(await usedByNext()).toBe(fingerprint(first));
    put({ ca: stranger.cert });
    await expect(usedByNext()).rejects.toMatchObject({ code: 'broker.unreachable' });
  });

  it('is asked for in words where the first ones are no pair', async () => {
    put({ key: second.key });
    await expect(usedByNext()).rejects.toMatchObject({
      code: 'broker.unreachable',
      message: expect.stringContaining('does not belong to the key'),
    });
  });
});
