import { createPrivateKey, hash, type KeyObject } from 'node:crypto';
import { createSigner, type Signer } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims, TrustedKey } from '../../../src/core/pass/pass.ts';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 private key of a 32-byte secret as RFC 8032 prints it (64 hex characters). */
export function privateKeyOf(secretHex: string): KeyObject {
  const der = Buffer.concat([PKCS8_ED25519, Buffer.from(secretHex, 'hex')]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

const signers = new Map<string, Signer>();

/** Keys only for tests, the same in every run. They are in no document, because published keys are refused. */
export function testSigner(who: 'issuer' | 'stranger' | 'phone'): Signer {
  const known = signers.get(who);
  if (known !== undefined) return known;
  const signer = createSigner(privateKeyOf(hash('sha256', `gatepost tests: ${who}`, 'hex')));
  signers.set(who, signer);
  return signer;
}

export function trustedKey(changes: Partial<TrustedKey> = {}): TrustedKey {
  return {
    publicKey: testSigner('issuer').publicKey,
    name: 'Property office',
    status: 'active',
    ...changes,
  };
}

/** 2020-02-24 08:00 in Shanghai, a Monday. */
export const NOW_S = 1_582_502_400;

export function sampleClaims(changes: Partial<PassClaims> = {}): PassClaims {
  return {
    site: 'c42',
    expiresAt: NOW_S + 14 * 86_400,
    issuedAt: NOW_S - 86_400,
    passId: '0102030405060708',
    kind: 'resident',
    ...changes,
  };
}
