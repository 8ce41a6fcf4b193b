import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
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

/** The files of the log and its marks in a folder, with their bytes. */
export function logFiles(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => /^gatepost\.(db|mark)/.test(name));
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
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
