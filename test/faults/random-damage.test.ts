import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { isGatepostError } from '../../src/core/errors.ts';
import type { AlteredRows } from '../../src/core/events/chain.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { seededNumbers } from '../support/seeded-random.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { makePurge } from '../support/store/purge.ts';
import { logFiles } from '../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
const DAMAGES = 200;
const SEED = 20;
const PAGE = 4096;
/** A card loses sectors: a single bit in a record beside the log would not be seen. */
const SECTOR = 512;

/** What a start leaves as it was: everything but how often the gate began. */
type Tables = ReadonlyMap<string, string>;

let base = '';
/** A store as a gate leaves it that was killed with a full write-ahead log, and as one that was stopped. */
const originals: string[] = [];
/** Every state that was ever committed, by its last event. */
const states = new Map<number, Tables>();

function open(folder: string, clock: VirtualClock): Store {
  const place = { folder, site: 'willow-court', gate: 'north' };
  return new Store({ ...place, clock, logger: new SilentLogger() });
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'gatepost-random-'));
  const folder = join(base, 'store');
  const clock = new VirtualClock();
  const store = open(folder, clock);
  await store.start(new AbortController().signal);
  const passage = (at: number): void => {
    const { wallMs } = clock.read();
    const [name, passId] = [`p${at}`, `ca4d${String(at % 90).padStart(12, '0')}`];
    const who = { passId, holderRef: `a1b2c3d4${String(at % 60).padStart(4, '0')}` };
    const entry = { passage: name, ...who, direction: 'in', accessPoint: 'main-in' } as const;
    store.log.commit({
      events: [accessGranted({ passage: name, ...who }, wallMs)],
      effects: [
        {
          kind: 'recordPassage',
          entry: { ...entry, siteDay: Math.floor(wallMs / DAY_MS), passUntilMs: wallMs + DAY_MS },
        },
        { kind: 'rememberStep', passId, step: Math.floor(wallMs / 15_000) },
      ],
    });
    clock.advance(DAY_MS / 15);
  };
  for (let at = 0; at < 300; at++) passage(at);
  while (store.tree.grow() > 0);
  const purge = makePurge(store, clock);
  await purge.start(new AbortController().signal);
  clock.advance(30 * 60_000);
  await purge.stop();
  await store.stop();
  originals.push(join(base, 'stopped'));
  cpSync(folder, join(base, 'stopped'), { recursive: true, preserveTimestamps: true });
  await store.start(new AbortController().signal);
  const note = () => states.set(store.log.head().sequence, tablesOf(store.path));
  note();
  for (let at = 300; at < 340; at++) {
    passage(at);
    note();
  }
  cpSync(folder, join(base, 'killed'), { recursive: true });
  originals.push(join(base, 'killed'));
  await store.stop();
}, 120_000);
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The same files with the bytes of then: a copy of the database would count as one that was put back. */
function putBack(original: string, folder: string): void {
  for (const name of readdirSync(folder))
    if (name !== 'gatepost.db') rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of readdirSync(original))
    if (name === 'gatepost.db') writeFileSync(join(folder, name), readFileSync(join(original, name)));
    else cpSync(join(original, name), join(folder, name), { recursive: true });
}

/** All tables but those that say how often and from where a gate was started. */
function tablesOf(path: string): Tables {
  const database = new Database(path, { readonly: true });
  try {
    const names = database
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .pluck()
      .all() as string[];
    return new Map(
      names.map((name) => [
        name,
        JSON.stringify(
          database
            .prepare(`SELECT * FROM ${name}`)
            .raw()
            .all()
            .filter(
              (row) =>
                name !== 'kept_number' || !/^(in-use|starts|marked)$/.test(String((row as unknown[])[0])),
            ),
        ),
      ]),
    );
  } finally {
    database.close();
  }
}

