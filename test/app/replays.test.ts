import { describe, expect, it } from 'vitest';
import { type ReplayEnd, Replays } from '../../src/app/uplink/replays.ts';
import { UplinkPump } from '../../src/app/uplink/uplink-pump.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { OutgoingMessage } from '../../src/ports/broker.ts';
import { EPOCH, MemoryOutbox } from '../support/broker/memory-outbox.ts';
import { BUSY, REFUSED, ScriptedBroker, STORED } from '../support/broker/scripted-broker.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const NEVER = new AbortController().signal;

/** A pump that has sent everything, and replays beside it. */
class Bench {
  readonly clock = new VirtualClock();
  readonly outbox = new MemoryOutbox();
  readonly broker = new ScriptedBroker();
  readonly logger = new SilentLogger();
  readonly replays: Replays;
  readonly pump: UplinkPump;
  /** Where the answers to replays begin in what arrived. */
  #from = 0;

  constructor(perSecond = 100) {
    const { clock, outbox, broker, logger } = this;
    const epochs = () => [{ epoch: EPOCH, firstSequence: 1, lastSequence: outbox.events.length }];
    this.replays = new Replays({ source: outbox, epochs, clock, logger, perSecond });
    this.pump = new UplinkPump({
      site: 'willow-court',
      gate: 'north',
      software: 'gatepost 0.1.0',
      outbox,
      broker,
      clock,
      random: () => 0,
      logger,
      replays: this.replays,
      onState: () => undefined,
    });
  }

  static async start(events: number, perSecond?: number): Promise<Bench> {
    const bench = new Bench(perSecond);
    bench.fill(events);
    await bench.pump.start(NEVER);
    await bench.after(1_000);
    expect(bench.outbox.published).toBe(events);
    bench.#from = bench.broker.arrived.length;
    return bench;
  }

  fill(count: number): void {
    this.outbox.fill(count, this.clock.read().wallMs);
  }

  async after(ms: number, stepMs = 5): Promise<void> {
    await this.clock.advanceAsync(ms, stepMs);
  }

  /** Asks for events, and collects how it ends. */
  ask(
    from: number,
    to: number,
    requester = 'central',
    epoch = EPOCH,
  ): { ends: ReplayEnd[]; refused?: string } {
    const ends: ReplayEnd[] = [];
    const taken = this.replays.request({ requester, epoch, from, to });
    if ('refused' in taken) return { ends, refused: taken.refused };
    void taken.ended.then((end) => ends.push(end));
    return { ends };
  }

