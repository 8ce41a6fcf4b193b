import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { MqttBroker } from '../../src/adapters/mqtt/mqtt-broker.ts';
import { packetBytes } from '../../src/adapters/mqtt/mqtt-connection.ts';
import { PacketGuard } from '../../src/adapters/mqtt/packet-guard.ts';
import { MAX_BUNDLE_BYTES } from '../../src/core/bundle/bundle.ts';
import type { BrokerConnection, IncomingMessage, OutgoingMessage } from '../../src/ports/broker.ts';

const NEVER = new AbortController().signal;
const WILL: OutgoingMessage = { topic: 'will', payload: new Uint8Array(), retain: true };
const LIST = 'gates/v1/x/_dist/revocations';
const YES: Buffer = Buffer.from('2003000000', 'hex');

/** A broker that says yes and then whatever the test wants; what it is told is parsed. */
class RawBroker {
  readonly told: Packet[] = [];
  readonly #server: Server;
  #socket: Socket | undefined;
  #heard: () => void = () => undefined;

  private constructor(connack: Buffer) {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      const reader = parser({ protocolVersion: 5 });
      reader.on('packet', (packet) => {
        this.told.push(packet);
        if (packet.cmd === 'connect') socket.write(connack);
        this.#heard();
      });
      socket.on('data', (bytes) => reader.parse(bytes)).on('error', () => socket.destroy());
    });
  }

  static async start(connack: Buffer): Promise<RawBroker> {
    const broker = new RawBroker(connack);
    await new Promise<void>((resolve) => broker.#server.listen(0, '127.0.0.1', resolve));
    return broker;
  }

  get url(): string {
    const address = this.#server.address();
    return `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  send(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  async until<Kind extends Packet['cmd']>(cmd: Kind): Promise<Extract<Packet, { cmd: Kind }>> {
    for (;;) {
      const packet = this.told.find((one): one is Extract<Packet, { cmd: Kind }> => one.cmd === cmd);
      if (packet !== undefined) return packet;
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    this.#socket?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let raw: RawBroker;
afterEach(() => raw?.stop());

async function connected(connack: Buffer = YES, protocol: 4 | 5 = 5): Promise<BrokerConnection> {
  raw = await RawBroker.start(connack);
  return new MqttBroker({ url: raw.url, protocol, clientId: 'north' }).connect(WILL, NEVER);
}

/** A PUBLISH from its first byte up to its payload. */
function publishHead(qos: 0 | 1 | 2, payloadBytes: number): Buffer {
  const whole = generate(
    { cmd: 'publish', topic: LIST, qos, messageId: 7, payload: Buffer.alloc(0), dup: false, retain: true },
    { protocolVersion: 5 },
  );
  // Behind one byte of type and one of length.
  const rest = whole.subarray(2);
  const length: number[] = [];
  for (let left = rest.length + payloadBytes; length.length === 0 || left > 0; left = Math.floor(left / 128))
    length.push((left % 128) + (left >= 128 ? 128 : 0));
  return Buffer.concat([whole.subarray(0, 1), Buffer.from(length), rest]);
}

describe('a broker that wants the memory of the gate', () => {
  it('is told how much the gate takes', async () => {
    const connection = await connected();
    const { properties } = await raw.until('connect');
    expect(properties).toMatchObject({
      receiveMaximum: 2,
      maximumPacketSize: MAX_BUNDLE_BYTES + 1024,
    });
    await connection.close();
  });

  it.each([
    ['a message with QoS 2, at its first byte', publishHead(2, 8_000_000).subarray(0, 1), 'QoS 2'],
    ['a packet of 200 MB, before any of its content', publishHead(0, 200_000_000), '200000'],
    ['a packet a byte too long', publishHead(1, MAX_BUNDLE_BYTES + 1024), 'at most'],
    ['a packet whose length never ends', Buffer.from('30ffffffff', 'hex'), 'packet'],
  ])('is left when it sends %s', async (_name, bytes, words) => {
    for (const protocol of [5, 4] as const) {
      const connection = await connected(protocol === 5 ? YES : Buffer.from('20020000', 'hex'), protocol);
      for (const byte of bytes) raw.send(Uint8Array.of(byte));
      const end = await connection.closed;
      expect(end).toMatchObject({ code: 'broker.lost', message: expect.stringContaining(words) });
      await raw.stop();
    }
  });

  it('gets the largest list through, also in small pieces', async () => {
    const connection = await connected();
    const came = new Promise<IncomingMessage>((resolve) => {
      connection.subscribe([LIST], resolve).catch(() => undefined);
    });
    await raw.until('subscribe');
    raw.send(publishHead(1, MAX_BUNDLE_BYTES));
    const piece = Buffer.alloc(MAX_BUNDLE_BYTES / 64, 0x5a);
    for (let sent = 0; sent < 64; sent++) raw.send(piece);
    expect((await came).payload.byteLength).toBe(MAX_BUNDLE_BYTES);
    await raw.until('puback');
    await connection.close();
  });
});

describe('a broker with a limit on packets', () => {
  const event = (bytes: number): OutgoingMessage => ({
    topic: 'gates/v1/x/north/evt/access',
    payload: new Uint8Array(bytes),
    retain: false,
    contentType: 'application/cloudevents+json',
    historical: true,
  });

  it('named in its CONNACK is sent nothing larger, and the refusal has both numbers', async () => {
    const connection = await connected(Buffer.from('200800000527000002bc', 'hex'));
    expect(connection.maximumPacketSize).toBe(700);
    const overhead = packetBytes(event(0), 5) + 1;
    const answer = await connection.publish(event(701 - overhead));
    expect(answer).toMatchObject({
      status: 'refused',
      code: 0x95,
      detail: expect.stringMatching(/at most 700 bytes.* has 701/),
    });
    const fits = connection.publish(event(700 - overhead));
    const { messageId = 0, length } = await raw.until('publish');
    expect(length).toBe(700 - 3);
    raw.send(generate({ cmd: 'puback', messageId, reasonCode: 0 }, { protocolVersion: 5 }));
    expect(await fits).toEqual({ status: 'stored' });
    expect(raw.told.filter(({ cmd }) => cmd === 'publish')).toHaveLength(1);
    await connection.close();
  });

  it.each([
    [0x95, 'refused', /has \d+; raise max_packet_size/],
    [0x8b, 'busy', /0x8b/],
  ] as const)(
    'or another answer that no standard has (0x%s) refuses one message and ends nothing',
    async (code, status, detail) => {
      const connection = await connected();
      const answer = connection.publish(event(500));
      const { messageId = 0 } = await raw.until('publish');
      // Each byte in a packet of its own.
      for (const byte of [0x40, 0x04, messageId >> 8, messageId & 0xff, code, 0x00])
        raw.send(Uint8Array.of(byte));
      expect(await answer).toMatchObject({ status, code, detail: expect.stringMatching(detail) });
      await connection.close();
    },
  );
});

describe('PacketGuard', () => {
  const anyPacket = fc.oneof(
    fc.record({ qos: fc.constantFrom<0 | 1>(0, 1), bytes: fc.nat(400) }).map(({ qos, bytes }) =>
      generate(
        {
          cmd: 'publish',
          topic: 'a/b',
          qos,
          messageId: 1,
          payload: Buffer.alloc(bytes, 0x40),
          dup: false,
          retain: false,
        },
        { protocolVersion: 5 },
      ),
    ),
    fc
      .record({
        messageId: fc.integer({ min: 1, max: 65_535 }),
        reasonCode: fc.constantFrom(0, 0x10, 0x87, 0x97),
      })
      .map((ack) => generate({ cmd: 'puback', ...ack }, { protocolVersion: 5 })),
    fc.constant(generate({ cmd: 'pingresp' })),
  );

  it('lets everything through that a gate has asked for, however it is cut, and changes no byte of it', () => {
    fc.assert(
      fc.property(fc.array(anyPacket), fc.integer({ min: 1, max: 50 }), (packets, size) => {
        const stream = Buffer.concat(packets);
        const seen = Buffer.from(stream);
        const guard = new PacketGuard(1000);
        for (let from = 0; from < seen.length; from += size) guard.inspect(seen.subarray(from, from + size));
        expect(guard.violation).toBeUndefined();
        expect(seen.equals(stream)).toBe(true);
      }),
    );
  });

  it('keeps few of the answers nobody waits for', () => {
    const guard = new PacketGuard(1000);
    for (let id = 1; id <= 10_000; id++) guard.inspect(Buffer.from([0x40, 3, id >> 8, id & 0xff, 0x95]));
    const kept = Array.from({ length: 10_000 }, (_, at) => guard.takeReason(at + 1)).filter(
      (one) => one !== undefined,
    );
    expect(kept.length).toBeLessThanOrEqual(64);
  });
});
