import type { StateByName } from '../../core/contract/states.ts';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import type { Broker, BrokerConnection, OutgoingMessage } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventOutbox, OutboxPosition } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { type ConnectionState, Reconnector, type RetrySchedule } from '../devices/reconnector.ts';
import { RepeatGuard } from '../log/limiters.ts';
import { BrokerChoice } from './broker-choice.ts';
import { BrokerTrial } from './broker-trial.ts';
import { CertificateWatch } from './certificate-watch.ts';
import type { Replays } from './replays.ts';
import { RetainedStates } from './retained-states.ts';
import type { StatePayloads } from './told-states.ts';
import { eventHangsUp, HANGS_UP, type UplinkProblem } from './uplink-problem.ts';
import { UplinkSession } from './uplink-session.ts';
import { REFUSED_PAUSE_MS, type Unanswered, UplinkTrials } from './uplink-trials.ts';

const SCHEDULE: RetrySchedule = {
  initialMs: 1000,
  factor: 2,
  maximumMs: 60_000,
  jitter: 0.5,
  healthyAfterMs: 30_000,
};
/** How long stop() waits for the broker's last answers. */
const FAREWELL_MS = 2000;
/** How long a broker may take no events before the other one is used. */
const NO_EVENTS_MS = 60_000;
/** The number of pending events is published at most once in this time. */
const REPORT_MS = 1000;

export interface UplinkState {
  /** `degraded`: connected, but not everything is taken; `error` says why. */
  readonly status: ConnectionState['status'];
  /** Whether the broker is connected and takes events; it may still refuse states. */
  readonly takesEvents: boolean;
  readonly error?: GatepostError;
  /** Events of the log that the broker has not stored yet. */
  readonly pending: number;
}

type Conn = StateByName['conn'];

/** The condition of the gate, for `state/conn`. */
export interface GateCondition extends Pick<StateByName['conn'], 'devices' | 'commands'> {
  readonly state: 'init' | 'ready' | 'degraded';
}

/** Something that a person must look at, for `alert/<name>`. */
export type Alert = Omit<StateByName['alert'], 'since'>;

interface UplinkPumpDeps {
  readonly site: string;
  readonly gate: string;
  /** Name and version of the software. */
  readonly software: string;
  readonly outbox: EventOutbox;
  readonly broker: Broker;
  /** Used while the first one cannot be. */
  readonly second?: Broker;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onState: (state: UplinkState) => void;
  /** What servers ask for once more. */
  readonly replays?: Replays;
  /**
   * Called with the `state/conn` of this gate that the broker had retained before the first connection. It is not
   * verified.
   */
  readonly onRemembered?: (payload: Uint8Array) => void;
  /** The same for `checkpoint`. */
  readonly onCheckpoint?: (payload: Uint8Array) => void;
  /**
   * Called with each new connection; subscriptions made on it end with it. `isOther`: it is to another broker than the one
   * before, so what is retained there may be old.
   */
  readonly onConnected?: (connection: BrokerConnection, isOther: boolean) => void;
}

/** A broker, and what is known of it. */
class BrokerSide {
  readonly name: 'first' | 'second';
  readonly broker: Broker;
  readonly trials: UplinkTrials;
  /** Topics whose retained values were asked for. */
  readonly asked = new Set<string>();
  /** The problem that the last connection left unsolved. */
  leftOver: UplinkProblem | undefined;
  /** Why it could not be used last. */
  failure: GatepostError | undefined;

  constructor(name: 'first' | 'second', broker: Broker, clock: Clock) {
    this.name = name;
    this.broker = broker;
    this.trials = new UplinkTrials(clock);
  }
}

/**
 * Publishes the log and the gate's present state while a broker is connected
 * (config/contract/README.md#reading-the-feed).
 */
export class UplinkPump implements Lifecycle {
  readonly #deps: UplinkPumpDeps;
  readonly #root: string;
  readonly #states = new RetainedStates();
  readonly #repeats: RepeatGuard;
  readonly #sides: readonly [BrokerSide, ...BrokerSide[]];
  readonly #choice: BrokerChoice;
  readonly #trial: BrokerTrial;
  readonly #reconnector: Reconnector<BrokerConnection>;
  readonly #certificates: CertificateWatch;
  /** What a person must know about the gate's certificate. */
  #certificate: GatepostError | undefined;
  #position: OutboxPosition = { epoch: '', firstSequence: 0, lastSequence: 0, publishedSequence: 0 };
  #condition: GateCondition = { state: 'init', devices: {} };
  #since = '';
  #connection: ConnectionState = { status: 'connecting', attempt: 0 };
  #problem: GatepostError | undefined;
  #session: UplinkSession | undefined;
  /** The broker of the present session, or of the last one. */
  #used: BrokerSide | undefined;
  #noEvents: Cancel | undefined;
  /** Text of the alert that is raised now. */
  #alert: string | undefined;
  #unsubscribe: (() => void) | undefined;
  #nextReport: Cancel | undefined;

