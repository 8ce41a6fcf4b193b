import { createPrivateKey, type KeyObject } from 'node:crypto';
import { createSigner, type Signer } from '../../src/core/pass/issue-pass.ts';
import type { PassClaims, TrustedKey } from '../../src/core/pass/pass.ts';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 private key of a 32-byte secret as RFC 8032 prints it (64 hex characters). */
export function privateKeyOf(secretHex: string): KeyObject {
  const der = Buffer.concat([PKCS8_ED25519, Buffer.from(secretHex, 'hex')]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** Public test keys of RFC 8032 7.1: never use them for anything else. */
const RFC_8032_SECRETS = {
  issuer: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  stranger: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  phone: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
} as const;

export function testSigner(who: keyof typeof RFC_8032_SECRETS): Signer {
  return createSigner(privateKeyOf(RFC_8032_SECRETS[who]));
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
