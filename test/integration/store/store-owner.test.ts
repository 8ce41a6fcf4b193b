import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeBackupKey } from '../../../src/adapters/age/sealed-backup.ts';
import { closedTo, ownerToBecome } from '../../../src/adapters/files/store-owner.ts';
import { makePrivateFile } from '../../../src/adapters/sqlite/database.ts';
import { packageRoot } from '../../../src/version.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

/** The user of the service, as far as these tests go. */
const SERVICE = 65_534;
const COMMAND = join(packageRoot(), 'dist/src/cli/gatepost.js');

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a command in a process of its own, as root unless told otherwise. */
function gatepost(...words: string[]): Promise<Ended> {
  return ended(execFile(process.execPath, [...NO_OTHER_USER, COMMAND, ...words]));
}

function ended(child: ChildProcess): Promise<Ended> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** Node as Debian builds it lets no process change its own user. */
const NO_OTHER_USER = [
  '--import',
  `data:text/javascript,for (const name of ['setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups'])
    process[name] = () => { throw new Error(name + '() disabled: io_uring may be enabled.'); };`,
];

/** A site folder of root with a config, and in it a store that belongs to the service. */
function site(folder = temporaryFolder()) {
  chmodSync(folder, 0o755);
  const file = (name: string) => join(folder, name);
  writeFileSync(file('gate.yaml'), ONE_DOOR, { mode: 0o600 });
  mkdirSync(file('state'), { mode: 0o700 });
  chownSync(file('state'), SERVICE, SERVICE);
  writeFileSync(file('password'), 'a long pass phrase of this guard\n', { mode: 0o600 });
  const account = ['operator', 'set-password', 'Li Mei', '--password-file', file('password')];
  return { folder, file, config: ['--config', file('gate.yaml')], account };
}

let model: string | undefined;
afterAll(() => model && rmSync(model, { recursive: true }));

/** The same, copied from one in which root has set the password of an account. */
async function usedSite() {
  if (model === undefined) {
    model = mkdtempSync(join(tmpdir(), 'gatepost-used-'));
    const { file, config, account } = site(model);
    expect(await gatepost(...account, ...config)).toMatchObject({ code: 0 });
    expect(ofRoot(file('state'))).toEqual([]);
  }
  const used = site();
  execFileSync('cp', ['-a', `${model}/.`, used.folder]);
  return used;
}

/** Put there by whoever has the rights of the service. */
function plant(path: string, target: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
  lchownSync(path, SERVICE, SERVICE);
}

/** What root owns below a folder, links not followed. */
function ofRoot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => lstatSync(join(folder, name)).uid === 0,
  );
}

const CLOSED = closedTo({ uid: SERVICE, gid: SERVICE }, COMMAND);
const unless =
  process.getuid?.() !== 0
    ? '[skipped: it needs root]'
    : CLOSED && `[skipped: other users may not enter ${CLOSED}]`;

