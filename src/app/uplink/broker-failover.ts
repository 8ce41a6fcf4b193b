import type { GatepostError } from '../../core/errors.ts';
import type { Broker, BrokerConnection, OutgoingMessage } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { type ConnectionState, Reconnector, type RetrySchedule } from '../devices/reconnector.ts';
import { BrokerChoice } from './broker-choice.ts';
import { BrokerSide } from './broker-side.ts';
import { BrokerTrial } from './broker-trial.ts';
import { CertificateWatch } from './certificate-watch.ts';

const SCHEDULE: RetrySchedule = {
  initialMs: 1000,
  factor: 2,
  maximumMs: 60_000,
  jitter: 0.5,
  healthyAfterMs: 30_000,
};
/** How long a broker may take no events before the other one is used. */
const NO_EVENTS_MS = 60_000;

interface BrokerFailoverDeps {
  readonly broker: Broker;
  /** Used while the first one cannot be. */
  readonly second: Broker | undefined;
  /** `gates/v1/<site>/<gate>/` */
  readonly root: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** What this broker tells if it loses the gate. */
  readonly will: (side: BrokerSide) => OutgoingMessage;
  readonly onState: (state: ConnectionState) => void;
  /** Called with each new connection, which is to `side`; `isOther`: not to the broker of the one before. */
  readonly onConnected: (connection: BrokerConnection, isOther: boolean) => void;
  /** Called when what a person must know about the gate's certificates has changed. */
  readonly onCertificate: (trouble: GatepostError | undefined) => void;
  /** Ends the work over the present connection, if there is one; no message without an answer is to blame for it. */
  readonly endSession: () => void;
  /** Says over the present connection that the gate leaves on purpose. Returns whether that is still the present one. */
  readonly sayGoodbye: () => Promise<boolean>;
}

/**
 * Keeps a connection to one of the brokers: to the first while that is of use, else to the second, and back
 * (config/broker/README.md#two-brokers).
 */
export class BrokerFailover implements Lifecycle {
  readonly first: BrokerSide;
  readonly #deps: BrokerFailoverDeps;
  readonly #sides: readonly BrokerSide[];
  readonly #choice: BrokerChoice;
  readonly #trial: BrokerTrial;
  readonly #reconnector: Reconnector<BrokerConnection>;
  readonly #certificates: CertificateWatch;
  #used: BrokerSide | undefined;
  #noEvents: Cancel | undefined;

  constructor(deps: BrokerFailoverDeps) {
    const { broker, second, clock, random, logger } = deps;
    this.#deps = deps;
    this.first = new BrokerSide('first', broker, deps);
    this.#sides = [this.first, ...(second === undefined ? [] : [new BrokerSide('second', second, deps)])];
    this.#choice = new BrokerChoice(this.#sides.length, clock);
    this.#trial = new BrokerTrial({
      connect: (signal) => broker.connect(deps.will(this.first), signal),
      probe: () => {
        const group = this.first.leftOver === undefined ? 'state' : 'evt';
        return { topic: `${deps.root}${group}/doctor`, payload: new Uint8Array(), retain: false };
      },
      clock,
      onHeld: () => void this.#goBack(),
    });
    this.#reconnector = new Reconnector<BrokerConnection>({
      name: 'broker',
      open: (signal) => this.#open(signal),
      schedule: SCHEDULE,
      clock,
      random,
      logger,
      onState: (state) => {
        if (state.error !== undefined) this.side.failure = state.error;
        deps.onState(state);
      },
      onLink: (connection) => this.#connected(connection),
    });
    this.#certificates = new CertificateWatch({
      brokers: this.#sides.map((side) => side.broker),
      clock,
      onTrouble: deps.onCertificate,
      onRenewed: () => this.#replace(),
    });
  }

  /** The broker that is used or tried now. */
  get side(): BrokerSide {
    return this.#sides[this.#choice.present] ?? this.first;
  }

  /** The broker of the present connection, or of the last one. */
  get used(): BrokerSide {
    return this.#used ?? this.side;
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#reconnector.start(signal);
    await this.#certificates.start(signal);
  }

  async stop(): Promise<void> {
    await this.#reconnector.stop();
    await this.#trial.end();
    await this.#certificates.stop();
    this.#deps.endSession();
    this.watchEvents(undefined);
  }

  /** The present connection ended by itself. */
  lost(): void {
    this.#choice.lost();
  }

  /** Uses the other broker, because this one is of no use although it is connected. */
  useOther(cause: GatepostError): void {
    this.#choice.giveUp();
    this.#replace(cause);
  }

  /**
   * Where a broker takes no events for long, the other one may.
   * @param problem why it takes none now; undefined if it takes them
   */
  watchEvents(problem: GatepostError | undefined): void {
    this.#noEvents?.();
    this.#noEvents = undefined;
    if (problem?.code !== 'broker.refused') return;
    this.#noEvents = this.#deps.clock.schedule(NO_EVENTS_MS, () => {
      this.#noEvents = undefined;
      if (this.#reconnector.link !== undefined && this.#choice.hasOther) this.useOther(problem);
    });
  }

  async #open(signal: AbortSignal): Promise<BrokerConnection> {
    const tried = this.#trial.take();
    if (tried !== undefined) {
      this.#choice.returned();
      return tried;
    }
    const rank = this.#choice.next();
    // Two connections of one name at one broker would end each other.
    if (rank === 0) await this.#trial.end();
    try {
      const { side } = this;
      const connection = await side.broker.connect(this.#deps.will(side), signal);
      this.#choice.connected(rank);
      return connection;
    } catch (thrown) {
      if (!signal.aborted) this.#choice.failed();
      throw thrown;
    }
  }

  #connected(connection: BrokerConnection): void {
    const { endSession, onConnected, logger } = this.#deps;
    endSession();
    const { side } = this;
    const { name, broker } = side;
    const isOther = this.#used !== undefined && this.#used !== side;
    this.#used = side;
    if (isOther) logger.info({ part: 'broker' }, `The ${name} broker is used now: ${broker.address}.`);
    this.watchEvents(side.leftOver?.error);
    if (side !== this.first) this.#trial.begin(this.#choice.returnMs);
    this.#certificates.connected({ broker, connection });
    onConnected(connection, isOther);
  }

  /** The first broker has proved itself: the second is told goodbye. */
  async #goBack(): Promise<void> {
    if (await this.#deps.sayGoodbye()) this.#replace();
  }

  /** Connects anew. @param cause what is wrong with the present connection */
  #replace(cause?: GatepostError): void {
    this.#deps.endSession();
    this.#reconnector.reopen(cause);
  }
}
