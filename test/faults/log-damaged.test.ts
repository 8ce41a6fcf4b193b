import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { lookAtLog } from '../../src/adapters/sqlite/log-look.ts';
import { openReadOnly } from '../../src/adapters/sqlite/log-reader.ts';
import type { Account } from '../../src/doctor/accounts.ts';
import type { Machine } from '../../src/doctor/machine.ts';
import { checkLog } from '../../src/doctor/storage.ts';
import { doorOpened } from '../support/gate/event-samples.ts';
import { logFiles, openStore, temporaryFolder } from '../support/store/store-folder.ts';

const PAGE = 4096;

async function filledLog(): Promise<{ folder: string; path: string }> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  for (let round = 0; round < 20; round++) {
    store.log.commit({ events: Array.from({ length: 100 }, () => doorOpened()) });
  }
  await store.stop();
  return { folder, path: join(folder, 'gatepost.db') };
}

function overwrite(path: string, position: number, length: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, position);
  closeSync(file);
}

function sql(path: string, statement: string): void {
  const database = new Database(path);
  database.exec(statement);
  database.close();
}

const damages: [string, (path: string) => void][] = [
  ['its first page overwritten', (path) => overwrite(path, 0, PAGE)],
  ['another program’s file in its place', (path) => writeFileSync(path, 'PK\u0003\u0004 not a database')],
  ['its end cut off', (path) => truncateSync(path, statSync(path).size - 40 * PAGE)],
  ['its newest pages overwritten', (path) => overwrite(path, statSync(path).size - 30 * PAGE, 30 * PAGE)],
  ['the newest rows deleted', (path) => sql(path, 'DELETE FROM event WHERE sequence > 1990')],
  ['all rows deleted', (path) => sql(path, 'DELETE FROM event')],
  ['its own row deleted', (path) => sql(path, 'DELETE FROM log')],
];

describe('a damaged log stops the start and is left as it is', () => {
  it.each(damages)('%s', async (_title, damage) => {
    const { folder, path } = await filledLog();
    damage(path);
    const before = logFiles(folder);
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'log.damaged',
      message: expect.stringContaining(path),
    });
    expect(logFiles(folder)).toEqual(before);
    // The lock is free again: the operator can act without killing anything.
    await expect(openStore(folder)).rejects.toMatchObject({ code: 'log.damaged' });
  });

  it('0 bytes are not taken for a log that was never begun', async () => {
    const { folder, path } = await filledLog();
    truncateSync(path, 0);
    const before = logFiles(folder);
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'log.empty',
      message: expect.stringContaining(path),
    });
    expect(logFiles(folder)).toEqual(before);
    expect(() => openReadOnly(folder)).toThrow(expect.objectContaining({ code: 'log.empty' }));
  });

  it('a database that is gone beside its write-ahead log', async () => {
    const { folder, path } = await filledLog();
    const running = temporaryFolder();
    const store = await openStore(running);
    copyFileSync(join(running, 'gatepost.db-wal'), `${path}-wal`);
    await store.stop();
    rmSync(path);
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'log.damaged',
      message: expect.stringContaining(`${path}-wal`),
    });
  });

  it('a write-ahead log that a dead gate has left is not carried over into a file that is refused', async () => {
    const { folder } = await filledLog();
    const dead = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: [doorOpened()] });
    for (const name of readdirSync(folder).filter((one) => statSync(join(folder, one)).isFile()))
      copyFileSync(join(folder, name), join(dead, name));
    await store.stop();
    overwrite(join(dead, 'gatepost.db'), PAGE, PAGE * 4);
    const before = logFiles(dead);
    expect(statSync(join(dead, 'gatepost.db-wal')).size).toBeGreaterThan(0);
    await expect(openStore(dead)).rejects.toMatchObject({ code: 'log.damaged' });
    // The index of the frames is made anew from them at every opening.
    expect({ ...logFiles(dead), 'gatepost.db-shm': '' }).toEqual({ ...before, 'gatepost.db-shm': '' });
  });

  it('a database of another program', async () => {
    const folder = temporaryFolder();
    sql(join(folder, 'gatepost.db'), 'CREATE TABLE songs (title TEXT)');
    await expect(openStore(folder)).rejects.toMatchObject({ code: 'log.damaged' });
    expect(() => openReadOnly(folder)).toThrow(/not a Gatepost log/);
  });

  it.each(['', '-wal'])('a link in place of gatepost.db%s, which leads elsewhere', async (ending) => {
    const { folder, path } = await filledLog();
    const elsewhere = join(temporaryFolder(), 'elsewhere');
    copyFileSync(path, elsewhere);
    rmSync(`${path}${ending}`, { force: true });
    symlinkSync(elsewhere, `${path}${ending}`);
    const before = readFileSync(elsewhere);
    const refused = expect.objectContaining({
      message: expect.stringContaining(`${path}${ending} is a link`),
    });
    expect(() => openReadOnly(folder)).toThrow(refused);
    expect(() => lookAtLog(folder)).toThrow(refused);
    await expect(openStore(folder)).rejects.toEqual(refused);
    expect(readFileSync(elsewhere).equals(before)).toBe(true);
  });

  it('a link that leads to nothing is no log that was never begun', async () => {
    const folder = temporaryFolder();
    symlinkSync('/nowhere/gatepost.db', join(folder, 'gatepost.db'));
    expect(() => lookAtLog(folder)).toThrow(/is a link/);
  });
});

