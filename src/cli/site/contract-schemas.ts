import { z } from 'zod';
import { ENVELOPE, EVENT_DATA, REDUCED, SHARED_DATA } from '../../core/contract/events.ts';
import { REQUESTS } from '../../core/contract/requests.ts';
import { STATES } from '../../core/contract/states.ts';
import { MESSAGES } from '../../core/contract/topics.ts';

type Json = Record<string, unknown>;

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const EVENT_DATA_ID = 'urn:gatepost:event-data:v1';

/** The files of config/contract/schemas by name: the messages of a gate, for programs that read them. */
export const CONTRACT_SCHEMAS = {
  envelope: () => ({ $schema: DRAFT, $id: 'urn:gatepost:envelope:v1', ...jsonOf({ ENVELOPE }).ENVELOPE }),
  reduced: () => ({ $schema: DRAFT, $id: 'urn:gatepost:reduced:v1', ...jsonOf({ REDUCED }).REDUCED }),
  'event-data': eventDataSchema,
  states: () => listOf(STATES, { kind: 'state', title: 'Retained states, by topic' }),
  messages: () => listOf(MESSAGES, { kind: 'message', title: 'What a gate reads and answers, by topic' }),
  requests: () =>
    listOf(REQUESTS, { kind: 'request', title: 'Bodies of the requests of the own pages, by path' }),
} as const satisfies Record<string, () => Json>;

/** Events with the same data refer to it by its name. */
function eventDataSchema(): Json {
  const nameOf = new Map<z.ZodType, string>(Object.entries(SHARED_DATA).map(([name, data]) => [data, name]));
  const uri = (name: string) => `${EVENT_DATA_ID}#/$defs/${name}`;
  const own = Object.entries(EVENT_DATA).filter(([, data]) => !nameOf.has(data));
  const written = jsonOf({ ...SHARED_DATA, ...Object.fromEntries(own) }, { uri });
  const events = Object.entries(EVENT_DATA).map(([name, data]) => {
    const shared = nameOf.get(data);
    const body = shared === undefined ? written[name] : { $ref: uri(shared) };
    return [name, { $id: `urn:gatepost:event:${name}:v1`, ...body }] as const;
  });
  const $defs = { ...written, ...Object.fromEntries(events) };
  return { $schema: DRAFT, $id: EVENT_DATA_ID, title: 'Data of every event, by name', $defs };
}

function listOf(
  schemas: Readonly<Record<string, z.ZodType>>,
  { kind, title }: { readonly kind: string; readonly title: string },
): Json {
  const named = Object.entries(jsonOf(schemas)).map(([name, schema]) => {
    return [name, { $id: `urn:gatepost:${kind}:${name}:v1`, ...schema }] as const;
  });
  return { $schema: DRAFT, $id: `urn:gatepost:${kind}s:v1`, title, $defs: Object.fromEntries(named) };
}

/** JSON Schemas of several schemas; if one contains another, `uri` gives the reference to it. */
export function jsonOf(
  schemas: Readonly<Record<string, z.ZodType>>,
  {
    uri = (name) => name,
    target = 'draft-2020-12',
  }: {
    readonly uri?: (name: string) => string;
    readonly target?: 'draft-2020-12' | 'draft-7';
  } = {},
): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const { schemas: written } = z.toJSONSchema(registry, { io: 'input', uri, target, override: plain });
  const entries = Object.entries(written).map(([name, { $schema, $id, ...schema }]) => [name, schema]);
  return Object.fromEntries(entries);
}

/**
 * Removes what repeats: a format repeats its pattern, and for most readers every JSON number is a safe integer
 * anyway.
 */
function plain({ jsonSchema: schema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}
