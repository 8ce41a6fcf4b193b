import { describe, expect, it, onTestFinished } from 'vitest';
import type { UplinkState } from '../../src/app/uplink/uplink-health.ts';
import { UplinkPump } from '../../src/app/uplink/uplink-pump.ts';
import { MemoryOutbox } from '../support/broker/memory-outbox.ts';
import { REFUSED, ScriptedBroker, STORED } from '../support/broker/scripted-broker.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const NEVER = new AbortController().signal;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

class Bench {
  readonly clock = new VirtualClock();
  readonly outbox = new MemoryOutbox();
  readonly first = new ScriptedBroker();
  readonly second = new ScriptedBroker();
  readonly states: UplinkState[] = [];
  /** For each connection: to which broker, and whether it is another one than before. */
  readonly connected: [string, boolean][] = [];
  readonly pump = new UplinkPump({
    site: 'willow-court',
    gate: 'north',
    software: 'gatepost 0.1.0',
    outbox: this.outbox,
    broker: this.first,
    second: this.second,
    clock: this.clock,
    random: () => 0,
    logger: new SilentLogger(),
    onState: (state) => this.states.push(state),
    onConnected: (connection, isOther) =>
      this.connected.push([
        this.first.connections.some((one) => one === connection) ? 'first' : 'second',
        isOther,
      ]),
  });
  #filled = 0;

