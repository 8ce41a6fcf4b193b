import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SENSORS } from '../../../hardware/sensors.ts';
import { ScryptHasher } from '../../../src/adapters/crypto/scrypt-hasher.ts';
import { Store } from '../../../src/adapters/sqlite/store.ts';
import { readLine } from '../../../src/cli/read-line.ts';
import { registerOperator } from '../../../src/cli/site/operator.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { SilentLogger } from '../../support/silent-logger.ts';

const PASSWORD = 'plum tree in rain';
let folder: string;
const file = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-operator-'));
  writeFileSync(file('password'), `${PASSWORD}\n`);
  writeFileSync(file('gate.yaml'), ONE_DOOR);
});

afterEach(() => rmSync(folder, { recursive: true }));

async function run(...words: string[]): Promise<string[]> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  registerOperator(program);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line) => {
    lines.push(String(line));
  });
  try {
    await program.parseAsync(['operator', ...words], { from: 'user' });
  } finally {
    print.mockRestore();
  }
  return lines;
}

const setPassword = (name: string, passwordFile = 'password') =>
  run('set-password', name, '--config', file('gate.yaml'), '--password-file', file(passwordFile));
const list = () => run('list', '--config', file('gate.yaml'));

async function startStore(): Promise<Store> {
  const store = new Store({
    folder: loadConfig(file('gate.yaml'), SENSORS).config.store.folder,
    site: 'willow-court',
    gate: 'north',
    clock: new VirtualClock(),
    logger: new SilentLogger(),
  });
  await store.start(new AbortController().signal);
  return store;
}

