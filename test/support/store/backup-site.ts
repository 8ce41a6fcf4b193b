import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { vi } from 'vitest';
import { makeBackupKey } from '../../../src/adapters/age/sealed-backup.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { registerBackup } from '../../../src/cli/backup/backup.ts';
import { registerRestore } from '../../../src/cli/backup/restore.ts';
import { dataOf } from '../../../src/core/events/envelope.ts';
import { packageRoot } from '../../../src/version.ts';
import { SAMPLE_ACCESS } from '../gate/event-samples.ts';
import { ONE_DOOR } from '../gate/one-door.ts';
import { openStore, temporaryFolder } from './store-folder.ts';

const COMMAND = join(packageRoot(), 'dist/src/cli/gatepost.js');
const FAULTS = new URL('file-faults.mjs', import.meta.url).href;
export const GUARD = { name: 'Li Mei', passwordHash: '$scrypt$…', role: 'guard' } as const;

/** The pair of keys of the OFFICE. */
export const OFFICE = await makeBackupKey();

/** The folder of a site with a config, a stick and the key of the OFFICE. */
export function site() {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  writeFileSync(file('gate.yaml'), `${ONE_DOOR}\nbackup: { recipient: ${OFFICE.recipient} }\n`);
  writeFileSync(file('office.key'), `# public key: ${OFFICE.recipient}\r\n${OFFICE.identity}\r\n`);
  mkdirSync(file('stick'));
  mkdirSync(file('state'), { mode: 0o700 });
  const config = ['--config', file('gate.yaml')];
  const backup = (target = file('stick')) => run('backup', target, ...config);
  const restore = (from: string, ...words: string[]) =>
    run('restore', from, '--identity', file('office.key'), ...config, ...words);
  const taken = () => readdirSync(file('stick')).map((name) => join(file('stick'), name));
  return { file, store: file('state'), config, backup, restore, taken };
}

/** Runs a command in this process; what it prints. */
export async function run(...words: string[]): Promise<string> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  registerBackup(program);
  registerRestore(program);
  const lines: string[] = [];
  const keep = (text: unknown) => {
    lines.push(String(text));
    return true;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  try {
    await program.parseAsync(words, { from: 'user' });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines.join('\n');
}

const denied = { name: 'access.denied', subject: 'main-in', timeMs: 1_800_000_000_000 } as const;
export const EVENT = { ...denied, timeQuality: 'synced', data: SAMPLE_ACCESS } as const;

export function passages(store: Store, count: number): void {
  for (let done = 0; done < count; done += 500)
    store.log.commit({ events: Array.from({ length: Math.min(500, count - done) }, () => EVENT) });
}

/** A store with some events, an account, a session, a signed list and the key of the gate. */
export async function filled(folder: string): Promise<Store> {
  const store = await openStore(folder);
  passages(store, 20);
  store.operators.put(GUARD);
  const ages = { ageMs: 0, idleMs: 0, leftMs: 0 };
  store.sessions.keep([{ digest: 'd'.repeat(64), operator: GUARD.name, credential: 'c', ...ages }]);
  writeFileSync(join(folder, 'gate-key.pem'), 'the key of the gate');
  return store;
}

/** Every file of the store folder but the locks, as text. */
export function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => !name.endsWith('.lock') && statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

/** What a started gate finds: the newest reset of its log, and its accounts. */
export async function startedFrom(folder: string) {
  const store = await openStore(folder);
  const [reset] = store.log.recent(['log.reset'], 1);
  const found = {
    reset: reset && dataOf(reset, 'log.reset'),
    accounts: store.operators.list().map(({ name }) => name),
    sessions: store.sessions.find('d'.repeat(64)),
    head: store.log.head(),
    lastBackup: store.backups.last(),
    isDoubted: store.records.doubtedSinceMs() !== undefined,
  };
  await store.stop();
  return found;
}

/** Something that goes wrong below a folder while a command runs; see file-faults.mjs. */
interface FileFault {
  readonly what: 'kill' | 'gone' | 'fill' | 'keep';
  readonly nth: number;
  readonly below: string;
  /** Of `keep`: what is copied at each step, and where to. */
  readonly kept?: string;
  readonly into?: string;
}

/** Runs the installed command in a process of its own. @param before words before it, such as `sh -c …` */
export function gatepost(
  words: readonly string[],
  { fault, before = [] }: { readonly fault?: FileFault; readonly before?: readonly string[] } = {},
): Promise<{ readonly code: number; readonly output: string }> {
  const loaded = fault === undefined ? [] : ['--import', FAULTS];
  const [program = '', ...rest] = [...before, process.execPath, ...loaded, COMMAND, ...words];
  const env = { ...process.env, ...(fault === undefined ? {} : { FILE_FAULT: JSON.stringify(fault) }) };
  return new Promise((resolve) => {
    const child = execFile(program, rest, { env }, (_, out, error) =>
      resolve({ code: child.exitCode ?? -1, output: out + error }),
    );
  });
}
