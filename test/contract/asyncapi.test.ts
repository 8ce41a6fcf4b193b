import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AsyncAPIDocumentInterface, Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { asyncApiText } from '../../src/cli/site/contract-asyncapi.ts';
import { STATES } from '../../src/core/contract/states.ts';
import { CONTRACT_FOLDER } from '../support/broker/published-contract.ts';
import { EVENT_NAMES } from '../support/gate/all-events.ts';

const text = readFileSync(join(CONTRACT_FOLDER, 'asyncapi.yaml'), 'utf8');

let document: AsyncAPIDocumentInterface;
let faultsOfDocument: readonly unknown[];

beforeAll(async () => {
  const { document: read, diagnostics } = await new Parser().parse(text);
  faultsOfDocument = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
  if (read === undefined) throw new Error(`it is no AsyncAPI document: ${JSON.stringify(diagnostics)}`);
  document = read;
});

/** What is wrong with a value by the payload of a message, as a receiver that has only this document sees it. */
function faultsOf(message: string, value: unknown): readonly string[] {
  const payload = document.components().messages().get(message)?.payload();
  if (payload === undefined) return [`no message ${message}`];
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats.default(ajv);
  ajv.validate(payload.json(), value);
  return (ajv.errors ?? []).map(({ instancePath, message: fault }) => `${message}${instancePath} ${fault}`);
}

function samples(folder: string): readonly (readonly [string, Record<string, unknown>])[] {
  return readdirSync(join(CONTRACT_FOLDER, 'samples', folder)).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(join(CONTRACT_FOLDER, 'samples', folder, file), 'utf8')),
  ]);
}

describe('asyncapi.yaml', () => {
  it('is what the code says today', () => {
    expect(text, 'npm run --silent schema writes it').toBe(asyncApiText());
  });

  it('is read by the parser of the AsyncAPI project without a fault', () => {
    expect(faultsOfDocument).toEqual([]);
    expect(document.version()).toBe('3.0.0');
  });

  it('has a message for every event, reduced rows and every state', () => {
    const events = document.channels().get('events')?.messages().all() ?? [];
    expect(events.map((message) => message.id()).sort()).toEqual([...EVENT_NAMES, 'reduced'].sort());
    const states = Object.keys(STATES).map((name) => `#/components/schemas/state.${name}`);
    for (const state of states) expect(text).toContain(`payload:\n        $ref: "${state}"`);
  });

  it('describes what is published: each sample keeps the schema of its message', () => {
    for (const [file, event] of samples('events'))
      expect([file, faultsOf(file.replace(/^\d+-/, ''), event)]).toEqual([file, []]);
    for (const [file, state] of samples('states')) expect([file, faultsOf(file, state)]).toEqual([file, []]);
  });

  it('refuses what is not published', () => {
    const granted = samples('events').find(([file]) => file.endsWith('access.granted'))?.[1];
    expect(faultsOf('access.granted', { ...granted, data: { decision: 'Maybe' } })).not.toEqual([]);
    expect(faultsOf('access.granted', { ...granted, sequence: 7 })).not.toEqual([]);
    expect(faultsOf('queue', { pending: -1 })).not.toEqual([]);
  });
});
