import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BundleType } from '../../../src/core/bundle/bundle.ts';
import type { BundleContent, ContentOf } from '../../../src/core/bundle/content.ts';
import { directoryContent } from '../../../src/core/bundle/directory.ts';
import { readWhole } from '../../../src/core/bundle/open-bundle.ts';
import { ordersContent } from '../../../src/core/bundle/orders.ts';
import { revocationsContent } from '../../../src/core/bundle/revocations.ts';
import {
  bundleSigners,
  type ListedKey,
  passKeys,
  trustContent,
} from '../../../src/core/bundle/trust-content.ts';
import { fromHex } from '../../../src/core/encoding/hex.ts';
import type { CborValue } from '../../../src/core/pass/canonical-cbor.ts';
import { keyIdBytes } from '../../../src/core/pass/public-key.ts';
import { keyIdOf } from '../../../src/core/pass/read-pass.ts';
import rfc from '../../data/rfc.json' with { type: 'json' };
import {
  CENTRE,
  CENTRE_KEY,
  DAY_S,
  OFFICE,
  OFFICE_KEY,
  sampleBundle,
} from '../../support/gate/bundle-samples.ts';
import { NOW_S, trustedKey } from '../../support/gate/pass-samples.ts';

function contentOf<T extends BundleType>(type: T, content: CborValue): ContentOf<T> {
  const read: BundleContent = readWhole(sampleBundle(type, { content })).content;
  if (read.type !== type) throw new Error(`read as ${read.type}`);
  return read as ContentOf<T>;
}

const hex = (bytes: number): fc.Arbitrary<string> =>
  // Few different values, so that neighbours and repeats are common.
  fc
    .array(fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xff), { minLength: bytes, maxLength: bytes })
    .map((values) => Buffer.from(values).toString('hex'));

describe('RevokedPasses', () => {
  it('knows exactly the passes of a set', () => {
    fc.assert(
      fc.property(
        fc.array(hex(8), { maxLength: 60 }),
        fc.array(hex(8), { maxLength: 20 }),
        (listed, asked) => {
          const { revoked } = contentOf('revocations', revocationsContent(listed, []));
          const set = new Set(listed);
          expect(revoked.passCount).toBe(set.size);
          for (const passId of [...listed, ...asked])
            expect(revoked.isRevoked(passId, undefined, NOW_S)).toBe(set.has(passId));
        },
      ),
    );
  });

  it('revokes what was issued to a holder before the moment, and nothing later', () => {
    const moment = fc.integer({ min: 0, max: 100 });
    const pair = fc.record({ holderRef: hex(6), issuedBefore: moment });
    fc.assert(
      fc.property(
        fc.array(pair, { maxLength: 30 }),
        pair,
        (listed, { holderRef, issuedBefore: issuedAt }) => {
          const { revoked } = contentOf('revocations', revocationsContent([], listed));
          for (const ref of [holderRef, ...listed.map((one) => one.holderRef)]) {
            const expected = listed.some((one) => one.holderRef === ref && issuedAt < one.issuedBefore);
            expect(revoked.isRevoked('00'.repeat(8), ref, issuedAt)).toBe(expected);
          }
        },
      ),
    );
  });

  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
  const none = new Uint8Array();
  it.each<[string, Uint8Array, Uint8Array]>([
    ['entries out of order', bytes('00000000000000020000000000000001'), none],
    ['an entry twice', bytes('00000000000000010000000000000001'), none],
    ['half an entry', bytes('000000000000000100'), none],
    ['half a holder', none, bytes('000000000001')],
    ['more passes than a gate keeps', new Uint8Array(8 * 1_500_001), none],
  ])('refuses %s', (_, passes, holders) => {
    const content = new Map(Object.entries({ passes, holders }));
    expect(() => contentOf('revocations', content)).toThrow(/passes|holders/);
  });

  it('is not asked by what is no id', () => {
    const { revoked } = contentOf('revocations', revocationsContent(['00'.repeat(8)], []));
    for (const text of ['', '00', 'zz'.repeat(8), '00'.repeat(9)])
      expect(revoked.isRevoked(text, text, 0)).toBe(false);
    expect(() => revocationsContent(['not hex'], [])).toThrow('16 hex');
  });
});

