import { BUNDLE_TYPES } from '../bundle/bundle.ts';
import { COMMAND_VERBS, CommandAnswer } from './commands.ts';
import { EVENT_DATA } from './events.ts';
import { RECEIPT } from './receipt.ts';
import { STATE_TOPICS, STATES } from './states.ts';

/** JSON that a gate reads from a broker, or answers with. */
export const MESSAGES = { ack: RECEIPT, answer: CommandAnswer } as const;

/** What is sent on a topic: all events, one retained state, JSON that a gate reads, or bytes that are signed. */
type TopicContent =
  | { readonly kind: 'events' }
  | { readonly kind: 'state'; readonly state: keyof typeof STATES }
  | { readonly kind: 'message'; readonly message: keyof typeof MESSAGES }
  | { readonly kind: 'signed'; readonly mostBytes: number };

interface Topic {
  /** With a name in braces for each word that differs. */
  readonly address: string;
  readonly description: string;
  /** Of a gate: `out` is published, `in` is read. Every message has QoS 1. */
  readonly direction: 'out' | 'in';
  readonly retained: boolean;
  readonly content: TopicContent;
  /** Of the names in the address beside site and gate. */
  readonly parameters?: Readonly<
    Record<string, { readonly description?: string; readonly enum?: readonly string[] }>
  >;
}

const ROOT = 'gates/v1/{site}/{gate}';

/** Every topic that a gate writes or reads, by the name that the contract's AsyncAPI document gives it. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  events: {
    address: `${ROOT}/evt/{group}`,
    description: 'Every event of the log, in order. Receivers remove duplicates by (source, id).',
    direction: 'out',
    retained: false,
    content: { kind: 'events' },
    parameters: {
      group: { description: "First word of the event's name.", enum: eventGroups() },
    },
  },
  ...Object.fromEntries(Object.keys(STATES).map(stateTopic)),
  ack: {
    address: `${ROOT}/ack/{server}`,
    description: "A server's receipt: what it has stored for good.",
    direction: 'in',
    retained: true,
    content: { kind: 'message', message: 'ack' },
    parameters: { server: { description: "Its id, as in uplink.servers of the gate's config." } },
  },
  list: {
    address: 'gates/v1/{site}/_dist/{list}',
    description:
      'A signed list for every gate of a site. Must be retained: a gate takes it up whenever it connects. The form is in README.md.',
    direction: 'in',
    retained: true,
    content: { kind: 'signed', mostBytes: 16 * 1024 * 1024 },
    parameters: { list: { enum: BUNDLE_TYPES } },
  },
  command: {
    address: `${ROOT}/cmd/{verb}`,
    description:
      'A signed command for this gate, with response topic and correlation data where an answer is wanted. One that is retained is refused. The form is in README.md.',
    direction: 'in',
    retained: false,
    content: { kind: 'signed', mostBytes: 2 * 1024 },
    parameters: { verb: { enum: COMMAND_VERBS } },
  },
  siteOrder: {
    address: 'gates/v1/{site}/_cmd/site',
    description:
      'The present order of the whole site: a signed command with the scope <site>/* and one of lockdown, evacuate, lockdown-release, evacuate-release. Must be retained: a gate follows it whenever it connects. README.md says what follows.',
    direction: 'in',
    retained: true,
    content: { kind: 'signed', mostBytes: 2 * 1024 },
  },
  answer: {
    address: `${ROOT}/rsp/{requester}`,
    description: 'What became of a command, with the correlation data of the request. Only on MQTT 5.',
    direction: 'out',
    retained: false,
    content: { kind: 'message', message: 'answer' },
    parameters: { requester: { description: 'As the request says, one word or several.' } },
  },
};

function stateTopic(name: string): [string, Topic] {
  const state = name as keyof typeof STATES;
  const { topic, ...about } = STATE_TOPICS[state];
  const content = { kind: 'state', state } as const;
  return [name, { address: `${ROOT}/${topic}`, direction: 'out', retained: true, content, ...about }];
}

function eventGroups(): readonly string[] {
  const groups = Object.keys(EVENT_DATA).map((name) => name.slice(0, name.indexOf('.')));
  return [...new Set(groups)].sort();
}
