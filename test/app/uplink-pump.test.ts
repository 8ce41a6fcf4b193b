import { describe, expect, it } from 'vitest';
import type { UplinkState } from '../../src/app/uplink/uplink-health.ts';
import { UplinkPump } from '../../src/app/uplink/uplink-pump.ts';
import type { DoorMode } from '../../src/core/access/vocabulary.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { MemoryOutbox } from '../support/broker/memory-outbox.ts';
import { BUSY, REFUSED, ScriptedBroker, STORED } from '../support/broker/scripted-broker.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const NEVER = new AbortController().signal;

class Bench {
  readonly clock = new VirtualClock();
  readonly outbox = new MemoryOutbox();
  readonly broker = new ScriptedBroker();
  readonly logger = new SilentLogger();
  readonly states: UplinkState[] = [];
  readonly pump = new UplinkPump({
    site: 'willow-court',
    gate: 'north',
    software: 'gatepost 0.1.0',
    outbox: this.outbox,
    broker: this.broker,
    clock: this.clock,
    random: () => 0,
    logger: this.logger,
    onState: (state) => this.states.push(state),
  });

  fill(count: number): void {
    this.outbox.fill(count, this.clock.read().wallMs);
  }
  async start(): Promise<void> {
    await this.pump.start(NEVER);
    await this.turn();
  }
  /** Lets everything run that is due now. */
  async turn(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      await settle();
      this.clock.advance(0);
    }
    await settle();
  }
  async after(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.turn();
  }
  async drained(): Promise<void> {
    for (let round = 0; this.outbox.published < this.outbox.events.length && round < 2000; round++)
      await this.turn();
  }
  get state(): UplinkState | undefined {
    return this.states.at(-1);
  }
}

function door(mode: DoorMode) {
  return { mode, physical: 'Closed', alarm: 'Normal' } as const;
}

