import { setImmediate as nextTurn } from 'node:timers/promises';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { Gauge } from './gauge.ts';
import type { Lane } from './lane.ts';
import type { PassSupply } from './pass-supply.ts';

const ROUSING_ATTEMPTS = 5;

/** One of several programs whose answers are timed in turn. */
export interface Contestant {
  readonly name: string;
  readonly lanes: readonly Lane[];
}

interface ContestOptions {
  readonly contestants: readonly Contestant[];
  readonly passes: PassSupply;
  /** Rounds that count; each shows one pass to every contestant. */
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Called before each round that counts, from 0 on. */
  readonly beforeRound?: (round: number) => Promise<void>;
}

/**
 * Shows passes to the contestants in turn, so that whatever else the machine does hits all of them alike, and gives
 * the microseconds each took. The order is another one in each round: what one still does after its answer hits who
 * comes next.
 */
export async function contest(options: ContestOptions): Promise<ReadonlyMap<string, readonly number[]>> {
  const { contestants, passes, rounds, warmUpRounds, beforeRound } = options;
  const lanes = contestants.flatMap((contestant) => contestant.lanes);
  const gauge = new Gauge();
  const clock = new SystemClock();
  const samples = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  try {
    await gauge.open(lanes.map((lane) => lane.ends));
    for (const lane of lanes) await lane.begin(clock);
    for (const lane of lanes) await rouse(gauge, lane, passes);
    for (let round = -warmUpRounds; round < rounds; round++) {
      if (round >= 0) await beforeRound?.(round);
      for (const contestant of inAnyOrder(contestants)) {
        const lane = contestant.lanes[(round + warmUpRounds) % contestant.lanes.length];
        if (lane === undefined) continue;
        const text = passes.next();
        await lane.ready();
        lane.occupy();
        const us = await gauge.shoot(lane.id, text);
        if (us === undefined) throw new Error(`A pass shown at ${lane.id} opened nothing.`);
        if (round >= 0) samples.get(contestant.name)?.push(us);
        await nextTurn();
      }
    }
  } finally {
    await gauge.close();
  }
  return samples;
}

function inAnyOrder<T>(all: readonly T[]): T[] {
  const drawn = all.map((one) => ({ one, place: Math.random() }));
  return drawn.sort((a, b) => a.place - b.place).map(({ one }) => one);
}

/** A daemon that says it is ready opens its scanners a moment later: passes are shown until one is answered. */
async function rouse(gauge: Gauge, lane: Lane, passes: PassSupply): Promise<void> {
  for (let attempt = 0; attempt < ROUSING_ATTEMPTS; attempt++) {
    await lane.ready();
    if ((await gauge.shoot(lane.id, passes.next())) !== undefined) {
      lane.occupy();
      return;
    }
  }
  throw new Error(`${lane.id} does not answer.`);
}
