import { stringify } from 'yaml';
import type { z } from 'zod';
import { ENVELOPE, EVENT_DATA, REDUCED, SHARED_DATA } from '../../core/contract/events.ts';
import { STATES } from '../../core/contract/states.ts';
import { MESSAGES, TOPICS } from '../../core/contract/topics.ts';
import { jsonOf } from './contract-schemas.ts';

type Json = Record<string, unknown>;
type Topic = (typeof TOPICS)[string];

const ABOUT = `What a gate tells other systems over MQTT, and what it reads. Every publish is QoS 1. MQTT 5 is the default; with MQTT 3.1.1 the payloads are the same, without content type and user properties. Receivers ignore members they do not know and treat an unknown reason as Other. See README.md beside this file.`;

/** Names of the schemas below `components`; a state, an event and what events share may have one word in common. */
const schemaOf = {
  event: (name: string) => `event.${name}`,
  shared: (name: string) => `data.${name}`,
  state: (name: string) => `state.${name}`,
  message: (name: string) => `message.${name}`,
};

/** config/contract/asyncapi.yaml: an AsyncAPI 3.0 document that stands alone, so that every reader of the standard takes it. */
export function asyncApiText(): string {
  const topics = Object.entries(TOPICS);
  const document = {
    asyncapi: '3.0.0',
    info: { title: 'Gatepost', version: '1.0.0', license: { name: 'Apache-2.0' }, description: ABOUT },
    defaultContentType: 'application/json',
    servers: {
      site: {
        host: 'broker.example:8883',
        protocol: 'secure-mqtt',
        protocolVersion: '5.0',
        description:
          "The site's broker; the gate's id is its client id and the common name of its certificate.",
      },
    },
    channels: Object.fromEntries(topics.map(([name, topic]) => [name, channel(name, topic)])),
    operations: Object.fromEntries(
      topics.map(([name, topic]) => [
        `${topic.direction === 'out' ? 'publish' : 'read'}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        operation(name, topic),
      ]),
    ),
    components: {
      parameters: {
        site: { description: 'Id of the site: 1 to 32 of a-z, 0-9 and -.' },
        gate: { description: 'Id of the gate: 1 to 32 of a-z, 0-9 and -.' },
      },
      messages: Object.fromEntries(topics.flatMap(([name, topic]) => messages(name, topic))),
      schemas: schemas(),
    },
  };
  return `# Made by npm run --silent schema from src/core/contract.\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function channel(name: string, { address, description, retained, parameters = {}, content }: Topic): Json {
  const shared = ['site', 'gate'].filter((one) => address.includes(`{${one}}`));
  const common = shared.map((one) => [one, { $ref: `#/components/parameters/${one}` }] as const);
  const own = content.kind === 'events' ? eventMessages() : [name];
  return {
    address,
    description: `${description} ${retained ? 'Retained.' : 'Never retained.'}`,
    parameters: { ...Object.fromEntries(common), ...parameters },
    messages: Object.fromEntries(own.map((one) => [one, { $ref: `#/components/messages/${one}` }])),
  };
}

function operation(name: string, { direction, retained }: Topic): Json {
  return {
    action: direction === 'out' ? 'send' : 'receive',
    channel: { $ref: `#/channels/${name}` },
    bindings: { mqtt: { qos: 1, retain: retained } },
  };
}

function messages(name: string, { content }: Topic): readonly (readonly [string, Json])[] {
  switch (content.kind) {
    case 'events':
      return eventMessages().map((event) => [event, event === 'reduced' ? reducedMessage() : message(event)]);
    case 'state':
      return [[name, { payload: schemaRef(schemaOf.state(content.state)) }]];
    case 'message':
      return [[name, { payload: schemaRef(schemaOf.message(content.message)) }]];
    case 'signed':
      return [
        [
          name,
          {
            contentType: 'application/cose',
            payload: { type: 'string', format: 'binary', maxLength: content.mostBytes },
          },
        ],
      ];
  }
}

/** A reduced row is what any event may have become. */
function eventMessages(): string[] {
  return [...Object.keys(EVENT_DATA).sort(), 'reduced'];
}

function message(event: string): Json {
  return {
    name: `io.gatepost.${event}.v1`,
    contentType: 'application/cloudevents+json',
    payload: {
      allOf: [
        schemaRef('envelope'),
        { type: 'object', properties: { data: schemaRef(schemaOf.event(event)) } },
      ],
    },
  };
}

function reducedMessage(): Json {
  return {
    name: 'reduced',
    summary: 'What is left of any event once the time of what it said of persons is over.',
    contentType: 'application/cloudevents+json',
    payload: schemaRef('reduced'),
  };
}

function schemaRef(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** As JSON Schema draft 7, which is what AsyncAPI 3.0 means where it names no other form. */
function schemas(): Json {
  const named = (of: Readonly<Record<string, z.ZodType>>, name: (of: string) => string) =>
    Object.entries(of).map(([key, schema]) => [name(key), schema] as const);
  const shared = new Set<z.ZodType>(Object.values(SHARED_DATA));
  const events = named(EVENT_DATA, schemaOf.event);
  const registered = [
    ['envelope', ENVELOPE] as const,
    ['reduced', REDUCED] as const,
    ...named(SHARED_DATA, schemaOf.shared),
    ...named(STATES, schemaOf.state),
    ...named(MESSAGES, schemaOf.message),
    ...events.filter(([, schema]) => !shared.has(schema)),
  ];
  const nameOf = new Map<z.ZodType, string>(registered.map(([name, schema]) => [schema, name]));
  const aliases = events.filter(([, schema]) => shared.has(schema));
  return {
    ...jsonOf(Object.fromEntries(registered), {
      uri: (name) => `#/components/schemas/${name}`,
      target: 'draft-7',
    }),
    ...Object.fromEntries(aliases.map(([name, schema]) => [name, schemaRef(nameOf.get(schema) ?? '')])),
  };
}
