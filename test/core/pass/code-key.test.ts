import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../../src/core/encoding/base45.ts';
import { codeKey } from '../../../src/core/pass/code-key.ts';
import { createSigner, dynamicCode, signPass } from '../../../src/core/pass/issue-pass.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { sampleClaims, testSigner, trustedKey } from '../../support/gate/pass-samples.ts';

const TAG_18 = 0xd2;
const STEP = 105_500_160;
const trust = createTrust([trustedKey()]);

/** The same pass with the tag of COSE_Sign1, which may be left out. */
function tagged(text: string): string {
  const bytes = decodeBase45(text.slice(4)) ?? new Uint8Array();
  return `GP1:${encodeBase45(Uint8Array.of(TAG_18, ...bytes))}`;
}

describe('the key of a shown code', () => {
  it('is the same for a pass with and without tag 18, and another for everything else', () => {
    const text = signPass(sampleClaims(), testSigner('issuer'));
    expect(readPass(tagged(text), trust).status).toBe('verified');
    expect(codeKey(tagged(text))).toBe(codeKey(text));
    const others = [
      signPass(sampleClaims({ passId: '0102030405060709' }), testSigner('issuer')),
      signPass(sampleClaims(), testSigner('stranger')),
      text.toLowerCase(),
      `${text}0`,
      '',
    ];
    expect(new Set([text, ...others].map((text) => codeKey(text))).size).toBe(others.length + 1);
  });

  it('is the same for all a phone shows during one step', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const phone = createSigner(privateKey);
    const holderKey = { algorithm: 'P-256', publicKey: phone.publicKey } as const;
    const pass = signPass(sampleClaims({ holderKey }), testSigner('issuer'));
    const codes = [dynamicCode(pass, phone, STEP), dynamicCode(tagged(pass), phone, STEP)];
    expect(new Set(codes).size).toBe(2);
    expect(codes.map((code) => readPass(code, trust).status)).toEqual(['verified', 'verified']);
    expect(new Set(codes.map((text) => codeKey(text))).size).toBe(1);
    expect(codeKey(dynamicCode(pass, phone, STEP + 1))).not.toBe(codeKey(codes[0] ?? ''));
    expect(codeKey(pass)).not.toBe(codeKey(codes[0] ?? ''));
  });
});