function damaged(
  bytes: Buffer,
  random: (below: number) => number,
): { readonly bytes: Buffer; readonly what: string } {
  const at = random(bytes.length);
  const left = Buffer.from(bytes);
  switch (random(5)) {
    case 0:
    case 1: {
      const from = at - (at % SECTOR);
      const length = Math.min(SECTOR * (1 + random(4)), left.length - from);
      for (let byte = from; byte < from + length; byte++) left[byte] = random(256);
      return { bytes: left, what: `${length} bytes at ${from}` };
    }
    case 2: {
      const from = at - (at % PAGE);
      left.fill(0, from, Math.min(left.length, from + PAGE * (1 + random(8))));
      return { bytes: left, what: `zeros from ${from}` };
    }
    case 3: {
      const from = random(bytes.length);
      bytes.copy(left, at - (at % 512), from - (from % 512), from - (from % 512) + 512 * (1 + random(16)));
      return { bytes: left, what: `bytes of ${from} at ${at}` };
    }
    default:
      return { bytes: left.subarray(0, at), what: `cut at ${at}` };
  }
}

describe(`${DAMAGES} random damages of the closed files`, () => {
  it('are named, and the files kept, or nothing is lost and nothing invented', {
    timeout: 600_000,
  }, async () => {
    const random = seededNumbers(SEED);
    const seen = { refused: 0, intact: 0, altered: 0, wentBack: 0 };
    const wrong: string[] = [];
    for (let nth = 0; nth < DAMAGES; nth++) {
      const original = originals[random(2)] ?? '';
      const folder = join(base, 'store');
      putBack(original, folder);
      const isKilled = original.endsWith('killed');
      const name = isKilled && random(2) === 0 ? 'gatepost.db-wal' : 'gatepost.db';
      const path = join(folder, name);
      const { bytes, what } = damaged(readFileSync(path), random);
      writeFileSync(path, bytes);
      const before = { ...logFiles(folder), 'gatepost.db-shm': '' };
      const store = open(folder, new VirtualClock(Date.UTC(2020, 3, 1)));
      const about = `${nth} ${isKilled ? 'killed' : 'stopped'} ${name}: ${what}`;
      try {
        await store.start(new AbortController().signal);
      } catch (error) {
        if (!isGatepostError(error)) throw error;
        seen.refused += 1;
        const after = { ...logFiles(folder), 'gatepost.db-shm': '' };
        if (JSON.stringify(after) !== JSON.stringify(before))
          wrong.push(`${about}: ${error.code}, files changed`);
        continue;
      }
      const faults = judged(store, seen);
      await store.stop();
      wrong.push(...faults.map((fault) => `${about}: ${fault}`));
    }
    expect(wrong).toEqual([]);
    expect(Math.min(seen.refused, seen.intact, seen.wentBack)).toBeGreaterThan(0);
  });
});

/** What is wrong with a store that has started. */
function judged(store: Store, seen: { intact: number; altered: number; wentBack: number }): string[] {
  const now = tablesOf(store.path);
  const events = rowsIn(now.get('event'));
  const started = events.findLastIndex(([, , name]) => name === 'log.reset');
  const isReset = started > 0 && started === events.length - 1;
  const last = Number(events.at(isReset ? -2 : -1)?.[0] ?? 0);
  const state = states.get(last);
  if (isReset) seen.wentBack += 1;
  else if (store.altered.length > 0) seen.altered += 1;
  else seen.intact += 1;
  if (state === undefined) return [`it ends with ${last}, which was never an end`];
  if (!isReset && last !== Math.max(...states.keys()) && last !== Math.min(...states.keys()))
    return [`it goes on after ${last} without a word`];
  const faults: string[] = [];
  const isNamed = (sequence: unknown): boolean =>
    store.altered.some(
      ({ first, last: to }: AlteredRows) => Number(sequence) >= first && Number(sequence) <= to,
    );
  const old = new Map(rowsIn(state.get('event')).map((row) => [row[0], JSON.stringify(row)]));
  for (const row of events.slice(0, isReset ? -1 : undefined))
    if (old.get(row[0]) !== JSON.stringify(row) && !isNamed(row[0]))
      faults.push(`event ${row[0]} is another one`);
  for (const [name, text] of state) {
    if (['event', 'event_about', 'probe', 'log', 'log_epoch', 'kept_number'].includes(name)) continue;
    if (now.get(name) !== text) faults.push(`table ${name} is not as it was`);
  }
  return faults;
}

function rowsIn(text = '[]'): readonly (readonly unknown[])[] {
  return JSON.parse(text);
}
