import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedBroker } from '../../src/adapters/mqtt/embedded-broker.ts';
import { MqttBroker } from '../../src/adapters/mqtt/mqtt-broker.ts';
import type { OutgoingMessage } from '../../src/ports/broker.ts';
import { Mosquitto, PASSWORD, PASSWORD_HASH } from '../support/broker/mosquitto.ts';
import { freePort } from '../support/free-port.ts';
import { needs } from '../support/needs.ts';
import { brokerContract } from './broker.ts';

const NEVER = new AbortController().signal;
const WILL: OutgoingMessage = {
  topic: 'gates/v1/x/north/state/conn',
  payload: new Uint8Array(),
  retain: true,
};

needs('mosquitto')('mosquitto', () => {
  let mosquitto: Mosquitto;
  beforeAll(async () => {
    mosquitto = await Mosquitto.start();
  });
  afterAll(() => mosquitto.stop());

  for (const protocol of [5, 4] as const) {
    brokerContract(`on MQTT ${protocol}`, protocol, () => ({
      broker: new MqttBroker({ url: mosquitto.url, protocol, clientId: 'north' }),
      url: mosquitto.url,
    }));
  }

  it('tells its Receive Maximum', async () => {
    const narrow = await Mosquitto.start({ lines: ['max_inflight_messages 3'] });
    try {
      const connection = await new MqttBroker({ url: narrow.url, clientId: 'north' }).connect(WILL, NEVER);
      expect(connection.receiveMaximum).toBe(3);
      await connection.close();
    } finally {
      await narrow.stop();
    }
  });

  it.each([
    ['max_packet_size', 700, /at most 700 bytes, and this one has \d{3}; raise max_packet_size/],
    [
      'message_size_limit',
      300,
      /takes no message of this size, and this one has \d{3}; raise max_packet_size/,
    ],
  ])('says that a message is over its %s, and takes the next one', async (setting, limit, words) => {
    const small = await Mosquitto.start({ lines: [`${setting} ${limit}`] });
    try {
      const connection = await new MqttBroker({ url: small.url, clientId: 'north' }).connect(WILL, NEVER);
      const long = { topic: 'evt/long', payload: new Uint8Array(800), retain: false };
      const answers = await Promise.all([
        connection.publish(long),
        connection.publish({ ...long, payload: new Uint8Array(100) }),
      ]);
      expect(answers).toMatchObject([
        { status: 'refused', code: 0x95, detail: expect.stringMatching(words) },
        { status: 'stored' },
      ]);
      expect(connection.maximumPacketSize).toBe(setting === 'max_packet_size' ? limit : undefined);
      await connection.close();
    } finally {
      await small.stop();
    }
  });

  it('loses the older of two clients with one id', async () => {
    const broker = new MqttBroker({ url: mosquitto.url, clientId: 'twin' });
    const first = await broker.connect(WILL, NEVER);
    const second = await broker.connect(WILL, NEVER);
    expect(await first.closed).toMatchObject({ code: 'broker.lost' });
    await second.close();
  });
});

needs('mosquitto')('mosquitto with logins and an access list', () => {
  let mosquitto: Mosquitto;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatepost-mqtt-'));
    await writeFile(join(folder, 'right'), `${PASSWORD}\n`);
    await writeFile(join(folder, 'wrong'), 'guess\n');
    mosquitto = await Mosquitto.start({
      anonymous: false,
      lines: ['password_file %folder%/passwords', 'acl_file %folder%/acl'],
      files: {
        passwords: `north:${PASSWORD_HASH}\n`,
        acl: 'user north\ntopic write gates/v1/willow-court/north/#\n',
      },
    });
  });
  afterAll(async () => {
    await mosquitto.stop();
    await rm(folder, { recursive: true });
  });

  function broker(passwordFile: string, protocol: 4 | 5 = 5): MqttBroker {
    const { url } = mosquitto;
    return new MqttBroker({
      url,
      protocol,
      clientId: 'north',
      username: 'north',
      passwordFile: join(folder, passwordFile),
    });
  }
  function event(topic: string): OutgoingMessage {
    return { topic, payload: new TextEncoder().encode('{}'), retain: false };
  }

  it('sees on MQTT 5 that a publish is refused, and goes on', async () => {
    const connection = await broker('right').connect(WILL, NEVER);
    expect(connection.protocolVersion).toBe(5);
    const answers = await Promise.all([
      connection.publish(event('gates/v1/willow-court/south/evt/access')),
      connection.publish(event('gates/v1/willow-court/north/evt/access')),
    ]);
    expect(answers[0]).toMatchObject({ status: 'refused', code: 0x87 });
    expect(answers[1]).toEqual({ status: 'stored' });
    await connection.close();
  });

  it('cannot see it on MQTT 3.1.1, which is why 5 is the default', async () => {
    const connection = await broker('right', 4).connect(WILL, NEVER);
    const answer = await connection.publish(event('gates/v1/willow-court/south/evt/access'));
    expect(answer).toEqual({ status: 'stored' });
    await connection.close();
  });

  it.each([5, 4] as const)('says on MQTT %i that the login is wrong', async (protocol) => {
    const failure = broker('wrong', protocol).connect(WILL, NEVER);
    await expect(failure).rejects.toMatchObject({
      code: 'broker.refused',
      message: expect.stringContaining('mqtt.passwordFile'),
    });
  });

  it('says which file it cannot read', async () => {
    await expect(broker('absent').connect(WILL, NEVER)).rejects.toMatchObject({
      code: 'broker.unreachable',
      message: expect.stringContaining('absent'),
    });
  });
});

