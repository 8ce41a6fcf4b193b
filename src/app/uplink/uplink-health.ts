import type { StateByName } from '../../core/contract/states.ts';
import { GatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { OutboxPosition } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ConnectionState } from '../devices/reconnector.ts';
import { RepeatGuard } from '../log/limiters.ts';
import type { BrokerSide } from './broker-side.ts';

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

/** Something that a person must look at, for `alert/<name>`. */
export type Alert = Omit<StateByName['alert'], 'since'>;

interface UplinkHealthDeps {
  /** The first broker, and the one that is used or tried now. */
  readonly brokers: { readonly first: BrokerSide; readonly side: BrokerSide };
  readonly position: () => OutboxPosition;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onState: (state: UplinkState) => void;
  /** Raises `alert/uplink`, or removes it. */
  readonly setAlert: (alert: Alert | undefined) => void;
}

/** What is wrong on the way to the broker: for the gate's state, for `alert/uplink` and for the log lines. */
export class UplinkHealth {
  readonly #deps: UplinkHealthDeps;
  readonly #repeats: RepeatGuard;
  #connection: ConnectionState = { status: 'connecting', attempt: 0 };
  /** Why no events are sent although the broker is connected. */
  #problem: GatepostError | undefined;
  /** What a person must know about the gate's certificate. */
  #certificate: GatepostError | undefined;
  /** Text of the alert that is raised now. */
  #alert: string | undefined;
  #nextReport: Cancel | undefined;

  constructor(deps: UplinkHealthDeps) {
    this.#deps = deps;
    this.#repeats = new RepeatGuard(deps.clock);
  }

  /** Cancels the report that is due. */
  stop(): void {
    this.#nextReport?.();
    this.#nextReport = undefined;
  }

  connectionChanged(connection: ConnectionState): void {
    this.#connection = connection;
    this.#report();
  }

  /** A session begins. @param problem what the one before at this broker left unsolved */
  sessionBegins(problem: GatepostError | undefined): void {
    this.#problem = problem;
    // Otherwise an alert of an earlier run would stay at the broker for ever.
    this.#raise();
  }

  problemChanged(problem: GatepostError | undefined): void {
    this.#problem = problem;
    if (problem === undefined) {
      this.#deps.logger.info({ part: 'broker' }, 'The broker takes events again.');
      this.#repeats.clear();
    } else this.warn(problem.message);
    this.#raise();
    this.#report();
  }

  certificateChanged(trouble: GatepostError | undefined): void {
    this.#certificate = trouble;
    this.complaintChanged();
  }

  /** The states that the broker refuses, or what is wrong with the certificate, have changed. */
  complaintChanged(): void {
    const complaint = this.#complaint?.message;
    if (complaint !== undefined) this.warn(complaint);
    this.#raise();
    this.#report();
  }

  /** The number of pending events has changed. */
  pendingChanged(): void {
    this.#nextReport ??= this.#deps.clock.schedule(REPORT_MS, () => {
      this.#nextReport = undefined;
      this.#report();
    });
  }

  /** Writes a log line, unless it was written before. */
  warn(sentence: string): void {
    if (this.#repeats.admit(sentence)) this.#deps.logger.warn({ part: 'broker' }, sentence);
  }

  /** What a person must do although events go on. */
  get #complaint(): GatepostError | undefined {
    const { first, side } = this.#deps.brokers;
    const { complaint } = side.trials;
    if (complaint !== undefined) return new GatepostError('broker.refused', complaint);
    if (side === first) return this.#certificate;
    return new GatepostError(
      'broker.second',
      `The gate uses its second broker, ${side.broker.address}. ${first.failure?.message ?? ''} It goes back to the first by itself.`,
    );
  }

  #raise(): void {
    const shown = this.#problem ?? this.#complaint;
    const text = shown?.message;
    if (text === this.#alert && text !== undefined) return;
    this.#alert = text;
    const isMild = shown?.code === 'broker.certificate' || shown?.code === 'broker.second';
    const severity = isMild ? 'warning' : 'error';
    this.#deps.setAlert(text === undefined ? undefined : { text, severity });
  }

  #report(): void {
    const { status, error } = this.#connection;
    const shown = status === 'ok' ? (this.#problem ?? this.#complaint) : error;
    const { lastSequence, publishedSequence } = this.#deps.position();
    const pending = Math.max(0, lastSequence - publishedSequence);
    this.#deps.onState({
      status: status === 'ok' && shown !== undefined ? 'degraded' : status,
      takesEvents: status === 'ok' && this.#problem === undefined,
      ...(shown === undefined ? {} : { error: shown }),
      pending,
    });
  }
}
