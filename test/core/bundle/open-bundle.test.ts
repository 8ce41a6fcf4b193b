import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUNDLE_TYPES, MAX_BUNDLE_BYTES } from '../../../src/core/bundle/bundle.ts';
import { judgeHeader, openBundle, readWhole, signBundle } from '../../../src/core/bundle/open-bundle.ts';
import { encodeCanonical } from '../../../src/core/pass/canonical-cbor.ts';
import { PASS_USE, writeCoseSign1 } from '../../../src/core/pass/cose-sign1.ts';
import { ed25519PublicKey, keyIdBytes, verifySignature } from '../../../src/core/pass/public-key.ts';
import { CENTRE, ROOT, sampleBundle, sampleContents } from '../../support/gate/bundle-samples.ts';
import { NOW_S } from '../../support/gate/pass-samples.ts';

const centre = ed25519PublicKey(CENTRE.publicKey);
const root = ed25519PublicKey(ROOT.publicKey);

/** What a kiosk would make of the bytes, in one word. */
function outcome(bytes: Uint8Array): string {
  const opening = openBundle(bytes);
  if (opening.status === 'refused') return opening.refusal;
  const { bundle } = opening;
  const key = bundle.header.type === 'trust' ? root : centre;
  return verifySignature(key, bundle.toBeSigned, bundle.signature) ? 'verified' : 'signature_invalid';
}

/** A bundle with any fields at all, properly signed. */
function odd(fields: Record<string, unknown>, externalAad = 'gatepost-bundle/1'): Uint8Array {
  const payload = {
    type: 'policy',
    site: 'willow-court',
    number: 1,
    issuedAt: NOW_S,
    nextUpdate: NOW_S + 1,
    content: new Map(),
    ...fields,
  };
  const entries = Object.entries(payload).filter(([, value]) => value !== undefined);
  return writeCoseSign1(
    encodeCanonical(new Map(entries) as never),
    keyIdBytes(CENTRE.publicKey),
    (bytes) => CENTRE.sign(bytes),
    { name: 'The bundle', maxBytes: MAX_BUNDLE_BYTES, externalAad },
  );
}

const COSE_SIGN1_TAG = 0xd2;

describe('openBundle', () => {
  it.each(BUNDLE_TYPES)('opens a bundle of %s', (type) => {
    const bytes = sampleBundle(type, { number: 7 });
    expect(outcome(bytes)).toBe('verified');
    const { bundle, content } = readWhole(bytes);
    expect(bundle.header).toMatchObject({ type, site: 'willow-court', number: 7, issuedAt: NOW_S - 60 });
    expect(content.type).toBe(type);
  });

  it.each(BUNDLE_TYPES)('refuses %s with any bit flipped, and never throws', (type) => {
    const bytes = sampleBundle(type);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(outcome(flipped), `bit ${bit}`).not.toBe('verified');
    }
  });

  it.each(BUNDLE_TYPES)('refuses %s cut off anywhere', (type) => {
    const bytes = sampleBundle(type);
    for (let length = 0; length < bytes.length; length++)
      expect(outcome(bytes.subarray(0, length)), `${length} bytes`).not.toBe('verified');
    expect(outcome(Uint8Array.from([...bytes, 0]))).toBe('malformed');
  });

  it('refuses every random edit and any bytes at all', () => {
    const edit = fc.record({
      type: fc.constantFrom(...BUNDLE_TYPES),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      remove: fc.nat({ max: 8 }),
      insert: fc.uint8Array({ maxLength: 8 }),
    });
    fc.assert(
      fc.property(edit, ({ type, at, remove, insert }) => {
        const bytes = sampleBundle(type);
        const start = Math.floor(at * bytes.length);
        const edited = Uint8Array.from([
          ...bytes.subarray(0, start),
          ...insert,
          ...bytes.subarray(start + remove),
        ]);
        fc.pre(Buffer.compare(edited, bytes) !== 0);
        // With tag 18 in front it is the same bundle in COSE's other form (RFC 9052 section 2).
        fc.pre(Buffer.compare(edited, Uint8Array.of(COSE_SIGN1_TAG, ...bytes)) !== 0);
        expect(outcome(edited)).not.toBe('verified');
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(outcome(bytes)).not.toBe('verified');
      }),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown type', { type: 'firmware' }, 'unknown_type'],
    ['a type that is no text', { type: 3 }, 'unknown_type'],
    ['a field too many', { extra: 1 }, 'malformed'],
    ['no site', { site: undefined }, 'malformed'],
    ['a site that is no id', { site: '../etc' }, 'malformed'],
    ['number 0', { number: 0 }, 'malformed'],
    ['a number beyond 32 bits', { number: 2 ** 32 }, 'malformed'],
    ['a number as text', { number: '5' }, 'malformed'],
    ['a next update before its issue', { nextUpdate: NOW_S }, 'malformed'],
    ['no content', { content: undefined }, 'malformed'],
    ['a content of too many parts', { content: Array.from({ length: 10_001 }, () => 0) }, 'malformed'],
  ])('refuses %s', (_, fields, refusal) => {
    expect(outcome(odd(fields))).toBe(refusal);
  });

  it('takes no more than its limit to refuse what is too large', () => {
    expect(outcome(new Uint8Array(MAX_BUNDLE_BYTES + 1))).toBe('too_large');
    // Two million empty lists in one: nothing of it is built.
    const many = new Uint8Array(2_000_004).fill(0x80);
    many.set([0x9a, 0x00, 0x1e, 0x84, 0x80]);
    expect(outcome(many)).toBe('malformed');
  });

  it('takes no signature that was made for a pass', () => {
    expect(outcome(odd({}))).toBe('verified');
    expect(outcome(odd({}, PASS_USE.externalAad))).toBe('signature_invalid');
  });
});

describe('judgeHeader', () => {
  const { header } = readWhole(sampleBundle('orders', { number: 5 })).bundle;
  it.each<[string, number, string | undefined]>([
    ['willow-court', 0, undefined],
    ['willow-court', 4, undefined],
    ['willow-court', 5, 'old_number'],
    ['willow-court', 6, 'old_number'],
    ['elm-court', 0, 'wrong_site'],
    ['elm-court', 9, 'wrong_site'],
  ])('at %s with number %i here: %s', (site, presentNumber, refusal) => {
    expect(judgeHeader(header, { site, presentNumber })?.refusal).toBe(refusal);
  });
});

describe('signBundle', () => {
  it('signs nothing a gate would refuse', () => {
    const header = { type: 'orders', site: 'willow-court', issuedAt: NOW_S, nextUpdate: NOW_S + 1 } as const;
    const { policy } = sampleContents();
    expect(() => signBundle({ ...header, number: 1 }, policy, CENTRE)).toThrow('orders');
    expect(() => signBundle({ ...header, number: 0 }, sampleContents().orders, CENTRE)).toThrow('number');
  });
});
