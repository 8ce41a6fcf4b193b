import { createHash } from 'node:crypto';
import { LONGEST_NOTE } from '../../core/access/bounds.ts';
import type { ListedKey } from '../../core/bundle/trust-content.ts';
import type { Command } from '../../core/command/command.ts';
import { type CommandContext, judgeCommand } from '../../core/command/judge-command.ts';
import { readCommand } from '../../core/command/read-command.ts';
import {
  COMMAND_REFUSALS,
  COMMAND_VERBS,
  type CommandAnswer,
  type CommandOutcome,
  type CommandRefusal,
  type CommandVerb,
} from '../../core/contract/commands.ts';
import type { Value } from '../../core/contract/fields.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import type { BrokerConnection, IncomingMessage, OutgoingMessage } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { ClockView, State } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { RefusalMemory, RepeatGuard } from '../log/limiters.ts';
import type { Alert } from '../uplink/uplink-health.ts';
import type { CommandGiver, CommandPlan, VerbTable } from './command-plans.ts';
import type { CommandRecords, RecordedOutcome } from './command-records.ts';

/** Who commands, in the rows of what is ordered; the event of the command names the key. */
const SERVER = 'server';
/** How long an answer is worth something, in seconds. */
const ANSWER_EXPIRY_S = 60;
const LONGEST_TOPIC = 256;
/** Levels below rsp/, without wildcards. */
const RESPONSE_TOPIC = /^[\w.:~-]+(\/[\w.:~-]+)*$/;

/** The part of the uplink that says what is no event and no state. */
export interface CommandUplink {
  /** Sends a message once over the present connection; `first`: before others that wait. */
  say(message: OutgoingMessage, how: { readonly first: boolean }): void;
  setAlert(name: string, alert: Alert | undefined): void;
}

