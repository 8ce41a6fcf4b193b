import { createHmac, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command, type CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { visitorSigner } from '../../../src/adapters/files/kept-key.ts';
import { registerKeygen } from '../../../src/cli/keygen.ts';
import { registerPassInspect } from '../../../src/cli/pass/inspect.ts';
import { registerPassIssue } from '../../../src/cli/pass/issue.ts';
import { registerPassMove } from '../../../src/cli/pass/move.ts';
import { saysYes } from '../../../src/cli/read-line.ts';
import { toHex } from '../../../src/core/encoding/hex.ts';
import { createSigner, dynamicCode, signPass } from '../../../src/core/pass/issue-pass.ts';
import { parsePass } from '../../../src/core/pass/parse-pass.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import { holderKeyOf, parsePublicKey } from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { visitorPassOf } from '../../../src/core/pass/visitor-pass.ts';
import { formatWindows, parseWindows } from '../../../src/core/time/windows-text.ts';
import gp1 from '../../data/gp1.json' with { type: 'json' };
import rfc from '../../data/rfc.json' with { type: 'json' };
import { NOW_S, privateKeyOf, sampleClaims, testSigner } from '../../support/gate/pass-samples.ts';

let folder: string;

// From the installed package: without this the library fetches its program from the network.
const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-cli-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const file = (name: string): string => join(folder, name);

/** Runs the commands in this process. `exitCode` is what they asked for. */
async function run(...words: string[]): Promise<{ output: string; exitCode: number }> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  for (const register of [registerKeygen, registerPassIssue, registerPassMove, registerPassInspect])
    register(program);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line = '') => {
    lines.push(String(line));
  });
  process.exitCode = undefined;
  try {
    await program.parseAsync(words, { from: 'user' });
  } finally {
    print.mockRestore();
  }
  return { output: lines.join('\n'), exitCode: Number(process.exitCode ?? 0) };
}

const usage = expect.objectContaining({ code: 'usage' });
/** What commander itself refuses: an unknown option, a missing one, a value its reader did not take. */
const commanderUsage = expect.objectContaining({
  name: 'CommanderError',
  exitCode: 1,
} satisfies Partial<CommanderError>);

async function makeKey(): Promise<{ path: string; publicHex: string }> {
  const path = file('office.pem');
  const { output } = await run('keygen', '--out', path, '--name', 'Office "A"');
  return { path, publicHex: /publicKey: "([0-9a-f]{64})"/.exec(output)?.[1] ?? '' };
}

