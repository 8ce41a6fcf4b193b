import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { databasePath, openForWriting } from '../../src/adapters/sqlite/database.ts';
import { MIGRATIONS } from '../../src/adapters/sqlite/migrations.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import type { EventDraft } from '../../src/core/events/event.ts';
import { packageRoot } from '../../src/version.ts';
import { accessGranted, doorOpened } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openLists, revocations } from './open-lists.ts';
import { GATE, holderRef, SITE } from './pass-supply.ts';

/** Where everything lies that a later run can use again; below state/, which git ignores. */
const CACHE = join(packageRoot(), 'state/bench');
const BATCH = 5_000;
/** What was written last, a thousand a second, is no longer what a start looks back to. */
const SINCE_LAST_MS = 3_600_000;

interface Filling {
  readonly events: number;
  readonly holders: number;
  /** Passes on a signed revocation list; no list when left out. */
  readonly revoked?: number;
}

/** Years of a busy gate, of a large site. */
export const FULL_STORE: Filling = { events: 1_000_000, holders: 100_000 };

/**
 * A store folder with so many events and holders, made by the log's own code; from the second run on the one that
 * was made before. A run leaves its own events in it. New after every change of the schema.
 */
export async function filledStore({ events, holders }: Filling): Promise<string> {
  const version = MIGRATIONS.at(-1)?.version ?? 0;
  const folder = join(CACHE, `schema-${version}-${events}-events-${holders}-holders`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await fillStore(unfinished, { events, holders });
  renameSync(unfinished, folder);
  return folder;
}

/** An empty folder for one run. */
export function freshFolder(name: string): string {
  const folder = join(CACHE, 'run', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Fills `folder` by the log's own code, many events to a commit. */
export async function fillStore(folder: string, { events, holders, revoked }: Filling): Promise<void> {
  const startMs = performance.now();
  const clock = new SystemClock();
  const store = new Store({ folder, site: SITE, gate: GATE, clock, logger: new SilentLogger() });
  await store.start(new AbortController().signal);
  try {
    const firstMs = clock.read().wallMs - SINCE_LAST_MS - events;
    for (let done = 0; done < events; done += BATCH) {
      const count = Math.min(BATCH, events - done);
      store.log.commit({
        events: Array.from({ length: count }, (_, i) => sample(done + i, firstMs + done)),
      });
    }
    // As at a gate that has run for long: else the first to open the store would make the tree of all its rows.
    while (store.tree.grow() > 0);
  } finally {
    await store.stop();
  }
  fillHolders(folder, holders);
  if (revoked !== undefined) {
    const lists = await openLists(folder);
    await lists.receive(revocations(revoked));
    await lists.close();
  }
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`  filled a store with ${events} events and ${holders} holders in ${seconds} s`);
}

function fillHolders(folder: string, holders: number): void {
  const database = openForWriting(databasePath(folder));
  try {
    const put = database.prepare('INSERT INTO holder (holder_ref, label, unit) VALUES (?, ?, ?)');
    const putAll = database.transaction(() => {
      for (let i = 0; i < holders; i++) put.run(holderRef(i), `Holder ${i}`, `${i % 40}-${i % 900}`);
    });
    putAll.immediate();
    database.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}

/** Three people and then a door, over and over. */
function sample(index: number, timeMs: number): EventDraft {
  if (index % 4 === 3) return doorOpened(timeMs);
  const passId = index.toString(16).padStart(16, '0');
  return accessGranted(
    { passId, holderRef: holderRef(index % 100_000), passage: `passage-${index}` },
    timeMs,
  );
}

/** A store with holders and no events. */
export async function emptyStore(name: string): Promise<string> {
  const store = freshFolder(name);
  await fillStore(store, { ...FULL_STORE, events: 0 });
  return store;
}

/** What a filled store brings along is no backlog. */
export function countAsPublished(store: string): void {
  setPublished(store, 'last_sequence');
}

/** Sets the cursor back, so that the same events are a backlog once more. */
export function publishAgain(store: string): void {
  setPublished(store, '0');
}

function setPublished(store: string, upTo: string): void {
  const database = openForWriting(databasePath(store));
  database.exec(`UPDATE log SET published_sequence = ${upTo}`);
  database.close();
}
