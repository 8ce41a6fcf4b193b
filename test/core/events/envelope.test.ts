import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import { sealEvent } from '../../../src/core/events/envelope.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { accessGranted, SAMPLE_ACCESS } from '../../support/gate/event-samples.ts';

const stamp = {
  id: '01700000-0000-7000-8000-000000000001',
  site: 'willow-court',
  gate: 'north',
  sequence: 42,
  epoch: 'epoch-1',
  bootId: 'boot-1',
  recordedMs: Date.UTC(2020, 1, 24, 8, 0, 1),
  prevHash: 'ab'.repeat(32),
  salts: new Uint8Array(32).fill(7),
};

function read(body: Uint8Array) {
  return JSON.parse(new TextDecoder().decode(body));
}

describe('the event envelope', () => {
  it('is a CloudEvents 1.0 event with the contract’s extensions', () => {
    const { body } = sealEvent(accessGranted(), stamp);
    expect(read(body)).toEqual({
      specversion: '1.0',
      id: stamp.id,
      source: '/gates/willow-court/north',
      type: 'io.gatepost.access.granted.v1',
      subject: 'main-in',
      time: '2020-02-24T08:00:00.007Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:gatepost:event:access.granted:v1',
      recordedtime: '2020-02-24T08:00:01.000Z',
      sequence: '0000000000000042',
      epoch: 'epoch-1',
      bootid: 'boot-1',
      timequality: 'synced',
      prevhash: stamp.prevHash,
      salts: 'access=BwcHBwcHBwcHBwcHBwcHBw reading=BwcHBwcHBwcHBwcHBwcHBw',
      data: SAMPLE_ACCESS,
    });
    expect(canonicalJson(read(body))).toBe(new TextDecoder().decode(body));
  });

  it('names its attributes as CloudEvents demands: lower-case letters and digits, at most 20', () => {
    for (const name of Object.keys(read(sealEvent(accessGranted(), stamp).body))) {
      expect(name).toMatch(/^[a-z0-9]{1,20}$/);
    }
  });

  it.each<[EventDraft['name'], EventDraft['data']]>([
    ['log.reset', { cause: 'new log' }],
    ['door.physical', { door: 'main', state: 'Open' }],
    ['operator.override', { operator: 'li', action: 'open', note: '他忘了"通行证"\n\u0007' }],
  ])('carries %s', (name, data) => {
    const draft = { name, subject: 'north', data, timeMs: 0, timeQuality: 'unsynced' } as EventDraft;
    const envelope = read(sealEvent(draft, stamp).body);
    expect(envelope.type).toBe(`io.gatepost.${name}.v1`);
    expect(envelope.time).toBe('1970-01-01T00:00:00.000Z');
    expect(envelope.data).toEqual(data);
  });

  it('gives the same bytes and hash whatever the order of the members', () => {
    const reversed = Object.fromEntries(Object.entries(SAMPLE_ACCESS).reverse());
    const one = sealEvent(accessGranted(), stamp);
    const other = sealEvent({ ...accessGranted(), data: reversed } as EventDraft, stamp);
    expect(other.body).toEqual(one.body);
    expect(other.hash).toBe(one.hash);
  });

  it('keeps the hash function: SHA-256(0x00 || reduced row with salted commitments)', () => {
    // Computed once with Python's hashlib and json, so a change of the format cannot pass unseen.
    expect(sealEvent(accessGranted(), stamp).hash).toBe(EXPECTED_HASH);
  });
});

const EXPECTED_HASH = '2652c2ecd0ab6d8ce4c021b019a758e8b5edf48aedb9d4e5ee81a775dfd9f902';

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ z: undefined, é: 1, e: 2 }, '{"e":2,"é":1}'],
    [-0, '0'],
    [1e21, '1e+21'],
    ['\u2028"\\', '"\u2028\\"\\\\"'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [[undefined]], [() => 1]])(
    'refuses %s',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(/cannot be written as JSON/);
    },
  );
});