  /** Events that arrived since the start, in order. */
  again(): { sequence: number; historical: boolean | undefined; message: OutgoingMessage }[] {
    return this.broker.arrived
      .slice(this.#from)
      .filter(({ topic }) => topic.includes('/evt/'))
      .map((message) => ({
        sequence: Number(JSON.parse(new TextDecoder().decode(message.payload)).sequence),
        historical: message.historical,
        message,
      }));
  }

  sequences(): number[] {
    return this.again().map(({ sequence }) => sequence);
  }
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('a replay', () => {
  it('sends the same bytes on the same topic again, in order, marked as historical, and says when all is stored', async () => {
    const bench = await Bench.start(60);
    const { ends } = bench.ask(11, 40);
    await bench.after(1_000);
    expect(bench.sequences()).toEqual(upTo(40, 11));
    for (const { sequence, historical, message } of bench.again()) {
      const before = bench.broker.arrived.find(({ payload }) => payload === message.payload);
      expect(message).toMatchObject({ topic: before?.topic, retain: false, historical: true });
      expect(message.payload).toBe(bench.outbox.events[sequence - 1]?.body);
      expect(historical).toBe(true);
    }
    expect(ends).toEqual([
      { result: 'done', epoch: EPOCH, from: 11, to: 40, upTo: 40, sent: 30, purged: [], altered: [] },
    ]);
  });

  it('names what has ended and what was altered, each as ranges', async () => {
    const bench = await Bench.start(60);
    for (const sequence of [...upTo(20), 33, 34, 60]) bench.outbox.purged.add(sequence);
    for (const sequence of [21, 40]) bench.outbox.altered.add(sequence);
    const { ends } = bench.ask(1, 60);
    await bench.after(1_000);
    const left = upTo(60).filter((one) => !bench.outbox.purged.has(one) && !bench.outbox.altered.has(one));
    expect(bench.sequences()).toEqual(left);
    expect(ends[0]).toMatchObject({
      result: 'done',
      upTo: 60,
      sent: left.length,
      purged: [
        { first: 1, last: 20 },
        { first: 33, last: 34 },
        { first: 60, last: 60 },
      ],
      altered: [
        { first: 21, last: 21 },
        { first: 40, last: 40 },
      ],
    });
  });

  it('of which nothing is left sends nothing and says so', async () => {
    const bench = await Bench.start(100);
    for (const sequence of upTo(100)) bench.outbox.purged.add(sequence);
    const { ends } = bench.ask(1, 100);
    await bench.after(1_000);
    expect(bench.sequences()).toEqual([]);
    expect(ends[0]).toMatchObject({ result: 'done', upTo: 100, sent: 0, purged: [{ first: 1, last: 100 }] });
  });

  it('ends early where it would name too many ranges, and goes on from there when it is asked again', async () => {
    const bench = await Bench.start(200);
    for (const sequence of upTo(200)) if (sequence % 2 === 0) bench.outbox.purged.add(sequence);
    const seen: number[] = [];
    for (let from = 1, asked = 0; from <= 200; asked++) {
      expect(asked).toBeLessThan(10);
      const { ends } = bench.ask(from, 200);
      await bench.after(2_000);
      const [end] = ends;
      expect(end?.result).toBe('done');
      expect(end?.purged.length).toBeLessThan(64);
      seen.push(...(end?.purged ?? []).map(({ first }) => first));
      from = (end?.upTo ?? 200) + 1;
    }
    expect(seen).toEqual(upTo(200).filter((one) => one % 2 === 0));
    expect(bench.sequences()).toEqual(upTo(200).filter((one) => one % 2 === 1));
  });

  it.each([
    [
      'of an epoch that this log never had',
      [1, 5, 'central', '01890a5d-ac96-774b-bcce-000000000000'],
      'unknown_epoch',
    ],
    ['of what is not there yet', [61, 70, 'central', EPOCH], 'nothing_there'],
    ['of nothing', [9, 8, 'central', EPOCH], 'nothing_there'],
  ] as const)('%s is refused', async (_what, [from, to, requester, epoch], reason) => {
    const bench = await Bench.start(60);
    expect(bench.ask(from, to, requester, epoch).refused).toBe(reason);
  });

  it('is cut to what there is', async () => {
    const bench = await Bench.start(60);
    const { ends } = bench.ask(51, Number.MAX_SAFE_INTEGER);
    await bench.after(1_000);
    expect(ends[0]).toMatchObject({ from: 51, to: 60, upTo: 60, sent: 10 });
  });

  it('is one at a time for each server, and a bounded number wait', async () => {
    const bench = await Bench.start(60);
    const first = bench.ask(1, 60, 'one');
    expect(bench.ask(1, 60, 'one').refused).toBe('already_running');
    const others = upTo(20).map((number) => bench.ask(1, 5, `server-${number}`));
    const waiting = others.filter(({ refused }) => refused === undefined);
    expect(others.filter(({ refused }) => refused === 'too_many').length).toBe(20 - waiting.length);
    expect(waiting.length).toBeLessThan(10);
    await bench.after(3_000);
    expect(first.ends).toHaveLength(1);
    for (const { ends } of waiting) expect(ends[0]).toMatchObject({ result: 'done', sent: 5 });
    expect(bench.ask(1, 5, 'one').refused).toBeUndefined();
  });

  it('keeps to its rate', async () => {
    const bench = await Bench.start(1_000, 20);
    bench.ask(1, 1_000);
    await bench.after(10_000);
    expect(bench.sequences().length).toBeLessThanOrEqual(201);
    expect(bench.sequences().length).toBeGreaterThan(150);
  });

  it('tells how far it is while it runs', async () => {
    const bench = await Bench.start(1_000, 20);
    const told: number[] = [];
    const onProgress = ({ upTo: reached }: { upTo: number }) => told.push(reached);
    bench.replays.request({ requester: 'central', epoch: EPOCH, from: 1, to: 1_000, onProgress });
    await bench.after(35_000);
    expect(told).toHaveLength(3);
    expect([...told].sort((one, other) => one - other)).toEqual(told);
  });

  it.each([
    [65_535, 5],
    [3, 3],
    [2, 2],
    [1, 1],
  ])('with Receive Maximum %i has at most %i in flight with all else', async (receiveMaximum, most) => {
    const bench = new Bench(1000);
    bench.broker.receiveMaximum = receiveMaximum;
    bench.fill(100);
    await bench.pump.start(NEVER);
    await bench.after(1_000);
    const { connection } = bench.broker;
    if (connection === undefined) throw new Error('not connected');
    connection.mostInFlight = 0;
    const { ends } = bench.ask(1, 100);
    for (let time = 0; time < 40; time++) {
      bench.fill(1);
      await bench.after(10, 1);
    }
    await bench.after(2_000);
    expect(ends[0]).toMatchObject({ result: 'done', sent: 100 });
    expect(connection.mostInFlight).toBeLessThanOrEqual(most);
  });

  it('waits for the live feed: while that has something to send nothing is sent again', async () => {
    const bench = await Bench.start(100, 1000);
    let silent = false;
    bench.broker.script = () => (silent ? 'silence' : STORED);
    bench.ask(1, 100);
    await bench.after(20, 1);
    silent = true;
    // A live event without an answer.
    bench.fill(1);
    await bench.after(50, 1);
    const before = bench.sequences().length;
    expect(bench.sequences().at(-1)).toBe(101);
    await bench.after(5_000);
    expect(bench.sequences()).toHaveLength(before);
  });

  it('leaves half of a slow line to others', async () => {
    const bench = await Bench.start(100, 100);
    const { broker, clock } = bench;
    // Each answer takes a second.
    const { connection } = broker;
    if (connection === undefined) throw new Error('not connected');
    const publish = connection.publish.bind(connection);
    connection.publish = (message) =>
      new Promise((resolve, reject) => {
        clock.schedule(1_000, () => publish(message).then(resolve, reject));
      });
    bench.ask(1, 100);
    await bench.after(60_000, 20);
    // The first few were sent before anybody could know.
    expect(bench.sequences().length).toBeLessThan(36);
    expect(bench.sequences().length).toBeGreaterThan(20);
  });

  it('goes on after a reconnect where it stood, in order, and loses nothing', async () => {
    const bench = await Bench.start(200);
    const { ends } = bench.ask(1, 200);
    for (let time = 0; time < 3; time++) {
      await bench.after(400);
      bench.broker.connection?.cut();
      await bench.after(5_000);
    }
    await bench.after(5_000);
    expect([...new Set(bench.sequences())]).toEqual(upTo(200));
    expect(bench.sequences().length).toBeLessThan(220);
    expect(ends[0]).toMatchObject({ result: 'done', upTo: 200, sent: 200 });
  });

  it('tries again what a busy broker did not take', async () => {
    const bench = await Bench.start(50);
    let times = 0;
    bench.broker.script = ({ historical }) => (historical && times++ % 7 === 3 ? BUSY : STORED);
    const { ends } = bench.ask(1, 50);
    await bench.after(120_000, 50);
    expect(ends[0]).toMatchObject({ result: 'done', sent: 50 });
    expect([...new Set(bench.sequences())]).toEqual(upTo(50));
  });

  it('fails where the broker refuses it, says how far it came, and leaves the live feed alone', async () => {
    const bench = await Bench.start(50);
    bench.broker.script = ({ historical, payload }) =>
      historical && new TextDecoder().decode(payload).includes('0000000000000020') ? REFUSED : STORED;
    const { ends } = bench.ask(1, 50);
    await bench.after(1_000);
    expect(ends[0]).toMatchObject({ result: 'failed', reason: 'broker_refused', upTo: 19 });
    bench.fill(5);
    await bench.after(1_000);
    expect(bench.outbox.published).toBe(55);
    expect(bench.ask(21, 50).refused).toBeUndefined();
  });

  it('ends where the broker hangs up behind one of its events each time, and the live feed goes on', async () => {
    const bench = await Bench.start(50);
    bench.broker.script = ({ historical }) => {
      if (historical) bench.broker.connection?.cut();
      return historical ? 'silence' : STORED;
    };
    const { ends } = bench.ask(1, 50);
    await bench.after(120_000, 100);
    expect(ends[0]).toMatchObject({ result: 'failed', reason: 'broker_refused', upTo: 0 });
    bench.fill(5);
    await bench.after(5_000);
    expect(bench.outbox.published).toBe(55);
  });

  it('waits while the log cannot be read', async () => {
    const bench = await Bench.start(50);
    const { ends } = bench.ask(1, 50);
    bench.outbox.failure = new GatepostError('log.unavailable', 'The log is gone.');
    await bench.after(20_000, 100);
    bench.outbox.failure = undefined;
    await bench.after(20_000, 100);
    expect(ends[0]).toMatchObject({ result: 'done', sent: 50 });
  });

  it('ends with the gate', async () => {
    const bench = await Bench.start(500);
    const { ends } = bench.ask(1, 500);
    await bench.after(500);
    await bench.pump.stop();
    await settle();
    expect(ends[0]).toMatchObject({ result: 'failed', reason: 'stopping' });
    expect(bench.clock.pendingTimers()).toBe(0);
  });
});