describe('gatepost operator', () => {
  it('makes an account before the first start of the daemon, which then finds it', async () => {
    expect((await setPassword('Li Mei')).join()).not.toContain(PASSWORD);
    expect(statSync(join(folder, 'state', 'gatepost.db')).mode & 0o077).toBe(0);
    const store = await startStore();
    const record = store.operators.find('Li Mei');
    await store.stop();
    expect(await new ScryptHasher().verify(PASSWORD, record?.passwordHash ?? '')).toBe(true);
  });

  it('changes a password while the daemon runs and goes on writing', async () => {
    const store = await startStore();
    await setPassword('Li Mei');
    const before = store.operators.find('Li Mei')?.passwordHash;
    writeFileSync(file('other'), 'pear tree in snow');
    await setPassword('Li Mei', 'other');
    const after = store.operators.find('Li Mei')?.passwordHash ?? '';
    store.log.probe();
    await store.stop();
    expect(after).not.toBe(before);
    expect(await new ScryptHasher().verify('pear tree in snow', after)).toBe(true);
  });

  it('leaves a line of every change for the daemon, which makes an event of it', async () => {
    await setPassword('Li Mei');
    await setPassword('Li Mei');
    await run('remove', 'Li Mei', '--config', file('gate.yaml'));
    expect(await list()).toEqual([]);
    const store = await startStore();
    const lines = store.operators.changes();
    expect(lines.map(({ operator, change }) => [operator, change])).toEqual([
      ['Li Mei', 'created'],
      ['Li Mei', 'password'],
      ['Li Mei', 'removed'],
    ]);
    const noted = lines.map(({ id }) => ({ kind: 'noteOperatorChange', id }) as const);
    store.log.commit({ events: [], effects: noted });
    expect(store.operators.changes()).toEqual([]);
    await store.stop();
  });

  it('removes an account with what its browsers are remembered by, and says what happens when it was the last', async () => {
    const store = await startStore();
    await setPassword('Li Mei');
    await setPassword('Zhou');
    store.browsers.remember('ab12', 'Li Mei');
    store.browsers.remember('ab12', 'Zhou');
    const some = await run('remove', 'Li Mei', '--config', file('gate.yaml'));
    expect(some.join()).toContain('removed');
    expect([store.browsers.knows('ab12', 'Li Mei'), store.browsers.knows('ab12', 'Zhou')]).toEqual([
      false,
      true,
    ]);
    expect((await run('remove', 'Zhou', '--config', file('gate.yaml'))).join()).toContain('set-up code');
    await store.stop();
  });

  it('remembers 64 browsers of one name, the last ones', async () => {
    const store = await startStore();
    for (let at = 0; at < 70; at++) store.browsers.remember(`browser ${at}`, 'Li Mei');
    const known = Array.from({ length: 70 }, (_, at) => store.browsers.knows(`browser ${at}`, 'Li Mei'));
    expect(known.filter(Boolean)).toHaveLength(64);
    await store.stop();
  });

  it('says which names there are instead of removing one there is not', async () => {
    const remove = run('remove', 'Li Mei', '--config', file('gate.yaml'));
    await expect(remove).rejects.toMatchObject({ code: 'usage' });
    await setPassword('Zhou');
    const other = run('remove', 'Li Mei', '--config', file('gate.yaml'));
    await expect(other).rejects.toThrow(/operator list/);
  });

  it('lists names and roles and nothing else; the first account is a supervisor, others are guards', async () => {
    await setPassword('Zhou');
    await setPassword('Li Mei');
    expect(await list()).toEqual(['Li Mei  (guard)', 'Zhou  (supervisor)']);
  });

  it('changes a role and leaves the password, and says when nobody is supervisor any more', async () => {
    const setRole = (name: string, role: string) =>
      run('set-role', name, role, '--config', file('gate.yaml'));
    await setPassword('Zhou');
    const store = await startStore();
    const { passwordHash } = store.operators.find('Zhou') ?? {};
    expect((await setRole('Zhou', 'office')).join()).toContain('No supervisor is left');
    expect(store.operators.find('Zhou')).toEqual({ name: 'Zhou', passwordHash, role: 'office' });
    expect((await setRole('Zhou', 'office')).join()).toContain('already');
    expect(store.operators.changes()).toMatchObject([
      { change: 'created', role: 'supervisor' },
      { change: 'role', role: 'office' },
    ]);
    await setPassword('Zhou');
    expect(store.operators.find('Zhou')?.role).toBe('office');
    await store.stop();
    await expect(setRole('Li Mei', 'guard')).rejects.toMatchObject({ code: 'usage' });
    await expect(setRole('Zhou', 'emperor')).rejects.toMatchObject({ name: 'CommanderError' });
  });

  it('takes off the one-time code of somebody who has lost the phone, for the daemon to tell', async () => {
    const removeCode = () => run('remove-code', 'Li Mei', '--config', file('gate.yaml'));
    await expect(removeCode()).rejects.toMatchObject({ code: 'usage' });
    await setPassword('Li Mei');
    const store = await startStore();
    const code = { sealed: 'x', lastStep: 7, recovery: ['d'] };
    store.operators.change({ operator: 'Li Mei', change: 'code-on', code }, new VirtualClock().read());
    expect(await list()).toEqual(['Li Mei  (supervisor, one-time code)']);
    expect((await removeCode()).join()).toContain('the password is enough');
    expect((await removeCode()).join()).toContain('Nothing was changed');
    expect([store.operators.codes.find('Li Mei'), await list()]).toEqual([
      undefined,
      ['Li Mei  (supervisor)'],
    ]);
    expect(store.operators.changes().map(({ change }) => change)).toEqual(['created', 'code-on', 'code-off']);
    await store.stop();
  });

  it.each([
    ['a password anybody would try', 'password1', 'operator.refused'],
    ['a name of the site', 'willow-court-north', 'operator.refused'],
    ['a password that is too short', 'short', 'usage'],
  ])('refuses %s', async (_what, password, code) => {
    writeFileSync(file('password'), password);
    await expect(setPassword('Li Mei')).rejects.toMatchObject({ code });
  });

  it('refuses what is no name, and takes no password as an argument', async () => {
    await expect(setPassword('<script>')).rejects.toMatchObject({ name: 'CommanderError' });
    await expect(
      run('set-password', 'Li Mei', PASSWORD, '--config', file('gate.yaml')),
    ).rejects.toMatchObject({ name: 'CommanderError' });
  });

  it('says that there is no store yet rather than making one to list it', async () => {
    await expect(list()).rejects.toMatchObject({ code: 'log.unavailable' });
  });
});

describe('the password on standard input', () => {
  const piped = (...chunks: string[]) => {
    const input = Object.assign(new PassThrough(), { isTTY: false as const });
    for (const chunk of chunks) input.write(chunk);
    input.end();
    return readLine(input as never, '');
  };

  it('is the first line, however it arrives and ends', async () => {
    expect(await piped('plum tree ', 'in rain\r\nsecond line\n')).toBe(PASSWORD);
    expect(await piped(PASSWORD)).toBe(PASSWORD);
  });

  it('is missed when there is none, and bounded', async () => {
    await expect(piped('\n')).rejects.toMatchObject({ code: 'usage' });
    await expect(piped('x'.repeat(5000))).rejects.toMatchObject({ code: 'usage' });
  });
});
