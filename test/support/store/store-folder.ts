import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { keepSums } from '../../../src/adapters/sqlite/row-sums.ts';
import { Store } from '../../../src/adapters/sqlite/store.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { SilentLogger } from '../silent-logger.ts';

/** An empty folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The files of the log and its marks in a folder, with their bytes: a character each, which compares fast. */
export function logFiles(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => /^gatepost\.(db|mark)/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

/** Changes a database with SQL that the gate does not have, as if it had: the sums of its tables go with the change. */
export function changeTables(path: string, sql: string): void {
  const database = new Database(path);
  keepSums(database);
  database.exec(sql);
  database.close();
}

/** A started store on real files, stopped when the test is over. */
export async function openStore(
  folder: string,
  { clock = new VirtualClock(), logger = new SilentLogger() }: { clock?: Clock; logger?: SilentLogger } = {},
): Promise<Store> {
  const store = new Store({ folder, site: 'willow-court', gate: 'north', clock, logger });
  onTestFinished(() => store.stop());
  await store.start(new AbortController().signal);
  return store;
}
