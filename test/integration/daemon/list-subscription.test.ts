import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { EmbeddedBroker } from '../../../src/adapters/mqtt/embedded-broker.ts';
import { MqttBroker } from '../../../src/adapters/mqtt/mqtt-broker.ts';
import { topicMatches } from '../../../src/adapters/mqtt/mqtt-connection.ts';
import { ListSubscription } from '../../../src/app/lists/list-subscription.ts';
import { UplinkPump } from '../../../src/app/uplink/uplink-pump.ts';
import type { BundleType } from '../../../src/core/bundle/bundle.ts';
import { revocationsContent } from '../../../src/core/bundle/revocations.ts';
import type { BundleAnswer, BundleDelivery } from '../../../src/ports/bundles.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { freePort } from '../../support/free-port.ts';
import { sampleBundle } from '../../support/gate/bundle-samples.ts';
import { type DistributionRig, startDistribution } from '../../support/gate/distribution-rig.ts';
import { accessGranted } from '../../support/gate/event-samples.ts';
import { Inbox } from '../../support/inbox.ts';
import { needs } from '../../support/needs.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const NEVER = new AbortController().signal;
const topicOf = (type: BundleType): string => `gates/v1/willow-court/_dist/${type}`;

interface Gate extends DistributionRig {
  readonly answers: Inbox<BundleAnswer>;
  readonly logger: SilentLogger;
  commit(): void;
}

/** A gate that reads its lists from a broker. */
async function startGate(url: string, protocol: 4 | 5 = 5): Promise<Gate> {
  const store = await openStore(temporaryFolder());
  const rig = await startDistribution(store);
  const answers = new Inbox<BundleAnswer>();
  const logger = new SilentLogger();
  const clock = new SystemClock();
  const lists = new ListSubscription({
    site: 'willow-court',
    clock,
    logger,
    intake: {
      receive: async (delivery: BundleDelivery) => {
        const answer = await rig.distribution.receive(delivery);
        answers.put(answer);
        if (answer.status === 'applied' && answer.type === 'trust') lists.askAgain();
        return answer;
      },
    },
  });
  const pump = new UplinkPump({
    site: 'willow-court',
    gate: 'north',
    software: 'gatepost 0.1.0',
    outbox: store.outbox,
    broker: new MqttBroker({ url, protocol, clientId: 'north' }),
    clock,
    random: Math.random,
    logger,
    onState: () => undefined,
    onConnected: (connection) => lists.attach(connection),
  });
  await pump.start(NEVER);
  onTestFinished(() => pump.stop());
  return { ...rig, answers, logger, commit: () => store.log.commit({ events: [accessGranted()] }) };
}

/** The centre: publishes retained, and resolves when the broker has it. */
async function retain(
  url: string,
  messages: readonly [string, Uint8Array][],
  protocol: 4 | 5 = 5,
): Promise<void> {
  const client = await mqtt.connectAsync(url, { protocolVersion: protocol });
  for (const [topic, bytes] of messages)
    await client.publishAsync(topic, Buffer.from(bytes), { qos: 1, retain: true });
  await client.endAsync();
}

const answered = (gate: Gate, count: number): Promise<unknown> =>
  gate.answers.until((answers) => answers.length >= count);
const words = (gate: Gate): string[] =>
  gate.answers.items.map((answer) =>
    answer.status === 'refused' ? answer.refusal : `${answer.status} ${answer.type} ${answer.number}`,
  );

