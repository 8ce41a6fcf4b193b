import { onTestFinished } from 'vitest';
import { trustContent } from '../../../src/core/bundle/trust-content.ts';
import type { ArgumentsOf, Command } from '../../../src/core/command/command.ts';
import { signCommand } from '../../../src/core/command/sign-command.ts';
import type { SiteVerb } from '../../../src/core/command/site-order.ts';
import type { CommandVerb } from '../../../src/core/contract/commands.ts';
import type { Signer } from '../../../src/core/pass/issue-pass.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import type { IncomingMessage } from '../../../src/ports/broker.ts';
import { ScriptedBroker } from '../broker/scripted-broker.ts';
import { settle, VirtualClock } from '../clock/virtual-clock.ts';
import { temporaryFolder } from '../store/store-folder.ts';
import { CENTRE_KEY, DAY_S, OFFICE_KEY, sampleBundle } from './bundle-samples.ts';
import { command, type commandKey, DESK, DESK_KEY } from './command-samples.ts';
import { NOW_S } from './pass-samples.ts';
import { RuleGate, type RuleGateOptions, SITE } from './rule-gate.ts';

type Head = Parameters<typeof command>[2];
type Delivery = Partial<Omit<IncomingMessage, 'payload'>>;

const ROOT = `gates/v1/${SITE}/north/`;

/** A gate whose list of keys names a desk, and the desk that sends it commands over a broker. */
export class CommandDesk {
  readonly broker = new ScriptedBroker();
  readonly clock = new VirtualClock();
  readonly folder = temporaryFolder();
  readonly #policy: Policy;
  readonly #options: Omit<RuleGateOptions, 'broker'>;
  #gate: RuleGate | undefined;
  #counter = 0;
  #requests = 0;

  private constructor(policy: Policy, options: Omit<RuleGateOptions, 'broker'>) {
    this.#policy = policy;
    this.#options = options;
  }

  static async opens(policy: Policy, options: Omit<RuleGateOptions, 'broker'> = {}): Promise<CommandDesk> {
    const desk = new CommandDesk(policy, options);
    await desk.start();
    onTestFinished(() => desk.gate.stop());
    await desk.trust([DESK_KEY]);
    return desk;
  }

  get gate(): RuleGate {
    if (this.#gate === undefined) throw new Error('The gate was not started.');
    return this.#gate;
  }

  async start(): Promise<void> {
    const { broker } = this;
    this.#gate = await RuleGate.start(this.folder, this.clock, this.#policy, { ...this.#options, broker });
    await this.gate.pass(100);
  }

  async restart(): Promise<void> {
    await this.gate.stop();
    await this.start();
  }

  /** Gives the gate a list of keys with these beside those of office and centre. */
  async trust(keys: readonly ReturnType<typeof commandKey>[], number = NOW_S): Promise<void> {
    const content = trustContent([CENTRE_KEY, { ...OFFICE_KEY, sites: [SITE] }, ...keys]);
    const nextUpdate = NOW_S + 180 * DAY_S;
    const bytes = sampleBundle('trust', { site: SITE, number, nextUpdate, content });
    const answer = await this.gate.lists.receive({ bytes, source: 'apply' });
    if (answer.status !== 'applied') throw new Error(JSON.stringify(answer));
    await this.gate.pass(10);
  }

  get nowS(): number {
    return Math.floor(this.clock.read().wallMs / 1000);
  }

  /** A command as the desk gives it now, with the next counter. */
  command<V extends CommandVerb>(verb: V, args: ArgumentsOf<V>, head: Head = {}): Command {
    this.#counter += 1;
    const { nowS } = this;
    const mine = { site: SITE, counter: this.#counter, notBefore: nowS, notAfter: nowS + 30 };
    return command(verb, args, { ...mine, ...head });
  }

  /** Signs and sends a command, and returns the answer. */
  async orders<V extends CommandVerb>(
    verb: V,
    args: ArgumentsOf<V>,
    head: Head = {},
  ): Promise<Record<string, unknown> | undefined> {
    return this.sends(signCommand(this.command(verb, args, head), DESK), { topic: `${ROOT}cmd/${verb}` });
  }

  /** Sends bytes to the gate and returns the answer, if one came. */
  async sends(payload: Uint8Array, delivery: Delivery = {}): Promise<Record<string, unknown> | undefined> {
    const correlationData = Uint8Array.of(7, ++this.#requests >> 8, this.#requests & 0xff);
    this.deliver(payload, { correlationData, ...delivery });
    await settle();
    await this.gate.pass(1);
    const answer = this.broker.arrived.findLast((one) => one.correlationData === correlationData);
    return answer && JSON.parse(new TextDecoder().decode(answer.payload));
  }

  /** Signs and sends an order to the whole site, and returns its bytes. */
  async ordersSite(
    verb: SiteVerb,
    head: Head & { readonly second?: Signer; readonly retained?: boolean } = {},
  ): Promise<Uint8Array> {
    const { second, retained = false, ...more } = head;
    const order = this.command(verb, {}, { gate: undefined, ...more });
    const bytes = signCommand(order, DESK, second);
    await this.sendsToSite(bytes, retained);
    return bytes;
  }

  /** Hands bytes over on the topic of the site. */
  async sendsToSite(payload: Uint8Array, retained = false): Promise<void> {
    const topic = `gates/v1/${SITE}/_cmd/site`;
    const reader = this.broker.connection?.subscriptions.findLast(({ topics }) => topics.includes(topic));
    if (reader === undefined) throw new Error('The gate reads no orders to the site.');
    reader.onMessage({ topic, payload, retained, qos: 1 });
    await settle();
    await this.gate.pass(1);
  }

  /** Hands bytes over as the broker does. */
  deliver(payload: Uint8Array, delivery: Delivery = {}): void {
    const topic = delivery.topic ?? `${ROOT}cmd/open`;
    const reader = this.broker.connection?.subscriptions.findLast(({ topics }) =>
      topics.includes(`${ROOT}cmd/+`),
    );
    if (reader === undefined) throw new Error('The gate reads no commands.');
    const message = { retained: false, qos: 1, responseTopic: `${ROOT}rsp/desk`, ...delivery } as const;
    reader.onMessage({ ...message, topic, payload });
  }
}
