import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { GatepostError, messageOf } from '../core/errors.ts';
import type { Logger } from '../ports/logger.ts';

const RECONNECT_MS = 1000;
const CONNECT_MS = 10_000;
/** For the receipt of a message. */
const ANSWER_MS = 10_000;
/** How long the broker keeps what comes while nobody of this name is there. */
const SESSION_S = 7 * 86_400;
/** The same where others are there, who get what is not given to one that is gone. */
const SHARED_SESSION_S = 5;
/** What may be on its way to the store: a bound for the memory as well. */
const RECEIVE_MAXIMUM = 500;
const LARGEST_BYTES = 4 * 1024 * 1024;
const HUNG_UP = 'it closed the connection';
/** CONNACK of a broker that does not speak the version (MQTT 3.1.1, and 5). */
const WRONG_VERSION = new Set([1, 0x84]);

export interface LinkSettings {
  readonly url: string;
  /** Also the name of the session that the broker keeps. */
  readonly clientId: string;
  /** By default 5, and 4 (3.1.1) where the broker refuses that. */
  readonly protocol?: 4 | 5;
  readonly username?: string;
  /** Files are read again for every attempt. */
  readonly passwordFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Whether others share the events with this process. */
  readonly isShared: boolean;
  /** What is read. */
  readonly topics: readonly string[];
}

export interface FeedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly isRetained: boolean;
  /** False for what is sent later than it happened, where the broker tells that. */
  readonly isLive: boolean;
  readonly correlation?: Uint8Array;
  /** To be called when the message is held for good; until then the broker keeps it. */
  readonly done: () => void;
}

export interface Sent {
  readonly retain: boolean;
  readonly responseTopic?: string;
  readonly correlation?: Uint8Array;
  readonly expiryS?: number;
}

/** The connection of a server to a broker: one session that outlives it, and receipts only for what is held. */
export class FeedLink {
  readonly #settings: LinkSettings;
  readonly #logger: Logger;
  readonly #onMessage: (message: FeedMessage) => void;
  #client: MqttClient | undefined;
  #protocol: 4 | 5;
  /**
   * How far the version is known. A broker that hangs up without a word may not know it, or may not be there yet behind
   * something that takes connections: so the older one, if it is taken (`hung-up`), is left for one more try of the newer
   * one (`again`), and used for good (`settled`) only where that hangs up too.
   */
  #version: 'open' | 'hung-up' | 'again' | 'settled' = 'open';
  #isOnline = false;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = true;
  #toldCause = '';

