import { randomBytes, randomUUID } from 'node:crypto';
import type { Command as SignedCommand } from '../../core/command/command.ts';
import { signCommand } from '../../core/command/sign-command.ts';
import { COMMANDS, type CommandAnswer, type CommandVerb } from '../../core/contract/commands.ts';
import type { Value } from '../../core/contract/fields.ts';
import type { StateByName } from '../../core/contract/states.ts';
import { GatepostError } from '../../core/errors.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import { signingKey } from '../signing-key.ts';
import { CentreLink, type LinkOptions } from './centre-link.ts';

/** What moves a gate is not kept for one that is offline. */
const EXPIRY_S = 10;
/** The clock of a gate may be a little behind that of the centre. */
const BEFORE_S = 3;
/** How long the retained states of gates are waited for, in milliseconds. */
const STATES_MS = 1500;

interface SendOptions extends LinkOptions {
  readonly to: string;
  readonly key: string;
  readonly passphraseFile?: string;
  readonly secondKey?: string;
  readonly secondPassphraseFile?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly counter?: number;
  readonly validFor: number;
  readonly wait: number;
  readonly json?: true;
}

type Answer = Value<typeof CommandAnswer>;

/** `gatepost central send VERB`. Exit code 1 if it was not done, or nobody answered. */
export async function send(verb: CommandVerb, options: SendOptions): Promise<void> {
  const { site, gate } = scopeOf(options.to);
  const first = await signingKey(options.key, options.passphraseFile);
  const second =
    options.secondKey === undefined
      ? undefined
      : await signingKey(options.secondKey, options.secondPassphraseFile);
  const link = await CentreLink.open(options);
  try {
    const kids = [first, ...(second === undefined ? [] : [second])].map((signer) =>
      keyIdOf(signer.publicKey),
    );
    const counter = options.counter ?? (await nextCounter(link, { site, gate, kids }));
    const notBefore = Math.floor(Date.now() / 1000) - BEFORE_S;
    const command = {
      site,
      gate,
      verb,
      arguments: argumentsOf(verb, options.set ?? {}),
      counter,
      notBefore,
      notAfter: notBefore + BEFORE_S + options.validFor,
    } as SignedCommand;
    const bytes = signCommand(command, first, second);
    if (gate === undefined) {
      await toSite(link, { site, counter, bytes, options });
      if (verb === 'evacuate')
        console.error('Send it again at least every 50 s while it holds: gates that come late need it.');
    } else await toGate(link, { root: `gates/v1/${site}/${gate}`, verb, bytes, options });
  } finally {
    await link.close();
  }
}

/** As in the list of verbs: what must be a number there is made one. */
function argumentsOf(
  verb: CommandVerb,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const numbers = Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name, /^\d{1,15}$/.test(text) ? Number(text) : text]),
  );
  const read = [given, numbers].find((some) => COMMANDS[verb].safeParse(some).success);
  if (read !== undefined) return read;
  throw new GatepostError(
    'usage',
    `These are not the arguments of ${verb}. config/contract/README.md lists them; each is given with --set NAME=VALUE.`,
  );
}

/** The counter after the highest that the retained states of the gate, or of the gates of the site, name. */
async function nextCounter(
  link: CentreLink,
  {
    site,
    gate,
    kids,
  }: { readonly site: string; readonly gate: string | undefined; readonly kids: readonly string[] },
): Promise<number> {
  const topic =
    gate === undefined ? `gates/v1/${site}/+/state/siteorder` : `gates/v1/${site}/${gate}/state/conn`;
  const states = await link.retained(topic, STATES_MS);
  const used = states.flatMap((state) => {
    if (gate === undefined) return [(state as StateByName['siteorder']).counter];
    const { commands = {} } = state as StateByName['conn'];
    return kids.map((kid) => commands[kid] ?? 0);
  });
  if (states.length === 0)
    throw new GatepostError(
      'usage',
      `The broker has no ${topic}, which names the last counter. Look whether the gate is connected and this user may read it, or give --counter.`,
    );
  return Math.max(0, ...used) + 1;
}

interface Sending {
  readonly bytes: Uint8Array;
  readonly options: SendOptions;
}

async function toGate(
  link: CentreLink,
  { root, verb, bytes, options }: Sending & { readonly root: string; readonly verb: CommandVerb },
): Promise<void> {
  const responseTopic = `${root}/rsp/${randomUUID()}`;
  const correlationData = randomBytes(8);
  const answers = link.follow(
    responseTopic,
    ({ correlation }) => correlation?.equals(correlationData) === true,
  );
  await answers.ready;
  await link.publish(`${root}/cmd/${verb}`, bytes, {
    properties: { messageExpiryInterval: EXPIRY_S, responseTopic, correlationData },
  });
  for (;;) {
    const answer = (await answers.next(options.wait * 1000)) as Answer | undefined;
    if (answer === undefined)
      throw new GatepostError(
        'broker.refused',
        `The gate did not answer within ${options.wait} s. Look whether it is connected (state/conn), and whether this user may publish on ${root}/cmd/${verb} and read ${root}/rsp/#.`,
      );
    tell(options, answer);
    if (answer.result === 'running') continue;
    if (answer.result !== 'done') process.exitCode = 1;
    return;
  }
}

/** Retained, so that gates that are away follow when they are back; then tells which gates have heard, and obey. */
async function toSite(
  link: CentreLink,
  { site, counter, bytes, options }: Sending & { readonly site: string; readonly counter: number },
): Promise<void> {
  const states = link.follow(`gates/v1/${site}/+/state/siteorder`, () => true);
  await states.ready;
  await link.publish(`gates/v1/${site}/_cmd/site`, bytes, { retain: true });
  const endMs = performance.now() + options.wait * 1000;
  const settledMs = performance.now() + STATES_MS;
  const known = new Set<string>();
  const heard = new Map<string, StateByName['siteorder']>();
  for (;;) {
    const isWhole = known.size > 0 && [...known].every((gate) => heard.get(gate)?.obeyed === true);
    const state = await states.next((isWhole ? Math.min(settledMs, endMs) : endMs) - performance.now());
    if (state === undefined) break;
    const of = state as StateByName['siteorder'];
    const gate = states.lastTopic.split('/')[3] ?? '';
    known.add(gate);
    if (of.counter < counter) continue;
    heard.set(gate, of);
    tell(options, {
      gate,
      order: of.order,
      obeyed: of.obeyed,
      ...(of.reason === undefined ? {} : { reason: of.reason }),
    });
  }
  const without = [...known].filter((gate) => !heard.has(gate));
  if (without.length > 0) console.error(`Not heard of within ${options.wait} s: ${without.join(', ')}.`);
  if (heard.size === 0) console.error(`No gate of ${site} has taken it within ${options.wait} s.`);
  const obeyed = [...heard.values()].every((state) => state.obeyed);
  if (heard.size === 0 || without.length > 0 || !obeyed) process.exitCode = 1;
}

function tell({ json }: SendOptions, answer: object): void {
  if (json) console.log(JSON.stringify(answer));
  else {
    const words = Object.entries(answer).map(
      ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    );
    console.log(words.join(', '));
  }
}

function scopeOf(text: string): { readonly site: string; readonly gate: string | undefined } {
  const [, site, gate] = /^([a-z0-9-]{1,32})\/([a-z0-9-]{1,32}|\*)$/.exec(text) ?? [];
  if (site === undefined)
    throw new GatepostError('usage', '--to must be <site>/<gate>, or <site>/* for a whole site.');
  return { site, gate: gate === '*' ? undefined : gate };
}
