import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SENSORS } from '../../../hardware/sensors.ts';
import { registerApply } from '../../../src/cli/bundle/apply.ts';
import { registerBundle } from '../../../src/cli/bundle/commands.ts';
import { registerKeygen } from '../../../src/cli/keygen.ts';
import { readLists } from '../../../src/cli/site/doctor-lists.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { checkLists } from '../../../src/doctor/lists.ts';
import { changeTables, openStore } from '../../support/store/store-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-bundle-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
});

const file = (name: string): string => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(file(name), text);
  return file(name);
};

/** Runs a command in this process; what it printed. */
async function run(...words: string[]): Promise<string> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  for (const register of [registerKeygen, registerBundle, registerApply]) register(program);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line = '') => {
    lines.push(String(line));
  });
  try {
    await program.parseAsync(words, { from: 'user' });
  } finally {
    print.mockRestore();
  }
  return lines.join('\n');
}

async function makeKey(name: string): Promise<{ path: string; publicHex: string }> {
  const path = file(`${name}.pem`);
  const printed = await run('keygen', '--out', path);
  return { path, publicHex: /public key\s+([0-9a-f]{64})/.exec(printed)?.[1] ?? '' };
}

interface Signing {
  readonly type: string;
  readonly key: string;
  readonly number?: number;
  readonly content: string;
}

async function sign({ type, key, number = 1, content }: Signing): Promise<string> {
  const out = file(`${type}-${number}.gpb`);
  const words = ['--type', type, '--key', key, '--number', `${number}`, '--site', 'willow-court'];
  await run('bundle', 'sign', ...words, '--content', content, '--out', out);
  return out;
}

const inspect = async (path: string, ...words: string[]) =>
  JSON.parse(await run('bundle', 'inspect', path, '--json', ...words));

const CONTENTS = {
  revocations: [
    '# lost cards of November',
    '0102030405060708',
    '0102030405060708',
    '',
    'FFEEDDCCBBAA9988   # Chen',
    '0a0b0c0d0e0f 2026-03-01T08:00:00+08:00',
    '0a0b0c0d0e10,1772323200',
  ].join('\r\n'),
  orders: [
    'kind,pass,holder,from,until',
    'quarantine,,0a0b0c0d0e0f,2026-03-01T00:00:00+08:00,2026-03-15T00:00:00+08:00',
    'suspension,0102030405060708,,1772323200,',
  ].join('\n'),
  directory: 'holder,label,unit\n0a0b0c0d0e0f,王秀英,3-2-501\n000000000001,Sweepers,\n',
  policy:
    'policy:\n  initialLevel: strict\n  levels:\n    strict:\n      kinds: { resident: { quota: { count: 1, days: 2, direction: out } } }\n',
};

