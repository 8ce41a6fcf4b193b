import type { IClientPublishOptions, IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';
import type { CertificateFacts } from '../../core/certificate/certificate.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type {
  BrokerConnection,
  IncomingMessage,
  OutgoingMessage,
  PublishAnswer,
} from '../../ports/broker.ts';
import { endedCause, hex } from './connect-errors.ts';
import type { PacketGuard } from './packet-guard.ts';

/** Receive Maximum of a broker that names none (MQTT 5.0 section 3.2.2.3.3); 3.1.1 has no such limit. */
const DEFAULT_RECEIVE_MAXIMUM = 65_535;
/** A broker that does not end a connection properly within this time is disconnected. */
const CLOSE_LIMIT_MS = 1000;
/** PUBACK code of brokers that limit a message and not the packet (mosquitto's message_size_limit). */
const TOO_LARGE = 0x95;
/**
 * PUBACK codes for which a retry is useless: not authorised, topic name invalid, too large, payload format invalid.
 */
const REFUSING_CODES = new Set([0x87, 0x90, TOO_LARGE, 0x99]);
/** SUBACK reason codes from here on are refusals (MQTT 5.0 section 3.9.3). */
const FIRST_REFUSING_CODE = 0x80;

/** One connected mqtt.js client. It does not reconnect and has no queue of its own. */
export class MqttConnection implements BrokerConnection {
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number | undefined;
  readonly protocolVersion: 4 | 5;
  readonly certificate?: CertificateFacts;
  readonly closed: Promise<GatepostError | undefined>;
  readonly #client: MqttClient;
  readonly #guard: PacketGuard;
  readonly #address: string;
  /**
   * Reject functions of unanswered publishes, which mqtt.js forgets when the socket closes. At most one window of
   * them. An array, because V8 keeps the old tables of a Set that changes all the time for long.
   */
  #unanswered: ((error: GatepostError) => void)[] = [];
  /** By topic filter. */
  readonly #readers = new Map<string, (message: IncomingMessage) => void>();
  #closing = false;
  #over = false;
  #cause: string | undefined;

  /** `client` has just been answered with `connack`; `guard` inspects what it receives. */
  constructor(parts: {
    readonly client: MqttClient;
    readonly connack: IConnackPacket;
    readonly guard: PacketGuard;
    readonly address: string;
    readonly certificate?: CertificateFacts;
  }) {
    const { client, connack } = parts;
    this.#client = client;
    this.#guard = parts.guard;
    this.#address = parts.address;
    if (parts.certificate !== undefined) this.certificate = parts.certificate;
    this.protocolVersion = client.options.protocolVersion === 5 ? 5 : 4;
    this.receiveMaximum = connack.properties?.receiveMaximum ?? DEFAULT_RECEIVE_MAXIMUM;
    this.maximumPacketSize = connack.properties?.maximumPacketSize;
    this.closed = new Promise((resolve) => {
      client.once('close', () => resolve(this.#end()));
    });
    client.on('message', (topic, payload, packet) => this.#handOver(topic, payload, packet));
    client.on('disconnect', (packet) => {
      this.#cause ??= endedCause(packet.reasonCode ?? 0);
    });
    client.on('error', (error) => {
      this.#cause ??= error.message;
      this.destroy();
    });
  }

  publish(message: OutgoingMessage): Promise<PublishAnswer> {
    const bytesSent = packetBytes(message, this.protocolVersion);
    return new Promise((resolve, reject) => {
      if (this.#over || this.#closing) {
        reject(this.#lost());
        return;
      }
      if (bytesSent > (this.maximumPacketSize ?? Number.POSITIVE_INFINITY)) {
        resolve(this.#tooLarge(bytesSent));
        return;
      }
      this.#unanswered.push(reject);
      const { topic, payload } = message;
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      this.#client.publish(topic, bytes, this.#publishOptions(message), (error, packet) => {
        if (!this.#settles(reject)) return;
        const odd = this.#guard.takeReason(packet?.messageId ?? 0);
        const answer = odd === TOO_LARGE ? this.#tooLarge(bytesSent) : answerOf(error, odd);
        if (answer === undefined) reject(this.#lost(error));
        else resolve(answer);
      });
    });
  }

  subscribe(
    topics: readonly string[],
    onMessage: (message: IncomingMessage) => void,
    { retainAsPublished: rap = false }: { readonly retainAsPublished?: boolean } = {},
  ): Promise<void> {
    // Before the request: retained messages follow directly behind the answer.
    for (const topic of topics) this.#readers.set(topic, onMessage);
    return new Promise((resolve, reject) => {
      if (this.#over || this.#closing) {
        reject(this.#lost());
        return;
      }
      this.#unanswered.push(reject);
      this.#client.subscribe([...topics], { qos: 1, ...(rap && { rap }) }, (error, granted) => {
        if (!this.#settles(reject)) return;
        const refused = (granted ?? []).filter(({ qos }) => qos >= FIRST_REFUSING_CODE);
        if (refused.length > 0)
          reject(
            this.#notGiven(
              refused.map(({ topic }) => topic),
              error,
            ),
          );
        else if (error === null) resolve();
        // The end of the connection says nothing about the topics.
        else reject(isAnswer(error) ? this.#notGiven(topics, error) : this.#lost(error));
      });
    });
  }

  async close(): Promise<void> {
    if (!this.#closing && !this.#over) {
      this.#closing = true;
      // With answers outstanding mqtt.js would wait for them before it disconnects; callers who need them wait first.
      this.#client.outgoing = {};
      this.#client.end();
      const limit = setTimeout(() => this.destroy(), CLOSE_LIMIT_MS);
      void this.closed.then(() => clearTimeout(limit));
    }
    await this.closed;
  }

  destroy(): void {
    this.#client.end(true);
    this.#client.stream.destroy();
  }

  /** Removes it from the list; false if the end of the connection has already rejected it. */
  #settles(reject: (error: GatepostError) => void): boolean {
    const at = this.#unanswered.indexOf(reject);
    if (at >= 0) this.#unanswered.splice(at, 1);
    return at >= 0;
  }

  #publishOptions(message: OutgoingMessage): IClientPublishOptions {
    const base = { qos: 1, retain: message.retain } as const;
    if (this.protocolVersion === 4) return base;
    return {
      ...base,
      properties: {
        ...(message.contentType === undefined ? {} : { contentType: message.contentType }),
        ...(message.historical ? { userProperties: { historical: 'true' } } : {}),
        ...(message.correlationData === undefined
          ? {}
          : { correlationData: Buffer.from(message.correlationData) }),
        ...(message.expirySeconds === undefined ? {} : { messageExpiryInterval: message.expirySeconds }),
      },
    };
  }

  #handOver(topic: string, payload: Buffer, { retain, qos, properties }: IPublishPacket): void {
    const { responseTopic, correlationData } = properties ?? {};
    const message: IncomingMessage = {
      topic,
      payload: plainBytes(payload),
      retained: retain,
      qos: qos === 0 ? 0 : 1,
      ...(responseTopic === undefined ? {} : { responseTopic }),
      ...(correlationData === undefined ? {} : { correlationData: plainBytes(correlationData) }),
    };
    for (const [filter, onMessage] of this.#readers) if (topicMatches(filter, topic)) onMessage(message);
  }

  #end(): GatepostError | undefined {
    this.#over = true;
    const lost = this.#lost();
    for (const reject of this.#unanswered) reject(lost);
    this.#unanswered = [];
    return this.#closing ? undefined : lost;
  }

  /**
   * Answered before it is sent if the broker has named its limit, because the broker would end the connection
   * instead.
   */
  #tooLarge(bytes: number): PublishAnswer {
    const limit = this.maximumPacketSize;
    const takes =
      limit === undefined ? 'takes no message of this size' : `takes packets of at most ${limit} bytes`;
    return {
      status: 'refused',
      code: TOO_LARGE,
      detail: `it ${takes}, and this one has ${bytes}; raise max_packet_size or message_size_limit there (${hex(TOO_LARGE)})`,
    };
  }

  #notGiven(topics: readonly string[], cause: unknown): GatepostError {
    return new GatepostError(
      'broker.refused',
      `The broker ${this.#address} does not let this gate read ${topics.join(', ')}. Allow it there.`,
      { cause },
    );
  }

  #lost(cause?: unknown): GatepostError {
    const why = this.#guard.violation ?? this.#cause ?? 'the connection broke off';
    return new GatepostError('broker.lost', `The broker ${this.#address} is lost: ${why}.`, { cause });
  }
}

