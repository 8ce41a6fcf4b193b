import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openReadOnly } from '../../src/adapters/sqlite/log-reader.ts';
import { doorOpened } from '../support/event-samples.ts';
import { openStore, temporaryFolder } from '../support/store-folder.ts';

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
  [
    'the newest row edited',
    (path) =>
      sql(path, "UPDATE event SET body = CAST(replace(body, 'Open', 'Shut') AS BLOB) WHERE sequence = 2001"),
  ],
  ['the newest rows deleted', (path) => sql(path, 'DELETE FROM event WHERE sequence > 1990')],
  ['all rows deleted', (path) => sql(path, 'DELETE FROM event')],
  ['its own row deleted', (path) => sql(path, 'DELETE FROM log')],
];

describe('a damaged log stops the start and is left as it is', () => {
  it.each(damages)('%s', async (_title, damage) => {
    const { folder, path } = await filledLog();
    damage(path);
    const before = readFileSync(path);
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'log.damaged',
      message: expect.stringContaining(path),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    // The lock is free again: the operator can act without killing anything.
    await expect(openStore(folder)).rejects.toMatchObject({ code: 'log.damaged' });
  });

  it('a database of another program', async () => {
    const folder = temporaryFolder();
    sql(join(folder, 'gatepost.db'), 'CREATE TABLE songs (title TEXT)');
    await expect(openStore(folder)).rejects.toMatchObject({ code: 'log.damaged' });
    expect(() => openReadOnly(folder)).toThrow(/not a Gatepost log/);
  });
});