describe('embedded broker', () => {
  let embedded: EmbeddedBroker;
  beforeAll(async () => {
    embedded = new EmbeddedBroker(await freePort());
    await embedded.start(NEVER);
    await embedded.start(NEVER);
  });
  afterAll(async () => {
    await embedded.stop();
    await embedded.stop();
  });

  brokerContract('on MQTT 4', 4, () => ({
    broker: new MqttBroker({ url: embedded.url, protocol: 4, clientId: 'north', simulated: true }),
    url: embedded.url,
  }));

  it('says in words that its port is taken', async () => {
    const port = Number(new URL(embedded.url).port);
    await expect(new EmbeddedBroker(port).start(NEVER)).rejects.toMatchObject({
      code: 'broker.unreachable',
      message: expect.stringContaining('mqtt.embeddedPort'),
    });
  });

  it('can be started again after a stop, which ends its clients', async () => {
    const other = new EmbeddedBroker(await freePort());
    await other.start(NEVER);
    const client = new MqttBroker({ url: other.url, protocol: 4, clientId: 'south' });
    const connection = await client.connect(WILL, NEVER);
    await other.stop();
    expect(await connection.closed).toMatchObject({ code: 'broker.lost' });
    await other.start(NEVER);
    await (await client.connect(WILL, NEVER)).close();
    await other.stop();
  });
});

describe('a broker that is none', () => {
  it('says that nothing listens there', async () => {
    const broker = new MqttBroker({ url: `mqtt://127.0.0.1:${await freePort()}`, clientId: 'north' });
    await expect(broker.connect(WILL, NEVER)).rejects.toMatchObject({
      code: 'broker.unreachable',
      message: expect.stringContaining('Is the broker running'),
    });
  });

  it.each([
    ['garbage', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a PUBACK before any CONNACK and garbage', '\x40\x02\x00\x01\xff\xff\xff\xff\xff'],
    ['nothing, and hangs up', ''],
  ])('survives one that says %s', async (_title, answer) => {
    const { server, port } = await serverThatSays(answer);
    for (const protocol of ['mqtt', 'mqtts']) {
      const broker = new MqttBroker({ url: `${protocol}://127.0.0.1:${port}`, clientId: 'north' });
      await expect(broker.connect(WILL, NEVER)).rejects.toMatchObject({ code: 'broker.unreachable' });
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['session taken over', 0x8e, 'an id of its own'],
    ['not authorised', 0x87, 'access list'],
    ['packet too large', 0x95, 'max_packet_size'],
    ['retain not supported', 0x9a, 'retained messages'],
    ['a code without a sentence', 0x80, '(0x80).'],
  ])(
    'names the cause when the broker ends the connection right after its yes: %s',
    async (_why, code, said) => {
      const disconnect = String.fromCharCode(0xe0, 2, code, 0);
      const { server, port } = await serverThatSays(`\x20\x03\x00\x00\x00${disconnect}`);
      const broker = new MqttBroker({ url: `mqtt://127.0.0.1:${port}`, clientId: 'north' });
      const connection = await broker.connect(WILL, NEVER);
      const end = await connection.closed;
      expect(end).toMatchObject({ code: 'broker.lost' });
      expect(end?.message).toContain(said);
      await new Promise((resolve) => server.close(resolve));
    },
  );
});

/** A server that answers the first bytes with `answer` (each character one byte) and hangs up. */
function serverThatSays(answer: string): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')));
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port was given'));
      else resolve({ server, port: address.port });
    });
  });
}
