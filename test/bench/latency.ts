import { databasePath, openForReading } from '../../src/adapters/sqlite/database.ts';
import { type Contestant, contest } from './contest.ts';
import { DaemonProcess } from './daemon.ts';
import { FULL_STORE, filledStore, fillStore, freshFolder } from './filled-store.ts';
import { FloorProcess } from './floor.ts';
import { Lane } from './lane.ts';
import { PassSupply } from './pass-supply.ts';
import { atMost, type Line, ms, percentile, printTable, ratio } from './report.ts';

const ROUNDS = 240;
const WARM_UP_ROUNDS = 12;
/** A new reading takes its time; several lanes let the next person be measured meanwhile. */
const SCREENED_LANES = 4;

const NO_EVENTS = { events: 0, holders: 100_000 };
const MANY_LISTED = { events: 0, holders: 100_000, revoked: 10_000 };
const FEW_LISTED = { events: 0, holders: 100, revoked: 100 };

interface Arena {
  readonly folder: string;
  readonly passes: PassSupply;
  readonly contestants: Contestant[];
  readonly closers: (() => Promise<void>)[];
}

/** From the last byte of a pass to the changed level, a fresh reading being there, against the floor. */
export async function measureLatency(): Promise<readonly Line[]> {
  const samples = await inArena('latency', async (arena) => {
    const store = await filledStore(FULL_STORE);
    await enterFloor(arena, store);
    await enterDaemon(arena, 'daemon', { store, lanes: SCREENED_LANES, screened: true });
  });
  const [floor = [], daemon = []] = [samples.get('floor'), samples.get('daemon')];
  printDistributions(samples);
  return comparison('pass to relay, reading present, 1,000,000 events, 100,000 holders', floor, daemon);
}

/** The same without a reading, and how it depends on the size of log and register. */
export async function measureGrowth(): Promise<readonly Line[]> {
  const samples = await inArena('growth', async (arena) => {
    const full = await filledStore(FULL_STORE);
    await enterFloor(arena, full);
    await enterDaemon(arena, '1,000,000 events, 100,000 holders', { store: full, lanes: 1, screened: false });
    for (const [name, filling] of [
      ['0 events, 100,000 holders', NO_EVENTS],
      ['0 events, 100,000 holders, 10,000 revoked', MANY_LISTED],
      ['0 events, 100 holders, 100 revoked', FEW_LISTED],
    ] as const) {
      const store = freshFolder(`growth-${filling.holders}-${'revoked' in filling ? filling.revoked : 0}`);
      await fillStore(store, filling);
      await enterDaemon(arena, name, { store, lanes: 1, screened: false });
    }
  });
  printDistributions(samples);
  const [floor = [], full = [], noEvents = [], manyListed = [], fewListed = []] = [...samples.values()];
  return [
    ...comparison('pass to relay, no screening, 1,000,000 events, 100,000 holders', floor, full),
    growth('1,000,000 events against 0 (100,000 holders), p50', full, noEvents),
    growth('100,000 holders and 10,000 revoked against 100 and 100, p50', manyListed, fewListed),
  ];
}

async function inArena(
  name: string,
  enter: (arena: Arena) => Promise<void>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const arena: Arena = { folder: freshFolder(name), passes: new PassSupply(), contestants: [], closers: [] };
  try {
    await enter(arena);
    return await contest({ ...arena, rounds: ROUNDS, warmUpRounds: WARM_UP_ROUNDS });
  } finally {
    for (const close of arena.closers.reverse()) await close();
  }
}

async function enterFloor(arena: Arena, store: string): Promise<void> {
  const lane = await Lane.open('floor', arena.folder, false);
  arena.closers.push(() => lane.close());
  const floor = await FloorProcess.start(arena.folder, lane.devices, rowBytes(store));
  arena.closers.push(() => floor.stop());
  arena.contestants.push({ name: 'floor', lanes: [lane] });
}

async function enterDaemon(
  arena: Arena,
  name: string,
  { store, lanes: count, screened }: { store: string; lanes: number; screened: boolean },
): Promise<void> {
  const folder = freshFolder(`daemon-${arena.contestants.length}`);
  const lanes: Lane[] = [];
  for (let i = 0; i < count; i++) {
    const lane = await Lane.open(`daemon-${arena.contestants.length}-${i}`, folder, screened);
    arena.closers.push(() => lane.close());
    lanes.push(lane);
  }
  const daemon = await DaemonProcess.start({
    folder,
    store,
    lanes: lanes.map(({ devices }) => devices),
    issuerKey: arena.passes.publicKey,
    nodeArguments: process.env.BENCH_NODE_ARGUMENTS?.split(' ') ?? [],
  });
  arena.closers.push(() => daemon.stop());
  arena.contestants.push({ name, lanes });
}

/** Bytes of a whole row of an admission in this store. */
function rowBytes(store: string): number {
  const database = openForReading(databasePath(store));
  try {
    const row = database
      .prepare<[], { bytes: number }>(
        `SELECT length(body) + length(salt) + length(hash) + length(id) + length(name) + length(time_quality)
          + length(passage) + length(holder_ref) AS bytes
          FROM event WHERE name = 'access.granted' ORDER BY sequence DESC LIMIT 1`,
      )
      .get();
    return row?.bytes ?? 1_000;
  } finally {
    database.close();
  }
}

function printDistributions(samples: ReadonlyMap<string, readonly number[]>): void {
  printTable([
    ['', 'samples', 'p50', 'p95', 'p99'],
    ...[...samples].map(([name, times]) => [
      name,
      String(times.length),
      ...[0.5, 0.95, 0.99].map((part) => ms(percentile(times, part) / 1000)),
    ]),
  ]);
}

function comparison(what: string, floor: readonly number[], daemon: readonly number[]): Line[] {
  return (
    [
      ['p50', 0.5, 1.3],
      ['p95', 0.95, 1.5],
    ] as const
  ).map(([name, part, limit]) => {
    const [own, bare] = [percentile(daemon, part), percentile(floor, part)];
    const shown = `${ms(own / 1000)} / ${ms(bare / 1000)} = ${ratio(own / bare)}`;
    return atMost(`${what}, ${name}`, own / bare, limit, shown, ' x floor');
  });
}

function growth(what: string, large: readonly number[], small: readonly number[]): Line {
  const value = percentile(large, 0.5) / percentile(small, 0.5);
  return atMost(what, value, 1.2, ratio(value), ' x');
}