describe('a log that is damaged while the gate runs', () => {
  it('is named at the first look at what is damaged; from then on nothing is written, until the next start', async () => {
    const { folder, path } = await filledLog();
    const store = await openStore(folder);
    store.log.commit({ events: [doorOpened()] });
    const size = statSync(path).size;
    overwrite(path, PAGE * Math.floor(size / PAGE / 4), size / 2);
    expect(() => store.outbox.readAfter(300, 1_400)).toThrow(
      expect.objectContaining({
        code: 'log.unavailable',
        message: expect.stringMatching(/The file is damaged/),
      }),
    );
    const before = readFileSync(path);
    expect(() => store.log.commit({ events: [doorOpened()] })).toThrow(/found damaged at its last use/);
    expect(store.trouble).toBe('log.damaged');
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('doctor', () => {
  it('says of a write-ahead log that was cut that the log went back, and changes nothing', async () => {
    const { folder, path } = await filledLog();
    const store = await openStore(folder);
    for (let one = 0; one < 20; one++) store.log.commit({ events: [doorOpened()] });
    const kept = readdirSync(folder).filter((name) => name.startsWith('gatepost.'));
    const aside = temporaryFolder();
    for (const name of kept) copyFileSync(join(folder, name), join(aside, name));
    await store.stop();
    for (const name of kept) copyFileSync(join(aside, name), join(folder, name));
    const whole = lookAtLog(folder);
    expect(whole?.head.sequence).toBe(whole?.noted);
    truncateSync(`${path}-wal`, Math.floor(statSync(`${path}-wal`).size / 2));
    const before = logFiles(folder);
    const look = lookAtLog(folder);
    expect(look).toMatchObject({ verdict: 'restored', noted: whole?.noted });
    expect(look?.head.sequence).toBeLessThan(whole?.head.sequence ?? 0);
    const machine = { exists: () => false, stat: () => undefined } as unknown as Machine;
    const account = { name: 'gatepost', uid: 990, groups: [] } as unknown as Account;
    expect(checkLog(machine, { folder, look: () => lookAtLog(folder) }, account)).toMatchObject([
      {
        grade: 'fail',
        text: expect.stringMatching(/The log went back: it ends with event \d+, and the gate had written/),
      },
    ]);
    expect({ ...logFiles(folder), 'gatepost.db-shm': '' }).toEqual({ ...before, 'gatepost.db-shm': '' });
  });
});
