import type { StateByName } from '../../core/contract/states.ts';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import type { Broker, BrokerConnection, OutgoingMessage } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventOutbox, OutboxPosition } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { type ConnectionState, Reconnector, type RetrySchedule } from '../devices/reconnector.ts';
import { RepeatGuard } from '../log/limiters.ts';
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
  /** Called with each new connection; subscriptions made on it end with it. */
  readonly onConnected?: (connection: BrokerConnection) => void;
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
  readonly #trials: UplinkTrials;
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
  /** The problem that the last connection left unsolved. */
  #leftOver: UplinkProblem | undefined;
  /** Text of the alert that is raised now. */
  #alert: string | undefined;
  #unsubscribe: (() => void) | undefined;
  #nextReport: Cancel | undefined;
  /** Topics whose retained values were asked for. */
  readonly #asked = new Set<string>();

  constructor(deps: UplinkPumpDeps) {
    this.#deps = deps;
    this.#root = `gates/v1/${deps.site}/${deps.gate}/`;
    this.#repeats = new RepeatGuard(deps.clock);
    this.#trials = new UplinkTrials(deps.clock);
    this.#reconnector = new Reconnector<BrokerConnection>({
      name: 'broker',
      open: (signal) => deps.broker.connect(this.#connMessage('lost'), signal),
      schedule: SCHEDULE,
      clock: deps.clock,
      random: deps.random,
      logger: deps.logger,
      onState: (state) => this.#connectionChanged(state),
      onLink: (connection) => this.#beginSession(connection),
    });
    this.#certificates = new CertificateWatch({
      brokers: [deps.broker],
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
    await this.#certificates.stop();
    this.#endSession([]);
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
    if (tell === undefined || this.#asked.has(topic)) return;
    connection
      .subscribe([topic], ({ payload, retained }) => {
        if (retained) tell(payload);
      })
      .then(
        () => this.#asked.add(topic),
        (thrown: unknown) => {
          if (isGatepostError(thrown, 'broker.refused')) this.#asked.add(topic);
          this.#deps.logger.debug({ part: 'broker' }, messageOf(thrown));
        },
      );
  }

  #beginSession(connection: BrokerConnection): void {
    const { outbox, clock, random } = this.#deps;
    this.#endSession([]);
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
      problem: this.#leftOver,
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
        connection.destroy();
        this.#reconnector.reopen(cause);
      },
      onProgress: () => this.#reportSoon(),
    });
    this.#session = session;
    void connection.closed.then(() => {
      // If the broker answers nothing at all, no single message is the cause.
      if (this.#session === session) this.#endSession(isSilent ? [] : session.unanswered);
    });
    session.start();
    this.#certificates.connected({ broker: this.#deps.broker, connection });
    this.#deps.onConnected?.(connection);
  }

  /** @param unanswered messages without an answer when the broker itself ended the connection */
  #endSession(unanswered: readonly Unanswered[]): void {
    if (this.#session === undefined) return;
    this.#session.end();
    this.#leftOver = this.#session.problem;
    this.#session = undefined;
    const unwanted = this.#trials.ended(unanswered);
    this.#deps.replays?.connectionEnded(unwanted?.isReplay ? HANGS_UP : undefined);
    if (unwanted === undefined || unwanted.isReplay) return;
    const { topic, sequence } = unwanted;
    if (sequence === undefined) {
      this.#trials.refuse(topic, `${HANGS_UP}. Allow this gate to publish there.`);
      this.#complaintChanged();
    } else if (this.#leftOver === undefined) {
      const error = eventHangsUp(topic, sequence);
      this.#leftOver = {
        error,
        sequence,
        untilMs: this.#deps.clock.read().monotonicMs + REFUSED_PAUSE_MS,
      };
      this.#problemChanged(error);
    }
  }

  #connectionChanged(state: ConnectionState): void {
    this.#connection = state;
    this.#report();
  }

  #problemChanged(problem: GatepostError | undefined): void {
    this.#problem = problem;
    if (problem === undefined) {
      this.#deps.logger.info({ part: 'broker' }, 'The broker takes events again.');
      this.#repeats.clear();
    } else this.#warnOnce(problem.message);
    this.#setAlert();
    this.#session?.wake();
    this.#report();
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
    return complaint === undefined ? this.#certificate : new GatepostError('broker.refused', complaint);
  }

  #setAlert(): void {
    const shown = this.#problem ?? this.#complaint;
    const text = shown?.message;
    if (text === this.#alert && text !== undefined) return;
    this.#alert = text;
    const severity = shown?.code === 'broker.certificate' ? 'warning' : 'error';
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
    this.#states.set(this.#connTopic, this.#conn(this.#condition.state));
    this.#session?.wake();
  }

  #connMessage(state: Conn['state']): OutgoingMessage {
    return {
      topic: this.#connTopic,
      payload: new TextEncoder().encode(JSON.stringify(this.#conn(state))),
      retain: true,
      contentType: 'application/json',
    };
  }

  #conn(state: Conn['state']): Conn {
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
