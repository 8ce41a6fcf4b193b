import { createPublicKey, hash, verify } from 'node:crypto';
import fs, { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { keptKey } from '../../src/adapters/files/kept-key.ts';
import { completeErasure, eraseHolderOf } from '../../src/adapters/sqlite/erasure-file.ts';
import { exportHolder } from '../../src/adapters/sqlite/holder-file.ts';
import { openLogSource } from '../../src/adapters/sqlite/log-source.ts';
import type { Store } from '../../src/adapters/sqlite/store.ts';
import { layoutOf, mapPlace, unusedRanges } from '../../src/adapters/sqlite/unused-bytes.ts';
import type { Effect } from '../../src/core/decision/effect.ts';
import { canonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { EventDraft } from '../../src/core/events/event.ts';
import { verifyLog } from '../../src/core/events/verify-log.ts';
import { createSigner } from '../../src/core/pass/issue-pass.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
const [ME, MY_PASS] = ['0a1b2c3d4e5f', 'a1a1a1a1a1a1a101'];
const MINE = [ME, MY_PASS].flatMap((text) => [Buffer.from(text), Buffer.from(text, 'hex')]);
/** More than go in one transaction. */
const ROWS = 300;
const PER_COMMIT = 20;

function placeOf(folder: string) {
  return {
    folder,
    site: 'willow-court',
    gate: 'north',
    clock: new SystemClock(),
    logger: new SilentLogger(),
  };
}

function orderIn(folder: string) {
  return {
    by: 'office',
    signer: () => createSigner(keptKey(join(folder, 'gate-key.pem'))),
    needs: { quotaDays: 0, lastPassageMs: undefined },
    today: Math.floor(Date.now() / DAY_MS),
    listsNaming: () => [],
  };
}

const hex = (n: number, digits: number) => hash('sha256', `${n}`, 'hex').slice(0, digits);

function passes(store: Store, first: number, count: number, mine: boolean): void {
  const nowMs = Date.now();
  const events: EventDraft[] = [];
  const effects: Effect[] = [];
  const one = (passage: string, passId: string, holderRef: string): void => {
    events.push(accessGranted({ holderRef, passId, passage }, nowMs));
    const rest = { kind: 'resident', direction: 'in', accessPoint: 'main-in' } as const;
    const siteDay = Math.floor(nowMs / DAY_MS);
    effects.push(
      {
        kind: 'recordPassage',
        entry: { passage, passId, holderRef, ...rest, siteDay, passUntilMs: nowMs - 1 },
      },
      { kind: 'confirmPassage', passage },
    );
  };
  for (let n = first; n < first + count; n++) {
    one(hex(n, 20), hex(n, 16), hex(n, 12));
    if (mine) one(hex(-n - 1, 20), MY_PASS, ME);
  }
  store.log.commit({ events, effects });
}

/** A store in which one household has passed among many, in an order in which SQLite moves what it has stored. */
async function usedStore(folder: string, photographs = 0): Promise<Store> {
  const store = await openStore(folder, { clock: new SystemClock() });
  keptKey(join(folder, 'gate-key.pem'));
  for (let n = 0; n < ROWS; n += PER_COMMIT) passes(store, n, PER_COMMIT, true);
  const database = new Database(join(folder, 'gatepost.db'));
  const put = database.prepare("INSERT INTO holder_photo VALUES (1, ?, 'image/jpeg', zeroblob(65000))");
  for (let n = 0; n < photographs; n++) put.run(hex(n, 12));
  database.close();
  return store;
}

/** Files of the store in which the holder stands. */
function found(folder: string): string[] {
  return readdirSync(folder).filter((name) => {
    const path = join(folder, name);
    if (!statSync(path).isFile()) return false;
    const bytes = readFileSync(path);
    return MINE.some((text) => bytes.includes(text));
  });
}

function isVerified(folder: string): boolean {
  const source = openLogSource(folder);
  const work = verifyLog(source, { witnesses: [] });
  let turn = work.next();
  while (turn.done !== true) turn = work.next();
  source.close();
  return turn.value.findings.length === 0;
}

function isSigned(text: string): boolean {
  const { receipt, publicKey, signature } = JSON.parse(text);
  const key = Buffer.from(`302a300506032b6570032100${publicKey}`, 'hex');
  const signed = Buffer.from(`gatepost-erasure/1\n${canonicalJson(receipt)}`);
  return verify(
    null,
    signed,
    createPublicKey({ key, format: 'der', type: 'spki' }),
    Buffer.from(signature, 'base64url'),
  );
}

/** Leaves a copy of the holder in unused parts of pages all over the file, as SQLite does. Returns in how many. */
function leaveCopies(folder: string, most = Number.POSITIVE_INFINITY): number {
  const path = join(folder, 'gatepost.db');
  const bytes = readFileSync(path);
  const layout = layoutOf(bytes);
  const { pageBytes, usableBytes } = layout;
  let count = 0;
  for (let at = 0; at < bytes.length && count < most; at += pageBytes) {
    const page = bytes.subarray(at, at + pageBytes);
    // A page of the pointer map may begin with the byte of a tree, and is full of what SQLite reads.
    const number = at / pageBytes + 1;
    if (number > 1 && mapPlace(layout, number) === undefined) continue;
    const room = unusedRanges(page, number, usableBytes).find(([begin, end]) => end - begin > 40);
    if (room === undefined) continue;
    MINE[count % MINE.length]?.copy(page, room[0] + (count % 20));
    count += 1;
  }
  writeFileSync(path, bytes);
  return count;
}

async function exported(folder: string): Promise<number | undefined> {
  let rows: number | undefined;
  const of = { holderRef: ME };
  const handOut = async ({ events }: { events: readonly unknown[] }): Promise<void> => {
    rows = events.length;
  };
  await exportHolder(placeOf(folder), { of, by: 'office', handOut }, {}).catch(() => undefined);
  return rows;
}

describe('an erasure beside a running gate', () => {
  it('leaves no copy in unused parts of a large store either, while the gate goes on writing', async () => {
    const folder = temporaryFolder();
    const store = await usedStore(folder, 300);
    await store.stop();
    expect(statSync(join(folder, 'gatepost.db')).size).toBeGreaterThan(16 * 1024 * 1024);
    expect(leaveCopies(folder)).toBeGreaterThan(30);
    await store.start(new AbortController().signal);
    let commits = 0;
    const onSearch = (): void => {
      commits += 1;
      passes(store, 10_000 + commits * PER_COMMIT, PER_COMMIT, false);
    };
    const signed = await eraseHolderOf(placeOf(folder), { holderRef: ME }, orderIn(folder), { onSearch });
    expect(commits).toBeGreaterThan(20);
    expect(found(folder)).toEqual([]);
    expect(isSigned(signed ?? '')).toBe(true);
    expect(JSON.parse(signed ?? '').receipt).toMatchObject({ log: { rows: ROWS }, stays: [] });
    passes(store, 90_000, PER_COMMIT, false);
    expect(found(folder)).toEqual([]);
    await store.stop();
    expect(found(folder)).toEqual([]);
    expect(isVerified(folder)).toBe(true);
    const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  it('takes also what was written while it looked through the log', async () => {
    const folder = temporaryFolder();
    const store = await usedStore(folder);
    let late = 0;
    const onProgress = (): void => {
      if (late++ === 0) passes(store, 5_000, 300, true);
    };
    const signed = await eraseHolderOf(placeOf(folder), { holderRef: ME }, orderIn(folder), { onProgress });
    expect(JSON.parse(signed ?? '').receipt).toMatchObject({
      log: { rows: ROWS + 300 },
      deleted: { passages: ROWS + 300 },
    });
    expect(found(folder)).toEqual([]);
    await store.stop();
  });

  it('gives no receipt while somebody keeps the search from beginning; it is given afterwards', async () => {
    const folder = temporaryFolder();
    const store = await usedStore(folder);
    const reader = new Database(join(folder, 'gatepost.db'), { readonly: true });
    onTestFinished(() => void reader.close());
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM event').get();
    const options = { patienceMs: 50 };
    expect(await eraseHolderOf(placeOf(folder), { holderRef: ME }, orderIn(folder), options)).toBeUndefined();
    expect(store.requests.hasUnfinished()).toBe(true);
    reader.exec('ROLLBACK');
    expect(isSigned((await completeErasure(placeOf(folder), orderIn(folder), {})) ?? '')).toBe(true);
    expect(found(folder)).toEqual([]);
    expect(store.requests.hasUnfinished()).toBe(false);
    await store.stop();
  });
});

describe('an erasure that is killed', () => {
  it('has erased nothing, or is completed, at every step at which anything was written', async () => {
    const folder = temporaryFolder();
    const store = await usedStore(folder);
    await store.stop();
    leaveCopies(folder, 3);
    const kept: string[] = [];
    const stop = atEveryWrite(folder, () => {
      const copy = join(temporaryFolder(), 'killed');
      mkdirSync(copy);
      for (const name of readdirSync(folder))
        if (!name.endsWith('-shm') && !name.endsWith('lock')) cpSync(join(folder, name), join(copy, name));
      kept.push(copy);
    });
    const signed = await eraseHolderOf(placeOf(folder), { holderRef: ME }, orderIn(folder), {}).finally(stop);
    const seen = new Set<string>();
    for (const copy of kept) {
      const done = await completeErasure(placeOf(copy), orderIn(copy), {});
      const rows = done === undefined ? await exported(copy) : undefined;
      expect([copy, isVerified(copy)]).toEqual([copy, true]);
      if (rows !== undefined) expect(rows).toBe(ROWS);
      else expect([copy, found(copy)]).toEqual([copy, []]);
      if (done !== undefined) expect(JSON.parse(done)).toEqual(JSON.parse(signed ?? ''));
      seen.add(rows !== undefined ? 'before' : done !== undefined ? 'completed' : 'after');
    }
    expect(kept.length).toBeGreaterThan(8);
    expect([...seen]).toEqual(['before', 'completed', 'after']);
  });
});

/** Calls back whenever database or write-ahead file have changed: what is on disk then is what a kill leaves. */
function atEveryWrite(folder: string, then: () => void): () => void {
  const states = () =>
    ['gatepost.db', 'gatepost.db-wal']
      .map((name) => statSync(join(folder, name), { bigint: true, throwIfNoEntry: false }))
      .map((state) => `${state?.size} ${state?.mtimeNs}`)
      .join();
  let last = '';
  let isBusy = false;
  const look = (): void => {
    if (isBusy || states() === last) return;
    isBusy = true;
    last = states();
    then();
    isBusy = false;
  };
  const probe = new Database(':memory:');
  const statement = Object.getPrototypeOf(probe.prepare('SELECT 1'));
  probe.close();
  const undo = (['exec', 'pragma'] as const).map((name) => after(Database.prototype, name, look));
  undo.push(after(statement, 'run', look), after(fs, 'writeSync', look));
  syncBuiltinESMExports();
  return () => {
    for (const one of undo) one();
    syncBuiltinESMExports();
  };
}

function after<T extends object>(object: T, name: keyof T, look: () => void): () => void {
  const real = object[name];
  if (typeof real !== 'function') throw new Error(`${String(name)} is no function`);
  const patched = function (this: unknown, ...args: unknown[]): unknown {
    const result: unknown = Reflect.apply(real, this, args);
    look();
    return result;
  };
  Object.assign(object, { [name]: patched });
  return () => Object.assign(object, { [name]: real });
}