describe('gatepost keygen', () => {
  it('writes a private key for its owner only and prints the public one', async () => {
    const { output } = await run('keygen', '--out', file('office.pem'), '--name', 'Office "A"');
    const privateKey = createPrivateKey(readFileSync(file('office.pem')));
    const { publicKey } = holderKeyOf(privateKey);
    expect(statSync(file('office.pem')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['office.pem']);
    expect(output).toContain(toHex(publicKey));
    expect(output).toContain(Buffer.from(publicKey).toString('base64url'));
    expect(output).toContain('    - name: "Office \\"A\\""\n');
    expect(output).not.toContain('PRIVATE');
  });

  it('never overwrites a file', async () => {
    writeFileSync(file('office.pem'), 'precious');
    await expect(run('keygen', '--out', file('office.pem'))).rejects.toEqual(usage);
    expect(readFileSync(file('office.pem'), 'utf8')).toBe('precious');
    expect(readdirSync(folder)).toEqual(['office.pem']);
  });

  it('says so when the folder is not there', async () => {
    await expect(run('keygen', '--out', file('no/office.pem'))).rejects.toEqual(usage);
  });

  it('encrypts the key with a passphrase from a file', async () => {
    writeFileSync(file('passphrase'), 'correct horse\n');
    const key = file('office.pem');
    await run('keygen', '--out', key, '--passphrase-file', file('passphrase'));
    expect(readFileSync(key, 'utf8')).toContain('ENCRYPTED');
    const order = ['pass', 'issue', '--key', key, '--site', 'c42', '--kind', 'resident', '--valid-days', '1'];
    await expect(run(...order)).rejects.toThrow(/passphrase is missing/);
    writeFileSync(file('wrong'), 'battery staple\n');
    await expect(run(...order, '--passphrase-file', file('wrong'))).rejects.toThrow(/does not fit/);
    const { output } = await run(...order, '--passphrase-file', file('passphrase'));
    expect(output).toMatch(/^GP1:/);
  });
});

describe('gatepost pass issue', () => {
  it('signs nothing with a key that everybody has, and binds nothing to one', async () => {
    const { secret = '', public: hex = '' } = rfc.ed25519.vectors[0] ?? {};
    writeFileSync(file('rfc.pem'), privateKeyOf(secret).export({ format: 'pem', type: 'pkcs8' }));
    const order = ['pass', 'issue', '--site', 'c42', '--kind', 'resident', '--valid-days', '1'];
    await expect(run(...order, '--key', file('rfc.pem'))).rejects.toThrow(/RFC 8032.*gatepost keygen/);
    const { path } = await makeKey();
    for (const bad of [hex, '00'.repeat(32)])
      await expect(run(...order, '--key', path, '--bind', bad)).rejects.toEqual(commanderUsage);
  });

  it('makes the pass it was asked for', async () => {
    const { path, publicHex } = await makeKey();
    const phone = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const holderKey = holderKeyOf(phone.publicKey);
    writeFileSync(file('pseudonyms'), 'a secret of this site');
    const words = [
      ...['pass', 'issue', '--key', path, '--site', 'c42', '--kind', 'worker', '--valid-days', '30'],
      ...['--holder-name', '三号楼 502', '--holder-secret', file('pseudonyms'), '--label', 'EMEV-S 017'],
      ...['--windows', 'Mon-Fri 03:45-05:00; Sat,Sun 22:00-06:00', '--quota', '1/2', '--uses', '9'],
      ...['--gates', 'north, south', '--flags', '5', '--bind', toHex(holderKey.publicKey)],
      ...['--not-before', '2020-02-24T08:00:00+08:00', '--time-zone', 'Asia/Shanghai'],
    ];
    const { output } = await run(...words);
    const trust = createTrust([
      { publicKey: new Uint8Array(Buffer.from(publicHex, 'hex')), name: 'A', status: 'active' },
    ]);
    const reading = readPass(dynamicCode(output, createSigner(phone.privateKey), 7), trust);
    expect(reading).toMatchObject({
      status: 'verified',
      claims: {
        site: 'c42',
        kind: 'worker',
        notBefore: NOW_S,
        holderRef: expect.stringMatching(/^[0-9a-f]{12}$/),
        label: 'EMEV-S 017',
        windows: [
          { dayMask: 0b0111110, startMinute: 225, endMinute: 300 },
          { dayMask: 0b1000001, startMinute: 1320, endMinute: 360 },
        ],
        quota: { count: 1, days: 2 },
        uses: 9,
        gates: ['north', 'south'],
        flags: 5,
        holderKey,
      },
    });
    if (reading.status !== 'verified') throw new Error('not verified');
    // To the end of the thirtieth day.
    const life = reading.claims.expiresAt - reading.claims.issuedAt;
    expect(life).toBeGreaterThan(30 * 86_400);
    expect(life).toBeLessThanOrEqual(31 * 86_400);
    expect((reading.claims.expiresAt + 8 * 3600) % 86_400).toBe(0);
    // The pseudonym is the same for the same person, the pass id never.
    const again = readPass(
      dynamicCode((await run(...words)).output, createSigner(phone.privateKey), 7),
      trust,
    );
    if (again.status !== 'verified') throw new Error('not verified');
    expect(again.claims.holderRef).toBe(reading.claims.holderRef);
    expect(again.claims.passId).not.toBe(reading.claims.passId);
  });

  it.each([
    ['--valid-days 1', ['--valid-days', '1'], '2026-11-22T16:00:00Z'],
    ['--valid-days 180', ['--valid-days', '180'], '2027-05-20T16:00:00Z'],
    ['the longest life, within it', ['--valid-days', '400'], '2027-12-25T16:00:00Z'],
    [
      'the longest life of the site',
      ['--valid-days', '180', '--longest-days', '180'],
      '2027-05-19T16:00:00Z',
    ],
    ['a day as its end', ['--expires', '2026-12-31'], '2026-12-31T16:00:00Z'],
    ['a moment as its end', ['--expires', '2026-12-31T08:00:00+08:00'], '2026-12-31T00:00:00Z'],
  ])('ends with a day of the site: %s', async (_, words, end) => {
    const { path, publicHex } = await makeKey();
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    vi.useFakeTimers({ now: Date.parse('2026-11-21T12:00:00Z'), toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const order = ['pass', 'issue', '--key', path, '--site', 'c42', '--kind', 'resident', ...words];
    const { output } = await run(...order, '--time-zone', 'Asia/Shanghai');
    const trust = createTrust([{ publicKey: parsePublicKey(publicHex), name: 'A', status: 'active' }]);
    expect(readPass(output, trust)).toMatchObject({ claims: { expiresAt: Date.parse(end) / 1000 } });
    expect(said.mock.calls.flat().join()).toContain('Asia/Shanghai');
  });

  it('gives one person one pseudonym, however the name was typed', async () => {
    const { path } = await makeKey();
    writeFileSync(file('secret'), 'a secret of this site\n');
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const holderOf = async (name: string) => {
      const order = [
        'pass',
        'issue',
        '--key',
        path,
        '--site',
        'c42',
        '--kind',
        'resident',
        '--valid-days',
        '1',
      ];
      const { output } = await run(...order, '--holder-secret', file('secret'), '--holder-name', name);
      const parsed = parsePass(output);
      return parsed.status === 'parsed' ? parsed.claims.holderRef : undefined;
    };
    // HMAC-SHA-256 of the very bytes: cards that were made before keep their pseudonyms.
    const before = createHmac('sha256', 'a secret of this site').update('3-2-501').digest('hex').slice(0, 12);
    for (const name of ['3-2-501', '3-2-501\u200b', '３－２－５０１', '3‑2‑501', '3–2–501', ' 3-2-501\ufeff'])
      expect(await holderOf(name), name).toBe(before);
    const spaced = await holderOf('Lee Ann');
    for (const name of ['Lee  Ann', 'Lee\u00a0Ann', ' Lee\u3000 Ann ', 'Lee \u200b Ann'])
      expect(await holderOf(name), JSON.stringify(name)).toBe(spaced);
    expect(await holderOf('3-2-502')).not.toBe(before);
    await expect(holderOf('\u200b')).rejects.toEqual(usage);
    // The secret as editors save it; what cannot be read as text is refused.
    for (const bytes of [
      '\ufeffa secret of this site',
      'a secret of this site\r\n\r\n',
      'a secret of this site \t',
      'a secret of this site\u200b',
      '\u200ba secret of this site \u2060\ufeff\n',
    ]) {
      writeFileSync(file('secret'), bytes);
      expect(await holderOf('3-2-501'), JSON.stringify(bytes)).toBe(before);
    }
    const checks = said.mock.calls.flat().filter((line) => String(line).startsWith('Check value'));
    expect(new Set(checks).size).toBe(1);
    for (const bytes of [
      Buffer.from('\ufeffa secret of this site', 'utf16le'),
      Buffer.from('a secret of this site', 'utf16le'),
      Buffer.from([...Buffer.from('a secret of this site'), 0xc3]),
      Buffer.from('a secret\u0000of this site'),
    ]) {
      writeFileSync(file('secret'), bytes);
      await expect(holderOf('3-2-501')).rejects.toEqual(usage);
    }
    writeFileSync(file('secret'), 'another secret');
    await holderOf('3-2-501');
    expect(
      new Set(said.mock.calls.flat().filter((line) => String(line).startsWith('Check value'))).size,
    ).toBe(2);
  });

  it('draws a QR code that reads back', async () => {
    const { path } = await makeKey();
    const order = [
      'pass',
      'issue',
      '--key',
      path,
      '--site',
      'c42',
      '--kind',
      'resident',
      '--valid-days',
      '9',
    ];
    const { output } = await run(...order, '--holder', 'a1b2c3d4e5f6', '--qr', file('pass.png'));
    const [code] = await readBarcodes(new Uint8Array(readFileSync(file('pass.png'))));
    expect(code?.text).toBe(output);
    await run(...order, '--qr', file('pass.svg'));
    expect(readFileSync(file('pass.svg'), 'utf8')).toContain('<svg');
    await expect(run(...order, '--qr', file('pass.svg'))).rejects.toEqual(usage);
    await expect(run(...order, '--qr', file('pass.gif'))).rejects.toEqual(usage);
    expect(existsSync(file('pass.gif'))).toBe(false);
  });

  it.each([
    ['no end', []],
    ['an end in the past', ['--expires', '2020-01-01T00:00:00Z']],
    ['an end too far away', ['--expires', '4102444800']],
    ['a time without its offset', ['--valid-days', '1', '--not-before', '2026-03-01T08:00:00']],
    ['a day as one number', ['--valid-days', '1', '--not-before', '20270101']],
    ['a day as a spreadsheet counts it', ['--expires', '46388']],
    ['seconds of 1970', ['--expires', '86400']],
    ['a life that the gates of the site do not take', ['--valid-days', '60', '--longest-days', '30']],
    ['a label that is too long', ['--valid-days', '1', '--label', 'x'.repeat(25)]],
    ['a window that is none', ['--valid-days', '1', '--windows', 'Mon 25:00-26:00']],
    ['a day that is none', ['--valid-days', '1', '--windows', 'Mun 01:00-02:00']],
    ['a gate that is none', ['--valid-days', '1', '--gates', 'North Gate']],
    ['a language that is none', ['--valid-days', '1', '--holder-language', 'zh_TW']],
    ['a name without a secret', ['--valid-days', '1', '--holder-name', 'Li']],
    ['a key that is not there', ['--valid-days', '1', '--key', '/nowhere/key.pem']],
  ])('refuses %s', async (_, words) => {
    const { path } = await makeKey();
    await expect(
      run('pass', 'issue', '--key', path, '--site', 'c42', '--kind', 'resident', ...words),
    ).rejects.toEqual(usage);
  });

  it.each([
    ['an unknown kind', ['--kind', 'king']],
    ['a life of 401 days', ['--valid-days', '401']],
    ['two ends', ['--valid-days', '1', '--expires', '1900000000']],
    ['a quota that is none', ['--quota', '1']],
    ['a holder that is none', ['--holder', 'Li']],
    ['a need that is none', ['--needs', 'slow,duress']],
    ['no need', ['--needs', ',']],
    ['a phone key that is none', ['--bind', 'abc']],
    ['a phone key off its curve', ['--bind', `04${'0'.repeat(128)}`]],
  ])('refuses %s', async (_, words) => {
    const { path } = await makeKey();
    await expect(
      run('pass', 'issue', '--key', path, '--site', 'c42', '--kind', 'resident', ...words),
    ).rejects.toEqual(commanderUsage);
  });
});

describe('what a holder needs', () => {
  it('is written as flags beside those of the site and as language, and read back in words', async () => {
    const { path, publicHex } = await makeKey();
    const order = [
      'pass',
      'issue',
      '--key',
      path,
      '--site',
      'c42',
      '--kind',
      'resident',
      '--valid-days',
      '9',
    ];
    const told = [
      '--flags',
      '2147483650',
      '--needs',
      'Large-type, slow;step-free',
      '--holder-language',
      'zh-TW',
    ];
    const { output } = await run(...order, ...told);
    const parsed = parsePass(output);
    expect(parsed).toMatchObject({ claims: { flags: 0x8000_0017, language: 'zh-TW' } });
    const report = await run('pass', 'inspect', output, '--issuer', publicHex, '--site', 'c42');
    expect(report.output).toMatch(/flags +0x80000017 slow duress largeType stepFree\n/);
    expect(report.output).toMatch(/language +zh-TW$/m);
    expect(report.output).toContain('VALID');
    const plain = parsePass((await run(...order)).output);
    expect(plain).not.toHaveProperty('claims.flags');
    expect(plain).not.toHaveProperty('claims.language');
  });
});

describe('windows in words', () => {
  it.each([
    ['Mon-Fri 03:45-05:00', 0b0111110, 225, 300, 'Mon,Tue,Wed,Thu,Fri 03:45-05:00'],
    ['Sat-Mon 22:00-06:00', 0b1000011, 1320, 360, 'Sun,Mon,Sat 22:00-06:00 (over midnight)'],
    ['daily 00:00-24:00', 127, 0, 1440, 'daily 00:00-24:00'],
    ['wed,Sun-Mon 10:00-00:00', 0b0001011, 600, 0, 'Sun,Mon,Wed 10:00-00:00'],
  ])('%s', (text, dayMask, startMinute, endMinute, shown) => {
    expect(parseWindows(text)).toEqual([{ dayMask, startMinute, endMinute }]);
    expect(formatWindows(parseWindows(text))).toBe(shown);
  });

  it.each([
    '',
    'Mon',
    'Mon 01:00',
    'Mon-Tue-Wed 01:00-02:00',
    'Mon 01:60-02:00',
    'Mon 24:00-01:00',
    'Mon 01:00-24:01',
    'Mon 01:00-01:00',
    '-Mon 01:00-02:00',
    'Mon 01:00-02:00;',
  ])('refuses "%s"', (text) => {
    expect(() => parseWindows(text)).toThrowError(expect.objectContaining({ code: 'usage' }));
  });
});

describe('gatepost pass inspect', () => {
  it.each(['\n', '\r\n\r\n', '  ', '\r\u0003', '\t'])(
    'takes %j behind a pass for no part of it, as a kiosk does',
    async (behind) => {
      const text = signPass(sampleClaims(), testSigner('issuer'));
      const words = ['--issuer', toHex(testSigner('issuer').publicKey), '--site', 'c42', '--now', `${NOW_S}`];
      const { output, exitCode } = await run('pass', 'inspect', `${text}${behind}`, ...words, '--json');
      expect(JSON.parse(output)).toMatchObject({ verdict: 'valid' });
      expect(exitCode).toBe(0);
    },
  );

  const publicHex = toHex(testSigner('issuer').publicKey);
  const issuer = ['--issuer', publicHex, '--site', 'c42', '--time-zone', 'Asia/Shanghai'];
  const now = ['--now', String(NOW_S)];
  const pass = signPass(
    sampleClaims({
      label: 'EMEV-S 017',
      windows: [{ dayMask: 2, startMinute: 60, endMinute: 120 }],
      gates: ['north'],
    }),
    testSigner('issuer'),
  );

  it.each<[string, Partial<PassClaims>, string | undefined]>([
    ['a good pass', {}, undefined],
    ['a pass of another site', { site: 'elm' }, 'gp:WrongSite'],
    ['a pass that is over', { expiresAt: NOW_S }, 'CredentialExpired'],
    ['a pass that begins later', { notBefore: NOW_S + 1 }, 'CredentialNotActive'],
  ])('says what a kiosk would say of %s', async (_, changes, want) => {
    const text = signPass(sampleClaims(changes), testSigner('issuer'));
    const { output, exitCode } = await run('pass', 'inspect', ...issuer, ...now, '--json', '--', text);
    expect(JSON.parse(output)).toMatchObject({
      verdict: want === undefined ? 'valid' : 'refused',
      reasons: want === undefined ? [] : [want],
    });
    expect(exitCode).toBe(want === undefined ? 0 : 1);
  });

  it('believes no issuer whose private key stands in a document', async () => {
    for (const key of [gp1.issuer.public_hex, '00'.repeat(32)])
      await expect(run('pass', 'inspect', pass, '--issuer', key, ...now)).rejects.toEqual(commanderUsage);
  });

  it('explains every field and every reason in plain words', async () => {
    const { output, exitCode } = await run('pass', 'inspect', pass, ...issuer, ...now, '--gate', 'south');
    expect(exitCode).toBe(1);
    expect(output).toContain('REFUSED: Unauthorized');
    expect(output).toContain('NotPermittedAtThisTime: outside the hours of the pass');
    expect(output).toContain('2020-02-24 08:00:00 Asia/Shanghai (1582502400)');
    expect(output).toContain('Mon 01:00-02:00');
    expect(output).toContain('EMEV-S 017');
    expect(output).not.toContain('not verified');
  });

  it('tells step and age of a phone code', async () => {
    const phone = testSigner('phone');
    const holderKey = { algorithm: phone.algorithm, publicKey: phone.publicKey };
    const bound = signPass(sampleClaims({ holderKey }), testSigner('issuer'));
    const text = dynamicCode(bound, phone, NOW_S / 15 - 1);
    const { output } = await run('pass', 'inspect', text, ...issuer, ...now);
    expect(output).toContain('VALID here and now');
    expect(output).toContain('105500159, began 15 s ago');
  });

  it('shows the fields of an unverified pass as claims only', async () => {
    const { output, exitCode } = await run('pass', 'inspect', pass, ...now);
    expect(exitCode).toBe(1);
    expect(output).toContain('REFUSED: gp:UnknownIssuer');
    expect(output).toContain('Claims, not verified');
    const json = await run('pass', 'inspect', pass, ...now, '--json');
    expect(JSON.parse(json.output)).toMatchObject({ verified: false, claims: { site: 'c42' } });
  });

  it('takes everything from a config', async () => {
    writeFileSync(
      file('gate.yaml'),
      `version: 1
site: { id: c42, name: Willow Court, timeZone: Asia/Shanghai }
gate: { id: north, name: North gate }
language: en
doors: { main: { name: Main door, lock: { driver: simulated, levelFile: main.level } } }
accessPoints: { main-in: { door: main, direction: in, scanner: { driver: serial, path: simulated } } }
passes: { issuers: [{ name: Office, publicKey: ${publicHex} }], kinds: [worker] }
store: { folder: state }
`,
    );
    const { output } = await run('pass', 'inspect', pass, '--config', file('gate.yaml'), ...now, '--json');
    expect(JSON.parse(output)).toMatchObject({
      issuer: 'Office',
      verified: true,
      reasons: ['Unauthorized', 'NotPermittedAtThisTime'],
    });
  });

  it('knows the key with which the desk of that config makes passes for visitors, within its bounds', async () => {
    writeFileSync(
      file('gate.yaml'),
      `version: 1
site: { id: c42, name: Willow Court, timeZone: Asia/Shanghai }
gate: { id: north, name: North gate }
doors: { main: { name: Main door, lock: { driver: simulated, levelFile: main.level } } }
accessPoints: { main-in: { door: main, direction: in, scanner: { driver: serial, path: simulated } } }
passes: { issuers: [{ name: Office, publicKey: ${publicHex} }], atDesk: { longestHours: 2 } }
store: { folder: state }
`,
    );
    const signer = visitorSigner(file('state'));
    const fromMs = Date.parse('2026-03-02T08:00:00Z');
    const passFor = (hours: number) => {
      const visit = { passId: '00112233aabbccdd', label: '王师傅', fromMs, uses: 1 };
      return signPass(visitorPassOf({ ...visit, untilMs: fromMs + hours * 3_600_000 }, 'c42'), signer);
    };
    const inspected = async (text: string) => {
      const at = ['--config', file('gate.yaml'), '--now', '2026-03-02T09:00:00Z'];
      return JSON.parse((await run('pass', 'inspect', text, ...at, '--json')).output);
    };
    const good = { issuer: 'visitors of north', verified: true, verdict: 'valid', reasons: [] };
    expect(await inspected(passFor(2))).toMatchObject(good);
    expect(await inspected(passFor(3))).toMatchObject({ verdict: 'refused', reasons: ['gp:MalformedPass'] });
    rmSync(file('state'), { recursive: true });
    expect(await inspected(passFor(2))).toMatchObject({ reasons: ['gp:UnknownIssuer'] });
    expect(existsSync(file('state'))).toBe(false);
  });

  it.each([
    ['no site', ['--issuer', publicHex]],
    ['no gate for a pass that names gates', issuer],
    ['a time zone that is none', ['--time-zone', 'Mars/Olympus']],
    ['an abbreviation of a time zone', ['--time-zone', 'CST']],
  ])('refuses %s', async (_, words) => {
    await expect(run('pass', 'inspect', pass, ...words)).rejects.toEqual(usage);
  });

  it('refuses an issuer key that is none', async () => {
    await expect(run('pass', 'inspect', pass, '--issuer', 'abc')).rejects.toEqual(commanderUsage);
  });
});

describe('gatepost pass move', () => {
  const NEW_KEY = Buffer.from(testSigner('phone').publicKey).toString('base64url');
  const HEADER = 'line,name,unit,kind,holder,pass-id,valid-until,pass\r\n';

  /** An office with one pass in its table, and how it orders a move. */
  async function office(changes: Partial<PassClaims> = {}) {
    const { path, publicHex } = await makeKey();
    const signer = createSigner(createPrivateKey(readFileSync(path)));
    const now = Math.floor(Date.now() / 1000);
    const claims = sampleClaims({ issuedAt: now - 60, expiresAt: now + 86_400, label: 'Wang', ...changes });
    const text = signPass(claims, signer);
    writeFileSync(file('passes.csv'), `${HEADER}2,Wang,3-2,resident,,${claims.passId},,"${text}"\r\n`);
    const order = ['--yes', '--key', path, '--revocations', file('revoked.txt')];
    return { text, claims, publicHex, order, fromTable: [...order, '--passes', file('passes.csv')] };
  }

  it('makes the same pass for another phone, by the number on the card too, and revokes the old one', async () => {
    const { claims, publicHex, fromTable } = await office();
    const { output } = await run('pass', 'move', NEW_KEY, ...fromTable, '--number', '0102 0304');
    const trust = createTrust([{ publicKey: parsePublicKey(publicHex), name: 'Office', status: 'active' }]);
    const parsed = parsePass(output);
    const made = parsed.status === 'parsed' ? parsed.claims : undefined;
    expect(made).toEqual({
      ...claims,
      passId: made?.passId,
      issuedAt: made?.issuedAt,
      holderKey: { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey },
    });
    expect(made?.passId).not.toBe(claims.passId);
    // Only as a phone code: the picture of it opens nothing.
    expect(readPass(output, trust)).toMatchObject({ status: 'verified', form: 'GP1' });
    const line = `${claims.passId} # moved to ${made?.passId}`;
    expect(readFileSync(file('revoked.txt'), 'utf8')).toBe(`${line}\n`);
    // Somebody has left the list without an end of its last line.
    writeFileSync(file('revoked.txt'), line);
    // On record, so that it can move once more.
    await run(
      'pass',
      'move',
      `${Buffer.from(testSigner('stranger').publicKey).toString('base64url')}.${made?.passId}`,
      ...fromTable,
    );
    expect(readFileSync(file('revoked.txt'), 'utf8')).toMatch(
      new RegExp(`^${line}\n${made?.passId} # moved to [0-9a-f]{16}\n$`),
    );
    // The phone in between is given away: what was moved on comes back to it by no second try.
    await expect(run('pass', 'move', NEW_KEY, ...fromTable, '--number', '0102 0304')).rejects.toThrow(
      /replaced or lost/,
    );
  });

  it('takes the text of the pass instead, and leaves a table of another program alone', async () => {
    const { text, order, fromTable } = await office();
    await run('pass', 'move', NEW_KEY, ...order, '--pass', text);
    rmSync(file('revoked.txt'));
    const table = readFileSync(file('passes.csv'), 'utf8').replaceAll('line,name,unit', 'name,line,unit');
    writeFileSync(file('passes.csv'), table);
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await run('pass', 'move', NEW_KEY, ...fromTable, '--number', '0102030405060708');
    expect(told.mock.calls.join()).toContain('note the new pass');
    expect(readFileSync(file('passes.csv'), 'utf8')).toBe(table);
  });

  it.each(['the picture', 'the row', 'the list'])('goes on where it was cut off behind %s', async (step) => {
    const { claims, text, order, fromTable } = await office();
    const again = ['pass', 'move', NEW_KEY, ...fromTable, '--number', '0102 0304'];
    const [table, list] = [file('passes.csv'), file('revoked.txt')];
    const empty = readFileSync(table, 'utf8');
    const { output } = await run(...again, '--qr', file('new.svg'));
    const rows = readFileSync(table, 'utf8');
    if (step === 'the picture') writeFileSync(table, empty);
    if (step !== 'the list') rmSync(list);
    const idOf = (made: string) => {
      const parsed = parsePass(made);
      return parsed.status === 'parsed' ? parsed.claims.passId : undefined;
    };
    const made = (await run(...again, '--qr', file('new-again.svg'))).output;
    expect(idOf(made)).toBe(idOf(output));
    if (step !== 'the picture') expect([made, readFileSync(table, 'utf8')]).toEqual([output, rows]);
    expect(readFileSync(table, 'utf8').split('\n').length).toBe(empty.split('\n').length + 1);
    expect(readFileSync(list, 'utf8')).toBe(`${claims.passId} # moved to ${idOf(output)}\n`);
    // Without the table the list alone says it.
    expect(idOf((await run('pass', 'move', NEW_KEY, ...order, '--pass', text)).output)).toBe(idOf(output));
    // Since then the new one is lost, too.
    writeFileSync(list, `${readFileSync(list, 'utf8')}${idOf(output)}\n`);
    await expect(run(...again)).rejects.toThrow(/replaced or lost/);
  });

  it('says whose pass moves and does nothing unasked, and gives out no use a second time', async () => {
    const { fromTable } = await office({ uses: 5 });
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const again = ['pass', 'move', NEW_KEY, ...fromTable, '--number', '0102 0304'];
    const unasked = [...again, '--uses', '2'].filter((word) => word !== '--yes');
    await expect(run(...unasked)).rejects.toThrow(/^Nothing was done.*--yes/);
    expect(told.mock.calls.join()).toContain('Wang, 3-2, "Wang", resident');
    for (const uses of [[], ['--uses', '6']])
      await expect(run(...again, ...uses)).rejects.toThrow(/used 5 times.*--uses/);
    expect(existsSync(file('revoked.txt'))).toBe(false);
    const parsed = parsePass((await run(...again, '--uses', '2')).output);
    expect(parsed).toMatchObject({ claims: { uses: 2 } });
  });

  it('asks at a terminal, and takes yes alone', async () => {
    for (const [typed, isMeant] of [
      ['yes\n', true],
      [' YES \n', true],
      ['\n', false],
      ['y\n', false],
      ['no\n', false],
      ['', false],
    ] as const) {
      const input = Object.assign(new PassThrough(), { isTTY: true as const });
      input.end(typed);
      expect(await saysYes(input, '')).toBe(isMeant);
    }
  });

  it('refuses what would leave somebody without a pass, or with two', async () => {
    const { text, publicHex, order, fromTable } = await office();
    const refused: [readonly string[], RegExp][] = [
      [[NEW_KEY, ...order], /--passes FILE/],
      [[NEW_KEY, ...fromTable], /--number/],
      [[NEW_KEY, ...fromTable, '--number', 'ffff ffff'], /No pass/],
      [[`${NEW_KEY}.0102030405060708`, ...fromTable, '--number', 'ffff ffff'], /is about pass/],
      [[NEW_KEY, ...fromTable, '--pass', text], /not both/],
      [[`${NEW_KEY}.ffffffffffffffff`, ...order, '--pass', text], /is about pass ffffffffffffffff/],
      [[NEW_KEY, ...order, '--pass', text, '--number', 'ffff ffff'], /is about pass ffffffff/],
      [
        [NEW_KEY, ...order, '--pass', signPass(sampleClaims(), testSigner('stranger'))],
        /none that .* has signed/,
      ],
      [[NEW_KEY, ...order, '--pass', text, '--qr', file('a.gif')], /neither in .svg/],
      [[NEW_KEY, ...order, '--pass', text, '--uses', '2'], /no number of uses/],
      [[publicHex.slice(1), ...order, '--pass', text], /64 hex/],
      [[NEW_KEY, ...order, '--pass', text, '--phone-page', 'http://office.example/'], /https/],
    ];
    for (const [words, says] of refused) await expect(run('pass', 'move', ...words)).rejects.toThrow(says);
    expect(existsSync(file('revoked.txt'))).toBe(false);
    writeFileSync(file('revoked.txt'), '0102030405060708 # moved to ffffffffffffffff\n');
    await expect(run('pass', 'move', NEW_KEY, ...order, '--pass', text)).rejects.toThrow(/replaced or lost/);
  });
});
