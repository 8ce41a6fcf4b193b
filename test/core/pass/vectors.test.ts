import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkPass } from '../../../src/core/pass/check-pass.ts';
import { ed25519PublicKey, holderKeyOf, verifySignature } from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import gp1 from '../../data/gp1.json' with { type: 'json' };
import rfc from '../../data/rfc.json' with { type: 'json' };
import { privateKeyOf } from '../../support/gate/pass-samples.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const trust = createTrust([{ publicKey: bytes(gp1.issuer.public_hex), name: 'Vectors', status: 'active' }]);

describe('vectors of the pass format', () => {
  it('are all there', () => {
    expect(gp1.vectors).toHaveLength(54);
  });

  it.each(gp1.vectors)('$name: $expect', ({ text, now, site, expect: expected, step }) => {
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
    if (step !== undefined) expect(reading).toMatchObject({ form: 'GR1', step });
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