/** Sequences as a receiver takes them that knows what it has seen. */
function firstArrivals(sequences: readonly number[]): number[] {
  return [...new Set(sequences)];
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('uplink pump', () => {
  it('publishes the stored bytes in order, each once, and moves the cursor to the end', async () => {
    const bench = new Bench();
    bench.fill(250);
    await bench.start();
    await bench.drained();
    expect(bench.broker.sequences()).toEqual(upTo(250));
    expect(bench.outbox.published).toBe(250);
    const first = bench.broker.arrived.find((message) => message.topic.endsWith('/evt/operator'));
    expect(first?.payload).toBe(bench.outbox.events[0]?.body);
    expect(first).toMatchObject({
      topic: 'gates/v1/willow-court/north/evt/operator',
      retain: false,
      historical: false,
      contentType: 'application/cloudevents+json',
    });
    await bench.pump.stop();
    expect(bench.clock.pendingTimers()).toBe(0);
  });

  it.each([
    [65_535, 20],
    [7, 7],
    [1, 1],
  ])('with Receive Maximum %i it has at most %i in flight', async (receiveMaximum, window) => {
    const bench = new Bench();
    bench.broker.receiveMaximum = receiveMaximum;
    bench.pump.publishState('state/door/main', door('Locked'));
    bench.fill(100);
    await bench.start();
    await bench.drained();
    expect(bench.broker.sequences()).toEqual(upTo(100));
    expect(bench.broker.connection?.mostInFlight).toBe(window);
    // Saving stops the gate for as long as its disk takes: not once for each answer.
    expect(bench.outbox.cursor.length).toBeLessThan(10);
    await bench.pump.stop();
  });

  it('reads a long backlog in small pieces and saves the cursor at least every 500 events', async () => {
    const bench = new Bench();
    bench.fill(5000);
    await bench.start();
    await bench.drained();
    expect(bench.outbox.largestRead).toBeLessThanOrEqual(200);
    const steps = bench.outbox.cursor.map((value, index) => value - (bench.outbox.cursor[index - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(500);
    expect(bench.outbox.cursor.length).toBeLessThan(250);
    await bench.pump.stop();
  });

  it.each([
    ['a backlog', 3_600_000, [2, 4, 6, 8, 10]],
    // Each leaves at once.
    ['this moment', 0, [1, 2, 3, 4, 5]],
  ])('lets others have their turn between the events of %s', async (_, agoMs, expected) => {
    const bench = new Bench();
    await bench.start();
    bench.outbox.fill(20, bench.clock.read().wallMs - agoMs);
    const sentBefore: number[] = [];
    const look = (): void => {
      sentBefore.push(bench.broker.sequences().length);
      if (sentBefore.length < 5) bench.clock.schedule(0, look);
    };
    bench.clock.schedule(0, look);
    bench.clock.advance(0);
    expect(sentBefore).toEqual(expected);
    await bench.pump.stop();
  });

  it('sends an event before the state that changes with it, and a state before the rest of a backlog', async () => {
    const bench = new Bench();
    bench.pump.publishState('state/door/main', door('Locked'));
    bench.fill(1);
    await bench.start();
    await bench.drained();
    const kinds = () =>
      bench.broker.arrived.map(({ topic }) => (topic.includes('/evt/') ? 'event' : 'state'));
    // What is there at the connection comes first.
    expect(kinds().slice(-2)).toEqual(['state', 'event']);
    const before = kinds().length;
    bench.pump.publishState('state/door/main', door('Accessed'));
    bench.fill(1);
    await bench.drained();
    expect(kinds().slice(before)).toEqual(['event', 'state']);
    bench.outbox.fill(100, bench.clock.read().wallMs - 3_600_000);
    bench.pump.publishState('state/door/main', door('Locked'));
    await bench.drained();
    expect(
      kinds()
        .slice(before + 2)
        .indexOf('state'),
    ).toBe(1);
    await bench.pump.stop();
  });

  it('publishes a new event when it is committed, never inside the commit', async () => {
    const bench = new Bench();
    await bench.start();
    bench.fill(1);
    expect(bench.broker.sequences()).toEqual([]);
    await bench.turn();
    expect(bench.broker.sequences()).toEqual([1]);
    await bench.pump.stop();
  });

  it('marks what is sent more than 60 s late as historical, by the property only', async () => {
    const bench = new Bench();
    bench.broker.present = false;
    bench.fill(1);
    await bench.start();
    await bench.clock.advanceAsync(61_000, 500);
    bench.fill(1);
    bench.broker.present = true;
    await bench.clock.advanceAsync(60_000, 500);
    const marks = bench.broker.arrived
      .filter((message) => message.topic.includes('/evt/'))
      .map((message) => message.historical);
    expect(bench.broker.sequences()).toEqual([1, 2]);
    expect(marks[0]).toBe(true);
    expect(bench.broker.arrived.find((m) => m.topic.includes('/evt/'))?.payload).toBe(
      bench.outbox.events[0]?.body,
    );
    await bench.pump.stop();
  });

  it('starts without a broker, says so, and catches up when there is one', async () => {
    const bench = new Bench();
    bench.broker.present = false;
    bench.fill(30);
    await bench.start();
    await bench.after(1000);
    expect(bench.state).toMatchObject({
      status: 'missing',
      pending: 30,
      error: { code: 'broker.unreachable' },
    });
    bench.broker.present = true;
    await bench.after(2000);
    await bench.drained();
    await bench.after(1000);
    expect(bench.state).toMatchObject({ status: 'ok', pending: 0 });
    expect(bench.broker.sequences()).toEqual(upTo(30));
    await bench.pump.stop();
  });

  it('sends again from the cursor after the connection broke off', async () => {
    const bench = new Bench();
    bench.fill(100);
    let answers = 0;
    bench.broker.script = (message) => {
      if (!message.topic.includes('/evt/')) return STORED;
      answers += 1;
      return answers > 30 ? 'silence' : STORED;
    };
    await bench.start();
    await bench.after(300);
    expect(bench.outbox.published).toBe(30);
    bench.broker.script = () => STORED;
    bench.broker.connection?.cut();
    await bench.turn();
    await bench.after(1000);
    await bench.drained();
    expect(new Set(bench.broker.sequences())).toEqual(new Set(upTo(100)));
    expect(bench.broker.sequences().slice(-70)).toEqual(upTo(100, 31));
    await bench.pump.stop();
  });

  it('cuts a connection that acknowledges nothing for 30 s, and only then', async () => {
    const bench = new Bench();
    await bench.start();
    await bench.after(120_000);
    expect(bench.broker.connections).toHaveLength(1);
    bench.broker.script = () => 'silence';
    bench.fill(1);
    await bench.turn();
    await bench.after(29_999);
    expect(bench.broker.connection?.destroyed).toBe(false);
    await bench.after(1);
    expect(bench.broker.connections[0]?.destroyed).toBe(true);
    expect(bench.state).toMatchObject({ status: 'degraded', error: { code: 'broker.lost' } });
    bench.broker.script = () => STORED;
    await bench.after(1000);
    await bench.drained();
    expect(bench.outbox.published).toBe(1);
    await bench.pump.stop();
  });

  it('stalls at a single lost PUBACK, cuts, and passes no gap', async () => {
    const bench = new Bench();
    bench.fill(500);
    let lose = true;
    bench.broker.script = (message) => {
      if (!message.topic.includes('/evt/')) return STORED;
      const { sequence } = JSON.parse(new TextDecoder().decode(message.payload));
      return lose && Number(sequence) === 50 ? 'silence' : STORED;
    };
    await bench.start();
    for (let round = 0; round < 50; round++) await bench.turn();
    await bench.after(300);
    expect(bench.outbox.published).toBe(49);
    expect(Math.max(...bench.broker.sequences())).toBeLessThanOrEqual(49 + 20);
    await bench.clock.advanceAsync(31_000, 500);
    expect(bench.broker.connections[0]?.destroyed).toBe(true);
    lose = false;
    await bench.after(2000);
    await bench.drained();
    expect(bench.outbox.published).toBe(500);
    await bench.pump.stop();
  });

  it('stops at a refused event, raises an alert, tries again after five minutes and drops nothing', async () => {
    const bench = new Bench();
    bench.fill(60);
    let refuse = true;
    bench.broker.script = (message) => (refuse && message.topic.endsWith('/evt/door') ? REFUSED : STORED);
    await bench.start();
    await bench.turn();
    expect(bench.outbox.published).toBe(1);
    expect(bench.state).toMatchObject({ status: 'degraded', error: { code: 'broker.refused' } });
    expect(bench.broker.state('alert/uplink')).toMatchObject({ severity: 'error' });
    const sent = bench.broker.sequences().length;
    await bench.clock.advanceAsync(299_000, 1000);
    expect(bench.broker.sequences()).toHaveLength(sent);
    await bench.after(1000);
    expect(bench.broker.sequences().length).toBeGreaterThan(sent);
    expect(bench.outbox.published).toBe(1);
    refuse = false;
    await bench.clock.advanceAsync(300_000, 1000);
    await bench.drained();
    expect(bench.outbox.published).toBe(60);
    await bench.after(1000);
    expect(bench.state).toMatchObject({ status: 'ok', pending: 0 });
    expect(bench.broker.state('alert/uplink')).toBeUndefined();
    expect(bench.broker.connections).toHaveLength(1);
    await bench.pump.stop();
  });

  it('asks a broker that hangs up after a refusal no more often, and keeps saying why', async () => {
    const bench = new Bench();
    bench.fill(10);
    bench.broker.script = (message) => (message.topic.includes('/evt/') ? REFUSED : STORED);
    await bench.start();
    const sent = bench.broker.sequences().length;
    bench.broker.connection?.cut();
    await bench.turn();
    expect(bench.state).toMatchObject({ status: 'missing', error: { code: 'broker.lost' } });
    await bench.clock.advanceAsync(200_000, 1000);
    expect(bench.broker.connections).toHaveLength(2);
    expect(bench.broker.sequences()).toHaveLength(sent);
    expect(bench.state).toMatchObject({ status: 'degraded', error: { code: 'broker.refused' } });
    expect(bench.broker.state('alert/uplink')).toMatchObject({ severity: 'error' });
    bench.broker.script = () => STORED;
    await bench.clock.advanceAsync(110_000, 1000);
    expect(bench.outbox.published).toBe(10);
    expect(bench.state).toMatchObject({ status: 'ok', pending: 0 });
    expect(bench.broker.state('alert/uplink')).toBeUndefined();
    await bench.pump.stop();
  });

  it('goes on sending states while events are refused', async () => {
    const bench = new Bench();
    bench.fill(2);
    bench.broker.script = (message) => (message.topic.includes('/evt/') ? REFUSED : STORED);
    await bench.start();
    bench.pump.publishState('state/door/main', door('Blocked'));
    await bench.turn();
    expect(bench.broker.state('state/door/main')).toMatchObject({ mode: 'Blocked', sequence: 2 });
    await bench.pump.stop();
  });

  it('backs off from a busy broker with growing pauses and goes on from the cursor', async () => {
    const bench = new Bench();
    bench.broker.receiveMaximum = 1;
    bench.fill(3);
    bench.broker.script = (message) => (message.topic.includes('/evt/') ? BUSY : STORED);
    await bench.start();
    const tries: number[] = [];
    for (const pauseMs of [999, 1, 1999, 1, 3999, 1]) {
      await bench.after(pauseMs);
      tries.push(bench.broker.sequences().length);
    }
    expect(tries).toEqual([1, 2, 2, 3, 3, 4]);
    bench.broker.script = () => STORED;
    await bench.after(8000);
    await bench.drained();
    expect(bench.outbox.published).toBe(3);
    // Written down by itself where no commit takes it along.
    await bench.after(10_000);
    expect(bench.outbox.cursor.at(-1)).toBe(3);
    await bench.pump.stop();
  });

  it('waits while the log fails and goes on when it works again', async () => {
    const bench = new Bench();
    await bench.start();
    bench.outbox.failure = new GatepostError('log.unavailable', 'The disk is full.');
    bench.fill(5);
    await bench.turn();
    expect(bench.state).toMatchObject({ status: 'degraded', error: { code: 'log.unavailable' } });
    await bench.after(5000);
    expect(bench.state).toMatchObject({ status: 'degraded' });
    bench.outbox.failure = undefined;
    await bench.after(5000);
    await bench.drained();
    await bench.after(1000);
    expect(bench.outbox.published).toBe(5);
    expect(bench.state).toMatchObject({ status: 'ok' });
    await bench.pump.stop();
  });

  it('keeps only the newest value of a state and sends all of them again after a reconnect', async () => {
    const bench = new Bench();
    bench.broker.present = false;
    await bench.start();
    for (const mode of ['Locked', 'Accessed', 'LockedDown'] as const)
      bench.pump.publishState('state/door/main', door(mode));
    bench.pump.setCondition({ state: 'ready', devices: { 'scanner:main-in': 'ok' } });
    bench.broker.present = true;
    await bench.after(1000);
    const topic = 'gates/v1/willow-court/north/state/door/main';
    const sent = (): number => bench.broker.arrived.filter((message) => message.topic === topic).length;
    expect(sent()).toBe(1);
    expect(bench.broker.state('state/door/main')).toMatchObject(door('LockedDown'));
    expect(bench.broker.state('state/conn')).toMatchObject({
      state: 'ready',
      software: 'gatepost 0.1.0',
      devices: { 'scanner:main-in': 'ok' },
    });
    bench.broker.connection?.cut();
    await bench.turn();
    await bench.after(2000);
    expect(bench.broker.connections).toHaveLength(2);
    expect(sent()).toBe(2);
    await bench.pump.stop();
  });

  it('does not let a state that a busy broker sends back spin', async () => {
    const bench = new Bench();
    bench.broker.script = (message) => (message.topic.includes('/state/door') ? BUSY : STORED);
    bench.pump.publishState('state/door/main', door('Locked'));
    bench.fill(10);
    await bench.start();
    for (let round = 0; round < 20; round++) await bench.turn();
    expect(bench.broker.arrived.filter((m) => m.topic.includes('/state/door'))).toHaveLength(1);
    expect(bench.outbox.published).toBe(10);
    bench.broker.script = () => STORED;
    await bench.after(10_000);
    expect(bench.broker.arrived.filter((m) => m.topic.includes('/state/door'))).toHaveLength(2);
    await bench.pump.stop();
  });

  it('gives the broker a will that says lost, and says disconnected when it stops', async () => {
    const bench = new Bench();
    bench.fill(40);
    await bench.start();
    const will = bench.broker.wills[0];
    expect(will).toMatchObject({ topic: 'gates/v1/willow-court/north/state/conn', retain: true });
    expect(JSON.parse(new TextDecoder().decode(will?.payload))).toMatchObject({ state: 'lost', lastSeq: 40 });
    await bench.pump.stop();
    expect(bench.broker.state('state/conn')).toMatchObject({ state: 'disconnected' });
    expect(bench.broker.connection?.closings).toBeGreaterThan(0);
    await bench.pump.stop();
  });

  it('still sends what was written just before it stops, and says disconnected last', async () => {
    const bench = new Bench();
    bench.fill(3);
    await bench.start();
    bench.fill(1);
    await bench.pump.stop();
    expect(bench.outbox.published).toBe(4);
    expect(bench.broker.arrived.at(-1)?.topic).toMatch(/state\/conn$/);
  });

  const ALERT = 'gates/v1/willow-court/north/alert/uplink';
  const DOOR = 'gates/v1/willow-court/north/state/door/main';

  it('offers a refused state no more for five minutes, over reconnects too, and names it', async () => {
    const bench = new Bench();
    bench.broker.script = (message) => (message.topic === DOOR ? REFUSED : STORED);
    bench.pump.publishState('state/door/main', door('Locked'));
    bench.fill(5);
    await bench.start();
    const offered = (): number => bench.broker.arrived.filter(({ topic }) => topic === DOOR).length;
    expect(offered()).toBe(1);
    bench.pump.publishState('state/door/main', door('Blocked'));
    await bench.turn();
    for (let cut = 0; cut < 5; cut++) {
      bench.broker.connection?.cut();
      await bench.clock.advanceAsync(50_000, 1000);
    }
    expect(bench.broker.connections).toHaveLength(6);
    expect(offered()).toBe(1);
    expect(bench.outbox.published).toBe(5);
    expect(bench.broker.state('alert/uplink')).toMatchObject({
      text: expect.stringMatching(/refuses gates\S+state\/door\/main: Not authorized \(0x87\)\. Allow/),
    });
    expect(bench.state).toMatchObject({ status: 'degraded', takesEvents: true, pending: 0 });
    bench.broker.script = () => STORED;
    await bench.clock.advanceAsync(60_000, 1000);
    expect(bench.broker.state('state/door/main')).toMatchObject(door('Blocked'));
    expect(bench.broker.state('alert/uplink')).toBeUndefined();
    expect(bench.state).toMatchObject({ status: 'ok' });
    await bench.pump.stop();
  });

  it.each([
    ['the alert', ALERT],
    ['a state', DOOR],
  ])(
    'gets every event through a broker that hangs up without a word behind %s, and names it',
    async (_name, topic) => {
      const bench = new Bench();
      bench.pump.publishState('state/door/main', door('Locked'));
      bench.pump.publishState('state/clock', { quality: 'synced' });
      bench.fill(200);
      // What was sent behind it is lost with the connection, as in a reset.
      bench.broker.script = (message) => {
        if (message.topic !== topic) return STORED;
        bench.broker.connection?.cut();
        return 'silence';
      };
      await bench.start();
      await bench.clock.advanceAsync(120_000, 500);
      expect(bench.outbox.published).toBe(200);
      expect(firstArrivals(bench.broker.sequences())).toEqual(upTo(200));
      expect(bench.state).toMatchObject({
        status: 'degraded',
        takesEvents: true,
        error: { message: expect.stringContaining(topic) },
      });
      const tries = bench.broker.connections.length;
      expect(tries).toBeLessThanOrEqual(6);
      if (topic !== ALERT)
        expect(bench.broker.state('alert/uplink')).toMatchObject({ text: expect.stringContaining(topic) });
      await bench.clock.advanceAsync(150_000, 500);
      expect(bench.broker.connections).toHaveLength(tries);
      bench.fill(5);
      await bench.turn();
      await bench.drained();
      expect(bench.outbox.published).toBe(205);
      await bench.pump.stop();
    },
  );

  it('names the event a broker hangs up behind, holds it and all behind it, and drops nothing', async () => {
    const bench = new Bench();
    bench.fill(10);
    let unwanted = true;
    bench.broker.script = (message) => {
      if (!unwanted || !message.topic.endsWith('/evt/door')) return STORED;
      bench.broker.connection?.cut();
      return 'silence';
    };
    await bench.start();
    await bench.clock.advanceAsync(60_000, 500);
    expect(bench.outbox.published).toBe(1);
    expect(bench.state).toMatchObject({
      status: 'degraded',
      takesEvents: false,
      error: { message: expect.stringMatching(/event 2 on gates\S+evt\/door: it ends the connection/) },
    });
    expect(bench.broker.state('alert/uplink')).toMatchObject({ text: expect.stringContaining('evt/door') });
    const tries = bench.broker.connections.length;
    await bench.clock.advanceAsync(200_000, 500);
    expect(bench.broker.connections).toHaveLength(tries);
    unwanted = false;
    await bench.clock.advanceAsync(300_000, 500);
    expect(bench.outbox.published).toBe(10);
    expect(firstArrivals(bench.broker.sequences())).toEqual(upTo(10));
    expect(bench.state).toMatchObject({ status: 'ok', pending: 0 });
    expect(bench.broker.state('alert/uplink')).toBeUndefined();
    await bench.pump.stop();
  });

  it.each([2, 4, 6])(
    'lets events and states have their turn where connections end after %i packets',
    async (most) => {
      const bench = new Bench();
      for (const name of ['main', 'side', 'back', 'yard', 'park'])
        bench.pump.publishState(`state/door/${name}`, door('Locked'));
      bench.fill(20);
      let packets = 0;
      bench.broker.script = () => {
        packets += 1;
        if (packets <= most) return STORED;
        packets = 0;
        bench.broker.connection?.cut();
        return 'silence';
      };
      await bench.start();
      await bench.clock.advanceAsync(1_200_000, 1000);
      expect(bench.outbox.published).toBe(20);
      expect(firstArrivals(bench.broker.sequences())).toEqual(upTo(20));
      for (const name of ['main', 'side', 'back', 'yard', 'park'])
        expect(bench.broker.state(`state/door/${name}`), name).toMatchObject(door('Locked'));
      expect(bench.state).toMatchObject({ pending: 0 });
      await bench.pump.stop();
    },
  );

  it('holds an event that is too large for the broker, with its number and the sizes, and sends it once there is room', async () => {
    const bench = new Bench();
    bench.fill(6);
    let limit = 700;
    bench.broker.script = (message) =>
      message.topic.includes('/evt/') && message.payload.byteLength > limit
        ? {
            status: 'refused',
            code: 0x95,
            detail: `it takes packets of at most ${limit} bytes, and this one has 873`,
          }
        : STORED;
    const large = bench.outbox.events[2];
    if (large === undefined) throw new Error('no third event');
    bench.outbox.events[2] = {
      ...large,
      body: Buffer.concat([
        large.body.subarray(0, -1),
        Buffer.from(',"x":"'.padEnd(800, 'x')),
        Buffer.from('"}'),
      ]),
    };
    await bench.start();
    await bench.turn();
    expect(bench.outbox.published).toBe(2);
    const text = expect.stringMatching(/event 3 on .*at most 700 bytes, and this one has 873/);
    expect(bench.broker.state('alert/uplink')).toMatchObject({ text });
    await bench.clock.advanceAsync(290_000, 1000);
    expect(bench.broker.connections).toHaveLength(1);
    limit = 10_000;
    await bench.clock.advanceAsync(20_000, 1000);
    expect(bench.outbox.published).toBe(6);
    await bench.pump.stop();
  });

  it('has never more than 520 events sent and not saved: a gate that is killed repeats no more', async () => {
    const bench = new Bench();
    bench.fill(5000);
    let most = 0;
    bench.broker.script = ({ topic, payload }) => {
      if (!topic.includes('/evt/')) return STORED;
      const { sequence } = JSON.parse(new TextDecoder().decode(payload));
      most = Math.max(most, Number(sequence) - (bench.outbox.cursor.at(-1) ?? 0));
      return STORED;
    };
    await bench.start();
    await bench.drained();
    expect(most).toBeGreaterThan(20);
    expect(most).toBeLessThanOrEqual(520);
    await bench.pump.stop();
  });

  it('stops in bounded time although answers never come', async () => {
    const bench = new Bench();
    bench.broker.script = () => 'silence';
    bench.fill(40);
    await bench.start();
    const stopped = bench.pump.stop();
    await bench.after(2000);
    await stopped;
    expect(bench.outbox.published).toBe(0);
    expect(bench.clock.pendingTimers()).toBe(0);
  });
});