describe('gatepost bundle sign and inspect', () => {
  it.each([
    ['revocations', '2 passes, 2 holders'],
    ['orders', '2 orders'],
    ['directory', '2 holders'],
  ] as const)('makes %s that say what the table said', async (type, entries) => {
    const { path: key, publicHex } = await makeKey('centre');
    const out = await sign({ type, key, number: 12, content: write('content', CONTENTS[type]) });
    expect(await inspect(out, '--public-key', publicHex)).toMatchObject({
      type,
      site: 'willow-court',
      number: 12,
      entries,
      signature: 'holds',
    });
    const { publicHex: other } = await makeKey('other');
    expect(await inspect(out, '--public-key', other)).toMatchObject({ signature: 'does not hold' });
    expect(process.exitCode).toBe(1);
  });

  it('makes a list of keys and a policy from YAML', async () => {
    const { path: key, publicHex } = await makeKey('root');
    const content = write(
      'trust.yaml',
      `keys:\n  - { publicKey: "${publicHex}", name: Centre, use: bundle, from: 2026-01-01T00:00:00Z }\n`,
    );
    expect(await inspect(await sign({ type: 'trust', key, content }))).toMatchObject({
      keys: [{ publicKey: publicHex, use: 'bundle', status: 'active', from: 1_767_225_600 }],
    });
    const policy = write('policy.yaml', CONTENTS.policy);
    expect(await inspect(await sign({ type: 'policy', key, number: 9, content: policy }))).toMatchObject({
      policy: { version: 9, initialLevel: 'strict' },
    });
  });

  it.each([
    ['revocations', '0102030405060708\nnonsense\n', 'line 2'],
    ['revocations', '0a0b0c0d0e0f tomorrow\n', 'line 1'],
    ['orders', 'kind,from\nquarantine,5\n', 'line 2'],
    ['orders', 'kind,holder,from,until\nquarantine,0a0b0c0d0e0f,9,5\n', 'until'],
    ['orders', 'kind,holder,from\nexile,0a0b0c0d0e0f,9\n', 'quarantine, health'],
    ['directory', 'holder,label\nxyz,Chen\n', 'line 2'],
    ['revocations', '0a0b0c0d0e0f 20261201\n', 'write 2026-12-01'],
    ['revocations', '0a0b0c0d0e0f 46357\n', '2026-12-01'],
    ['orders', 'kind,holder,from,until\nquarantine,0a0b0c0d0e0f,20261128,20261212\n', 'write 2026-11-28'],
    ['orders', 'kind,holder,from,until\nquarantine,0a0b0c0d0e0f,46354,46368\n', 'write 2026-11-28'],
    ['trust', 'keys:\n  - { publicKey: "KEY", name: x, use: bundle, until: 20271231 }\n', 'write 2027-12-31'],
    [
      'trust',
      'keys:\n  - { publicKey: "KEY", kid: "00000000", name: x, use: bundle }\n',
      'the kid of the key',
    ],
    [
      'trust',
      'keys:\n  - { publicKey: d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, name: x, use: bundle }\n',
      'RFC 8032',
    ],
    ['trust', 'keys:\n  - { publicKey: abc, name: x, use: bundle }\n', ':2:'],
    ['trust', 'keys:\n  - { name: x, use: king }\n', ':2:'],
    ['trust', 'keys:\n  - { publicKey: "KEY", name: x, use: command, verbs: [opne] }\n', ':2:'],
    ['trust', 'keys:\n  - { publicKey: "KEY", name: x, use: bundle, verbs: [open] }\n', 'use command'],
    ['policy', 'policy:\n  levles: {}\n', ':2:3'],
    ['policy', 'levels: {}\n', ':1:1'],
  ])('names the mistake in %s: %j', async (type, text, place) => {
    const { path: key, publicHex } = await makeKey('key');
    const content = write('content', text.replace('KEY', publicHex));
    await expect(sign({ type, key, content })).rejects.toThrow(place);
  });
});

describe('what doctor says of lists', () => {
  const list = { type: 'orders', number: 4_294_967_295, state: 'good' } as const;
  it.each([
    ['nothing where there is none', [], []],
    [
      'a withdrawn signer',
      [{ ...list, signer: 'withdrawn' as const }],
      [/orders 4294967295 was signed by a key that is withdrawn/],
    ],
    ['one that is due', [{ ...list, state: 'due' as const }], [/followed by a newer one/]],
    ['one that is damaged', [{ ...list, state: 'damaged' as const }], [/cannot be read: the guard decides/]],
  ])('%s', (_, views, want) => {
    expect(checkLists(views).map(({ grade, text }) => [grade, text])).toEqual(
      want.map((text) => ['warn', expect.stringMatching(text)]),
    );
  });
});

