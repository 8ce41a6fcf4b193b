import { readFile } from 'node:fs/promises';
import type { IClientOptions, IConnackPacket, MqttClient } from 'mqtt';
import { MAX_BUNDLE_BYTES } from '../../core/bundle/bundle.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { Broker, BrokerConnection, CertificateCheck, OutgoingMessage } from '../../ports/broker.ts';
import { connectError, isOfNetwork } from './connect-errors.ts';
import { NoStore, openGuardedSocket } from './guarded-socket.ts';
import { MqttConnection } from './mqtt-connection.ts';
import { PacketGuard } from './packet-guard.ts';
import { TlsFiles, type TlsMaterial } from './tls-files.ts';

const CONNECT_LIMIT_MS = 15_000;
const KEEPALIVE_SECONDS = 30;
const WILL_DELAY_SECONDS = 5;
/**
 * The will delay ends with the session (MQTT 5.0 section 3.1.3.2.2), so the session must last longer than the delay.
 */
const SESSION_EXPIRY_SECONDS = 10;
/** Largest packet accepted from a broker: the largest signed list and its topic. */
const LARGEST_PACKET_BYTES = MAX_BUNDLE_BYTES + 1024;
/** Number of lists a broker may send before the first is acknowledged; each may be of the largest size. */
const RECEIVE_MAXIMUM = 2;

export interface MqttBrokerSettings {
  /** `mqtt://host:1883` or `mqtts://host:8883`, without credentials. */
  readonly url: string;
  /** 5 by default. With 4 a refused publish cannot be told from a stored one. */
  readonly protocol?: 4 | 5;
  /** The gate id, also the common name of its certificate. */
  readonly clientId: string;
  readonly username?: string;
  /** Read again for every connection, so that a renewed password needs no restart. */
  readonly passwordFile?: string;
  /** These three too: see `TlsFiles`. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** True for the embedded broker of the demo. */
  readonly simulated?: boolean;
  /** Unix milliseconds by which certificates are judged. */
  readonly nowMs?: () => number;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
}

/** MQTT by mqtt.js: a new client object with an empty store for every connection. */
export class MqttBroker implements Broker {
  readonly address: string;
  readonly simulated: boolean;
  readonly #settings: MqttBrokerSettings;
  readonly #files: TlsFiles;

  constructor(settings: MqttBrokerSettings) {
    this.#settings = settings;
    this.#files = new TlsFiles(settings, {
      read: (file) => readNamed(file),
      nowMs: settings.nowMs ?? Date.now,
    });
    this.address = settings.url;
    this.simulated = settings.simulated ?? false;
  }

  async connect(will: OutgoingMessage, signal: AbortSignal): Promise<BrokerConnection> {
    // Imported at the first connect: a gate without a broker does not spend its memory on it.
    const [{ MqttClient }, { writeToStream }] = await Promise.all([import('mqtt'), import('mqtt-packet')]);
    // Otherwise a buffer is made and kept for every number up to 65535, six megabytes of them.
    writeToStream.cacheNumbers = false;
    const login = await this.#login();
    const files = await this.#files.current();
    const attempt = async (material: TlsMaterial): Promise<BrokerConnection> => {
      if (signal.aborted) throw this.#givenUp();
      const guard = new PacketGuard(LARGEST_PACKET_BYTES);
      const { ca, pair } = material;
      const secrets = { ...(ca && { ca }), ...(pair && { cert: pair.cert, key: pair.key }) };
      const options = this.#clientOptions(login, will);
      const client = new MqttClient(() => openGuardedSocket(this.#settings.url, secrets, guard), options);
      return await this.#connected({ client, guard, material, signal });
    };
    try {
      const connection = await attempt(files);
      this.#files.accepted(files);
      return connection;
    } catch (thrown) {
      const before = isOfNetwork(thrown) ? undefined : this.#files.before(files);
      const connection = before && (await attempt(before).catch(() => undefined));
      this.#files.refused(files, connection && before);
      if (connection !== undefined) return connection;
      throw connectError(this.address, thrown);
    }
  }

  async checkCertificate(): Promise<CertificateCheck> {
    const { pair } = await this.#files.current();
    const { problem } = this.#files;
    return { ...(pair && { certificate: pair.view }), ...(problem === undefined ? {} : { problem }) };
  }

  /**
   * The connection, once the broker has accepted it; otherwise the client is ended and the error gives the reason.
   */
  #connected(parts: {
    readonly client: MqttClient;
    readonly guard: PacketGuard;
    readonly material: TlsMaterial;
    readonly signal: AbortSignal;
  }): Promise<BrokerConnection> {
    const { client, guard, material, signal } = parts;
    const certificate = material.pair?.view;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        signal.removeEventListener('abort', onAbort);
        client.off('connect', onConnect).off('error', fail).off('close', onClose);
      };
      const fail = (error: Error): void => {
        settle();
        client.end(true);
        reject(guard.violation === undefined ? error : new Error(guard.violation, { cause: error }));
      };
      // A client may emit more than one error; without a listener the second one would end the process.
      client.on('error', () => undefined);
      const onAbort = (): void => fail(this.#givenUp());
      const onClose = (): void => fail(new Error('It closed the connection before it answered'));
      const onConnect = (connack: IConnackPacket): void => {
        settle();
        // Created before anything else can happen to the socket, so that its end cannot be missed.
        const { address } = this;
        resolve(new MqttConnection({ client, connack, guard, address, ...(certificate && { certificate }) }));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      client.on('connect', onConnect).on('error', fail).on('close', onClose);
    });
  }

  #clientOptions(login: Login, will: OutgoingMessage): IClientOptions {
    const lasting = {
      topic: will.topic,
      payload: Buffer.from(will.payload),
      qos: 1,
      retain: true,
    } as const;
    const common = {
      ...login,
      clientId: this.#settings.clientId,
      reconnectPeriod: 0,
      queueQoSZero: false,
      outgoingStore: new NoStore(),
      resubscribe: false,
      clean: true,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_LIMIT_MS,
    };
    if (this.#settings.protocol === 4) return { ...common, protocolVersion: 4, will: lasting };
    return {
      ...common,
      protocolVersion: 5,
      properties: {
        sessionExpiryInterval: SESSION_EXPIRY_SECONDS,
        maximumPacketSize: LARGEST_PACKET_BYTES,
        receiveMaximum: RECEIVE_MAXIMUM,
      },
      will: {
        ...lasting,
        properties: {
          willDelayInterval: WILL_DELAY_SECONDS,
          ...(will.contentType === undefined ? {} : { contentType: will.contentType }),
        },
      },
    };
  }

  async #login(): Promise<Login> {
    const { username, passwordFile } = this.#settings;
    const text = passwordFile === undefined ? '' : (await readNamed(passwordFile)).toString('utf8');
    const password = text.replace(/^\ufeff|\s+$/gu, '');
    return { ...(username && { username }), ...(password && { password }) };
  }

  #givenUp(): GatepostError {
    return new GatepostError('broker.unreachable', `Connecting to ${this.address} was given up.`);
  }
}

async function readNamed(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new GatepostError(
      'broker.unreachable',
      `The file ${file}, named in the mqtt part of the config, cannot be read: ${messageOf(cause)}.`,
      { cause },
    );
  }
}
