import { type GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import type { Broker, BrokerConnection } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { eventHangsUp, HANGS_UP, type UplinkProblem } from './uplink-problem.ts';
import { REFUSED_PAUSE_MS, type Unanswered, UplinkTrials } from './uplink-trials.ts';

interface BrokerSideDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A broker, and what is known of it over all connections. */
export class BrokerSide {
  readonly name: 'first' | 'second';
  readonly broker: Broker;
  readonly trials: UplinkTrials;
  /** Why it could not be used last. */
  failure: GatepostError | undefined;
  readonly #deps: BrokerSideDeps;
  /** Topics whose retained values were asked for. */
  readonly #asked = new Set<string>();
  #leftOver: UplinkProblem | undefined;

  constructor(name: 'first' | 'second', broker: Broker, deps: BrokerSideDeps) {
    this.name = name;
    this.broker = broker;
    this.#deps = deps;
    this.trials = new UplinkTrials(deps.clock);
  }

  /** The problem that the last connection left unsolved. */
  get leftOver(): UplinkProblem | undefined {
    return this.#leftOver;
  }

  /** Reads what is retained on a topic, once over all connections. */
  askFor(connection: BrokerConnection, topic: string, tell: (payload: Uint8Array) => void): void {
    if (this.#asked.has(topic)) return;
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

  /**
   * A session is over. Returns what the broker ends each connection after, once that is certain and news.
   * @param problem what it left unsolved
   * @param unanswered messages without an answer when the broker itself ended the connection
   */
  sessionEnded(
    problem: UplinkProblem | undefined,
    unanswered: readonly Unanswered[],
  ): 'state' | 'event' | 'replay' | undefined {
    this.#leftOver = problem;
    const unwanted = this.trials.ended(unanswered);
    if (unwanted === undefined) return undefined;
    const { topic, sequence, isReplay } = unwanted;
    if (isReplay) return 'replay';
    if (sequence === undefined) {
      this.trials.refuse(topic, `${HANGS_UP}. Allow this gate to publish there.`);
      return 'state';
    }
    if (problem !== undefined) return undefined;
    const untilMs = this.#deps.clock.read().monotonicMs + REFUSED_PAUSE_MS;
    this.#leftOver = { error: eventHangsUp(topic, sequence), sequence, untilMs };
    return 'event';
  }
}
