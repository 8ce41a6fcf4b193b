import { createHash } from 'node:crypto';
import type { ListedKey } from '../../core/bundle/trust-content.ts';
import type { Command } from '../../core/command/command.ts';
import { judgeAuthority } from '../../core/command/judge-command.ts';
import { readCommand } from '../../core/command/read-command.ts';
import { SITE_VERBS, type SiteMessage } from '../../core/command/site-order.ts';
import type { SiteRefusal } from '../../core/command/site-order-steps.ts';
import type { CommandOutcome, CommandRefusal } from '../../core/contract/commands.ts';
import { messageOf } from '../../core/errors.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import type { BrokerConnection, IncomingMessage } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { RefusalMemory, RepeatGuard } from '../log/limiters.ts';
import type { SiteOrderKeeper } from '../rules/site-order-keeper.ts';

interface SiteTopicDeps {
  readonly site: string;
  /** Every order needs the signatures of two keys. */
  readonly fourEyes: boolean;
  readonly keeper: Pick<SiteOrderKeeper, 'receive'>;
  /** Keys of the signed list in force. */
  readonly keys: () => readonly ListedKey[];
  /** Records what is refused. */
  readonly refuse: (outcome: CommandOutcome, signers: readonly ListedKey[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Objection {
  readonly refusal: CommandRefusal;
  readonly detail: string;
  readonly signers?: readonly ListedKey[];
  readonly command?: Command;
}

const TOO_LATE: Readonly<Record<SiteRefusal, string>> = {
  old_counter: 'Its counter is used up: a newer order for this site has come before it',
  not_yet: 'It is not good yet',
  expired: 'Its time is over',
  older_than_end: 'The fire alarm of this gate has ended since it was signed',
};

/**
 * Reads the present order of the site from the broker (config/contract/README.md#a-whole-site). It is retained there, so
 * that a gate that was away hears of it: what is too old, or was heard before, does nothing.
 */
export class SiteTopic {
  readonly #deps: SiteTopicDeps;
  readonly #topic: string;
  readonly #repeats: RepeatGuard;
  readonly #refusals = new RefusalMemory();
  #connection: BrokerConnection | undefined;

  constructor(deps: SiteTopicDeps) {
    this.#deps = deps;
    this.#topic = `gates/v1/${deps.site}/_cmd/site`;
    this.#repeats = new RepeatGuard(deps.clock);
  }

  /** For every new connection. Never throws. */
  attach(connection: BrokerConnection): void {
    this.#connection = connection;
    void connection.closed.then(() => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    connection
      .subscribe([this.#topic], (message) => this.#receive(message))
      .catch((error: unknown) => {
        const sentence = `Orders to the whole site cannot be read: ${messageOf(error)}`;
        if (this.#repeats.admit(sentence)) this.#deps.logger.warn({ part: 'centre' }, sentence);
      });
  }

  /** Has the broker send the present order again: it may be valid with the keys that are trusted now. */
  askAgain(): void {
    if (this.#connection !== undefined) this.attach(this.#connection);
  }

  #receive({ topic, payload }: IncomingMessage): void {
    // Clearing a retained topic sends an empty message, which ends nothing.
    if (topic !== this.#topic || payload.length === 0) return;
    const objection = this.#objectionTo(payload);
    if (objection !== undefined) this.#refuse(payload, objection);
  }

  /** Has the order carried out, or says why not. */
  #objectionTo(payload: Uint8Array): Objection | undefined {
    const { site, fourEyes, keeper, keys, clock } = this.#deps;
    const reading = readCommand(payload);
    if (reading.status === 'refused') return reading;
    const context = { site, gate: undefined, keys: keys(), clock: clock.read() };
    const judged = judgeAuthority(reading.read, context);
    if (judged.status === 'refused') return judged;
    const { command, signers } = judged;
    const no = (refusal: CommandRefusal, detail: string) => ({ refusal, detail, signers, command });
    const verb = SITE_VERBS.find((one) => one === command.verb);
    if (verb === undefined) return no('wrong_topic', `A ${command.verb} is not for a whole site`);
    if (fourEyes && signers.length < 2)
      return no('four_eyes', 'This site asks for the signatures of two keys');
    const outcome = keeper.receive(siteMessage(command, verb, signers, payload));
    return typeof outcome === 'object' ? no(outcome.refused, TOO_LATE[outcome.refused]) : undefined;
  }

  #refuse(payload: Uint8Array, { refusal, detail, signers = [], command }: Objection): void {
    const { logger, refuse } = this.#deps;
    // The retained message comes again with each connection, and is told once.
    if (!this.#refusals.isNew(`${refusal} ${digestOf(payload)}`)) return;
    logger.warn({ part: 'centre', refusal }, `An order to the whole site was refused: ${detail}.`);
    const said = command === undefined ? {} : { verb: command.verb, counter: command.counter };
    refuse({ ...said, result: 'refused', reason: refusal, detail: `${detail}.` }, signers);
  }
}

function siteMessage(
  { counter, notBefore, notAfter, arguments: given }: Command,
  verb: SiteMessage['verb'],
  signers: readonly ListedKey[],
  payload: Uint8Array,
): SiteMessage {
  const { note } = given as { readonly note?: string };
  return {
    verb,
    counter,
    digest: digestOf(payload),
    keys: signers.map(({ publicKey }) => keyIdOf(publicKey)),
    by: signers.map(({ name }) => name).join(', '),
    ...(note === undefined ? {} : { note }),
    notBeforeS: notBefore,
    notAfterS: notAfter,
  };
}

function digestOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}