interface CommandIntakeDeps {
  readonly site: string;
  readonly gate: string;
  /** The verbs that this gate carries out. */
  readonly plans: Partial<VerbTable>;
  readonly records: CommandRecords;
  /** Keys of the signed list in force. */
  readonly keys: () => readonly ListedKey[];
  readonly state: { readonly clock: Pick<State<ClockView>, 'follow'> };
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads the signed commands for this gate from the broker and has them carried out (config/contract/README.md#commands).
 * Each is bounded, parsed, judged and recorded, and then planned by the rules that a guard's orders keep.
 */
export class CommandIntake implements Lifecycle {
  readonly #deps: CommandIntakeDeps;
  readonly #root: string;
  readonly #repeats: RepeatGuard;
  readonly #refusals = new RefusalMemory();
  #link: { readonly connection: BrokerConnection; readonly uplink: CommandUplink } | undefined;
  #unfollow: Cancel | undefined;

  constructor(deps: CommandIntakeDeps) {
    this.#deps = deps;
    this.#root = `gates/v1/${deps.site}/${deps.gate}/`;
    this.#repeats = new RepeatGuard(deps.clock);
  }

  /** To be started when everything that commands move has been. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#unfollow !== undefined) return;
    const { state, records } = this.#deps;
    // As soon as a clock can be believed, what was signed before is no command any more.
    this.#unfollow = state.clock.follow(() => this.#tolerating(() => records.goodFromMs()));
    records.publish();
    this.#subscribe();
  }

  async stop(): Promise<void> {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  /** For every new connection. Never throws. */
  attach(connection: BrokerConnection, uplink: CommandUplink): void {
    this.#link = { connection, uplink };
    void connection.closed.then(() => {
      if (this.#link?.connection === connection) this.#link = undefined;
    });
    this.#subscribe();
  }

  #subscribe(): void {
    if (this.#unfollow === undefined || this.#link === undefined) return;
    const { connection, uplink } = this.#link;
    const take = (message: IncomingMessage): void => void this.#receive(message, uplink);
    connection.subscribe([`${this.#root}cmd/+`], take, { retainAsPublished: true }).then(
      () => uplink.setAlert('commands', undefined),
      (error: unknown) => {
        if (this.#link?.connection !== connection) return;
        const text = `This gate gets no commands: ${messageOf(error)}`;
        uplink.setAlert('commands', { text, severity: 'warning' });
        if (this.#repeats.admit(text)) this.#deps.logger.warn({ part: 'commands' }, text);
      },
    );
  }

  async #receive(request: IncomingMessage, uplink: CommandUplink): Promise<void> {
    // Clearing a retained topic sends an empty message.
    if (this.#unfollow === undefined || request.payload.length === 0) return;
    const { responseTopic, correlationData } = request;
    const mayAnswer = responseTopic === undefined || this.#isForAnswers(responseTopic);
    const answer: Tell = (said) => {
      if (responseTopic === undefined || !mayAnswer) return;
      const message: OutgoingMessage = {
        topic: responseTopic,
        payload: new TextEncoder().encode(JSON.stringify(said)),
        retain: false,
        contentType: 'application/json',
        expirySeconds: ANSWER_EXPIRY_S,
        ...(correlationData === undefined ? {} : { correlationData }),
      };
      // Whoever floods the gate with what is no command must not keep the centre from its answer.
      uplink.say(message, { first: !COMMAND_REFUSALS.some((one) => one === said.reason) });
    };
    try {
      answer(await this.#dealWith(request, mayAnswer, answer));
    } catch (error) {
      this.#deps.logger.error({ part: 'commands', err: error }, `A command failed: ${messageOf(error)}`);
    }
  }

  async #dealWith(message: IncomingMessage, mayAnswer: boolean, tell: Tell): Promise<RecordedOutcome> {
    const { topic, payload, retained } = message;
    const { records, plans } = this.#deps;
    const meant = topic.slice(`${this.#root}cmd/`.length);
    const refuse = (refusal: CommandRefusal, detail: string, more: Refused = {}): RecordedOutcome =>
      this.#refuse(payload, { verb: knownVerb(meant), ...more.said, refusal, detail }, more.signers);
    if (retained) return refuse('retained', 'It was sent to be retained. A command is for now');
    const reading = readCommand(payload);
    if (reading.status === 'refused') return refuse(reading.refusal, reading.detail);
    const { head, verb } = reading.read;
    const said = { verb: knownVerb(verb), counter: head.counter };
    let judged: ReturnType<typeof judgeCommand>;
    try {
      judged = judgeCommand(reading.read, this.#context());
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#deps.logger.error(
        { part: 'commands', code: error.code },
        `A command was not done: ${error.message}`,
      );
      return { result: 'failed', reason: 'not_recorded', detail: 'The log of this gate cannot be read.' };
    }
    const { signers } = judged;
    if (judged.status === 'refused') return refuse(judged.refusal, judged.detail, { said, signers });
    if (verb !== meant)
      return refuse('wrong_topic', `It is a ${verb}, and came on cmd/${meant}`, { said, signers });
    if (!mayAnswer)
      return refuse('response_topic', 'Its answer would not be for this gate’s rsp/', { said, signers });
    const { command } = judged;
    const plan = plans[command.verb] as Plan | undefined;
    if (plan === undefined)
      return refuse('unknown_verb', `A ${verb} is not for a single gate`, { said, signers });
    const [key] = signers.map(({ publicKey }) => keyIdOf(publicKey));
    const planned = plan(command.arguments, giverOf(command, signers), key ?? '');
    const outcome = await records.carryOut(command, signers, planned, tell);
    this.#deps.logger.info(
      { part: 'commands', ...outcome },
      `The centre ordered ${verb}: ${outcome.result}.`,
    );
    return outcome;
  }

  #context(): CommandContext {
    const { site, gate, keys, clock, records } = this.#deps;
    const goodFromMs = records.goodFromMs();
    return { site, gate, keys: keys(), clock: clock.read(), lastCounter: records.lastCounter, goodFromMs };
  }

  /** The same bytes are refused on record once. */
  #refuse(bytes: Uint8Array, refused: RefusedCommand, signers: readonly ListedKey[] = []): RecordedOutcome {
    const { verb, counter, refusal, detail } = refused;
    const outcome: CommandOutcome = {
      ...(verb === undefined ? {} : { verb }),
      ...(counter === undefined ? {} : { counter }),
      result: 'refused',
      reason: refusal,
      detail: `${detail}.`,
    };
    const digest = createHash('sha256').update(bytes).digest('base64');
    if (!this.#refusals.isNew(`${refusal} ${digest}`)) return outcome;
    const text = `A command was refused (${refusal}): ${detail}.`;
    if (this.#repeats.admit(refusal)) this.#deps.logger.warn({ part: 'commands' }, text);
    return this.#deps.records.refuse(outcome, signers);
  }

  /** Whoever has the broker could have an answer sent elsewhere. */
  #isForAnswers(topic: string): boolean {
    const prefix = `${this.#root}rsp/`;
    return (
      topic.startsWith(prefix) &&
      RESPONSE_TOPIC.test(topic.slice(prefix.length)) &&
      topic.length <= LONGEST_TOPIC
    );
  }

  #tolerating(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      if (this.#repeats.admit(error.message)) this.#deps.logger.warn({ part: 'commands' }, error.message);
    }
  }
}

/** A plan of some verb; that arguments and verb belong together TypeScript cannot see through the union. */
type Plan = (args: Command['arguments'], giver: CommandGiver, key: string) => CommandPlan;

type Tell = (said: Value<typeof CommandAnswer>) => void;

interface Refused {
  readonly said?: { readonly verb: CommandVerb | undefined; readonly counter: number };
  readonly signers?: readonly ListedKey[];
}

interface RefusedCommand {
  readonly verb?: CommandVerb | undefined;
  readonly counter?: number;
  readonly refusal: CommandRefusal;
  readonly detail: string;
}

function knownVerb(text: string): CommandVerb | undefined {
  return COMMAND_VERBS.find((verb) => verb === text);
}

/** The note of every row that the command causes names who has signed it. */
function giverOf({ arguments: { note } }: Command, signers: readonly ListedKey[]): CommandGiver {
  const names = signers.map(({ name }) => name).join(', ');
  const whole = [...`centre: ${names}${note === undefined ? '' : `: ${note}`}`];
  return {
    operator: SERVER,
    note: whole.length <= LONGEST_NOTE ? whole.join('') : `${whole.slice(0, LONGEST_NOTE - 1).join('')}…`,
  };
}
