import type { CertificateFacts } from '../../../src/core/certificate/certificate.ts';
import { GatepostError } from '../../../src/core/errors.ts';
import type {
  Broker,
  BrokerConnection,
  CertificateCheck,
  IncomingMessage,
  OutgoingMessage,
  PublishAnswer,
} from '../../../src/ports/broker.ts';

export const STORED: PublishAnswer = { status: 'stored' };
export const REFUSED: PublishAnswer = { status: 'refused', code: 0x87, detail: 'Not authorized (0x87)' };
export const BUSY: PublishAnswer = { status: 'busy', code: 0x97, detail: 'Quota exceeded (0x97)' };

/** The reaction of the broker to a publish: an answer, or none. */
type Script = (message: OutgoingMessage) => PublishAnswer | 'silence';

/** A Broker whose answers the test sets. */
export class ScriptedBroker implements Broker {
  readonly address = 'mqtt://scripted:1883';
  readonly simulated = true;
  readonly connections: ScriptedConnection[] = [];
  readonly wills: OutgoingMessage[] = [];
  /** Everything that was accepted on any connection, in order of arrival. */
  readonly arrived: OutgoingMessage[] = [];
  tries = 0;
  present = true;
  receiveMaximum = 65_535;
  script: Script = () => STORED;
  /** Filters that its access list lets nobody subscribe to. */
  unreadable: readonly string[] = [];
  /** What its certificate files hold; without it there are none. */
  files: CertificateCheck | undefined;

  async connect(will: OutgoingMessage): Promise<BrokerConnection> {
    this.tries += 1;
    if (!this.present) throw new GatepostError('broker.unreachable', 'Nothing listens there.');
    this.wills.push(will);
    const connection = new ScriptedConnection(this);
    this.connections.push(connection);
    return connection;
  }

  async checkCertificate(): Promise<CertificateCheck> {
    return this.files ?? {};
  }

  get connection(): ScriptedConnection | undefined {
    return this.connections.at(-1);
  }

  /** Sequences of the events that arrived, in order of arrival. */
  sequences(): number[] {
    return this.arrived
      .filter(({ topic, payload }) => topic.includes('/evt/') && payload.length > 0)
      .map((message) => Number(JSON.parse(new TextDecoder().decode(message.payload)).sequence));
  }

  /** Newest value that arrived on a topic below the gate's root. */
  state(topic: string): Record<string, unknown> | undefined {
    const message = this.arrived.findLast((one) => one.topic === `gates/v1/willow-court/north/${topic}`);
    if (message === undefined || message.payload.length === 0) return undefined;
    return JSON.parse(new TextDecoder().decode(message.payload));
  }
}

class ScriptedConnection implements BrokerConnection {
  readonly protocolVersion = 5;
  readonly receiveMaximum: number;
  readonly maximumPacketSize = undefined;
  readonly certificate?: CertificateFacts;
  readonly closed: Promise<GatepostError | undefined>;
  inFlight = 0;
  mostInFlight = 0;
  destroyed = false;
  closings = 0;
  readonly subscriptions: {
    readonly topics: readonly string[];
    readonly onMessage: (message: IncomingMessage) => void;
  }[] = [];
  readonly #broker: ScriptedBroker;
  #rejects: ((error: GatepostError) => void)[] = [];
  #end: (error: GatepostError | undefined) => void = () => undefined;

  constructor(broker: ScriptedBroker) {
    this.#broker = broker;
    this.receiveMaximum = broker.receiveMaximum;
    if (broker.files?.certificate !== undefined) this.certificate = broker.files.certificate;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  publish(message: OutgoingMessage): Promise<PublishAnswer> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    this.#broker.arrived.push(message);
    return new Promise((resolve, reject) => {
      this.#rejects.push(reject);
      // The answer comes in a later turn, as over a network.
      setImmediate(() => {
        const answer = this.#broker.script(message);
        if (answer === 'silence') return;
        this.inFlight -= 1;
        resolve(answer);
      });
    });
  }

  /** Ends the connection like a broken network. */
  cut(): void {
    const lost = new GatepostError('broker.lost', 'The connection broke off.');
    for (const reject of this.#rejects) reject(lost);
    this.#rejects = [];
    this.#end(lost);
  }

  async subscribe(topics: readonly string[], onMessage: (message: IncomingMessage) => void): Promise<void> {
    if (topics.some((topic) => this.#broker.unreadable.includes(topic)))
      throw new GatepostError('broker.refused', `The broker refuses ${topics.join(', ')}.`);
    this.subscriptions.push({ topics, onMessage });
  }

  async close(): Promise<void> {
    this.closings += 1;
    this.#end(undefined);
  }

  destroy(): void {
    this.destroyed = true;
    this.cut();
  }
}
