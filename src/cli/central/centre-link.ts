import { readFileSync } from 'node:fs';
import mqtt, { type IClientPublishOptions, type MqttClient } from 'mqtt';
import { readSecret } from '../../adapters/files/private-key.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';

const CONNECT_MS = 10_000;
/** A state or answer of a gate is far smaller. */
const LARGEST_BYTES = 64 * 1024;

export interface LinkOptions {
  readonly broker: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

interface Incoming {
  readonly topic: string;
  readonly correlation: Buffer | undefined;
  /** Parsed JSON, an object. */
  readonly value: object;
}

/** Messages of one topic, in order. */
interface Followed {
  readonly ready: Promise<unknown>;
  /** Topic of the message that `next` gave last. */
  readonly lastTopic: string;
  /** The next message, or undefined if none comes in time. */
  next(limitMs: number): Promise<object | undefined>;
}

/** An MQTT 5 connection of a centre, for one command. What is no JSON object is passed over. */
export class CentreLink {
  readonly #client: MqttClient;
  readonly #readers = new Set<(message: Incoming) => void>();

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('error', () => undefined);
    client.on('message', (topic, payload, packet) => {
      const value = objectOf(payload);
      if (value === undefined) return;
      const correlation = packet.properties?.correlationData;
      for (const read of this.#readers) read({ topic, correlation, value });
    });
  }

  /** @throws GatepostError `broker.unreachable`, `usage` for a file that cannot be read */
  static async open(options: LinkOptions): Promise<CentreLink> {
    const { broker, username, passwordFile, caFile, certFile, keyFile } = options;
    if (!/^mqtts?:\/\//.test(broker))
      throw new GatepostError('usage', '--broker must be mqtt://host:1883 or mqtts://host:8883.');
    try {
      const client = await mqtt.connectAsync(
        broker,
        {
          protocolVersion: 5,
          reconnectPeriod: 0,
          connectTimeout: CONNECT_MS,
          properties: { maximumPacketSize: LARGEST_BYTES },
          ...(username === undefined ? {} : { username }),
          ...(passwordFile === undefined ? {} : { password: readSecret(passwordFile) }),
          ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
          ...(certFile === undefined ? {} : { cert: readFileSync(certFile) }),
          ...(keyFile === undefined ? {} : { key: readFileSync(keyFile) }),
        },
        false,
      );
      return new CentreLink(client);
    } catch (cause) {
      throw new GatepostError('broker.unreachable', `${broker} cannot be reached: ${messageOf(cause)}.`, {
        cause,
      });
    }
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
  }

  /** @throws GatepostError `broker.refused` */
  async publish(topic: string, payload: Uint8Array, options: IClientPublishOptions): Promise<void> {
    try {
      await this.#client.publishAsync(topic, Buffer.from(payload), { qos: 1, ...options });
    } catch (cause) {
      throw new GatepostError(
        'broker.refused',
        `The broker did not take the message on ${topic}: ${messageOf(cause)}. Look at its access list.`,
        { cause },
      );
    }
  }

  /** What the broker keeps on a topic; it has no way to say that this was all, so it is listened for a while. */
  async retained(topic: string, limitMs: number): Promise<readonly object[]> {
    const followed = this.follow(topic, () => true);
    await followed.ready;
    const endMs = performance.now() + limitMs;
    const values: object[] = [];
    for (;;) {
      const value = await followed.next(endMs - performance.now());
      if (value === undefined) return values;
      values.push(value);
      if (!topic.includes('+')) return values;
    }
  }

  follow(topic: string, wanted: (message: Incoming) => boolean): Followed {
    const waiting: Incoming[] = [];
    const pattern = new RegExp(`^${topic.split('+').map(escaped).join('[^/]+')}$`);
    let wake = (): void => undefined;
    let lastTopic = topic;
    this.#readers.add((message) => {
      if (!pattern.test(message.topic) || !wanted(message)) return;
      waiting.push(message);
      wake();
    });
    return {
      ready: this.#client.subscribeAsync(topic, { qos: 1 }).catch((cause: unknown) => {
        throw new GatepostError(
          'broker.refused',
          `The broker does not let this user read ${topic}: ${messageOf(cause)}. Look at its access list.`,
          { cause },
        );
      }),
      get lastTopic() {
        return lastTopic;
      },
      next: async (limitMs) => {
        if (waiting.length === 0 && limitMs > 0)
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, limitMs);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        const message = waiting.shift();
        lastTopic = message?.topic ?? lastTopic;
        return message?.value;
      },
    };
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function objectOf(payload: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