describe('OrderList', () => {
  const { orders } = contentOf(
    'orders',
    ordersContent([
      { kind: 'quarantine', subject: { holderRef: '0a0b0c0d0e0f' }, from: NOW_S, until: NOW_S + 14 * DAY_S },
      { kind: 'health', subject: { holderRef: '0a0b0c0d0e0f' }, from: NOW_S + 1 },
      { kind: 'suspension', subject: { passId: '0102030405060708' }, from: 5, until: 6 },
    ]),
  );

  it('gives the orders of a pass and of its household', () => {
    const kinds = (passId: string, holderRef?: string): string[] =>
      orders.ordersFor(passId, holderRef).map(({ kind }) => kind);
    expect(orders.count).toBe(3);
    expect(kinds('0102030405060708')).toEqual(['suspension']);
    expect(kinds('0102030405060708', '0a0b0c0d0e0f')).toEqual(['quarantine', 'health', 'suspension']);
    expect(kinds('0102030405060709', '0a0b0c0d0e0e')).toEqual([]);
    expect(orders.ordersFor('0102030405060708', undefined)[0]).toMatchObject({
      subject: { passId: '0102030405060708' },
      fromMs: 5000,
      untilMs: 6000,
      source: 'centre',
    });
    expect(orders.ordersFor('00', '0a0b0c0d0e0f')[1]).not.toHaveProperty('untilMs');
  });

  it('lists those that are not over', () => {
    expect(orders.standing(NOW_S * 1000, 10).map(({ kind }) => kind)).toEqual(['quarantine', 'health']);
    expect(orders.standing(0, 1)).toHaveLength(1);
  });

  it('refuses an order that ends before it begins, and an unknown kind', () => {
    const record = Buffer.from(`0a0b0c0d0e0f${'00'}${'00000005'}${'00000005'}`, 'hex');
    const content = (holders: Uint8Array): CborValue =>
      new Map(Object.entries({ holders, passes: new Uint8Array() }));
    expect(() => contentOf('orders', content(new Uint8Array(record)))).toThrow('end');
    record[6] = 9;
    expect(() => contentOf('orders', content(new Uint8Array(record)))).toThrow('kind');
  });
});

describe('Directory', () => {
  it('finds what was listed', () => {
    const words = fc.record({
      label: fc.constantFrom('王秀英', 'Ada', 'x'),
      unit: fc.constantFrom('', '3-501'),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(hex(6), words), { maxLength: 40 }), hex(6), (entries, other) => {
        const map = new Map(entries);
        const { directory } = contentOf('directory', directoryContent(map));
        expect(directory.count).toBe(map.size);
        for (const ref of [...map.keys(), other]) expect(directory.find(ref)).toEqual(map.get(ref));
      }),
    );
  });

  const listed = (words: string, ends: readonly number[]): CborValue => {
    const index = ends.map((end, at) =>
      Buffer.from(`00000000000${at}${end.toString(16).padStart(8, '0')}`, 'hex'),
    );
    return new Map(
      Object.entries({
        index: new Uint8Array(Buffer.concat(index)),
        words: new Uint8Array(Buffer.from(words, 'latin1')),
      }),
    );
  };
  it.each<[string, string, number[]]>([
    ['words nobody can read', 'a\x07b\n', [4]],
    ['words that turn the writing direction', '\xe2\x80\xaeab\n', [6]],
    ['bytes that are no text', '\xff\xfe\n', [3]],
    ['no label', '\nunit', [5]],
    ['three words', 'a\nb\nc', [5]],
    ['words left over', 'a\nbc', [3]],
    ['an entry beyond the words', 'a\nb', [30]],
    ['ends that go back', 'a\nb', [3, 2]],
  ])('refuses %s', (_, words, ends) => {
    expect(() => contentOf('directory', listed(words, ends))).toThrow();
  });
});

