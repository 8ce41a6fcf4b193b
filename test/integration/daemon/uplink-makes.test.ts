import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { MqttBrokerSettings } from '../../../src/adapters/mqtt/mqtt-broker.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber, type ReceivedMessage } from '../../support/broker/mqtt-subscriber.ts';
import { OtherBroker } from '../../support/broker/other-brokers.ts';
import { TcpProxy } from '../../support/broker/tcp-proxy.ts';
import { TestAuthority } from '../../support/broker/test-authority.ts';
import { closeGaps, firstArrivals, UplinkGate, upTo } from '../../support/broker/uplink-gate.ts';
import { type NeededProgram, needs } from '../../support/needs.ts';

const NEVER = new AbortController().signal;
const ROOT = 'gates/v1/willow-court/north';
const FOLDER = mkdtempSync(join(tmpdir(), 'gatepost-makes-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** A running broker, and how gate and server come to it. */
interface Running {
  readonly broker: Pick<Mosquitto, 'port' | 'kill' | 'resume' | 'stop'>;
  readonly gate?: Omit<MqttBrokerSettings, 'url' | 'clientId'>;
  readonly server?: Omit<Parameters<typeof MqttSubscriber.start>[0], 'url' | 'topics'>;
}

interface Make {
  readonly name: string;
  readonly needed: readonly NeededProgram[];
  readonly protocol: 4 | 5;
  readonly start: () => Promise<Running>;
  /** False where a second start takes too long for a test. */
  readonly isKilled?: boolean;
  /** False where a wildcard brings no retained message. */
  readonly keepsForWildcards?: boolean;
}

/** A block of a page in config/broker, word for word. */
function documented(page: string, begin: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../..', page), 'utf8');
  const block = text.split('```').find((part) => part.startsWith('\n') && part.includes(begin));
  if (block === undefined) throw new Error(`${page} has no block with ${begin}`);
  return block.trim().split('\n');
}

const LASTING = ['persistence true', 'persistence_location %folder%/', 'max_queued_messages 0'];

async function withCertificates(): Promise<Running> {
  const authority = new TestAuthority();
  const [own, north, central] = ['broker', 'north', 'central'].map((name) => authority.issue(name));
  authority.remove();
  if (own === undefined || north === undefined || central === undefined) throw new Error('unreachable');
  const [caFile, certFile, keyFile] = [join(FOLDER, 'ca'), join(FOLDER, 'cert'), join(FOLDER, 'key')];
  writeFileSync(caFile, authority.cert);
  writeFileSync(certFile, north.cert);
  writeFileSync(keyFile, north.key);
  const listener = documented('config/broker/mosquitto.md', 'require_certificate')
    .filter((line) => !/^(listener|per_listener_settings|allow_anonymous)/.test(line))
    .map((line) => line.replace(/\/(?:etc|var)\/\S*\/(?=\S*$)/, '%folder%/'));
  const broker = await Mosquitto.start({
    anonymous: false,
    lines: listener,
    files: {
      'gates-ca.crt': authority.cert,
      'broker.crt': own.cert,
      'broker.key': own.key,
      'gatepost.acl': `${documented('config/broker/mosquitto.md', 'pattern write').join('\n')}\n`,
    },
  });
  return {
    broker,
    gate: { caFile, certFile, keyFile },
    server: { tls: { ca: authority.cert, cert: central.cert, key: central.key } },
  };
}

async function natsWithUsers(): Promise<Running> {
  const passwordFile = join(FOLDER, 'password');
  writeFileSync(passwordFile, 'a quiet morning');
  return {
    broker: await OtherBroker.nats(documented('config/broker/nats.md', 'jetstream')),
    gate: { username: 'north', passwordFile },
    server: { username: 'central', password: 'a quiet evening' },
  };
}

const MAKES: readonly Make[] = [
  {
    name: 'mosquitto on MQTT 5',
    needed: ['mosquitto'],
    protocol: 5,
    start: async () => ({ broker: await Mosquitto.start({ lines: LASTING }) }),
  },
  {
    name: 'mosquitto on MQTT 3.1.1',
    needed: ['mosquitto'],
    protocol: 4,
    start: async () => ({ broker: await Mosquitto.start({ lines: LASTING }) }),
  },
  {
    name: 'mosquitto with client certificates and an access list by common name',
    needed: ['mosquitto', 'openssl'],
    protocol: 5,
    start: withCertificates,
  },
  { name: 'NATS with JetStream', needed: ['nats-server'], protocol: 4, start: natsWithUsers },
  {
    name: 'RabbitMQ',
    needed: ['rabbitmq-server'],
    protocol: 4,
    start: async () => ({
      broker: await OtherBroker.rabbitMq(documented('config/broker/rabbitmq.md', 'allow_anonymous = true')),
    }),
    isKilled: false,
    keepsForWildcards: false,
  },
];

for (const { name, needed, protocol, start, isKilled = true, keepsForWildcards = true } of MAKES) {
  needs(...needed)(`the uplink to ${name}`, () => {
    let running: Running;
    beforeAll(async () => {
      running = await start();
    });
    afterAll(() => running?.broker.stop());

    function url(port = running.broker.port): string {
      return `${running.gate?.caFile === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${port}`;
    }
    async function subscribe(topics: readonly string[], persistentId?: string): Promise<MqttSubscriber> {
      const id = persistentId === undefined ? {} : { persistentId };
      const server = await MqttSubscriber.start({ url: url(), topics, protocol, ...running.server, ...id });
      onTestFinished(() => server.stop());
      return server;
    }

    it('brings every passage, once and in order, and the states', async () => {
      const { broker } = running;
      const proxy = await TcpProxy.start(broker.port);
      onTestFinished(() => proxy.stop());
      const server = await subscribe([`${ROOT}/evt/+`], 'server');
      const gate = await UplinkGate.open([{ ...running.gate, url: url(proxy.port), protocol }], 20);
      gate.pump.publishState('state/clock', { quality: 'synced' });
      gate.admit(10, 86_400_000);
      await gate.pump.start(NEVER);
      await gate.is('ok');
      gate.admit(20);
      proxy.cut();
      gate.admit(20);
      await gate.isDrained();
      if (isKilled) {
        await broker.kill();
        await gate.is('missing');
        gate.admit(20);
        await broker.resume();
      }
      gate.admit(5);
      await gate.isDrained();
      const lost = await closeGaps(gate, server);
      const arrived = [...firstArrivals(server.messages).keys()];
      expect([...arrived].sort((one, other) => one - other)).toEqual(upTo(gate.last));
      const live = arrived.filter((sequence) => !lost.includes(sequence));
      expect(live).toEqual([...live].sort((one, other) => one - other));
      // Only MQTT 5 has a place for it.
      expect(server.messages.some(({ historical }) => historical)).toBe(protocol === 5);

      const exact = await subscribe([`${ROOT}/state/clock`]);
      await exact.until((messages) => messages.length > 0);
      expect(exact.messages[0]?.retain).toBe(true);
      const wide = await subscribe([`${ROOT}/state/+`]);
      gate.pump.publishState('state/backup', { due: false });
      await wide.until((messages) => messages.some(({ topic }) => topic.endsWith('/backup')));
      expect(wide.messages.some(({ topic }) => topic.endsWith('/clock'))).toBe(keepsForWildcards);
    });
  });
}

needs('mosquitto')('the uplink to two brokers', () => {
  it('brings every passage, once and in order, when the first dies, and when it is back', async () => {
    const brokers = [await Mosquitto.start({ lines: LASTING }), await Mosquitto.start({ lines: LASTING })];
    onTestFinished(async () => void (await Promise.all(brokers.map((one) => one.stop()))));
    const [first, second] = brokers as [Mosquitto, Mosquitto];
    const servers = await Promise.all(
      [first, second].map(({ url }) =>
        MqttSubscriber.start({
          url,
          topics: [`${ROOT}/evt/+`, `${ROOT}/state/conn`],
          persistentId: 'server',
        }),
      ),
    );
    onTestFinished(async () => void (await Promise.all(servers.map((one) => one.stop()))));
    const received = (word: string) =>
      servers.flatMap(({ messages }) => messages.filter(({ topic }) => topic.includes(word)));
    const [atFirst, atSecond] = servers as [MqttSubscriber, MqttSubscriber];
    const gate = await UplinkGate.open([{ url: first.url }, { url: second.url }], 60);
    await gate.pump.start(NEVER);
    gate.admit(20);
    await gate.isDrained();
    await first.kill();
    gate.admit(20);
    await gate.states.until((states) => states.at(-1)?.error?.code === 'broker.second');
    await gate.states.until((states) => states.at(-1)?.pending === 0);
    await first.resume();
    gate.admit(20);
    // Without an error: the gate is back at the first.
    await gate.isDrained();
    gate.admit(20);
    await gate.isDrained();
    const both = {
      get messages() {
        return received('/evt/');
      },
      until: (met: (messages: readonly ReceivedMessage[]) => boolean) =>
        atFirst.until(() => met(received('/evt/'))),
    };
    await closeGaps(gate, both);
    const arrived = [...firstArrivals(received('/evt/')).keys()];
    expect(arrived.sort((one, other) => one - other)).toEqual(upTo(gate.last));
    expect(atSecond.messages.some(({ topic }) => topic.includes('/evt/'))).toBe(true);
    const told = atSecond.messages.filter(({ topic }) => topic.endsWith('/conn')).at(-1);
    expect(JSON.parse(told?.payload.toString() ?? '')).toMatchObject({
      state: 'disconnected',
      broker: 'second',
    });
  });
});
