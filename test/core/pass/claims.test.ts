import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PASS_KINDS } from '../../../src/core/access/vocabulary.ts';
import { encodeBase45 } from '../../../src/core/encoding/base45.ts';
import { type CborValue, encodeCanonical } from '../../../src/core/pass/canonical-cbor.ts';
import { writeCoseSign1 } from '../../../src/core/pass/cose-sign1.ts';
import { createSigner, signPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import { holderKeyOf, keyIdBytes } from '../../../src/core/pass/public-key.ts';
import { createTrust, keyIdOf, readPass } from '../../../src/core/pass/read-pass.ts';
import {
  NOW_S,
  privateKeyOf,
  sampleClaims,
  testSigner,
  trustedKey,
} from '../../support/gate/pass-samples.ts';

const issuer = testSigner('issuer');
const trust = createTrust([trustedKey()]);

/** A pass whose payload is anything at all, validly signed. */
function textWith(payload: CborValue): string {
  const cose = writeCoseSign1(encodeCanonical(payload), keyIdBytes(issuer.publicKey), issuer.sign);
  return `GP1:${encodeBase45(cose)}`;
}

type Fields = readonly (readonly [number | string, CborValue | undefined])[];

function changed(base: Fields, changes: Fields): Map<number | string, CborValue> {
  const fields = new Map([...base, ...changes]);
  return new Map([...fields].flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

const OWN: Fields = [
  [1, 0],
  [2, new Uint8Array(6)],
];
const CLAIMS: Fields = [
  [3, 'c42'],
  [4, NOW_S + 100],
  [6, NOW_S],
  [7, new Uint8Array(8)],
];

const withOwn = (...changes: Fields) => textWith(changed(CLAIMS, [[-65537, changed(OWN, changes)]]));
const withClaims = (...changes: Fields) =>
  textWith(changed([...CLAIMS, [-65537, changed(OWN, [])]], changes));

const okp = (...changes: Fields) =>
  new Map([
    [
      1,
      changed(
        [
          [1, 1],
          [-1, 6],
          [-2, testSigner('phone').publicKey],
        ],
        changes,
      ),
    ],
  ]);
const p256 = holderKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey).publicKey;
const ec2 = (...changes: Fields) =>
  new Map([
    [
      1,
      changed(
        [
          [1, 2],
          [-1, 1],
          [-2, p256.slice(1, 33)],
          [-3, p256.slice(33)],
        ],
        changes,
      ),
    ],
  ]);

describe('fields that are in order', () => {
  it.each([
    ['nothing optional', withClaims()],
    ['aud of 32 characters', withClaims([3, 'a-0'.padEnd(32, 'z')])],
    ['the last second that has a date', withClaims([4, 253_402_300_799])],
    ['nbf', withClaims([5, 0])],
    ['an Ed25519 cnf', withClaims([8, okp()])],
    ['a P-256 cnf', withClaims([8, ec2()])],
    ['iss and sub, which we do not know', withClaims([1, 'office'], [2, 'x'])],
    ['an unknown text claim', withClaims(['x', [1, 2]])],
    ['no holderRef', withOwn([2, undefined])],
    ['one window', withOwn([3, [[127, 0, 1440]]])],
    ['a window over midnight', withOwn([3, [[1, 1439, 0]]])],
    ['the smallest quota', withOwn([4, [1, 1]])],
    ['the largest quota', withOwn([4, [65_535, 400]])],
    ['a label of 24 bytes', withOwn([5, '八个汉字正好廿四'])],
    ['one use', withOwn([6, 1])],
    ['two gates', withOwn([7, ['north', 'south-2']])],
    ['flags', withOwn([8, 0xffff_ffff])],
    ['an unknown field', withOwn([99, [1, new Map([[1, 'x']])]])],
  ])('%s', (_, text) => {
    expect(readPass(text, trust)).toMatchObject({ status: 'verified' });
  });

  it.each([
    [0, 'resident'],
    [2, 'worker'],
    [3, 'visitor'],
    [4, 'vehicle'],
    [5, 'delivery'],
    [6, 'emergency'],
  ])('kind %i is %s', (number, kind) => {
    expect(readPass(withOwn([1, number]), trust)).toMatchObject({ claims: { kind } });
  });
});

describe('a validly signed pass is malformed with', () => {
  it.each<[string, string]>([
    ['a payload that is no map', textWith([1])],
    ['aud missing', withClaims([3, undefined])],
    ['aud as bytes', withClaims([3, new Uint8Array(3)])],
    ['aud empty', withClaims([3, ''])],
    ['aud of 33 characters', withClaims([3, 'a'.repeat(33)])],
    ['aud in capitals', withClaims([3, 'C42'])],
    ['aud as a list', withClaims([3, ['c42']])],
    ['exp missing', withClaims([4, undefined])],
    ['exp as text', withClaims([4, '1'])],
    ['exp negative', withClaims([4, -1])],
    ['exp null', withClaims([4, null])],
    ['exp after the year 9999', withClaims([4, 253_402_300_800])],
    ['exp beyond 2^53', withClaims([4, 2n ** 60n])],
    ['nbf as a truth value', withClaims([5, true])],
    ['nbf null', withClaims([5, null])],
    ['iat missing', withClaims([6, undefined])],
    ['iat negative', withClaims([6, -1])],
    ['cti missing', withClaims([7, undefined])],
    ['cti of 7 bytes', withClaims([7, new Uint8Array(7)])],
    ['cti of 9 bytes', withClaims([7, new Uint8Array(9)])],
    ['cti as text', withClaims([7, '12345678'])],
    ['a bare COSE_Key as cnf', withClaims([8, new Map([[1, 1]])])],
    ['cnf with two members', withClaims([8, new Map([...okp(), [2, new Map()]])])],
    ['cnf on another curve', withClaims([8, okp([-1, 4])])],
    ['cnf of another type', withClaims([8, okp([1, 2])])],
    ['cnf of all zeros', withClaims([8, okp([-2, new Uint8Array(32)])])],
    ['cnf that is no point', withClaims([8, okp([-2, new Uint8Array(32).fill(2)])])],
    ['cnf with 31 bytes', withClaims([8, okp([-2, new Uint8Array(31)])])],
    ['cnf with a private part', withClaims([8, okp([-4, new Uint8Array(32)])])],
    ['P-256 cnf without y', withClaims([8, ec2([-3, undefined])])],
    ['P-256 cnf with a sign bit as y', withClaims([8, ec2([-3, true])])],
    ['P-256 cnf off the curve', withClaims([8, ec2([-3, new Uint8Array(32)])])],
    ['P-256 cnf with x beyond the field', withClaims([8, ec2([-2, new Uint8Array(32).fill(255)])])],
    ['our claim missing', withClaims([-65537, undefined])],
    ['our claim as a list', withClaims([-65537, [0]])],
    ['kind missing', withOwn([1, undefined])],
    ['kind 1, which is not given out', withOwn([1, 1])],
    ['kind 7', withOwn([1, 7])],
    ['kind as text', withOwn([1, 'resident'])],
    ['holderRef of 5 bytes', withOwn([2, new Uint8Array(5)])],
    ['holderRef as text', withOwn([2, 'abcdef'])],
    ['no windows in the list', withOwn([3, []])],
    ['a bare window', withOwn([3, [1, 0, 1440]])],
    ['a window of two numbers', withOwn([3, [[1, 0]]])],
    ['a window of four numbers', withOwn([3, [[1, 0, 1, 2]]])],
    ['a window without days', withOwn([3, [[0, 0, 1440]]])],
    ['an eighth day', withOwn([3, [[128, 0, 1440]]])],
    ['a start at 1440', withOwn([3, [[1, 1440, 5]]])],
    ['an end at 1441', withOwn([3, [[1, 0, 1441]]])],
    ['a start below zero', withOwn([3, [[1, -1, 5]]])],
    ['an end equal to the start', withOwn([3, [[1, 60, 60]]])],
    ['a quota of one number', withOwn([4, [1]])],
    ['a quota of three numbers', withOwn([4, [1, 2, 3]])],
    ['a quota of nothing', withOwn([4, [0, 1]])],
    ['a quota over no days', withOwn([4, [1, 0]])],
    ['a quota over 401 days', withOwn([4, [1, 401]])],
    ['an empty label', withOwn([5, ''])],
    ['a label of 25 bytes', withOwn([5, 'a'.repeat(25)])],
    ['a label of 9 Chinese characters', withOwn([5, '一二三四五六七八九'])],
    ['a label as bytes', withOwn([5, new Uint8Array(3)])],
    ['a line end in the label', withOwn([5, 'a\nb'])],
    ['an escape in the label', withOwn([5, '\u001b[2J'])],
    ['a turned writing direction in the label', withOwn([5, 'a\u202eb'])],
    ['no uses', withOwn([6, 0])],
    ['uses above 65,535', withOwn([6, 65_536])],
    ['no gates in the list', withOwn([7, []])],
    ['a gate in capitals', withOwn([7, ['North']])],
    ['a gate as a number', withOwn([7, [1]])],
    ['one gate outside a list', withOwn([7, 'north'])],
    ['flags below zero', withOwn([8, -1])],
    ['flags above 32 bits', withOwn([8, 0x1_0000_0000])],
    ['a truth value as flags', withOwn([8, true])],
  ])('%s', (_, text) => {
    expect(readPass(text, trust)).toMatchObject({ status: 'unreadable', reason: 'gp:MalformedPass' });
  });
});

const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString('hex'));
const second = fc.integer({ min: 0, max: 2 ** 32 });
const id = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
const window = fc
  .record({
    dayMask: fc.integer({ min: 1, max: 127 }),
    startMinute: fc.integer({ min: 0, max: 1439 }),
    endMinute: fc.integer({ min: 0, max: 1440 }),
  })
  .filter(({ startMinute, endMinute }) => startMinute !== endMinute);
const holderKey = fc.oneof(
  fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((secret) => holderKeyOf(privateKeyOf(Buffer.from(secret).toString('hex')))),
  fc.constant({ algorithm: 'P-256' as const, publicKey: p256 }),
);
const anyClaims: fc.Arbitrary<PassClaims> = fc.record(
  {
    site: id,
    expiresAt: second,
    notBefore: second,
    issuedAt: second,
    passId: hexOf(8),
    holderKey,
    kind: fc.constantFrom(...PASS_KINDS),
    holderRef: hexOf(6),
    windows: fc.array(window, { minLength: 1, maxLength: 4 }),
    quota: fc.record({ count: fc.integer({ min: 1, max: 65_535 }), days: fc.integer({ min: 1, max: 400 }) }),
    label: fc.constantFrom('EMEV-S 017', '三号楼', 'x'),
    uses: fc.integer({ min: 1, max: 65_535 }),
    gates: fc.array(id, { minLength: 1, maxLength: 4 }),
    flags: fc.integer({ min: 0, max: 0xffff_ffff }),
    language: fc.constantFrom('en', 'zh-TW', 'yue-Hant-HK', 'de-Latn-1996'),
  },
  { requiredKeys: ['site', 'expiresAt', 'issuedAt', 'passId', 'kind'] },
);

describe('issuing', () => {
  it('reads back every pass it makes, field for field', () => {
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const reading = readPass(signPass(claims, issuer), trust);
        expect(reading).toEqual({
          status: 'verified',
          form: 'GP1',
          claims,
          issuer: trustedKey(),
          keyId: keyIdOf(issuer.publicKey),
        });
      }),
      { numRuns: 300 },
    );
  });

  it('makes the same text from the same claims', () => {
    const claims = sampleClaims({ label: 'x', uses: 1 });
    const reordered = Object.fromEntries(Object.entries(claims).reverse()) as unknown as PassClaims;
    expect(signPass(reordered, issuer)).toBe(signPass(claims, issuer));
  });

  it.each<[string, Partial<PassClaims>]>([
    ['site', { site: 'Willow Court' }],
    ['label', { label: 'x'.repeat(25) }],
    ['uses', { uses: 0 }],
    ['language', { language: 'zh_TW' }],
    ['cti', { passId: '01' }],
    ['quota', { quota: { count: 1, days: 401 } }],
    ['bytes', { gates: Array.from({ length: 30 }, (_, n) => `gate-with-a-long-name-${n}`) }],
  ])('does not make a pass the gate would call malformed: %s', (_, changes) => {
    expect(() => signPass(sampleClaims(changes), issuer)).toThrowError(
      expect.objectContaining({ code: 'pass.invalid' }),
    );
  });

  it('signs with Ed25519 only', () => {
    const p256Signer = createSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    expect(() => signPass(sampleClaims(), p256Signer)).toThrowError(
      expect.objectContaining({ code: 'key.invalid' }),
    );
  });
});
