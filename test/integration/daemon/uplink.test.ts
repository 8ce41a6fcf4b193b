import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { MqttBroker } from '../../../src/adapters/mqtt/mqtt-broker.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import type { UplinkState } from '../../../src/app/uplink/uplink-health.ts';
import { UplinkPump } from '../../../src/app/uplink/uplink-pump.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber, type ReceivedMessage } from '../../support/broker/mqtt-subscriber.ts';
import { PublishedContract } from '../../support/broker/published-contract.ts';
import { TcpProxy } from '../../support/broker/tcp-proxy.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';
import { Inbox } from '../../support/inbox.ts';
import { needs } from '../../support/needs.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const NEVER = new AbortController().signal;
const EVENTS = 'gates/v1/willow-court/north/evt/#';
/** Events committed by a test, beside what the log writes itself when it is made. */
const TOTAL = 2000;

interface Arrival {
  readonly id: string;
  readonly sequence: number;
}

needs('mosquitto')('uplink to mosquitto, from a log on disk', () => {
  const clock = new SystemClock();
  let mosquitto: Mosquitto;
  let store: Store;

  beforeEach(async () => {
    store = await openStore(temporaryFolder(), { clock });
  });
  afterEach(() => mosquitto.stop());

  function startPump(url: string): { pump: UplinkPump; states: Inbox<UplinkState> } {
    const states = new Inbox<UplinkState>();
    const pump = new UplinkPump({
      site: 'willow-court',
      gate: 'north',
      software: 'gatepost 0.1.0',
      outbox: store.outbox,
      broker: new MqttBroker({ url, clientId: 'north' }),
      clock,
      random: Math.random,
      logger: new SilentLogger(),
      onState: states.put,
    });
    onTestFinished(() => pump.stop());
    return { pump, states };
  }
  async function subscribe(): Promise<MqttSubscriber> {
    const subscriber = await MqttSubscriber.start({
      url: mosquitto.url,
      topics: [EVENTS],
      persistentId: 'server',
    });
    onTestFinished(() => subscriber.stop());
    return subscriber;
  }
  function commit(count: number): void {
    const { wallMs } = clock.read();
    const pairs = Array.from({ length: count / 2 }, () => [accessGranted({}, wallMs), doorOpened(wallMs)]);
    store.log.commit({ events: pairs.flat() });
  }
  function expectCursorAtEnd(): void {
    const { lastSequence, publishedSequence } = store.outbox.position();
    expect(publishedSequence).toBe(lastSequence);
  }
  /** None missing, none out of order, every body as the contract says, and the cursor at the end. */
  async function expectAll(subscriber: MqttSubscriber, states: Inbox<UplinkState>): Promise<void> {
    const { lastSequence } = store.outbox.position();
    expect(lastSequence).toBeGreaterThan(TOTAL);
    await subscriber.until((got) => distinct(got).size >= lastSequence);
    await states.until((all) => all.at(-1)?.pending === 0);
    const firstTimes = [...distinct(subscriber.messages).values()].map((arrival) => arrival.sequence);
    expect(firstTimes).toEqual(Array.from({ length: lastSequence }, (_, index) => index + 1));
    expectCursorAtEnd();
    const contract = new PublishedContract();
    const faults = subscriber.messages.flatMap((one) => contract.faults(one.topic, one.payload));
    expect(faults).toEqual([]);
  }

  it('loses no event while the broker is absent at first and is stopped and started in the middle', async () => {
    mosquitto = await Mosquitto.start({
      lines: ['persistence true', 'persistence_location %folder%/', 'max_queued_messages 0'],
    });
    const subscriber = await subscribe();
    await mosquitto.suspend();
    commit(TOTAL / 2);
    const { pump, states } = startPump(mosquitto.url);
    await pump.start(NEVER);
    await states.until((all) => all.at(-1)?.error?.code === 'broker.unreachable');
    await mosquitto.resume();
    await subscriber.until((got) => distinct(got).size >= 300);
    await mosquitto.suspend();
    commit(TOTAL / 2);
    await states.until((all) => all.at(-1)?.status === 'missing');
    await mosquitto.resume();
    await expectAll(subscriber, states);
  });

  it('loses no event when the connection is cut again and again, with answers on their way', async () => {
    mosquitto = await Mosquitto.start({ lines: ['max_queued_messages 0'] });
    const proxy = await TcpProxy.start(mosquitto.port);
    onTestFinished(() => proxy.stop());
    const subscriber = await subscribe();
    const { pump, states } = startPump(`mqtt://127.0.0.1:${proxy.port}`);
    await pump.start(NEVER);
    commit(TOTAL);
    for (const seen of [100, 700, 1300]) {
      await subscriber.until((got) => distinct(got).size >= seen);
      proxy.cut();
    }
    await expectAll(subscriber, states);
    expect(proxy.connections).toBeGreaterThanOrEqual(4);
  });

  it('comes back by itself after the broker was killed', async () => {
    mosquitto = await Mosquitto.start();
    const { pump, states } = startPump(mosquitto.url);
    await pump.start(NEVER);
    await states.until((all) => all.at(-1)?.status === 'ok');
    await mosquitto.kill();
    await states.until((all) => all.at(-1)?.status === 'missing');
    commit(100);
    await mosquitto.resume();
    await states.until((all) => all.at(-1)?.status === 'ok' && all.at(-1)?.pending === 0);
    expectCursorAtEnd();
  });

  it('goes on after a restart of the gate where it stood, and says goodbye in between', async () => {
    mosquitto = await Mosquitto.start();
    const subscriber = await MqttSubscriber.start({ url: mosquitto.url, topics: ['gates/#'] });
    onTestFinished(() => subscriber.stop());
    for (const _run of [1, 2]) {
      const { pump, states } = startPump(mosquitto.url);
      commit(100);
      await pump.start(NEVER);
      await states.until((all) => all.at(-1)?.status === 'ok' && all.at(-1)?.pending === 0);
      await pump.stop();
      expectCursorAtEnd();
    }
    await subscriber.until((got) => got.filter((one) => one.payload.includes('"disconnected"')).length === 2);
    const arrivals = subscriber.messages.filter((one) => one.topic.includes('/evt/'));
    expect(arrivals).toHaveLength(store.outbox.position().lastSequence);
    expect(subscriber.messages.some((one) => one.payload.includes('"lost"'))).toBe(false);
  });

  it('gets every event through where one line of the access list is missing, and names what it refuses', async () => {
    mosquitto = await Mosquitto.start({
      lines: ['acl_file %folder%/acl', 'max_queued_messages 0'],
      files: {
        acl: 'topic read gates/#\npattern write gates/v1/willow-court/%c/state/#\npattern write gates/v1/willow-court/%c/evt/+\n',
      },
    });
    const { pump, states } = startPump(mosquitto.url);
    await pump.start(NEVER);
    commit(100);
    const seen = await states.until((all) => all.at(-1)?.pending === 0 && all.at(-1)?.error !== undefined);
    expectCursorAtEnd();
    expect(seen.at(-1)).toMatchObject({
      status: 'degraded',
      takesEvents: true,
      error: {
        message: expect.stringMatching(/refuses gates\/v1\/willow-court\/north\/alert\/uplink: .*0x87/),
      },
    });
  });

  it.each(['max_packet_size', 'message_size_limit'])(
    'says that an event is over the %s of the broker, and does not connect again and again for it',
    async (setting) => {
      mosquitto = await Mosquitto.start({ lines: [`${setting} 600`] });
      const proxy = await TcpProxy.start(mosquitto.port);
      onTestFinished(() => proxy.stop());
      const { pump, states } = startPump(`mqtt://127.0.0.1:${proxy.port}`);
      commit(10);
      await pump.start(NEVER);
      const { lastSequence, publishedSequence } = store.outbox.position();
      const seen = await states.until((all) => all.at(-1)?.error?.code === 'broker.refused');
      expect(seen.at(-1)?.error?.message).toMatch(
        setting === 'max_packet_size'
          ? /refuses event \d+ on \S+: it takes packets of at most 600 bytes, and this one has \d{3,4}; raise max_packet_size/
          : /refuses event \d+ on \S+: it takes no message of this size, and this one has \d{3,4}; raise max_packet_size/,
      );
      expect(seen.at(-1)).toMatchObject({
        status: 'degraded',
        takesEvents: false,
        pending: lastSequence - publishedSequence,
      });
      expect(proxy.connections).toBe(1);
      await pump.stop();
    },
  );

  it('stops and says so when the access list forbids the topic, and loses nothing', async () => {
    mosquitto = await Mosquitto.start({
      lines: ['acl_file %folder%/acl'],
      files: { acl: 'topic read gates/#\npattern write gates/v1/willow-court/%c/state/#\n' },
    });
    commit(100);
    const { pump, states } = startPump(mosquitto.url);
    await pump.start(NEVER);
    const refused = await states.until((all) => all.at(-1)?.error?.code === 'broker.refused');
    expect(refused.at(-1)).toMatchObject({
      status: 'degraded',
      pending: store.outbox.position().lastSequence,
    });
    expect(refused.at(-1)?.error?.message).toContain('0x87');
    await pump.stop();
    expect(store.outbox.position().publishedSequence).toBe(0);
  });
});

/** What was read so far of a list that grows: reading all of it anew for each message takes longer than all else here. */
const readSoFar = new WeakMap<
  readonly ReceivedMessage[],
  { count: number; arrivals: Map<string, Arrival> }
>();

/** First arrival of every event, in order of arrival. */
function distinct(messages: readonly ReceivedMessage[]): ReadonlyMap<string, Arrival> {
  const known = readSoFar.get(messages) ?? { count: 0, arrivals: new Map<string, Arrival>() };
  readSoFar.set(messages, known);
  for (const message of messages.slice(known.count)) {
    const { source, id, sequence } = JSON.parse(message.payload.toString('utf8'));
    const identity = `${source} ${id}`;
    if (!known.arrivals.has(identity)) known.arrivals.set(identity, { id, sequence: Number(sequence) });
  }
  known.count = messages.length;
  return known.arrivals;
}
