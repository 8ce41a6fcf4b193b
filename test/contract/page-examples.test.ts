import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { commitmentOf } from '../../src/core/events/row-form.ts';
import { readRow, reduceBody } from '../../src/core/events/stored-row.ts';
import { readGateCheckpoint } from '../../src/core/feed/checkpoint-check.ts';
import { readEvent } from '../../src/core/feed/read-event.ts';
import { createSigner } from '../../src/core/pass/issue-pass.ts';
import { signCheckpoint } from '../../src/core/proof/checkpoint.ts';
import { CompactRange } from '../../src/core/proof/merkle-tree.ts';
import { CONTRACT_FOLDER, PublishedContract } from '../support/broker/published-contract.ts';

/** The examples of the page by the word behind `json` at their fence, and the page with single spaces. */
const PAGE = readFileSync(join(CONTRACT_FOLDER, 'README.md'), 'utf8');
const EXAMPLES = new Map(
  Array.from(PAGE.matchAll(/^```json (\S+)\n(.*?)^```$/gms), ([, name = '', text = '']) => [
    name,
    JSON.parse(text),
  ]),
);
const contract = new PublishedContract();
const ROOT = 'gates/v1/willow-court/north';
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value));

describe('the examples of the page', () => {
  it.each([
    ['log.reset', `${ROOT}/evt/log`],
    ['access.denied', `${ROOT}/evt/access`],
    ['reduced', `${ROOT}/evt/access`],
    ['conn', `${ROOT}/state/conn`],
    ['checkpoint', `${ROOT}/checkpoint`],
  ])('%s is what a gate may send', (name, topic) => {
    expect(EXAMPLES.has(name)).toBe(true);
    expect(contract.faults(topic, bytes(EXAMPLES.get(name)))).toEqual([]);
  });

  it.each([
    ['answer', 'urn:gatepost:message:answer:v1'],
    ['receipt', 'urn:gatepost:message:ack:v1'],
    ['log.altered', 'urn:gatepost:event:log.altered:v1'],
  ])('%s has the form of its schema', (name, schema) => {
    expect(EXAMPLES.has(name)).toBe(true);
    expect(contract.check(schema, EXAMPLES.get(name))).toEqual([]);
  });

  it('are rows with the hashes that the page prints, each naming that of the row before', () => {
    const [reset, denied] = ['log.reset', 'access.denied'].map((name) => EXAMPLES.get(name));
    const hashes = [reset, denied].map((row) => readRow(bytes(row))?.hash);
    expect(PAGE).toContain(`\`${hashes[0]}\``);
    expect(PAGE).toContain(`\`${hashes[1]}\``);
    expect(denied.prevhash).toBe(hashes[0]);
    for (const row of [reset, denied])
      expect(readEvent(bytes(row), { source: '/gates/willow-court/north', isLive: true })).toMatchObject({
        event: { isUnsound: false },
      });
  });

  it('show what is left of a row, and the parts that its commitments are made of', () => {
    const denied = bytes(EXAMPLES.get('access.denied'));
    const reduced = JSON.parse(new TextDecoder().decode(reduceBody(denied, 'access')));
    expect(EXAMPLES.get('reduced')).toEqual(reduced);
    const salts = Object.fromEntries(
      EXAMPLES.get('access.denied')
        .salts.split(' ')
        .map((entry: string) => entry.split('=')),
    );
    const made = (['access', 'reading'] as const).map((part) => {
      const text = canonicalJson(EXAMPLES.get(part));
      return `${part}=${commitmentOf(Buffer.from(salts[part], 'base64url'), part, text)}`;
    });
    expect(reduced.commitments).toBe(made.join(' '));
  });

  it('have a checkpoint over those rows that the key of the worked command has signed', () => {
    // RFC 8032 7.1, test 1.
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const key = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
    const signer = createSigner(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
    const tree = new CompactRange();
    for (const name of ['log.reset', 'access.denied'])
      tree.append(Buffer.from(readRow(bytes(EXAMPLES.get(name)))?.hash ?? '', 'hex'));
    const { note, epoch, size } = EXAMPLES.get('checkpoint');
    const origin = `gatepost/willow-court/north/${epoch}`;
    expect(note).toBe(signCheckpoint({ origin, size, root: tree.root() }, signer));
    const of = { site: 'willow-court', gate: 'north', publicKey: signer.publicKey };
    expect(readGateCheckpoint(note, of)).toMatchObject({ epoch, size });
  });
});