describe('the moments of a list', () => {
  const zone = ['--time-zone', 'Asia/Shanghai'];
  async function signed(type: string, text: string): Promise<{ out: string; said: string; doubts: string }> {
    const { path: key } = await makeKey(type);
    const out = file(`${type}.gpb`);
    const words = ['--type', type, '--key', key, '--number', '1', '--site', 'willow-court', '--out', out];
    const look = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const said = await run('bundle', 'sign', ...words, ...zone, '--content', write('content', text));
    const doubts = look.mock.calls.flat().join('\n');
    look.mockRestore();
    return { out, said, doubts };
  }

  it('are days of the site in orders, the last one included, and are told when signed and when looked at', async () => {
    const { out, said, doubts } = await signed(
      'orders',
      'kind;holder;from;until\nquarantine;0a0b0c0d0e0f;2999-11-28;2999-12-12\n;;;\nhealth;0a0b0c0d0e0f;2020-11-28;2020-12-12\n'.replaceAll(
        '2999',
        '2099',
      ),
    );
    expect(await inspect(out)).toMatchObject({
      orders: [
        {
          kind: 'quarantine',
          from: Date.parse('2099-11-28T00:00:00+08:00') / 1000,
          until: Date.parse('2099-12-13T00:00:00+08:00') / 1000,
        },
        { kind: 'health', from: Date.parse('2020-11-28T00:00:00+08:00') / 1000 },
      ],
    });
    const line =
      /quarantine +holder 0a0b0c0d0e0f from 2099-11-28 00:00:00 Asia\/Shanghai .* until 2099-12-13 00:00:00/;
    expect(said).toMatch(line);
    expect(await run('bundle', 'inspect', out, ...zone)).toMatch(line);
    expect(doubts).toMatch(
      /^Look again: health holder 0a0b0c0d0e0f is over since 2020-12-13 00:00:00 Asia\/Shanghai/,
    );
  });

  it('are days of the site in revocations; what revokes nothing, or too much, is told', async () => {
    const { out, said, doubts } = await signed(
      'revocations',
      '0a0b0c0d0e0f 2021-12-01\n0a0b0c0d0e10;2099-01-01;\n0102030405060708,\n',
    );
    expect(await inspect(out)).toMatchObject({
      entries: '1 passes, 2 holders',
      holders: [
        { holderRef: '0a0b0c0d0e0f', issuedBefore: Date.parse('2021-12-01T00:00:00+08:00') / 1000 },
        { holderRef: '0a0b0c0d0e10' },
      ],
    });
    expect(said).toContain('holder 0a0b0c0d0e0f: what was issued before 2021-12-01 00:00:00 Asia/Shanghai');
    expect(doubts).toMatch(/0a0b0c0d0e0f: no pass issued before .* revokes nothing/);
    expect(doubts).toMatch(/0a0b0c0d0e10: passes that are issued from now to .* are revoked too/);
  });

  it('are days of the site for keys, to the end of the last', async () => {
    const { publicHex } = await makeKey('other');
    const { out, said, doubts } = await signed(
      'trust',
      `keys:\n  - { publicKey: "${publicHex}", name: Centre, use: bundle, from: 2019-01-01, until: 2020-12-31 }\n`,
    );
    expect(await inspect(out)).toMatchObject({
      keys: [
        {
          from: Date.parse('2019-01-01T00:00:00+08:00') / 1000,
          until: Date.parse('2021-01-01T00:00:00+08:00') / 1000,
        },
      ],
    });
    expect(said).toContain('until 2021-01-01 00:00:00 Asia/Shanghai');
    expect(doubts).toContain('the key "Centre" is over');
  });

  it('say what a key may order, and that one without verbs may order nothing', async () => {
    const { publicHex } = await makeKey('desk');
    const { publicHex: other } = await makeKey('reader');
    const { out, said, doubts } = await signed(
      'trust',
      `keys:\n  - { publicKey: "${publicHex}", name: Desk, use: command, verbs: [open, lockdown-release] }\n  - { publicKey: "${other}", name: Reader, use: command }\n`,
    );
    expect(await inspect(out)).toMatchObject({ keys: [{ verbs: ['open', 'lockdown-release'] }, {}] });
    expect(said).toMatch(/Desk +may open, lockdown-release/);
    expect(doubts).toContain('the key "Reader" has no verbs, so it may order nothing');
    expect(doubts).not.toContain('"Desk"');
  });

  it('may be a day for the next list, which must not be over', async () => {
    const { path: key } = await makeKey('centre');
    const sign = (day: string) =>
      run(
        ...[
          'bundle',
          'sign',
          '--type',
          'revocations',
          '--key',
          key,
          '--number',
          '1',
          '--site',
          'willow-court',
        ],
        ...['--out', file('r.gpb'), '--content', write('content', ''), '--next-update', day, ...zone],
      );
    await expect(sign('2020-12-31')).rejects.toMatchObject({ code: 'usage' });
    expect(await sign('2099-12-31')).toContain('2099-12-31T16:00:00.000Z');
  });
});

