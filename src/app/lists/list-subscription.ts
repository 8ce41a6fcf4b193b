import { BUNDLE_TYPES, MAX_BUNDLE_BYTES } from '../../core/bundle/bundle.ts';
import { messageOf } from '../../core/errors.ts';
import type { BrokerConnection, IncomingMessage } from '../../ports/broker.ts';
import type { BundleIntake } from '../../ports/bundles.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { RepeatGuard } from '../log/limiters.ts';

/** The largest signed list, with its topic. */
const LONGEST_LIST_BYTES = MAX_BUNDLE_BYTES + 1024;

interface ListSubscriptionDeps {
  readonly site: string;
  readonly intake: BundleIntake;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads the signed lists of the site from the broker, where each is retained (config/contract/README.md#signed-lists).
 */
export class ListSubscription {
  readonly #deps: ListSubscriptionDeps;
  readonly #topics: ReadonlySet<string>;
  readonly #repeats: RepeatGuard;
  #connection: BrokerConnection | undefined;

  constructor(deps: ListSubscriptionDeps) {
    this.#deps = deps;
    this.#topics = new Set(BUNDLE_TYPES.map((type) => `gates/v1/${deps.site}/_dist/${type}`));
    this.#repeats = new RepeatGuard(deps.clock);
  }

  /** For every new connection. Never throws. */
  attach(connection: BrokerConnection): void {
    this.#connection = connection;
    const limit = connection.maximumPacketSize;
    if (limit !== undefined && limit < LONGEST_LIST_BYTES) {
      this.#warnOnce(
        `The broker takes packets of at most ${limit} bytes: a signed list that is longer (up to ${LONGEST_LIST_BYTES}) never comes here, and whoever publishes it may not hear of it. Raise max_packet_size there.`,
      );
    }
    void connection.closed.then(() => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    connection
      .subscribe([...this.#topics], (message) => this.#receive(message))
      .catch((error: unknown) => this.#warnOnce(`The signed lists cannot be read: ${messageOf(error)}`));
  }

  /**
   * Has the broker send all lists again, because lists that were refused may be valid with the keys that are trusted
   * now.
   */
  askAgain(): void {
    if (this.#connection !== undefined) this.attach(this.#connection);
  }

  #receive({ topic, payload }: IncomingMessage): void {
    // Clearing a retained topic sends an empty message, which removes no list.
    if (!this.#topics.has(topic) || payload.length === 0) return;
    this.#deps.intake.receive({ bytes: payload, source: 'mqtt' }).catch((error: unknown) => {
      this.#deps.logger.error(
        { part: 'lists', err: error },
        `A list was not dealt with: ${messageOf(error)}`,
      );
    });
  }

  #warnOnce(sentence: string): void {
    if (this.#repeats.admit(sentence)) this.#deps.logger.warn({ part: 'lists' }, sentence);
  }
}