  constructor(deps: UplinkPumpDeps) {
    this.#deps = deps;
    this.#root = `gates/v1/${deps.site}/${deps.gate}/`;
    this.#repeats = new RepeatGuard(deps.clock);
    this.#sides = [
      new BrokerSide('first', deps.broker, deps.clock),
      ...(deps.second === undefined ? [] : [new BrokerSide('second', deps.second, deps.clock)]),
    ];
    this.#choice = new BrokerChoice(this.#sides.length, deps.clock);
    this.#trial = new BrokerTrial({
      connect: (signal) => deps.broker.connect(this.#connMessage('lost', this.#sides[0]), signal),
      probe: () => {
        const group = this.#sides[0].leftOver === undefined ? 'state' : 'evt';
        return { topic: `${this.#root}${group}/doctor`, payload: new Uint8Array(), retain: false };
      },
      clock: deps.clock,
      onHeld: () => void this.#goBack(),
    });
    this.#reconnector = new Reconnector<BrokerConnection>({
      name: 'broker',
      open: (signal) => this.#open(signal),
      schedule: SCHEDULE,
      clock: deps.clock,
      random: deps.random,
      logger: deps.logger,
      onState: (state) => this.#connectionChanged(state),
      onLink: (connection) => this.#beginSession(connection),
    });
    this.#certificates = new CertificateWatch({
      brokers: this.#sides.map(({ broker }) => broker),
      clock: deps.clock,
      onTrouble: (trouble) => {
        this.#certificate = trouble;
        this.#complaintChanged();
      },
      onRenewed: () => {
        // Nothing that was not answered is to blame for the end of this connection.
        this.#endSession([]);
        this.#reconnector.reopen();
      },
    });
  }

  /** @throws `log.unavailable` when the log cannot be read. A missing broker is no error. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#unsubscribe !== undefined) return;
    this.#position = this.#deps.outbox.position();
    this.#since = this.#now();
    this.#deps.replays?.onWork(() => this.#session?.wake());
    this.#unsubscribe = this.#deps.outbox.onCommitted(() => {
      this.#session?.wake();
      this.#reportSoon();
    });
    await this.#reconnector.start(signal);
    await this.#certificates.start(signal);
  }

  /** Waits a moment for answers, publishes that the gate stops on purpose, and disconnects. */
  async stop(): Promise<void> {
    if (this.#unsubscribe === undefined) return;
    this.#unsubscribe();
    this.#unsubscribe = undefined;
    this.#deps.replays?.stop();
    await this.#session?.finish(this.#connMessage('disconnected'), FAREWELL_MS);
    await this.#reconnector.stop();
    await this.#trial.end();
    await this.#certificates.stop();
    this.#endSession([]);
    this.#noEvents?.();
    this.#noEvents = undefined;
    this.#nextReport?.();
    this.#nextReport = undefined;
  }

  /**
   * Publishes a retained state below the gate's root, now and after every connect; only the newest value counts.
   * `sequence` of the newest event and `time` are added.
   */
  publishState<T extends keyof StatePayloads & string>(topic: T, payload: StatePayloads[T]): void {
    const { lastSequence } = this.#readPosition();
    this.#states.set(this.#root + topic, { ...payload, sequence: lastSequence, time: this.#now() });
    this.#session?.wake();
  }

  /** Publishes every retained state again, as after a connect. */
  tellAgain(): void {
    this.#states.putAllBack(this.#trials.suspect);
    this.#session?.wake();
  }

  /** Publishes the condition of the gate in `state/conn`. */
  setCondition(condition: GateCondition): void {
    if (condition.state !== this.#condition.state) this.#since = this.#now();
    this.#condition = condition;
    this.#setConn();
  }

  setAlert(name: string, alert: Alert | undefined): void {
    const state: StateByName['alert'] | undefined = alert && { ...alert, since: this.#now() };
    this.#states.set(`${this.#root}alert/${name}`, state);
    this.#session?.wake();
  }

  /**
   * Keeps a retained message for a neighbour on a full topic, now and after every connect; undefined empties it.
   * `onStored`: called once, when the broker has taken it.
   */
  retain(topic: string, value: object | undefined, onStored?: () => void): void {
    this.#states.set(topic, value, onStored);
    this.#session?.wake();
  }

  /**
   * Sends a message that is neither an event nor a state, once; without a connection, and where many wait, it is lost.
   * @param first before others that wait
   */
  say(message: OutgoingMessage, { first = false } = {}): void {
    this.#session?.say(message, first);
  }

  /**
   * Reads the retained `state/conn` and `checkpoint`, once, before anything is sent, because the first states replace
   * them.
   */
  #askWhatIsRemembered(connection: BrokerConnection): void {
    const { onRemembered, onCheckpoint } = this.#deps;
    this.#askFor(connection, this.#connTopic, onRemembered);
    this.#askFor(connection, `${this.#root}checkpoint`, onCheckpoint);
  }

  #askFor(
    connection: BrokerConnection,
    topic: string,
    tell: ((payload: Uint8Array) => void) | undefined,
  ): void {
    const { asked } = this.#side;
    if (tell === undefined || asked.has(topic)) return;
    connection
      .subscribe([topic], ({ payload, retained }) => {
        if (retained) tell(payload);
      })
      .then(
        () => asked.add(topic),
        (thrown: unknown) => {
          if (isGatepostError(thrown, 'broker.refused')) asked.add(topic);
          this.#deps.logger.debug({ part: 'broker' }, messageOf(thrown));
        },
      );
  }

  get #side(): BrokerSide {
    return this.#sides[this.#choice.present] ?? this.#sides[0];
  }

  get #trials(): UplinkTrials {
    return this.#side.trials;
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
      const connection = await this.#side.broker.connect(this.#connMessage('lost'), signal);
      this.#choice.connected(rank);
      return connection;
    } catch (thrown) {
      if (!signal.aborted) this.#choice.failed();
      throw thrown;
    }
  }

  /** The first broker has proved itself: the second is told goodbye. */
  async #goBack(): Promise<void> {
    const session = this.#session;
    await session?.finish(this.#connMessage('disconnected'), FAREWELL_MS);
    if (session === undefined || this.#session !== session) return;
    this.#endSession([]);
    this.#reconnector.reopen();
  }

  /** Uses the other broker, because this one is of no use although it is connected. */
  #useOther(cause: GatepostError): void {
    this.#endSession([]);
    this.#choice.giveUp();
    this.#reconnector.reopen(cause);
  }

  /** What is known of this broker takes the place of what was known of the other. */
  #beginSide(): void {
    const side = this.#side;
    const isOther = this.#used !== undefined && this.#used !== side;
    this.#used = side;
    if (isOther) {
      this.#problem = side.leftOver?.error;
      this.#deps.logger.info(
        { part: 'broker' },
        `The ${side.name} broker is used now: ${side.broker.address}.`,
      );
    }
    this.#watchEvents();
    if (side !== this.#sides[0]) this.#trial.begin(this.#choice.returnMs);
  }

  #beginSession(connection: BrokerConnection): void {
    const { outbox, clock, random } = this.#deps;
    this.#endSession([]);
    const isOther = this.#used !== undefined && this.#used !== this.#side;
    this.#beginSide();
    this.#askWhatIsRemembered(connection);
    this.#setConn();
    // Otherwise an alert of an earlier run would stay at the broker for ever.
    this.#setAlert();
    this.#states.putAllBack(this.#trials.suspect);
    let isSilent = false;
    const session = new UplinkSession({
      connection,
      outbox,
      from: this.#readPosition().publishedSequence,
      problem: this.#side.leftOver,
      states: this.#states,
      replays: this.#deps.replays,
      trials: this.#trials,
      root: this.#root,
      clock,
      random,
      onProblem: (problem) => this.#problemChanged(problem),
      onComplaint: () => this.#complaintChanged(),
      onSilent: (cause) => {
        isSilent = true;
        this.#choice.giveUp();
        connection.destroy();
        this.#reconnector.reopen(cause);
      },
      onProgress: () => this.#reportSoon(),
    });
    this.#session = session;
    void connection.closed.then(() => {
      if (this.#session !== session) return;
      if (!isSilent) this.#choice.lost();
      // If the broker answers nothing at all, no single message is the cause.
      this.#endSession(isSilent ? [] : session.unanswered);
    });
    session.start();
    this.#certificates.connected({ broker: this.#side.broker, connection });
    this.#deps.onConnected?.(connection, isOther);
  }

  /** @param unanswered messages without an answer when the broker itself ended the connection */
  #endSession(unanswered: readonly Unanswered[]): void {
    if (this.#session === undefined) return;
    this.#session.end();
    const side = this.#used ?? this.#side;
    side.leftOver = this.#session.problem;
    this.#session = undefined;
    const unwanted = side.trials.ended(unanswered);
    this.#deps.replays?.connectionEnded(unwanted?.isReplay ? HANGS_UP : undefined);
    if (unwanted === undefined || unwanted.isReplay) return;
    const { topic, sequence } = unwanted;
    if (sequence === undefined) {
      side.trials.refuse(topic, `${HANGS_UP}. Allow this gate to publish there.`);
      this.#complaintChanged();
    } else if (side.leftOver === undefined) {
      const error = eventHangsUp(topic, sequence);
      side.leftOver = {
        error,
        sequence,
        untilMs: this.#deps.clock.read().monotonicMs + REFUSED_PAUSE_MS,
      };
      this.#problemChanged(error);
    }
  }

  #connectionChanged(state: ConnectionState): void {
    this.#connection = state;
    if (state.error !== undefined) this.#side.failure = state.error;
    this.#report();
  }

  #problemChanged(problem: GatepostError | undefined): void {
    this.#problem = problem;
    if (problem === undefined) {
      this.#deps.logger.info({ part: 'broker' }, 'The broker takes events again.');
      this.#repeats.clear();
    } else this.#warnOnce(problem.message);
    this.#watchEvents();
    this.#setAlert();
    this.#session?.wake();
    this.#report();
  }

  /** Where a broker takes no events for long, the other one may. */
  #watchEvents(): void {
    this.#noEvents?.();
    this.#noEvents = undefined;
    if (this.#problem?.code !== 'broker.refused') return;
    this.#noEvents = this.#deps.clock.schedule(NO_EVENTS_MS, () => {
      this.#noEvents = undefined;
      if (this.#problem !== undefined && this.#session !== undefined && this.#choice.hasOther)
        this.#useOther(this.#problem);
    });
  }

  /** The states that the broker refuses, or what is wrong with the certificate, have changed. */
  #complaintChanged(): void {
    const complaint = this.#complaint?.message;
    if (complaint !== undefined) this.#warnOnce(complaint);
    this.#setAlert();
    this.#session?.wake();
    this.#report();
  }

  /** What a person must do although events go on. */
  get #complaint(): GatepostError | undefined {
    const { complaint } = this.#trials;
    if (complaint !== undefined) return new GatepostError('broker.refused', complaint);
    const [first] = this.#sides;
    if (this.#side === first) return this.#certificate;
    return new GatepostError(
      'broker.second',
      `The gate uses its second broker, ${this.#side.broker.address}. ${first.failure?.message ?? ''} It goes back to the first by itself.`,
    );
  }

  #setAlert(): void {
    const shown = this.#problem ?? this.#complaint;
    const text = shown?.message;
    if (text === this.#alert && text !== undefined) return;
    this.#alert = text;
    const isMild = shown?.code === 'broker.certificate' || shown?.code === 'broker.second';
    const severity = isMild ? 'warning' : 'error';
    this.setAlert('uplink', text === undefined ? undefined : { text, severity });
  }

  #report(): void {
    const { status, error } = this.#connection;
    const shown = status === 'ok' ? (this.#problem ?? this.#complaint) : error;
    const { lastSequence, publishedSequence } = this.#readPosition();
    const pending = Math.max(0, lastSequence - publishedSequence);
    this.#deps.onState({
      status: status === 'ok' && shown !== undefined ? 'degraded' : status,
      takesEvents: status === 'ok' && this.#problem === undefined,
      ...(shown === undefined ? {} : { error: shown }),
      pending,
    });
  }

  #reportSoon(): void {
    this.#nextReport ??= this.#deps.clock.schedule(REPORT_MS, () => {
      this.#nextReport = undefined;
      this.#report();
    });
  }

  #warnOnce(sentence: string): void {
    if (this.#repeats.admit(sentence)) this.#deps.logger.warn({ part: 'broker' }, sentence);
  }

  #setConn(): void {
    this.#states.set(this.#connTopic, this.#conn(this.#condition.state, this.#side));
    this.#session?.wake();
  }

  #connMessage(state: Conn['state'], side = this.#side): OutgoingMessage {
    return {
      topic: this.#connTopic,
      payload: new TextEncoder().encode(JSON.stringify(this.#conn(state, side))),
      retain: true,
      contentType: 'application/json',
    };
  }

  #conn(state: Conn['state'], { name }: BrokerSide): Conn {
    const { epoch, firstSequence, lastSequence } = this.#readPosition();
    const { devices, commands } = this.#condition;
    return {
      state,
      epoch,
      firstSeq: firstSequence,
      lastSeq: lastSequence,
      software: this.#deps.software,
      devices,
      ...(commands === undefined ? {} : { commands }),
      ...(this.#sides.length > 1 ? { broker: name } : {}),
      since: state === this.#condition.state ? this.#since : this.#now(),
    };
  }

  /** The position in the log; the last known one if the log cannot be read now. */
  #readPosition(): OutboxPosition {
    try {
      this.#position = this.#deps.outbox.position();
    } catch (thrown) {
      this.#warnOnce(`The event log cannot be read for publishing: ${messageOf(thrown)}`);
    }
    return this.#position;
  }

  get #connTopic(): string {
    return `${this.#root}state/conn`;
  }

  #now(): string {
    return new Date(this.#deps.clock.read().wallMs).toISOString();
  }
}