describe.skipIf(unless)(`commands of root in the store of the service ${unless ?? ''}`.trim(), () => {
  it('leave nothing of root behind', async () => {
    const { file, config } = await usedSite();
    writeFileSync(file('holders.csv'), 'holder,label,unit\n0a0b0c0d0e0f,Chen,3-2\n', { mode: 0o600 });
    expect(await gatepost('directory', 'import', file('holders.csv'), ...config)).toMatchObject({ code: 0 });
    expect(await gatepost('operator', 'list', ...config)).toMatchObject({
      code: 0,
      output: 'Li Mei  (supervisor)\n',
    });
    expect(await gatepost('log', 'tail', ...config)).toMatchObject({ code: 0 });
    expect(existsSync(file('state/directory.lock'))).toBe(true);
    expect(ofRoot(file('state'))).toEqual([]);

    // The report may go where only root may write.
    mkdirSync(file('reports'), { mode: 0o700 });
    const report = file('reports/ended.json');
    const end = ['stand-down', '--confirm', 'willow-court', '--report', report, ...config];
    expect(await gatepost(...end)).toMatchObject({ code: 0 });
    expect(readFileSync(report, 'utf8')).toBe(readFileSync(file('state/stand-down.json'), 'utf8'));
    expect(ofRoot(file('state'))).toEqual([]);
  });

  it('give a backup its name where only root may write, and put it back', async () => {
    const { file, config } = await usedSite();
    expect(await gatepost('clock', 'confirm', ...config)).toMatchObject({ code: 0 });
    const { recipient, identity } = await makeBackupKey();
    writeFileSync(file('office.key'), `${identity}\n`, { mode: 0o600 });
    mkdirSync(file('stick'), { mode: 0o700 });
    expect(await gatepost('backup', file('stick'), '--to', recipient, ...config)).toMatchObject({ code: 0 });
    const [name = ''] = readdirSync(file('stick'));
    expect(name).toMatch(/^gatepost-willow-court-north-\d{8}T\d{6}Z\.age$/);
    // One that fails leaves nothing there.
    rmSync(file('state/gatepost.db'));
    expect(await gatepost('backup', file('stick'), '--to', recipient, ...config)).toMatchObject({ code: 1 });
    expect(readdirSync(file('stick'))).toEqual([name]);

    const restore = ['restore', file(`stick/${name}`), '--identity', file('office.key'), ...config];
    expect(await gatepost(...restore)).toMatchObject({ code: 0 });
    expect(await gatepost('operator', 'list', ...config)).toMatchObject({
      code: 0,
      output: 'Li Mei  (supervisor)\n',
    });
    expect(ofRoot(file('state'))).toEqual([]);
  });

  it.each(['gatepost.lock', 'directory.lock', 'gatepost.db'])(
    'follow no link in place of %s',
    async (name) => {
      const { file, config } = await usedSite();
      writeFileSync(file('victim'), 'root’s own', { mode: 0o644 });
      plant(file(`state/${name}`), file('victim'));
      writeFileSync(file('x.gpb'), 'no list');
      writeFileSync(file('holders.csv'), 'holder,label,unit\n0a0b0c0d0e0f,Chen,3-2\n');
      for (const words of [
        ['apply', file('x.gpb')],
        ['directory', 'import', file('holders.csv')],
        ['stand-down', '--confirm', 'willow-court'],
      ]) {
        await gatepost(...words, ...config);
        const { uid, mode } = statSync(file('victim'));
        expect({ uid, mode: mode & 0o777, text: readFileSync(file('victim'), 'utf8') }).toEqual({
          uid: 0,
          mode: 0o644,
          text: 'root’s own',
        });
      }
    },
  );

  it('give nothing to the folder that an inbox leads to', async () => {
    const { file, config } = await usedSite();
    mkdirSync(file('etc'), { mode: 0o755 });
    writeFileSync(file('etc/passwd'), 'root:x:0:0\n', { mode: 0o644 });
    plant(file('state/inbox'), file('etc'));
    // As if a daemon ran: somebody of the service holds its lock.
    const hold = `const Database = require('better-sqlite3');
      new Database(${JSON.stringify(file('state/gatepost.lock'))}).exec('BEGIN EXCLUSIVE');
      console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', hold], { uid: SERVICE, gid: SERVICE, cwd: packageRoot() });
    onTestFinished(() => void holder.kill());
    await once(holder.stdout, 'data');
    writeFileSync(file('x.gpb'), 'no list');
    const { code } = await gatepost('apply', file('x.gpb'), ...config);
    expect(code).not.toBe(0);
    expect(statSync(file('etc')).uid).toBe(0);
    expect(readdirSync(file('etc'))).toEqual(['passwd']);
  });

  it('zero no file that a key is a link to', async () => {
    const { file, config } = await usedSite();
    writeFileSync(file('shadow'), 'root:secret', { mode: 0o600 });
    plant(file('state/x.pem'), file('shadow'));
    plant(file('state/gate-key.pem'), file('shadow'));
    await gatepost('stand-down', '--confirm', 'willow-court', ...config);
    expect(readFileSync(file('shadow'), 'utf8')).toBe('root:secret');
  });

  it('are refused where a third user could turn the way elsewhere', async () => {
    const { folder, file, config, account } = site();
    mkdirSync(file('state/inner'));
    // The store seems to be root's; the service decides what lies at its name.
    writeFileSync(file('gate.yaml'), ONE_DOOR.replace('folder: state', 'folder: state/inner'));
    const { code, output } = await gatepost(...account, ...config);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(`sudo -u '#0'`) });
    expect(readdirSync(join(folder, 'state/inner'))).toEqual([]);
  });

  it('take a password from standard input, and end with the one who called them', async () => {
    const { file, config } = site();
    const typed = execFile(process.execPath, [COMMAND, 'operator', 'set-password', 'Li Mei', ...config]);
    typed.stdin?.end('a long pass phrase of this guard\n');
    expect(await ended(typed)).toMatchObject({ code: 0 });
    expect(ofRoot(file('state'))).toEqual([]);
    const follow = execFile(process.execPath, [COMMAND, 'log', 'tail', '--follow', ...config]);
    const end = ended(follow);
    const children = () => readFileSync(`/proc/${follow.pid}/task/${follow.pid}/children`, 'utf8').trim();
    await expect.poll(children).not.toBe('');
    const child = children();
    follow.kill('SIGTERM');
    await end;
    expect(existsSync(`/proc/${child}`)).toBe(false);
  });

  it('say so where the owner may not read the program', async () => {
    const { file, config, account } = site();
    mkdirSync(file('closed'), { mode: 0o700 });
    symlinkSync(COMMAND, file('closed/gatepost.js'));
    const words = [file('closed/gatepost.js'), ...account, ...config];
    const { code, output } = await ended(execFile(process.execPath, words));
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(file('closed')) });
    expect(readdirSync(file('state'))).toEqual([]);
  });

  it('stay root where the store is root’s, or is not there', () => {
    const { folder, file } = site();
    expect(ownerToBecome(folder)).toBeUndefined();
    expect(ownerToBecome(file('nowhere'))).toBeUndefined();
    expect(ownerToBecome(file('state'))).toEqual({ uid: SERVICE, gid: SERVICE });
  });
});

describe('a file of our own', () => {
  it('is never made through a link, nor opened where it is no file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'target'), 'x', { mode: 0o644 });
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    symlinkSync(join(folder, 'missing'), join(folder, 'dangling'));
    mkdirSync(join(folder, 'folder'));
    for (const name of ['link', 'dangling', 'folder'])
      expect(() => makePrivateFile(join(folder, name))).toThrow();
    expect(existsSync(join(folder, 'missing'))).toBe(false);
    expect(statSync(join(folder, 'target')).mode & 0o777).toBe(0o644);
  });
});