  constructor(
    settings: LinkSettings,
    deps: { readonly logger: Logger; readonly onMessage: (message: FeedMessage) => void },
  ) {
    this.#settings = settings;
    this.#protocol = settings.protocol ?? 5;
    this.#logger = deps.logger;
    this.#onMessage = deps.onMessage;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** 4 is MQTT 3.1.1. */
  get protocol(): 4 | 5 {
    return this.#protocol;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    this.#isOnline = false;
    if (client?.connected) await client.endAsync();
    else client?.end(true);
  }

  /** @throws GatepostError `broker.lost`, `broker.refused` */
  async publish(
    topic: string,
    payload: Uint8Array,
    { retain, responseTopic, correlation, expiryS }: Sent,
  ): Promise<void> {
    const client = this.#client;
    if (client === undefined || !this.#isOnline)
      throw new GatepostError('broker.lost', `The broker ${this.#settings.url} is not connected.`);
    const properties = {
      ...(responseTopic !== undefined && { responseTopic }),
      ...(correlation !== undefined && { correlationData: Buffer.from(correlation) }),
      ...(expiryS !== undefined && { messageExpiryInterval: expiryS }),
    };
    // mqtt.js forgets whoever waits when the socket closes.
    const lost = new AbortController();
    const onClose = (): void => lost.abort();
    client.once('close', onClose);
    try {
      await Promise.race([
        client.publishAsync(topic, Buffer.from(payload), {
          qos: 1,
          retain,
          ...(this.#protocol === 5 && { properties }),
        }),
        pause(ANSWER_MS, undefined, { signal: lost.signal }).then(
          () => Promise.reject(new Error('it does not answer')),
          () => Promise.reject(new Error('the connection is lost')),
        ),
      ]);
    } catch (cause) {
      throw new GatepostError(
        'broker.refused',
        `The broker did not take the message on ${topic}: ${messageOf(cause)}. Look at its access list.`,
        { cause },
      );
    } finally {
      client.off('close', onClose);
      lost.abort();
    }
  }

  #connect(): void {
    if (this.#isStopped) return;
    let client: MqttClient;
    try {
      client = mqtt.connect(this.#settings.url, this.#options());
    } catch (cause) {
      this.#again(messageOf(cause));
      return;
    }
    this.#client = client;
    let wasOnline = false;
    let cause = HUNG_UP;
    client.on('error', (error) => {
      cause = messageOf(error);
      const code = 'code' in error ? Number(error.code) : 0;
      if (WRONG_VERSION.has(code)) this.#otherVersion('settled');
    });
    // As if it were QoS 0: mqtt.js would acknowledge at once, before anything is held.
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'publish' && packet.qos === 1) packet.qos = 0;
    });
    client.on('message', (topic, payload, packet) => this.#handOver(client, topic, payload, packet));
    client.once('connect', () => {
      wasOnline = true;
      if (this.#version === 'hung-up') {
        this.#otherVersion('again');
        client.end(true);
        return;
      }
      if (this.#version === 'again') this.#version = 'open';
      client.subscribe([...this.#settings.topics], { qos: 1 }, (error, granted) => {
        const refused = (granted ?? []).filter(({ qos }) => qos >= 0x80).map(({ topic }) => topic);
        if (error !== null || refused.length > 0) {
          cause = `it does not let this user read ${refused.join(', ') || 'what is asked for'}`;
          client.end(true);
          return;
        }
        this.#isOnline = true;
        this.#toldCause = '';
        this.#logger.info(
          { part: 'link' },
          `Reading from ${this.#settings.url} (MQTT ${this.#protocol === 5 ? '5' : '3.1.1'}).`,
        );
      });
    });
    client.once('close', () => {
      if (client !== this.#client) return;
      this.#isOnline = false;
      client.end(true);
      // Some brokers only hang up on a version that they do not know.
      if (!wasOnline && cause === HUNG_UP) this.#hungUp();
      this.#again(cause);
    });
  }

  #again(cause: string): void {
    if (this.#isStopped) return;
    if (cause !== this.#toldCause) {
      this.#toldCause = cause;
      this.#logger.warn(
        { part: 'link' },
        `The broker ${this.#settings.url} is not there: ${cause}. It is tried again.`,
      );
    }
    this.#retry = setTimeout(() => this.#connect(), RECONNECT_MS);
  }

  #hungUp(): void {
    if (this.#protocol === 4) this.#otherVersion('open');
    else this.#otherVersion(this.#version === 'again' ? 'settled' : 'hung-up');
  }

  /** @param version how far it is known by now */
  #otherVersion(version: 'open' | 'hung-up' | 'again' | 'settled'): void {
    if (this.#settings.protocol !== undefined) return;
    this.#protocol = this.#protocol === 5 ? 4 : 5;
    this.#version = version;
  }

  #options(): IClientOptions {
    const { clientId, isShared, username, passwordFile, caFile, certFile, keyFile } = this.#settings;
    return {
      clientId,
      clean: isShared && this.#protocol === 4,
      reconnectPeriod: 0,
      resubscribe: false,
      connectTimeout: CONNECT_MS,
      protocolVersion: this.#protocol,
      ...(this.#protocol === 5 && {
        properties: {
          sessionExpiryInterval: isShared ? SHARED_SESSION_S : SESSION_S,
          receiveMaximum: RECEIVE_MAXIMUM,
          maximumPacketSize: LARGEST_BYTES,
        },
      }),
      ...(username !== undefined && { username }),
      ...(passwordFile !== undefined && {
        password: readFileSync(passwordFile, 'utf8').replace(/^\ufeff|\s+$/gu, ''),
      }),
      ...(caFile !== undefined && { ca: readFileSync(caFile) }),
      ...(certFile !== undefined && { cert: readFileSync(certFile) }),
      ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
    };
  }

  #handOver(client: MqttClient, topic: string, payload: Buffer, packet: IPublishPacket): void {
    const { messageId } = packet;
    const { userProperties, correlationData } = packet.properties ?? {};
    this.#onMessage({
      topic,
      payload: new Uint8Array(payload),
      isRetained: packet.retain,
      isLive: userProperties?.historical !== 'true',
      ...(correlationData !== undefined && { correlation: new Uint8Array(correlationData) }),
      done: () => {
        // PUBACK without reason code is the same in both versions (MQTT 5.0 section 3.4).
        if (messageId !== undefined && client.connected)
          client.stream.write(Buffer.of(0x40, 2, messageId >> 8, messageId & 0xff));
      },
    });
  }
}