/**
 * Undefined if the error is not an answer of the broker.
 * @param odd the reason code that the guard has replaced, if any
 */
function answerOf(error: unknown, odd: number | undefined): PublishAnswer | undefined {
  // 0x10, no matching subscribers, comes without an error: the broker has accepted the message.
  if (error === undefined || error === null) return { status: 'stored' };
  if (!isAnswer(error)) return undefined;
  const code = odd ?? error.code;
  return {
    // Any other code may be temporary: the event stays in the log and is sent again.
    status: REFUSING_CODES.has(code) ? 'refused' : 'busy',
    code,
    detail: `${messageOf(error)} (${hex(code)})`,
  };
}

function isAnswer(error: unknown): error is Error & { readonly code: number } {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

function plainBytes(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Whether a topic matches a filter with `+` and `#` (MQTT 5.0 section 4.7). */
export function topicMatches(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  if (wanted.at(-1) === '#')
    return wanted.slice(0, -1).every((level, at) => level === '+' || level === levels[at]);
  return (
    wanted.length === levels.length && wanted.every((level, at) => level === '+' || level === levels[at])
  );
}

/** Fixed header byte, and the two-byte lengths and ids of MQTT. */
const HEADER_BYTES = 1;
const SHORT_BYTES = 2;
/** Message expiry: its id, and four bytes of seconds. */
const EXPIRY_BYTES = 1 + 4;
/** The user property historical=true: its id, and two strings with their lengths. */
const HISTORICAL_BYTES = 1 + SHORT_BYTES + 'historical'.length + SHORT_BYTES + 'true'.length;

/** Bytes that the PUBLISH packet of QoS 1 takes for this message (MQTT 5.0 section 3.3). */
export function packetBytes(message: OutgoingMessage, protocolVersion: 4 | 5): number {
  const { topic, payload, contentType, historical, correlationData, expirySeconds } = message;
  const properties =
    (contentType === undefined ? 0 : 1 + SHORT_BYTES + Buffer.byteLength(contentType)) +
    (historical ? HISTORICAL_BYTES : 0) +
    (correlationData === undefined ? 0 : 1 + SHORT_BYTES + correlationData.length) +
    (expirySeconds === undefined ? 0 : EXPIRY_BYTES);
  const length =
    SHORT_BYTES +
    Buffer.byteLength(topic) +
    SHORT_BYTES +
    (protocolVersion === 5 ? lengthBytes(properties) + properties : 0) +
    payload.byteLength;
  return HEADER_BYTES + lengthBytes(length) + length;
}

/** Seven bits a byte (MQTT 5.0 section 1.5.5). */
function lengthBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
