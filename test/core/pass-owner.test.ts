import { describe, expect, it } from 'vitest';
import { judgeOwner, type OwnerFacts, type OwnerRefusal } from '../../src/core/decision/pass-owner.ts';
import { stepAt } from '../../src/core/pass/dynamic-code.ts';
import type { PassClaims, PassReading, TrustedKey } from '../../src/core/pass/pass.ts';
import { NOW_S, sampleClaims, testSigner, trustedKey } from '../support/gate/pass-samples.ts';

const DAY_S = 86_400;
const NOW_MS = NOW_S * 1000;
const holderKey = { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey } as const;

function phone(
  more: { claims?: Partial<PassClaims>; issuer?: Partial<TrustedKey>; step?: number } = {},
): PassReading {
  const { claims, issuer, step = stepAt(NOW_MS) } = more;
  const reading = { status: 'verified', form: 'GR1', keyId: '21fe31df', step } as const;
  return { ...reading, claims: sampleClaims({ holderKey, ...claims }), issuer: trustedKey(issuer) };
}

const card: PassReading = {
  status: 'verified',
  form: 'GP1',
  keyId: '21fe31df',
  claims: sampleClaims(),
  issuer: trustedKey(),
};
const unreadable = (
  reason: 'gp:MalformedPass' | 'gp:UnknownIssuer' | 'gp:SignatureInvalid',
): PassReading => ({
  status: 'unreadable',
  reason,
  detail: '',
});

function judge(pass: PassReading, change: Partial<OwnerFacts> & { quality?: 'holdover' | 'unsynced' } = {}) {
  const { quality = 'synced', ...facts } = change;
  return judgeOwner(pass, {
    site: 'c42',
    clock: { wallMs: NOW_MS, monotonicMs: 5, quality },
    stepSeen: false,
    revoked: false,
    stepsDoubted: false,
    ...facts,
  });
}

describe('a phone code proves who asks', () => {
  it.each<[string, PassReading]>([
    ['that is good', phone()],
    ['of the step before or after', phone({ step: stepAt(NOW_MS) - 1 })],
    ['of a pass that is over', phone({ claims: { expiresAt: NOW_S - DAY_S, issuedAt: NOW_S - 9 * DAY_S } })],
    ['of a pass that has not begun', phone({ claims: { notBefore: NOW_S + DAY_S } })],
    ['of a pass for another site or gate', phone({ claims: { site: 'c43', gates: ['south'] } })],
    ['of a kind that its issuer may not issue', phone({ issuer: { kinds: ['visitor'] } })],
    [
      'outside the hours of the pass',
      phone({ claims: { windows: [{ dayMask: 1, startMinute: 0, endMinute: 1 }] } }),
    ],
  ])('%s', (_what, pass) => {
    expect(judge(pass)).toMatchObject({ claims: { passId: '0102030405060708' } });
  });

  it.each<[OwnerRefusal, string, PassReading, Parameters<typeof judge>[1]]>([
    ['not_a_pass', 'something else', unreadable('gp:MalformedPass'), {}],
    ['not_trusted', 'a pass of an unknown issuer', unreadable('gp:UnknownIssuer'), {}],
    ['not_trusted', 'a pass that somebody has changed', unreadable('gp:SignatureInvalid'), {}],
    ['not_trusted', 'a pass of a key that was withdrawn', phone({ issuer: { status: 'withdrawn' } }), {}],
    ['not_trusted', 'a pass of a key for other sites', phone({ issuer: { sites: ['c43'] } }), {}],
    ['not_trusted', 'a pass of a key whose time is over', phone({ issuer: { until: NOW_S } }), {}],
    ['card', 'a card', card, {}],
    ['used', 'a code that was shown before', phone(), { stepSeen: true }],
    ['stale', 'a code of half a minute ago', phone({ step: stepAt(NOW_MS) - 2 }), {}],
    ['stale', 'a code of the next minute', phone({ step: stepAt(NOW_MS) + 2 }), {}],
    ['revoked', 'a pass that was reported lost', phone(), { revoked: true }],
    ['unsure', 'a code while the memory of codes may be behind', phone(), { stepsDoubted: true }],
    ['clock', 'a code while nobody knows the time', phone(), { quality: 'unsynced' }],
  ])('but not (%s) %s', (refusal, _what, pass, facts) => {
    expect(judge(pass, facts)).toEqual({ refusal });
  });
});