needs('mosquitto')('signed lists from mosquitto', () => {
  let mosquitto: Mosquitto;
  beforeEach(async () => {
    mosquitto = await Mosquitto.start();
  });
  afterEach(() => mosquitto.stop());

  it('arrive at connect where they lie retained, trust first, and later as they come', async () => {
    await retain(mosquitto.url, [
      [topicOf('orders'), sampleBundle('orders', { number: 3 })],
      [topicOf('trust'), sampleBundle('trust', { number: 2 })],
    ]);
    const gate = await startGate(mosquitto.url);
    await gate.answers.until(() => gate.inForce.kept('orders') !== undefined);
    expect(gate.inForce.kept('trust')?.number).toBe(2);
    await retain(mosquitto.url, [[topicOf('orders'), sampleBundle('orders', { number: 4 })]]);
    await gate.answers.until(() => gate.inForce.kept('orders')?.number === 4);
  });

  it('that are too long for the broker cannot be seen, so the gate says what the broker takes', async () => {
    const small = await Mosquitto.start({ lines: ['max_packet_size 2000000'] });
    onTestFinished(() => small.stop());
    await retain(small.url, [[topicOf('trust'), sampleBundle('trust', { number: 2 })]]);
    const gate = await startGate(small.url);
    await answered(gate, 1);
    const warnings = gate.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toEqual([
      expect.stringMatching(
        /at most 2000000 bytes.* \(up to 16778240\) never comes here.*Raise max_packet_size/,
      ),
    ]);
  });

  it('that are wrong are refused, each with an event that says why', async () => {
    const gate = await startGate(mosquitto.url);
    const good = sampleBundle('revocations', { number: 5 });
    const forged = good.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    await retain(mosquitto.url, [
      [topicOf('trust'), sampleBundle('trust')],
      [topicOf('revocations'), good],
    ]);
    await gate.answers.until(() => gate.inForce.kept('revocations') !== undefined);
    const before = gate.events().length;
    await retain(mosquitto.url, [
      [topicOf('revocations'), sampleBundle('revocations', { number: 4 })],
      [topicOf('revocations'), good.subarray(0, 100)],
      [topicOf('revocations'), sampleBundle('revocations', { number: 6, site: 'elm-court' })],
      [topicOf('policy'), new Uint8Array(20_000).fill(0x9f)],
      [topicOf('revocations'), forged],
      [topicOf('revocations'), new Uint8Array()],
      [topicOf('revocations'), sampleBundle('revocations', { number: 7 })],
    ]);
    await gate.answers.until(() => gate.inForce.kept('revocations')?.number === 7);
    const told = gate.events().slice(before);
    expect(told.map(({ data }) => data.cause ?? data.number)).toEqual([
      'old_number',
      'malformed',
      'wrong_site',
      'malformed',
      'old_number',
      7,
    ]);
  });

  it('that nobody could sign are taken once the keys are known', async () => {
    await retain(mosquitto.url, [[topicOf('directory'), sampleBundle('directory')]]);
    const gate = await startGate(mosquitto.url);
    await answered(gate, 1);
    expect(words(gate)).toEqual(['unknown_signer']);
    await retain(mosquitto.url, [[topicOf('trust'), sampleBundle('trust')]]);
    await gate.answers.until(() => gate.inForce.kept('directory') !== undefined);
  });

  it('of a million entries come whole, while the log goes on', async () => {
    const passes = new Uint8Array(8_000_000);
    const view = new DataView(passes.buffer);
    for (let index = 0; index < 1_000_000; index++) view.setUint32(index * 8 + 4, index);
    const content = new Map([...revocationsContent([], []), ['passes', passes]]);
    const gate = await startGate(mosquitto.url);
    await retain(mosquitto.url, [[topicOf('trust'), sampleBundle('trust')]]);
    await gate.answers.until(() => gate.inForce.kept('trust') !== undefined);
    let commits = 0;
    const busy = setInterval(() => {
      gate.commit();
      commits += 1;
    }, 1);
    onTestFinished(() => clearInterval(busy));
    await retain(mosquitto.url, [[topicOf('revocations'), sampleBundle('revocations', { content })]]);
    await gate.answers.until(() => gate.inForce.kept('revocations') !== undefined);
    expect(commits).toBeGreaterThan(3);
    expect(gate.inForce.content('revocations')?.revoked.isRevoked('00000000000f423f', undefined, 0)).toBe(
      true,
    );
  });
});

describe('signed lists from the embedded broker', () => {
  it('arrive over MQTT 3.1.1', async () => {
    const broker = new EmbeddedBroker(await freePort());
    await broker.start(NEVER);
    onTestFinished(() => broker.stop());
    await retain(broker.url, [[topicOf('trust'), sampleBundle('trust')]], 4);
    const gate = await startGate(broker.url, 4);
    await answered(gate, 1);
    expect(words(gate)[0]).toBe('applied trust 1');
  });
});

describe('topicMatches', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/b', 'a/b/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/b/c', false],
    ['+/b', 'a/b', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'b/a', false],
    ['#', 'a/b', true],
  ])('%s and %s: %s', (filter, topic, expected) => {
    expect(topicMatches(filter, topic)).toBe(expected);
  });
});