  static async start(prepare: (bench: Bench) => void = () => undefined): Promise<Bench> {
    const bench = new Bench();
    prepare(bench);
    bench.pump.publishState('state/clock', { quality: 'synced' });
    await bench.pump.start(NEVER);
    onTestFinished(async () => {
      const stopped = bench.pump.stop();
      await bench.after(5 * SECOND_MS);
      await stopped;
      expect(bench.clock.pendingTimers()).toBe(0);
    });
    await bench.after(0);
    return bench;
  }
  fill(count: number): void {
    this.outbox.fill(count, this.clock.read().wallMs);
    this.#filled += count;
  }
  /** Time goes by in steps of a second, as it does. */
  async after(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs >= 0; leftMs -= SECOND_MS) {
      this.clock.advance(Math.min(leftMs, SECOND_MS));
      for (let round = 0; round < 5; round++) {
        await settle();
        this.clock.advance(0);
      }
    }
  }
  expectAll(): void {
    // In order of arrival at the brokers, whichever took it.
    expect(this.outbox.published).toBe(this.#filled);
    const both = [...this.first.sequences(), ...this.second.sequences()];
    expect([...new Set(both)].sort((one, other) => one - other)).toEqual(
      Array.from({ length: this.#filled }, (_, index) => index + 1),
    );
  }
  get used(): string | undefined {
    return this.connected.at(-1)?.[0];
  }
}

describe('two brokers', () => {
  it('uses the first while it holds, and never asks the second', async () => {
    const bench = await Bench.start();
    bench.fill(40);
    await bench.after(10 * MINUTE_MS);
    expect(bench.second.tries).toBe(0);
    expect(bench.first.state('state/conn')).toMatchObject({ broker: 'first' });
    bench.expectAll();
  });

  it('uses the second when the first cannot be reached, at a start too, and says so', async () => {
    const bench = await Bench.start(({ first }) => {
      first.present = false;
    });
    bench.fill(40);
    await bench.after(15 * SECOND_MS);
    expect(bench.second.tries).toBe(0);
    await bench.after(30 * SECOND_MS);
    expect(bench.second.state('state/conn')).toMatchObject({ broker: 'second' });
    expect(bench.second.state('state/clock')).toMatchObject({ quality: 'synced' });
    expect(JSON.parse(new TextDecoder().decode(bench.second.wills[0]?.payload))).toMatchObject({
      state: 'lost',
      broker: 'second',
    });
    expect(bench.states.at(-1)).toMatchObject({
      status: 'degraded',
      takesEvents: true,
      error: { code: 'broker.second', message: expect.stringContaining('Nothing listens there') },
    });
    expect(bench.second.state('alert/uplink')).toMatchObject({ severity: 'warning' });
    bench.expectAll();
  });

  it('goes back when the first has held for a while, tells the second goodbye, and nothing is lost', async () => {
    const bench = await Bench.start();
    bench.fill(20);
    await bench.after(0);
    bench.first.present = false;
    bench.first.connection?.cut();
    bench.fill(20);
    await bench.after(40 * SECOND_MS);
    expect(bench.used).toBe('second');
    bench.first.present = true;
    await bench.after(MINUTE_MS);
    bench.fill(20);
    await bench.after(0);
    // The first is being tried, and meanwhile the second takes all.
    expect(bench.first.connections).toHaveLength(2);
    expect(bench.second.sequences().at(-1)).toBe(60);
    expect(bench.used).toBe('second');
    await bench.after(MINUTE_MS);
    expect(bench.connected).toEqual([
      ['first', false],
      ['second', true],
      ['first', true],
    ]);
    expect(bench.first.connections).toHaveLength(2);
    expect(bench.second.state('state/conn')).toMatchObject({ state: 'disconnected', broker: 'second' });
    expect(bench.second.connection).toMatchObject({ destroyed: false, closings: 1 });
    bench.fill(20);
    await bench.after(0);
    expect(bench.first.sequences().at(-1)).toBe(80);
    expect(bench.states.at(-1)).toMatchObject({ status: 'ok', pending: 0 });
    expect(bench.first.state('alert/uplink')).toBeUndefined();
    bench.expectAll();
  });

  it('stays where it is while the first comes and goes', async () => {
    const bench = await Bench.start(({ first }) => {
      first.present = false;
    });
    await bench.after(40 * SECOND_MS);
    bench.first.present = true;
    for (let time = 0; time < 60; time++) {
      await bench.after(20 * SECOND_MS);
      bench.first.connection?.cut();
    }
    expect(bench.connected).toEqual([['second', false]]);
  });

  it('comes back more and more seldom to a first that does not last', async () => {
    const bench = await Bench.start();
    for (let minute = 0; minute < 120; minute++) {
      await bench.after(MINUTE_MS);
      if (bench.used !== 'first') continue;
      bench.first.present = false;
      bench.first.connection?.cut();
      await bench.after(40 * SECOND_MS);
      bench.first.present = true;
    }
    const returns = bench.connected.filter(([name, isOther]) => name === 'first' && isOther).length;
    expect(returns).toBeGreaterThan(3);
    expect(returns).toBeLessThan(9);
  });

  it.each([
    ['is silent', 'silence', 40],
    ['refuses all events', REFUSED, 90],
  ] as const)('leaves a first that %s', async (_what, answer, seconds) => {
    const bench = await Bench.start(({ first }) => {
      first.script = ({ topic }) => (answer === 'silence' || topic.includes('/evt/') ? answer : STORED);
    });
    bench.fill(40);
    await bench.after(seconds * SECOND_MS);
    expect(bench.used).toBe('second');
    expect(bench.second.sequences()).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    // It does not take the probe either, so it is not gone back to.
    await bench.after(10 * MINUTE_MS);
    expect(bench.connected).toHaveLength(2);
    bench.first.script = () => STORED;
    await bench.after(3 * MINUTE_MS);
    expect(bench.used).toBe('first');
    bench.fill(5);
    await bench.after(0);
    bench.expectAll();
    expect(bench.states.at(-1)).toMatchObject({ status: 'ok', pending: 0 });
  });

  it('does not go to and fro where both refuse events', async () => {
    const bench = await Bench.start(({ first, second }) => {
      for (const broker of [first, second])
        broker.script = ({ topic }) => (topic.includes('/evt/') ? REFUSED : STORED);
    });
    bench.fill(5);
    await bench.after(60 * MINUTE_MS);
    expect(bench.connected).toHaveLength(2);
    bench.second.script = () => STORED;
    await bench.after(6 * MINUTE_MS);
    bench.expectAll();
  });

  it('takes over the connection it is trying when the second breaks off', async () => {
    const bench = await Bench.start(({ first }) => {
      first.present = false;
    });
    await bench.after(40 * SECOND_MS);
    bench.first.present = true;
    while (bench.first.connections.length === 0) await bench.after(SECOND_MS);
    bench.second.connection?.cut();
    await bench.after(2 * SECOND_MS);
    expect(bench.used).toBe('first');
    expect(bench.first.connections).toHaveLength(1);
  });

  it('tries both in turn while neither answers, and takes the one that comes first', async () => {
    const bench = await Bench.start(({ first, second }) => {
      first.present = false;
      second.present = false;
    });
    bench.fill(3);
    await bench.after(30 * MINUTE_MS);
    const { tries } = bench.first;
    expect(tries).toBeGreaterThan(10);
    expect(bench.second.tries).toBeGreaterThan(10);
    bench.second.present = true;
    await bench.after(3 * MINUTE_MS);
    expect(bench.used).toBe('second');
    bench.expectAll();
  });
});
