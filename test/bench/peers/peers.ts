import { setTimeout as pause } from 'node:timers/promises';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { SETTLE_MS } from '../../../src/core/time/clock-reading.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { type Arena, withArena } from '../arena.ts';
import { FULL_STORE, filledStore } from '../filled-store.ts';
import { Gauge } from '../gauge.ts';
import type { Line } from '../report.ts';
import { figuresOf, printFigures, type Samples, targets } from './figures.ts';
import { openPeers, type Peer, type Running } from './programs.ts';

/** What suffices to see that nothing depends on it; the full one takes a minute to fill. */
const SMALL_STORE = { events: 10_000, holders: 1_000 };
const STARTS = 7;
const IDLE_MS = 20_000;
/** V8 tidies up some eight seconds after a start. */
const SETTLING_MS = 12_000;
const ROUNDS = 240;
const WARM_UP_ROUNDS = 12;
/** A pass at each program so often. */
const PERIOD_MS = 500;
/** So that no pass keeps step with a thermometer. */
const JITTER_MS = 40;
const EMPTY_ROOM_C = 22.3;

/**
 * The daemon beside scripts that do the same work: on ptys, with a thermometer at 10 Hz, a real mosquitto and a
 * subscriber, nobody being screened.
 * @param full whether the daemon has the events and holders of years
 */
export async function measurePeers(full: boolean): Promise<readonly Line[]> {
  return withArena('peers', async (arena) => {
    const broker = await Mosquitto.start();
    arena.closers.push(() => broker.stop());
    const filling = full ? FULL_STORE : SMALL_STORE;
    const store = await filledStore(filling);
    const issuerKey = arena.passes.publicKey;
    const peers = await openPeers({ folder: arena.folder, store, issuerKey, brokerPort: broker.port });
    const gauge = new Gauge();
    arena.closers.push(
      ...peers.map(
        ({ lane }) =>
          () =>
            lane.close(),
      ),
      () => gauge.close(),
    );
    await gauge.open(
      peers.map(({ lane, topic }) => ({ ...lane.ends, topic })),
      broker.port,
    );
    for (const { lane } of peers) await lane.begin(new SystemClock(), EMPTY_ROOM_C);

    const samples = new Map<Peer, Samples>(peers.map((peer) => [peer, newSamples(peer.name)]));
    for (let start = 0; start < STARTS; start++)
      for (const [peer, of] of samples) await measureStart(arena, gauge, peer, of);
    await measureTogether(arena, gauge, samples);

    const figures = [...samples.values()].map(figuresOf);
    printFigures(figures);
    const { events, holders } = filling;
    return targets(figures, `${events.toLocaleString('en')} events, ${holders.toLocaleString('en')} holders`);
  });
}

function newSamples(name: string): Samples {
  return {
    name,
    readyMs: [],
    firstUs: [],
    secondUs: [],
    gateUs: [],
    eventUs: [],
    idle: undefined,
    passesCpuMs: 0,
  };
}

/** From nothing to the second pass, each program alone. */
async function measureStart(arena: Arena, gauge: Gauge, peer: Peer, samples: Samples): Promise<void> {
  const running = await startUp(peer);
  try {
    samples.readyMs.push(running.readyAfterMs);
    samples.firstUs.push((await show(arena, gauge, peer)).gateUs);
    await pause(PERIOD_MS);
    samples.secondUs.push((await show(arena, gauge, peer)).gateUs);
    await pause(PERIOD_MS);
  } finally {
    await running.stop();
  }
}

async function startUp(peer: Peer): Promise<Running> {
  const running = await peer.start();
  // No scanner is believed in the first half second of its line.
  await pause(2 * SETTLE_MS);
  return running;
}

/** All at once: at rest, and then with passes in turn. */
async function measureTogether(
  arena: Arena,
  gauge: Gauge,
  samples: ReadonlyMap<Peer, Samples>,
): Promise<void> {
  const running = new Map<Peer, Running>();
  for (const peer of samples.keys()) {
    const one = await startUp(peer);
    running.set(peer, one);
    arena.closers.push(() => one.stop());
  }
  const processorMs = (): ReadonlyMap<Peer, number> =>
    new Map([...running].map(([peer, one]) => [peer, one.processorMs()]));

  await pause(SETTLING_MS);
  const beforeIdle = processorMs();
  await pause(IDLE_MS);
  const afterIdle = processorMs();
  for (const [peer, of] of samples) {
    const cpuMs = (afterIdle.get(peer) ?? 0) - (beforeIdle.get(peer) ?? 0);
    of.idle = { memoryMb: running.get(peer)?.residentMb() ?? Number.NaN, share: cpuMs / IDLE_MS };
  }

  await passesInTurn(arena, gauge, new Map(), [...samples.keys()], WARM_UP_ROUNDS);
  const before = processorMs();
  await passesInTurn(arena, gauge, samples, [...samples.keys()], ROUNDS);
  const after = processorMs();
  for (const [peer, of] of samples)
    of.passesCpuMs = ((after.get(peer) ?? 0) - (before.get(peer) ?? 0)) / ROUNDS;
}

/** Each program has its pass every half second, at a moment of its own and in another order each time. */
async function passesInTurn(
  arena: Arena,
  gauge: Gauge,
  samples: ReadonlyMap<Peer, Samples>,
  peers: readonly Peer[],
  rounds: number,
): Promise<void> {
  const startMs = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const [place, peer] of peers.entries()) {
      const dueMs = startMs + (round + place / peers.length) * PERIOD_MS + Math.random() * JITTER_MS;
      await pause(Math.max(0, dueMs - performance.now()));
      const { gateUs, eventUs } = await show(arena, gauge, peer);
      samples.get(peer)?.gateUs.push(gateUs);
      samples.get(peer)?.eventUs.push(eventUs);
    }
  }
}

async function show(
  { passes }: Arena,
  gauge: Gauge,
  { name, lane }: Peer,
): Promise<Record<'gateUs' | 'eventUs', number>> {
  const { gateUs, eventUs } = await gauge.shootForEvent(lane.id, passes.next());
  if (gateUs === undefined) throw new Error(`A pass shown to ${name} opened nothing.`);
  if (eventUs === undefined) throw new Error(`No event of ${name} was received.`);
  return { gateUs, eventUs };
}