describe('gatepost apply, while no gate runs', () => {
  async function prepare(): Promise<{ config: string; trust: string; centre: string }> {
    const root = await makeKey('root');
    const centre = await makeKey('centre');
    const keys = `keys: [{ publicKey: "${centre.publicHex}", name: Centre, use: bundle }]\n`;
    const config = write(
      'gatepost.yaml',
      JSON.stringify({
        version: 1,
        site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai' },
        gate: { id: 'north', name: 'North gate' },
        doors: { main: { name: 'Main door', lock: { driver: 'simulated' } } },
        accessPoints: {
          'main-in': { door: 'main', direction: 'in', scanner: { driver: 'serial', path: 'simulated' } },
        },
        trust: { rootKey: root.publicHex },
        store: { folder: 'store' },
      }),
    );
    const trust = await sign({ type: 'trust', key: root.path, content: write('trust.yaml', keys) });
    return { config, trust, centre: centre.path };
  }

  it('puts lists in force for the next start, and names each that is refused', async () => {
    const { config, trust, centre } = await prepare();
    const content = write('revoked', CONTENTS.revocations);
    const newer = await sign({ type: 'revocations', key: centre, number: 2, content });
    const older = await sign({ type: 'revocations', key: centre, number: 1, content });
    expect(await run('apply', trust, newer, trust, '--config', config)).toBe(
      `${trust}: trust 1 is in force now\n${newer}: revocations 2 is in force now\n${trust}: trust 1 was in force already`,
    );
    const views = await readLists(loadConfig(config, SENSORS).config);
    expect(views).toMatchObject([
      { type: 'trust', number: 1, state: 'good' },
      { type: 'revocations', number: 2, state: 'good' },
    ]);
    expect(checkLists(views)).toMatchObject([{ grade: 'ok', text: 'In force: trust 1, revocations 2.' }]);
    await expect(run('apply', older, '--config', config)).rejects.toMatchObject({
      code: 'bundle.refused',
      message: expect.stringContaining('old_number'),
    });
    const store = await openStore(file('store'));
    expect(store.endedUncleanly).toBe(false);
    expect(store.bundles.kept().map(({ type, number }) => [type, number])).toEqual([
      ['trust', 1],
      ['revocations', 2],
    ]);
    await store.stop();
    // A daemon that was cut off is still known to have been, whatever was applied since.
    const sql = "UPDATE kept_number SET value = 1 WHERE name = 'in-use'";
    changeTables(join(file('store'), 'gatepost.db'), sql);
    await run('apply', newer, '--config', config);
    const after = await openStore(file('store'));
    expect(after.endedUncleanly).toBe(true);
    await after.stop();
  });

  it('refuses a policy that this gate could not go by, with the mistake', async () => {
    const { config, trust, centre } = await prepare();
    const text = 'policy:\n  levels:\n    strict:\n      screening: { in: enforce }\n';
    const policy = await sign({ type: 'policy', key: centre, content: write('policy.yaml', text) });
    await expect(run('apply', trust, policy, '--config', config)).rejects.toThrow('thermometer');
    const good = await sign({
      type: 'policy',
      key: centre,
      number: 2,
      content: write('good.yaml', CONTENTS.policy),
    });
    expect(await run('apply', good, '--config', config)).toContain('policy 2 is in force now');
  });
});
