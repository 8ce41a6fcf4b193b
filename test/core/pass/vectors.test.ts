import { sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase45 } from '../../../src/core/encoding/base45.ts';
import { checkPass } from '../../../src/core/pass/check-pass.ts';
import { writeCoseSign1 } from '../../../src/core/pass/cose-sign1.ts';
import {
  hasFlag,
  needsOf,
  needsTime,
  type PassClaims,
  type PassReading,
} from '../../../src/core/pass/pass.ts';
import { encodeClaims } from '../../../src/core/pass/pass-claims.ts';
import {
  ed25519PublicKey,
  holderKeyOf,
  keyIdBytes,
  verifySignature,
} from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import gp1 from '../../data/gp1.json' with { type: 'json' };
import rfc from '../../data/rfc.json' with { type: 'json' };
import {
  NOW_S,
  privateKeyOf,
  sampleClaims,
  testSigner,
  trustedKey,
} from '../../support/gate/pass-samples.ts';
import { secondOpinion } from './second-verifier.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const trust = createTrust([{ publicKey: bytes(gp1.issuer.public_hex), name: 'Vectors', status: 'active' }]);

describe('vectors of the pass format', () => {
  it('are all there', () => {
    expect(gp1.vectors).toHaveLength(106);
  });

  it.each(gp1.vectors)('$name: $expect', ({ text, now, site, expect: expected, step, needs = {} }) => {
    const reading = readPass(text, trust);
    const reasons =
      reading.status === 'unreadable'
        ? [reading.reason]
        : checkPass(reading, {
            site,
            gate: 'north',
            timeZone: '+08:00',
            clock: { wallMs: now * 1000, monotonicMs: 0, quality: 'synced' },
            longestPassLifeS: 400 * 86_400,
            stepSeen: false,
          });
    expect(reasons).toEqual(expected === 'VALID' ? [] : [expected]);
    expect(needsRead(reading)).toEqual(needs);
    if (step !== undefined) expect(reading).toMatchObject({ form: 'GR1', step });
  });
});

/** What a reading tells of the needs of the holder, step-free included. */
function needsRead(reading: PassReading): object {
  if (reading.status !== 'verified') return {};
  const { claims } = reading;
  expect(needsTime(claims)).toBe(hasFlag(claims, 'slow') || hasFlag(claims, 'stepFree'));
  return { ...needsOf(claims), ...(hasFlag(claims, 'stepFree') ? { stepFree: true } : {}) };
}

describe('a second verifier, written from the contract alone', () => {
  const issuer = bytes(gp1.issuer.public_hex);

  it.each(gp1.vectors)('agrees about $name', ({ text, now, site, expect: verdict, needs = {} }) => {
    expect(secondOpinion({ text, now, site, issuer, zoneMinutes: 480 })).toEqual({ verdict, needs });
  });

  const tag = fc.oneof(
    fc.stringMatching(/^[A-Za-z]{1,9}(-[A-Za-z0-9]{0,9}){0,3}$/),
    fc.string({ unit: 'binary', maxLength: 13 }),
    fc.constantFrom('zh-TW', 'en', 'yue-Hant-HK', 'zh_TW'),
  );
  const flags = fc.oneof(fc.integer({ min: 0, max: 31 }), fc.integer({ min: -1, max: 2 ** 33 }));

  // Few characters bring together what needs a neighbour.
  const odd = [...'a1- 王❤👍👩🏽بक\u0301\u200b\u200c\u200d\ufe0f'];
  const hidden = [...'\u200e\u202e\u2068\u00ad\u2028\u2800\n\ufeff\u{e0101}\u3164'];
  const label = fc.oneof(
    fc.string({ unit: fc.constantFrom(...odd), minLength: 1, maxLength: 6 }),
    fc.string({ unit: fc.constantFrom(...odd, ...hidden), minLength: 1, maxLength: 4 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }),
  );

  const signer = testSigner('issuer');
  const ours = createTrust([trustedKey()]);
  /** What both say of a pass that is properly signed, whatever its claims. */
  function both(change: Partial<PassClaims>) {
    const claims = sampleClaims(change);
    const cose = writeCoseSign1(encodeClaims(claims), keyIdBytes(signer.publicKey), signer.sign);
    const text = `GP1:${encodeBase45(cose)}`;
    const reading = readPass(text, ours);
    const shown = { text, now: NOW_S, site: claims.site, issuer: signer.publicKey, zoneMinutes: 480 };
    return {
      first: {
        verdict: reading.status === 'verified' ? 'VALID' : reading.reason,
        needs: needsRead(reading),
      },
      second: secondOpinion(shown),
    };
  }

  it('agrees about any text as label', () => {
    const verdicts: string[] = [];
    fc.assert(
      fc.property(label, (text) => {
        const { first, second } = both({ label: text });
        expect(second).toEqual(first);
        verdicts.push(first.verdict);
      }),
      { numRuns: 2_000 },
    );
    for (const one of ['VALID', 'gp:MalformedPass'])
      expect(verdicts.filter((verdict) => verdict === one).length).toBeGreaterThan(100);
  });

  it('agrees about any flags and any text as language', () => {
    fc.assert(
      fc.property(fc.option(flags), fc.option(tag), (bits, language) => {
        const { first, second } = both({
          ...(bits === null ? {} : { flags: bits }),
          ...(language === null ? {} : { language }),
        });
        expect(second).toEqual(first);
      }),
      { numRuns: 200 },
    );
  });
});

describe('Ed25519 (RFC 8032 7.1)', () => {
  it.each(rfc.ed25519.vectors)('$name', ({ secret, public: publicHex, message, signature }) => {
    const privateKey = privateKeyOf(secret);
    expect(holderKeyOf(privateKey)).toEqual({ algorithm: 'Ed25519', publicKey: bytes(publicHex) });
    expect(sign(null, bytes(message), privateKey).toString('hex')).toBe(signature);
    const publicKey = ed25519PublicKey(bytes(publicHex));
    expect(verifySignature(publicKey, bytes(message), bytes(signature))).toBe(true);
    expect(verifySignature(publicKey, bytes(`${message}00`), bytes(signature))).toBe(false);
  });
});
