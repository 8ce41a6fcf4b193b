import { enterDaemon, enterFloor, inArena, printDistributions } from './arena.ts';
import { FULL_STORE, filledStore, fillStore, freshFolder } from './filled-store.ts';
import { atMost, type Line, ms, percentile, ratio } from './report.ts';

/** A new reading takes its time; several lanes let the next person be measured meanwhile. */
const SCREENED_LANES = 4;

const NO_EVENTS = { events: 0, holders: 100_000 };
const MANY_LISTED = { events: 0, holders: 100_000, revoked: 10_000 };
const FEW_LISTED = { events: 0, holders: 100, revoked: 100 };

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
