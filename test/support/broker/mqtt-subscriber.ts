import mqtt, { type IClientPublishOptions, type IPublishPacket, type MqttClient } from 'mqtt';

export interface ReceivedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly contentType: string | undefined;
  readonly historical: boolean;
  readonly correlationData?: Buffer;
  /** Seconds that were left when the broker sent it. */
  readonly expirySeconds?: number;
}

interface SubscriberOptions {
  readonly url: string;
  /** Topic filters, subscribed with QoS 1. */
  readonly topics: readonly string[];
  readonly protocol?: 4 | 5;
  /** With an id the session stays after the connection, so that the broker keeps messages for it. */
  readonly persistentId?: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM, for mqtts. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

/** An independent receiver of what the gate publishes. Reconnects by itself. */
export class MqttSubscriber {
  readonly messages: ReceivedMessage[] = [];
  readonly #client: MqttClient;
  #waiters: Waiter[] = [];

  private constructor(client: MqttClient) {
    this.#client = client;
  }

  /** Resolves when the broker has confirmed the subscriptions. */
  static async start(options: SubscriberOptions): Promise<MqttSubscriber> {
    const version = options.protocol ?? 5;
    const client = mqtt.connect(options.url, {
      protocolVersion: version,
      reconnectPeriod: 100,
      ...(options.persistentId === undefined ? {} : { clientId: options.persistentId, clean: false }),
      ...(options.persistentId === undefined || version === 4
        ? {}
        : { properties: { sessionExpiryInterval: 3600 } }),
      ...(options.username === undefined ? {} : { username: options.username }),
      ...(options.password === undefined ? {} : { password: options.password }),
      ...options.tls,
    });
    const subscriber = new MqttSubscriber(client);
    client.on('message', (topic, payload, packet) => subscriber.#receive(topic, payload, packet));
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    await client.subscribeAsync([...options.topics], { qos: 1 });
    return subscriber;
  }

  /**
   * Resolves as soon as `met` returns true for what was received; the time limit of the test ends the wait otherwise.
   */
  until(met: (messages: readonly ReceivedMessage[]) => boolean): Promise<void> {
    const waiter = (): boolean => met(this.messages);
    if (waiter()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ met: waiter, resolve }));
  }

  /** Publishes as any other client of the broker, QoS 1 unless said otherwise. */
  async send(topic: string, payload: Uint8Array, options: IClientPublishOptions = {}): Promise<void> {
    await this.#client.publishAsync(topic, Buffer.from(payload), { qos: 1, ...options });
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #receive(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const { contentType, userProperties, correlationData, messageExpiryInterval } = packet.properties ?? {};
    this.messages.push({
      topic,
      payload,
      retain: packet.retain,
      contentType,
      historical: userProperties?.historical === 'true',
      ...(correlationData === undefined ? {} : { correlationData }),
      ...(messageExpiryInterval === undefined ? {} : { expirySeconds: messageExpiryInterval }),
    });
    const done = this.#waiters.filter((waiter) => waiter.met());
    this.#waiters = this.#waiters.filter((waiter) => !done.includes(waiter));
    for (const waiter of done) waiter.resolve();
  }
}
