import type { StateByName } from '../../core/contract/states.ts';
import { type GatepostError, messageOf } from '../../core/errors.ts';
import type { Broker, BrokerConnection, OutgoingMessage } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventOutbox, OutboxPosition } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { BrokerFailover } from './broker-failover.ts';
import { ConnState, type GateCondition } from './conn-state.ts';
import type { Replays } from './replays.ts';
import { RetainedStates } from './retained-states.ts';
import type { StatePayloads } from './told-states.ts';
import { type Alert, UplinkHealth, type UplinkState } from './uplink-health.ts';
import { HANGS_UP } from './uplink-problem.ts';
import { UplinkSession } from './uplink-session.ts';
import type { Unanswered } from './uplink-trials.ts';

/** How long stop() waits for the broker's last answers. */
const FAREWELL_MS = 2000;

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

/**
 * Publishes the log and the gate's present state while a broker is connected
 * (config/contract/README.md#reading-the-feed).
 */
export class UplinkPump implements Lifecycle {
  readonly #deps: UplinkPumpDeps;
  readonly #root: string;
  readonly #states = new RetainedStates();
  readonly #conn: ConnState;
  readonly #failover: BrokerFailover;
  readonly #health: UplinkHealth;
  #position: OutboxPosition = { epoch: '', firstSequence: 0, lastSequence: 0, publishedSequence: 0 };
  #session: UplinkSession | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(deps: UplinkPumpDeps) {
    const { site, gate, software, broker, second, clock, random, logger, onState } = deps;
    const root = `gates/v1/${site}/${gate}/`;
    const position = () => this.#readPosition();
    this.#deps = deps;
    this.#root = root;
    this.#conn = new ConnState({ root, software, hasSecond: second !== undefined, position, clock });
    this.#failover = new BrokerFailover({
      ...{ broker, second, root, clock, random, logger },
      will: (side) => this.#conn.message(side.name, 'lost'),
      onState: (state) => this.#health.connectionChanged(state),
      onConnected: (connection, isOther) => this.#beginSession(connection, isOther),
      onCertificate: (trouble) => this.#health.certificateChanged(trouble),
      endSession: () => this.#endSession([]),
      sayGoodbye: () => this.#sayGoodbye(),
    });
    this.#health = new UplinkHealth({
      ...{ brokers: this.#failover, position, clock, logger, onState },
      setAlert: (alert) => this.setAlert('uplink', alert),
    });
  }

  /** @throws `log.unavailable` when the log cannot be read. A missing broker is no error. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#unsubscribe !== undefined) return;
    this.#position = this.#deps.outbox.position();
    this.#conn.begin();
    this.#deps.replays?.onWork(() => this.#session?.wake());
    this.#unsubscribe = this.#deps.outbox.onCommitted(() => {
      this.#session?.wake();
      this.#health.pendingChanged();
    });
    await this.#failover.start(signal);
  }

  /** Waits a moment for answers, publishes that the gate stops on purpose, and disconnects. */
  async stop(): Promise<void> {
    if (this.#unsubscribe === undefined) return;
    this.#unsubscribe();
    this.#unsubscribe = undefined;
    this.#deps.replays?.stop();
    await this.#sayGoodbye();
    await this.#failover.stop();
    this.#health.stop();
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
    this.#states.putAllBack(this.#failover.side.trials.suspect);
    this.#session?.wake();
  }

  /** Publishes the condition of the gate in `state/conn`. */
  setCondition(condition: GateCondition): void {
    this.#conn.set(condition);
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

  #beginSession(connection: BrokerConnection, isOther: boolean): void {
    const { outbox, clock, random, replays, onConnected } = this.#deps;
    const { side } = this.#failover;
    this.#askWhatIsRemembered(connection);
    this.#setConn();
    this.#health.sessionBegins(side.leftOver?.error);
    this.#states.putAllBack(side.trials.suspect);
    const session = new UplinkSession({
      connection,
      outbox,
      from: this.#readPosition().publishedSequence,
      problem: side.leftOver,
      states: this.#states,
      replays,
      trials: side.trials,
      root: this.#root,
      clock,
      random,
      onProblem: (problem) => this.#problemChanged(problem),
      onComplaint: () => this.#health.complaintChanged(),
      onSilent: (cause) => {
        connection.destroy();
        // If the broker answers nothing at all, no single message is the cause.
        this.#failover.useOther(cause);
      },
      onProgress: () => this.#health.pendingChanged(),
    });
    this.#session = session;
    void connection.closed.then(() => {
      if (this.#session !== session) return;
      this.#failover.lost();
      this.#endSession(session.unanswered);
    });
    session.start();
    onConnected?.(connection, isOther);
  }

  /** @param unanswered messages without an answer when the broker itself ended the connection */
  #endSession(unanswered: readonly Unanswered[]): void {
    if (this.#session === undefined) return;
    this.#session.end();
    const { problem } = this.#session;
    this.#session = undefined;
    const { used } = this.#failover;
    const unwanted = used.sessionEnded(problem, unanswered);
    this.#deps.replays?.connectionEnded(unwanted === 'replay' ? HANGS_UP : undefined);
    if (unwanted === 'state') this.#health.complaintChanged();
    else if (unwanted === 'event') this.#problemChanged(used.leftOver?.error);
  }

  /** @param problem why the broker takes no events; undefined if it does again */
  #problemChanged(problem: GatepostError | undefined): void {
    this.#failover.watchEvents(problem);
    this.#health.problemChanged(problem);
  }

  /** Returns whether the session that said it is still the present one. */
  async #sayGoodbye(): Promise<boolean> {
    const session = this.#session;
    const { name } = this.#failover.side;
    await session?.finish(this.#conn.message(name, 'disconnected'), FAREWELL_MS);
    return session !== undefined && this.#session === session;
  }

  /**
   * Reads the retained `state/conn` and `checkpoint`, once, before anything is sent, because the first states replace
   * them.
   */
  #askWhatIsRemembered(connection: BrokerConnection): void {
    const { onRemembered, onCheckpoint } = this.#deps;
    const { side } = this.#failover;
    if (onRemembered !== undefined) side.askFor(connection, this.#conn.topic, onRemembered);
    if (onCheckpoint !== undefined) side.askFor(connection, `${this.#root}checkpoint`, onCheckpoint);
  }

  #setConn(): void {
    this.#states.set(this.#conn.topic, this.#conn.value(this.#failover.side.name));
    this.#session?.wake();
  }

  /** The position in the log; the last known one if the log cannot be read now. */
  #readPosition(): OutboxPosition {
    try {
      this.#position = this.#deps.outbox.position();
    } catch (thrown) {
      this.#health.warn(`The event log cannot be read for publishing: ${messageOf(thrown)}`);
    }
    return this.#position;
  }

  #now(): string {
    return new Date(this.#deps.clock.read().wallMs).toISOString();
  }
}
