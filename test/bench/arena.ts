import { setTimeout as pause } from 'node:timers/promises';
import { databasePath, openForReading } from '../../src/adapters/sqlite/database.ts';
import { SETTLE_MS } from '../../src/core/time/clock-reading.ts';
import { type Contestant, contest } from './contest.ts';
import { DaemonProcess, type LaneDevices } from './daemon.ts';
import { freshFolder } from './filled-store.ts';
import { FloorProcess } from './floor.ts';
import { Lane } from './lane.ts';
import { PassSupply } from './pass-supply.ts';
import { ms, percentile, printTable } from './report.ts';

const ROUNDS = 240;
const WARM_UP_ROUNDS = 12;

/** Programs that are timed in turn, and what has to be closed after them. */
export interface Arena {
  readonly folder: string;
  readonly passes: PassSupply;
  readonly contestants: Contestant[];
  readonly closers: (() => Promise<void>)[];
}

/** Lets programs enter, times them, and takes everything down again. */
export async function inArena(
  name: string,
  enter: (arena: Arena) => Promise<void>,
  rounds = ROUNDS,
): Promise<ReadonlyMap<string, readonly number[]>> {
  return withArena(name, async (arena) => {
    await enter(arena);
    return contest({ ...arena, rounds, warmUpRounds: WARM_UP_ROUNDS });
  });
}

/** Takes down what entered, whatever becomes of the work. */
export async function withArena<T>(name: string, work: (arena: Arena) => Promise<T>): Promise<T> {
  const arena: Arena = { folder: freshFolder(name), passes: new PassSupply(), contestants: [], closers: [] };
  try {
    return await work(arena);
  } finally {
    for (const close of arena.closers.reverse()) await close();
  }
}

export async function enterFloor(arena: Arena, store: string): Promise<void> {
  const lane = await Lane.open('floor', arena.folder, false);
  arena.closers.push(() => lane.close());
  const floor = await FloorProcess.start(arena.folder, lane.devices, rowBytes(store));
  arena.closers.push(() => floor.stop());
  arena.contestants.push({ name: 'floor', lanes: [lane] });
}

interface DaemonEntry {
  readonly store: string;
  readonly lanes: number;
  readonly screened: boolean;
  /** Lanes at which nobody passes. */
  readonly idleLanes?: readonly LaneDevices[];
  readonly brokerUrl?: string;
}

export async function enterDaemon(
  arena: Arena,
  name: string,
  { store, lanes: count, screened, ...more }: DaemonEntry,
): Promise<DaemonProcess> {
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
    lanes: [...lanes.map(({ devices }) => devices), ...(more.idleLanes ?? [])],
    ...(more.brokerUrl === undefined ? {} : { brokerUrl: more.brokerUrl }),
    issuerKey: arena.passes.publicKey,
    nodeArguments: process.env.BENCH_NODE_ARGUMENTS?.split(' ') ?? [],
  });
  // No scanner is believed in the first half second of its line.
  await pause(2 * SETTLE_MS);
  arena.closers.push(() => daemon.stop());
  arena.contestants.push({ name, lanes });
  return daemon;
}

/** Bytes of a whole row of an admission in this store. */
function rowBytes(store: string): number {
  const database = openForReading(databasePath(store));
  try {
    const row = database
      .prepare<[], { bytes: number }>(
        `SELECT length(body) + length(hash) + length(id) + length(name) + length(time_quality)
          + length(passage) + length(holder_ref) AS bytes
          FROM event WHERE name = 'access.granted' ORDER BY sequence DESC LIMIT 1`,
      )
      .get();
    return row?.bytes ?? 1_000;
  } finally {
    database.close();
  }
}

export function printDistributions(samples: ReadonlyMap<string, readonly number[]>): void {
  printTable([
    ['', 'samples', 'p50', 'p95', 'p99'],
    ...[...samples].map(([name, times]) => [
      name,
      String(times.length),
      ...[0.5, 0.95, 0.99].map((part) => ms(percentile(times, part) / 1000)),
    ]),
  ]);
}