describe('trust', () => {
  const keyWith = (changes: Record<string, CborValue>): CborValue => {
    const key = { publicKey: OFFICE.publicKey, name: 'x', use: 'pass', status: 'active', ...changes };
    return new Map([['keys', [new Map<string, CborValue>(Object.entries(key))]]]);
  };

  it('reads every field of its keys', () => {
    const { keys } = contentOf('trust', trustContent([CENTRE_KEY, OFFICE_KEY]));
    expect(keys).toEqual([CENTRE_KEY, OFFICE_KEY]);
  });

  it('keeps what a key may order, also what this gate does not know', () => {
    const key: ListedKey = { ...CENTRE_KEY, use: 'command', verbs: ['replay', 'sing'] };
    expect(contentOf('trust', trustContent([key])).keys).toEqual([key]);
  });

  it.each<[string, Record<string, CborValue>]>([
    ['a short key', { publicKey: OFFICE.publicKey.slice(1) }],
    ['a key of all zeros', { publicKey: new Uint8Array(32) }],
    ['a key of all zeros, though withdrawn', { publicKey: new Uint8Array(32), status: 'withdrawn' }],
    ['a key that is no point', { publicKey: new Uint8Array(32).fill(2) }],
    ['a key of RFC 8032', { publicKey: fromHex(rfc.ed25519.vectors[0]?.public ?? '') }],
    ['the kid of another key', { kid: keyIdBytes(CENTRE.publicKey) }],
    ['a kid in words', { kid: keyIdOf(OFFICE.publicKey) }],
    ['a kid that is too long', { kid: new Uint8Array([...keyIdBytes(OFFICE.publicKey), 0]) }],
    ['an unknown use', { use: 'root' }],
    ['an unknown status', { status: 'maybe' }],
    ['a field nobody knows', { note: 'x' }],
    ['a name that hides something', { name: 'a\u202eb' }],
    ['an unknown kind', { kinds: ['king'] }],
    ['no sites at all', { sites: [] }],
    ['no verbs at all', { verbs: [] }],
    ['a verb that is none', { verbs: ['open', 'Open it'] }],
    ['a verb that is no text', { verbs: [1] }],
  ])('refuses %s', (_, changes) => {
    expect(() => contentOf('trust', keyWith(changes))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/bundle.refused|pass.invalid/) }),
    );
  });

  it.each<[string, Record<string, CborValue>]>([
    ['its kid', { kid: keyIdBytes(OFFICE.publicKey) }],
    ['nothing more', {}],
    [
      'a published key that is withdrawn',
      { publicKey: fromHex(rfc.ed25519.vectors[0]?.public ?? ''), status: 'withdrawn' },
    ],
  ])('takes a key with %s', (_, changes) => {
    expect(contentOf('trust', keyWith(changes)).keys).toMatchObject([{ name: 'x' }]);
  });

  it('refuses a key named twice for one use', () => {
    expect(() => contentOf('trust', trustContent([CENTRE_KEY, CENTRE_KEY]))).toThrow('once');
  });

  const asked = { keyId: keyIdOf(CENTRE.publicKey), site: 'willow-court', nowS: NOW_S };
  it.each<[string, Partial<ListedKey>, number]>([
    ['an active key', {}, 1],
    ['a withdrawn key', { status: 'withdrawn' }, 0],
    ['a key for passes', { use: 'pass' }, 0],
    ['a key of another site', { sites: ['elm-court'] }, 0],
    ['a key of this site too', { sites: ['elm-court', 'willow-court'] }, 1],
    ['a key that begins now', { from: NOW_S }, 1],
    ['a key that begins later', { from: NOW_S + 1 }, 0],
    ['a key that has just ended', { until: NOW_S }, 0],
    ['a key in its last second', { until: NOW_S + 1 }, 1],
    ['another key', { publicKey: OFFICE_KEY.publicKey }, 0],
  ])('%s', (_, changes, count) => {
    expect(bundleSigners([{ ...CENTRE_KEY, ...changes }], asked)).toHaveLength(count);
  });

  it('lets the list withdraw a key of the config, and keeps visitors’ keys to visitors', () => {
    const configured = [trustedKey()];
    expect(passKeys([], configured)).toEqual(configured);
    const withdrawn = { ...OFFICE_KEY, status: 'withdrawn' } as const;
    expect(passKeys([withdrawn, CENTRE_KEY], configured)).toMatchObject([{ status: 'withdrawn' }]);
    const kiosk = { ...CENTRE_KEY, use: 'visitor' } as const;
    expect(passKeys([kiosk], configured)[1]?.kinds).toEqual(['visitor']);
  });
});
