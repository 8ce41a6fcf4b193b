import { createECDH, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/core/encoding/hex.ts';
import { isEd25519Point } from '../../../src/core/pass/curve-points.ts';
import { createSigner, dynamicCode, signPass } from '../../../src/core/pass/issue-pass.ts';
import {
  ed25519PublicKey,
  holderKeyOf,
  parseHolderKey,
  parsePublicKey,
} from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import rfc from '../../data/rfc.json' with { type: 'json' };
import { privateKeyOf, sampleClaims, testSigner, trustedKey } from '../../support/gate/pass-samples.ts';

const refused = expect.objectContaining({ code: 'key.invalid' });
const ORDER_8 = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';
const ORDER_8_TOO = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
const FIELD = `ed${'ff'.repeat(30)}7f`;
const withSign = (hex: string): string => {
  const bytes = fromHex(hex);
  bytes[31] = (bytes[31] ?? 0) | 0x80;
  return toHex(bytes);
};

/** y of small order, each in both signs and also in encodings of y + p, as far as 255 bits hold them. */
const NO_KEYS = [
  ['all zeros, of order 4', '00'.repeat(32)],
  ['1, the neutral point', `01${'00'.repeat(31)}`],
  ['-1, of order 2', `ec${'ff'.repeat(30)}7f`],
  ['a point of order 8', ORDER_8],
  ['another point of order 8', ORDER_8_TOO],
  ['p, which is 0 written otherwise', FIELD],
  ['p + 1, which is 1 written otherwise', `ee${'ff'.repeat(30)}7f`],
  ['p + 3, a point written otherwise', `f0${'ff'.repeat(30)}7f`],
  ['all ones', 'ff'.repeat(32)],
  ['2, which is no point', `02${'00'.repeat(31)}`],
].flatMap(([what = '', hex = '']) => [
  [what, hex] as const,
  [`${what}, with the other sign`, withSign(hex)] as const,
]);

const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base % P, exponent]; rest > 0n; rest >>= 1n, square = (square * square) % P)
    if (rest & 1n) result = (result * square) % P;
  return result;
}
/** RFC 8032 5.1.3 as it is written: recover x, and see whether its square is what it must be. */
function hasX(bytes: Uint8Array): boolean {
  const y = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`) % 2n ** 255n;
  const x2 = ((y * y - 1n) * power(D * y * y + 1n, P - 2n)) % P;
  const root = power(x2, (P + 3n) / 8n);
  const square = (root * root) % P;
  return y < P && x2 !== 0n && (square === x2 || square === P - x2);
}

describe('an Ed25519 public key', () => {
  it.each(NO_KEYS)('is not %s', (_, hex) => {
    expect(isEd25519Point(fromHex(hex))).toBe(false);
    expect(() => ed25519PublicKey(fromHex(hex))).toThrowError(refused);
    expect(() => parsePublicKey(hex)).toThrowError(refused);
    expect(() => parseHolderKey(hex)).toThrowError(refused);
    expect(() => createTrust([trustedKey({ publicKey: fromHex(hex) })])).toThrowError(refused);
  });

  it('is every one that is made, in both spellings', () => {
    for (let round = 0; round < 50; round += 1) {
      const { publicKey } = holderKeyOf(generateKeyPairSync('ed25519').publicKey);
      expect(isEd25519Point(publicKey)).toBe(true);
      expect(parsePublicKey(toHex(publicKey))).toEqual(publicKey);
      expect(parsePublicKey(Buffer.from(publicKey).toString('base64url'))).toEqual(publicKey);
    }
  });

  it('is what the arithmetic of RFC 8032 finds an x for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(isEd25519Point(bytes)).toBe(hasX(bytes));
      }),
      { numRuns: 300 },
    );
  });

  // Later ones refuse the key, or will: what counts is that the gate does, on all of them.
  const letsIt = process.version.startsWith('v20.');
  it.runIf(letsIt)('of small order would make signatures hold that nobody made: Node.js 20 lets it', () => {
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      fromHex(`01${'00'.repeat(31)}`),
    ]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, randomBytes(20), key, fromHex(`01${'00'.repeat(63)}`))).toBe(true);
  });
});

describe('a key that everybody has', () => {
  const KNOWN = [
    ...rfc.ed25519.vectors.map(({ name, public: hex }) => [`RFC 8032 ${name}`, hex] as const),
    // Their secrets, so that the table of the program is checked from the other side.
    ...[
      ['RFC 8032 TEST 1024', 'f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5'],
      ['RFC 8032 7.2', '0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6'],
      ['RFC 8032 7.2, the second', 'ab9c2853ce297ddab85c993b3ae14bcad39b2c682beabc27d6d4eb20711d6560'],
      ['RFC 8032 7.3', '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42'],
      ['RFC 8080', Buffer.from('ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=', 'base64').toString('hex')],
      ['RFC 8410', 'd4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842'],
      ['RFC 9421', Buffer.from('n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU', 'base64url').toString('hex')],
      ['RFC 9580 A.1', '1a8b1ff05ded48e18bf50166c664ab023ea70003d78d9e41f5758a91d850f8d2'],
      ['RFC 9580 A.4', '1972817b12be707e8d5f586ce61361201d344eb266a2c82fde6835762b65b0b7'],
      ['Wycheproof', 'add4bb8103785baf9ac534258e8aaf65f5f1adb5ef5f3df19bb80ab989c4d64b'],
      ['zeros as secret', '00'.repeat(32)],
    ].map(([name = '', secret = '']) => [name, toHex(holderKeyOf(privateKeyOf(secret)).publicKey)] as const),
    ['RFC 8037', toHex(Buffer.from('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', 'base64url'))] as const,
  ];

  it.each(KNOWN)('is refused where somebody is to be trusted: %s', (_, hex) => {
    for (const text of [hex, hex.toUpperCase(), Buffer.from(hex, 'hex').toString('base64url')]) {
      expect(() => parsePublicKey(text)).toThrowError(/gatepost keygen/);
      expect(() => parseHolderKey(text)).toThrowError(refused);
    }
    // It is a key all the same: vectors are tested with it.
    expect(isEd25519Point(fromHex(hex))).toBe(true);
    expect(() => createTrust([trustedKey({ publicKey: fromHex(hex) })])).not.toThrow();
  });

  it.each([
    ['RFC 4754', 'dc51d3866a15bacde33d96f992fca99da7e6ef0934e7097559c27f1614c88a7f'],
    ['RFC 5114', '814264145f2f56f2e96a8e337a1284993faf432a5abce59e867b7291d507a3af'],
    ['RFC 5114, the other', '2ce1788ec197e096db95a200cc0ab26a19ce6bccad562b8eee1b593761cf7f41'],
    ['RFC 6979', 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'],
    ['RFC 7518 C', 'd3f3716913d4310a0026de741b3f18893afc8114f0c84682ba677e313a13988a'],
    ['RFC 7518 C, Bob', '5449836690d75caf29f0dd029ddb31b3ddb8aba9d2d515c5012465e817d4a9dc'],
    ['RFC 8291', 'ab5757a70dd4a53e553a6bbf71ffefea2874ec07a6b379e3c48f895a02dc33de'],
    ['RFC 9381', '2ca1411a41b17b24cc8c3b089cfd033f1920202a6c0de8abb97df1498d50d2c8'],
    ['RFC 9500', 'e6cb5bdd80aa45ae9c95e8c15476679ffec953c16851e711e743939589c64fc1'],
    ['RFC 9591', '8ba9bba2e0fd8c4767154d35a0b7562244a4aaf6f36c8fb8735fa48b301bd8de'],
  ])('is refused as the key of a phone, found by its secret: %s', (_, secret) => {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(Buffer.from(secret, 'hex'));
    for (const encoding of ['hex', 'base64url'] as const) {
      expect(() => parseHolderKey(pair.getPublicKey(encoding))).toThrowError(/known to everybody/);
    }
  });

  it('is refused where it is shared out among many: RFC 9591', () => {
    const shared = '15d21ccd7ee42959562fc8aa63224c8851fb3ec85a3faf66040d380fb9738673';
    expect(() => parsePublicKey(shared)).toThrowError(/RFC 9591/);
  });

  it.each([
    [
      'RFC 7515 A.3',
      'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    ],
    [
      'RFC 7517 A.1',
      'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    ],
  ])('is refused as the key of a phone: %s', (_, x, y) => {
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    expect(() => parseHolderKey(point.toString('hex'))).toThrowError(/gatepost keygen|known to everybody/);
    expect(() => parseHolderKey(point.toString('base64url'))).toThrowError(refused);
  });
});

describe('the key a pass is bound to', () => {
  const trust = createTrust([trustedKey()]);

  it.each(NO_KEYS)('is not %s', (_, hex) => {
    const holderKey = { algorithm: 'Ed25519', publicKey: fromHex(hex) } as const;
    expect(() => signPass(sampleClaims({ holderKey }), testSigner('issuer'))).toThrowError(
      expect.objectContaining({ code: 'pass.invalid' }),
    );
  });

  it('is an ordinary key of either kind', () => {
    for (const keys of [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-256' })]) {
      const phone = createSigner(keys.privateKey);
      const holderKey = holderKeyOf(keys.publicKey);
      const text = signPass(sampleClaims({ holderKey }), testSigner('issuer'));
      expect(readPass(dynamicCode(text, phone, 105_500_160), trust)).toMatchObject({ status: 'verified' });
    }
  });
});
