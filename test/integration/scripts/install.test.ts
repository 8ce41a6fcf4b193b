import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/version.ts';

const project = packageRoot();
let scratch: string;
let tree: string;
let prefix: string;

/** A built project, small: the real scripts, config and systemd files around a program of two lines. */
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gatepost install-'));
  tree = join(scratch, 'source');
  prefix = join(scratch, 'machine');
  for (const folder of ['scripts', 'config', 'systemd'])
    cpSync(join(project, folder), join(tree, folder), { recursive: true });
  put(join(tree, 'dist/src/cli/gatepost.js'), '#!/usr/bin/env node\nconsole.log("version 1");\n');
  put(join(tree, 'dist/test/some.test.js'), '');
  put(join(tree, 'dist/screens/guard/index.html'), 'guard');
  put(join(tree, 'dist/.built'), '');
  put(join(tree, 'package.json'), '{}');
  const packages = {
    '': {},
    'node_modules/wanted': {},
    'node_modules/wanted/node_modules/inner': {},
    'node_modules/wanted/node_modules/tool': { dev: true },
    'node_modules/tool': { dev: true },
    'node_modules/of-another-platform': { optional: true },
  };
  put(join(tree, 'package-lock.json'), JSON.stringify({ packages }));
  for (const path of Object.keys(packages).filter((name) => name !== '' && !name.includes('another')))
    put(join(tree, path, 'index.js'), '');
});
afterEach(() => rmSync(scratch, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Runs a script with the folder in the place of /; tells what it said it did, as [verb, path below the prefix]. */
function run(script: string, ...words: string[]): string[][] {
  const { status, stdout, stderr } = spawnSync(script, ['--prefix', prefix, ...words], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .split('\n\n', 1)[0]
    ?.split('\n')
    .filter((line) => line !== '')
    .map((line) => [
      line.slice(0, 10).trim(),
      line.slice(11).replace(prefix, '').split(' (')[0] ?? '',
    ]) as string[][];
}

const install = () => run(join(tree, 'scripts/install'));
const installed = (name: string) => join(prefix, 'usr/lib/gatepost', name);
const version = () => spawnSync(join(prefix, 'usr/bin/gatepost'), { encoding: 'utf8' }).stdout.trim();

describe('scripts/install', () => {
  it('installs what runs, and only that, and says so', () => {
    expect(install()).toEqual(
      [
        '/usr/lib/gatepost',
        '/usr/lib/systemd/system/gatepost.service',
        '/usr/lib/systemd/system/gatepost-kiosk.service',
        '/usr/lib/sysusers.d/gatepost.conf',
        '/usr/lib/tmpfiles.d/gatepost.conf',
        '/usr/lib/udev/rules.d/70-gatepost.rules',
        '/etc/chromium/policies/managed/gatepost.json',
        '/usr/bin/gatepost',
        '/etc/gatepost/gatepost.yaml',
      ].map((path) => ['installed', path]),
    );
    expect(version()).toBe('version 1');
    expect(readlinkSync(join(prefix, 'usr/bin/gatepost'))).toBe('../lib/gatepost/dist/src/cli/gatepost.js');
    const there = ['dist/screens/guard/index.html', 'node_modules/wanted/node_modules/inner/index.js'];
    const absent = ['dist/test', 'node_modules/tool', 'node_modules/wanted/node_modules/tool', 'test'];
    expect(there.filter((name) => !existsSync(installed(name)))).toEqual([]);
    expect(absent.filter((name) => existsSync(installed(name)))).toEqual([]);
    // It may name secrets.
    expect(statSync(join(prefix, 'etc/gatepost/gatepost.yaml')).mode & 0o777).toBe(0o640);
    expect(statSync(join(prefix, 'etc/gatepost')).mode & 0o777).toBe(0o750);
    expect(statSync(installed('scripts/rest-outputs')).mode & 0o111).not.toBe(0);
  });

  it('can be run from what it installed', () => {
    install();
    const [library, elsewhere] = [join(prefix, 'usr/lib/gatepost'), join(scratch, 'elsewhere')];
    const again = spawnSync(join(library, 'scripts/install'), ['--prefix', elsewhere], { encoding: 'utf8' });
    expect([again.status, again.stderr]).toEqual([0, '']);
    expect(spawnSync('diff', ['-r', library, join(elsewhere, 'usr/lib/gatepost')]).stdout.toString()).toBe(
      '',
    );
  });

  it('changes nothing the second time', () => {
    install();
    const before = statSync(installed('package.json')).mtimeMs;
    expect(install()).toEqual([
      ['kept', '/etc/gatepost/gatepost.yaml'],
      ['nothing', 'had to be changed'],
    ]);
    expect(statSync(installed('package.json')).mtimeMs).toBe(before);
    expect(existsSync(`${installed('')}.previous`)).toBe(false);
  });

  it('keeps config and data over an upgrade, goes back and forth, and leaves them when it is removed', () => {
    install();
    const config = join(prefix, 'etc/gatepost/gatepost.yaml');
    const log = join(prefix, 'var/lib/gatepost/gatepost.db');
    put(config, 'mine');
    put(log, 'events');

    put(join(tree, 'dist/src/cli/gatepost.js'), '#!/usr/bin/env node\nconsole.log("version 2");\n');
    writeFileSync(join(tree, 'systemd/gatepost.service'), '# of version 2\n');
    expect(install()).toEqual([
      ['kept', '/usr/lib/gatepost.previous'],
      ['installed', '/usr/lib/gatepost'],
      ['installed', '/usr/lib/systemd/system/gatepost.service'],
      ['kept', '/etc/gatepost/gatepost.yaml'],
    ]);
    expect(version()).toBe('version 2');

    const unit = join(prefix, 'usr/lib/systemd/system/gatepost.service');
    run(installed('scripts/roll-back'));
    expect([version(), readFileSync(unit, 'utf8')]).toEqual([
      'version 1',
      expect.stringContaining('Type=notify'),
    ]);
    run(installed('scripts/roll-back'));
    expect([version(), readFileSync(unit, 'utf8')]).toEqual(['version 2', '# of version 2\n']);
    expect([readFileSync(config, 'utf8'), readFileSync(log, 'utf8')]).toEqual(['mine', 'events']);

    expect(run(installed('scripts/uninstall')).slice(-2)).toEqual([
      ['kept', '/etc/gatepost'],
      ['kept', '/var/lib/gatepost'],
    ]);
    expect(existsSync(installed(''))).toBe(false);
    expect([readFileSync(config, 'utf8'), readFileSync(log, 'utf8')]).toEqual(['mine', 'events']);
    run(join(tree, 'scripts/uninstall'), '--purge');
    expect([existsSync(config), existsSync(log)]).toEqual([false, false]);
  });

  it('gives what it installs to everybody to read, whatever the umask and the rights of the source', () => {
    spawnSync('chmod', ['-R', 'go=', tree]);
    const { status } = spawnSync('bash', [
      '-c',
      'umask 077; exec "$@"',
      '-',
      join(tree, 'scripts/install'),
      '--prefix',
      prefix,
    ]);
    expect(status).toBe(0);
    const closed = spawnSync('find', [prefix, '-not', '-perm', '-o=r', '-not', '-type', 'l'], {
      encoding: 'utf8',
    });
    const secret = ['etc/gatepost', 'etc/gatepost/gatepost.yaml'].map((name) => join(prefix, name));
    expect(closed.stdout.trim().split('\n').sort()).toEqual(secret);
    expect(spawnSync('find', [prefix, '-perm', '/go=w', '-not', '-type', 'l']).stdout.toString()).toBe('');
  });

  it.each([
    ['half a copy', [], { 'gatepost.new/half': 'x' }],
    ['a kill between the two renames', [['gatepost', 'gatepost.previous']], {}],
    ['a kill in the middle of a roll-back', [['gatepost', 'gatepost.swap']], {}],
    ['a kill before the last rename of a roll-back', [], { 'gatepost.swap/dist/src/cli/gatepost.js': 'x' }],
  ])('is made good by another installation after %s', (_what, renames, files) => {
    install();
    const library = join(prefix, 'usr/lib');
    for (const [from = '', to = ''] of renames) renameSync(join(library, from), join(library, to));
    for (const [name, text] of Object.entries(files)) put(join(library, name), text);
    put(join(tree, 'dist/src/cli/gatepost.js'), '#!/usr/bin/env node\nconsole.log("version 2");\n');
    install();
    expect(version()).toBe('version 2');
    expect(readdirSync(library).filter((name) => name.startsWith('gatepost'))).toEqual([
      'gatepost',
      'gatepost.previous',
    ]);
    run(installed('scripts/roll-back'));
    expect(version()).toBe('version 1');
  });

  it('goes back although an installation was killed between its two renames', () => {
    install();
    renameSync(join(prefix, 'usr/lib/gatepost'), join(prefix, 'usr/lib/gatepost.previous'));
    run(join(tree, 'scripts/roll-back'));
    expect(version()).toBe('version 1');
  });

  it.each([
    ['does not run', 'process.exit(1);', 'does not run with'],
    [
      'does not know the settings',
      'if (process.argv[2] === "config") { console.error("line 3 is wrong"); process.exit(78); }',
      'line 3 is wrong',
    ],
  ])('leaves the installed version alone when the new one %s', (_what, program, words) => {
    install();
    put(join(tree, 'dist/src/cli/gatepost.js'), `#!/usr/bin/env node\n${program}\n`);
    writeFileSync(join(tree, 'systemd/gatepost.service'), '# of version 2\n');
    const attempt = spawnSync(join(tree, 'scripts/install'), ['--prefix', prefix], { encoding: 'utf8' });
    expect([attempt.status, attempt.stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`${words}[^]*Nothing was changed`)),
    ]);
    expect(version()).toBe('version 1');
    expect(existsSync(join(prefix, 'usr/lib/gatepost.new'))).toBe(false);
    const unit = readFileSync(join(prefix, 'usr/lib/systemd/system/gatepost.service'), 'utf8');
    expect(unit).toContain('Type=notify');
  });

  it('goes on where the installed version does not accept the settings either: an example nobody has changed', () => {
    const checks = 'if (process.argv[2] === "config") process.exit(78);';
    put(
      join(tree, 'dist/src/cli/gatepost.js'),
      `#!/usr/bin/env node\n${checks}\nconsole.log("version 1");\n`,
    );
    install();
    put(
      join(tree, 'dist/src/cli/gatepost.js'),
      `#!/usr/bin/env node\n${checks}\nconsole.log("version 2");\n`,
    );
    expect(install()).toContainEqual(['kept', '/etc/gatepost/gatepost.yaml']);
    expect(version()).toBe('version 2');
  });

  it('refuses a tree that is not built, and words it does not know', () => {
    rmSync(join(tree, 'dist/.built'));
    const script = join(tree, 'scripts/install');
    const unbuilt = spawnSync(script, ['--prefix', prefix], { encoding: 'utf8' });
    expect([unbuilt.status, unbuilt.stderr]).toEqual([1, expect.stringContaining('scripts/build')]);
    expect(spawnSync(script, ['--now']).status).toBe(2);
    expect(existsSync(prefix)).toBe(false);
  });

  it('has nothing to go back to after the first installation', () => {
    install();
    const back = spawnSync(installed('scripts/roll-back'), ['--prefix', prefix], { encoding: 'utf8' });
    expect([back.status, back.stderr]).toEqual([1, expect.stringContaining('to go back to')]);
    expect(version()).toBe('version 1');
  });
});
