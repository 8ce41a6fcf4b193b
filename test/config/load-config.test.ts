import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { loadConfig, parseConfig } from '../../src/config/load-config.ts';
import { SOUND_CONFIG } from './sound-config.ts';

describe('a sound config', () => {
  const config = parseConfig(SOUND_CONFIG, '/etc/gatepost/gate.yaml', SENSORS);

  it('gets its defaults', () => {
    expect(config).toMatchObject({
      language: 'en',
      doors: { main: { releaseSeconds: 3, passageSeconds: 10, heldOpenSeconds: 30 } },
      accessPoints: { 'way-in': { scanner: { baudRate: 9600, idleMs: 80 } } },
      passes: { longestLifeDays: 400, untrustedTime: 'guard' },
      screening: { in: 'off', out: 'off', thresholdC: 37.3, record: 'class' },
      web: { host: '127.0.0.1', port: 8080, allowRemote: false },
      demo: { panel: false },
    });
    expect(config).not.toHaveProperty('mqtt');
  });

  it('has its relative paths taken from its folder, and its keys as hex', () => {
    expect(config.store.folder).toBe('/etc/gatepost/data');
    expect(config.passes.issuers[0]?.publicKey).toBe(
      '7be3357c561a025031960f9e0fc3c08afe453a7669026c68e43bf969965e88f2',
    );
  });

  it('has IPv6 addresses in the form in which browsers ask for them', () => {
    const text = `${SOUND_CONFIG}web: { https: { hostNames: [Gate.local], addresses: ["2001:DB8:0::0:1", 192.0.2.7] } }\n`;
    const { https } = parseConfig(text, '/etc/gatepost/gate.yaml', SENSORS).web;
    expect(https).toMatchObject({ hostNames: ['gate.local'], addresses: ['2001:db8::1', '192.0.2.7'] });
  });

  it.each([
    ['./tty', '/etc/gatepost/tty'],
    ['../tty', '/etc/tty'],
    ['/dev/tty', '/dev/tty'],
    ['simulated', 'simulated'],
  ])('takes the device path %s as %s', (written, resolved) => {
    const { accessPoints } = parseConfig(
      SOUND_CONFIG.replace('/dev/ttyACM0', written),
      '/etc/gatepost/gate.yaml',
      SENSORS,
    );
    expect(accessPoints['way-in']?.scanner.path).toBe(resolved);
  });

  it.each([
    ['embedded', 4],
    ['mqtt://127.0.0.1:1883', 5],
    ['mqtts://broker.example', 5],
    ['mqtt://[::1]:1883', 5],
  ])('speaks to the broker %s in version %i', (url, protocol) => {
    expect(parseConfig(`${SOUND_CONFIG}mqtt: { url: '${url}' }\n`, 'gate.yaml', SENSORS).mqtt?.protocol).toBe(
      protocol,
    );
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-config-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const fileWith = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('is loaded with its folder and the digest of its bytes', () => {
    const loaded = loadConfig(fileWith('good.yaml', SOUND_CONFIG), SENSORS);
    expect(loaded).toMatchObject({ path: join(folder, 'good.yaml'), folder });
    expect(loaded.config.store.folder).toBe(join(folder, 'data'));
    expect(loaded.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(loadConfig(fileWith('other.yaml', `${SOUND_CONFIG}#`), SENSORS).digest).not.toBe(loaded.digest);
  });

  it('stands in every message', () => {
    const path = fileWith('bad.yaml', 'version: 2');
    expect(() => loadConfig(path, SENSORS)).toThrow(`${path}:1:10: \`version\` must be 1, not 2`);
  });

  it('is refused when it is not UTF-8', () => {
    const path = fileWith('latin.yaml', Uint8Array.of(0x61, 0xe9, 0x0a));
    expect(() => loadConfig(path, SENSORS)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  });

  it.each([
    ['is missing', () => join(folder, 'none.yaml'), 'ENOENT'],
    ['is too large', () => fileWith('large.yaml', 'x'.repeat(256 * 1024 + 1)), 'larger than 256 KiB'],
    ['is a folder', () => mkdtempSync(join(folder, 'sub-')), 'not a regular file'],
  ])('is unreadable when it %s', (_, path, reason) => {
    const file = path();
    expect(() => loadConfig(file, SENSORS)).toThrow(expect.objectContaining({ code: 'config.unreadable' }));
    expect(() => loadConfig(file, SENSORS)).toThrow(reason);
  });
});
