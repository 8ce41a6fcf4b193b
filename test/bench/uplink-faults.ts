import { databasePath, openForReading } from '../../src/adapters/sqlite/database.ts';
import { type Arena, enterDaemon, enterFloor, inArena, printDistributions } from './arena.ts';
import {
  BROKER_FAULTS,
  type BrokerFault,
  BrokerTools,
  openHealthy,
  openWindowOfOne,
} from './broker-faults.ts';
import { fillStore, freshFolder } from './filled-store.ts';
import { atLeast, atMost, type Line, ms, percentile, ratio } from './report.ts';

const HOLDERS = 1_000;
/** A silent broker is given up after 30 s and more: it takes a while until all has been met. */
const ROUNDS = 360;
/** More than the busiest gate writes in three days; it must not end before the last pass. */
const BACKLOG_EVENTS = 400_000;
/** So that the backlog lasts: each lane needs the end of a passage before the next. */
const BACKLOG_LANES = 2;
const PARTS = [0.5, 0.95] as const;

const BACKLOGS: readonly BrokerFault[] = [
  { name: 'takes a backlog', open: openHealthy },
  { name: 'takes a backlog one at a time', open: openWindowOfOne },
];

/**
 * What a broker that misbehaves costs those who pass: daemons with a healthy broker, with none, and with one of each
 * kind that misbehaves, in turn, from the bytes of a pass to the changed level.
 */
export async function measureUplinkFaults(): Promise<readonly Line[]> {
  const samples = await inArena(
    'uplink-faults',
    async (arena) => {
      await enterPeers(arena, 1);
      for (const fault of BROKER_FAULTS) await enterGate(arena, fault, { lanes: 1, events: 0 });
    },
    ROUNDS,
  );
  printDistributions(samples);
  const names = BROKER_FAULTS.map(({ name }) => name);
  return [
    ...compared('passages with a healthy broker against none', samples.get(HEALTHY), samples.get(NONE)),
    ...names.flatMap((name) => besideHealthy(name, samples)),
  ];
}

/** The same while a backlog is sent. */
export async function measureUplinkBacklog(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const backlog of BACKLOGS) lines.push(...(await duringBacklog(backlog)));
  return lines;
}

async function duringBacklog(backlog: BrokerFault): Promise<Line[]> {
  let store = '';
  const samples = await inArena(
    'uplink-backlog',
    async (arena) => {
      await enterPeers(arena, BACKLOG_LANES);
      store = await enterGate(arena, backlog, { lanes: BACKLOG_LANES, events: BACKLOG_EVENTS });
    },
    ROUNDS,
  );
  printDistributions(samples);
  const left = BACKLOG_EVENTS - publishedUpTo(store);
  return [
    ...besideHealthy(backlog.name, samples),
    atLeast(`events left of it after the last pass`, left, 1, String(left)),
  ];
}

const NONE = 'no broker';
const HEALTHY = 'healthy broker';

/** Beside whom the others are measured. */
async function enterPeers(arena: Arena, lanes: number): Promise<void> {
  const store = freshFolder('uplink-none');
  await fillStore(store, { events: 0, holders: HOLDERS });
  await enterFloor(arena, store);
  await enterDaemon(arena, NONE, { store, lanes, screened: false });
  await enterGate(arena, { name: HEALTHY, open: openHealthy }, { lanes, events: 0 });
}

/** @returns its store folder */
async function enterGate(
  arena: Arena,
  { name, open }: BrokerFault,
  { lanes, events }: { readonly lanes: number; readonly events: number },
): Promise<string> {
  const store = freshFolder(`uplink-${arena.contestants.length}`);
  await fillStore(store, { events, holders: HOLDERS });
  const brokerUrl = await open(new BrokerTools(arena.closers));
  await enterDaemon(arena, name, { store, lanes, screened: false, brokerUrl });
  return store;
}

function besideHealthy(name: string, samples: ReadonlyMap<string, readonly number[]>): Line[] {
  return compared(`passages while the broker ${name}`, samples.get(name), samples.get(HEALTHY));
}

function compared(what: string, own: readonly number[] = [], other: readonly number[] = []): Line[] {
  return PARTS.map((part) => {
    const [here, there] = [percentile(own, part), percentile(other, part)];
    const shown = `${ms(here / 1000)} / ${ms(there / 1000)} = ${ratio(here / there)}`;
    return atMost(`${what}, p${part * 100}`, here / there, 1.1, shown, ' x');
  });
}

function publishedUpTo(store: string): number {
  const database = openForReading(databasePath(store));
  try {
    return Number(database.prepare<[], number>('SELECT published_sequence FROM log').pluck().get());
  } finally {
    database.close();
  }
}
