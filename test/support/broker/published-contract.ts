import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Folder of the machine-readable contract. */
export const CONTRACT_FOLDER = join(import.meta.dirname, '../../../config/contract');

const STATE_TOPIC =
  /^gates\/v1\/[a-z0-9-]{1,32}\/[a-z0-9-]{1,32}\/(?:state\/(\w+)|(alert|checkpoint))(?:\/|$)/;
const EVENT_TOPIC = /^gates\/v1\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})\/evt\/([a-z]+)$/;

/** The published schemas, as a receiver uses them. */
export class PublishedContract {
  readonly #ajv = new Ajv2020({ allErrors: true, strict: true });

  constructor() {
    addFormats.default(this.#ajv);
    const folder = join(CONTRACT_FOLDER, 'schemas');
    for (const file of readdirSync(folder))
      this.#ajv.addSchema(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  }

  /** What is wrong with a message on a topic; empty if it follows the contract. */
  faults(topic: string, payload: Uint8Array): string[] {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const event = EVENT_TOPIC.exec(topic);
    if (event !== null) return this.#eventFaults(JSON.parse(text), event);
    const state = STATE_TOPIC.exec(topic);
    if (state === null) return [`no such topic: ${topic}`];
    if (state[2] === 'alert' && text === '') return [];
    return this.check(`urn:gatepost:state:${state[1] ?? state[2]}:v1`, JSON.parse(text));
  }

  /** Fields of a state that are not in its schema. Receivers must accept them, but the gate must not send any. */
  unknownFields(topic: string, payload: Uint8Array): string[] {
    const kind = STATE_TOPIC.exec(topic);
    if (kind === null || payload.length === 0) return [];
    const id = `urn:gatepost:state:${kind[1] ?? kind[2]}:v1`;
    const known = new Set(Object.keys(this.#propertiesOf(id)));
    return Object.keys(JSON.parse(new TextDecoder().decode(payload))).flatMap((name) =>
      known.has(name) ? [] : [`${id} has no ${name}`],
    );
  }

  #propertiesOf(schemaId: string): object {
    const schema = this.#ajv.getSchema(schemaId)?.schema;
    if (typeof schema !== 'object' || !('properties' in schema)) return {};
    return schema.properties as object;
  }

  /** What is wrong with a value, by the schema with this id. */
  check(schemaId: string, value: unknown): string[] {
    const validate = this.#ajv.getSchema(schemaId);
    if (validate === undefined) return [`no schema ${schemaId}`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${schemaId}${error.instancePath} ${error.message}`);
  }

  #eventFaults(envelope: Record<string, unknown>, [, site, gate, group]: RegExpExecArray): string[] {
    const isReduced = envelope.dataschema === 'urn:gatepost:event:reduced:v1';
    const faults = this.check(`urn:gatepost:${isReduced ? 'reduced' : 'envelope'}:v1`, envelope);
    const name = String(envelope.type).replace(/^io\.gatepost\.(.*)\.v1$/, '$1');
    if (!isReduced && envelope.dataschema !== `urn:gatepost:event:${name}:v1`)
      faults.push('dataschema is of another type');
    if (envelope.source !== `/gates/${site}/${gate}`) faults.push('source and topic name different gates');
    if (!name.startsWith(`${group}.`)) faults.push(`${name} does not belong on evt/${group}`);
    return isReduced ? faults : [...faults, ...this.check(`urn:gatepost:event:${name}:v1`, envelope.data)];
  }
}
