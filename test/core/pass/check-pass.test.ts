import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../src/core/access/reasons.ts';
import { checkPass, type PassContext, type VerifiedPass } from '../../../src/core/pass/check-pass.ts';
import { STEP_SECONDS } from '../../../src/core/pass/dynamic-code.ts';
import type { PassClaims, TrustedKey } from '../../../src/core/pass/pass.ts';
import { NOW_S, sampleClaims, testSigner, trustedKey } from '../../support/gate/pass-samples.ts';

const DAY = 86_400;
const NOW_STEP = Math.floor(NOW_S / STEP_SECONDS);
const holderKey = { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey } as const;

interface Case {
  readonly claims?: Partial<PassClaims>;
  readonly issuer?: Partial<TrustedKey>;
  readonly pass?: Partial<Pick<VerifiedPass, 'form' | 'step'>>;
  readonly context?: Partial<PassContext>;
  readonly nowMs?: number;
  readonly quality?: 'synced' | 'holdover' | 'unsynced';
}

function check({ claims, issuer, pass, context, nowMs, quality }: Case): Reason[] {
  return checkPass(
    {
      status: 'verified',
      form: 'GP1',
      claims: sampleClaims(claims),
      issuer: trustedKey(issuer),
      keyId: '21fe31df',
      ...pass,
    },
    {
      site: 'c42',
      gate: 'north',
      timeZone: 'Asia/Shanghai',
      clock: { wallMs: nowMs ?? NOW_S * 1000, monotonicMs: 5, quality: quality ?? 'synced' },
      longestPassLifeS: 400 * DAY,
      stepSeen: false,
      ...context,
    },
  );
}

const phone = (step: number, more: Case = {}): Case => ({
  ...more,
  claims: { holderKey },
  pass: { form: 'GR1', step },
});
const life = (seconds: number, policyDays: number): Case => ({
  claims: { issuedAt: NOW_S - 5, expiresAt: NOW_S - 5 + seconds },
  context: { longestPassLifeS: policyDays * DAY },
});

describe('checkPass', () => {
  it.each<[string, Case, Reason[]]>([
    ['an ordinary pass', {}, []],
    ['another site', { context: { site: 'c43' } }, ['gp:WrongSite']],

    ['one millisecond before exp', { nowMs: NOW_S * 1000 - 1, claims: { expiresAt: NOW_S } }, []],
    ['at exp, the first invalid second', { claims: { expiresAt: NOW_S } }, ['CredentialExpired']],
    ['after exp', { claims: { expiresAt: NOW_S - 1 } }, ['CredentialExpired']],
    ['at nbf, the first valid second', { claims: { notBefore: NOW_S } }, []],
    [
      'one millisecond before nbf',
      { claims: { notBefore: NOW_S }, nowMs: NOW_S * 1000 - 1 },
      ['CredentialNotActive'],
    ],
    ['issued this second', { claims: { issuedAt: NOW_S } }, []],
    ['issued five minutes ahead', { claims: { issuedAt: NOW_S + 300 } }, []],
    ['issued a second more ahead', { claims: { issuedAt: NOW_S + 301 } }, ['CredentialNotActive']],
    [
      'issued ahead, and to begin a second from now',
      { claims: { issuedAt: NOW_S + 90, notBefore: NOW_S + 1 } },
      ['CredentialNotActive'],
    ],

    ['a life of exactly 400 days', life(400 * DAY, 400), []],
    ['a life of 400 days and a second', life(400 * DAY + 1, 400), ['gp:MalformedPass']],
    ['a life of 401 days where the policy has 1,000', life(401 * DAY, 1000), ['gp:MalformedPass']],
    ['a life as long as the policy has', life(30 * DAY, 30), []],
    ['a second more than the policy has', life(30 * DAY + 1, 30), ['gp:MalformedPass']],

    ['a withdrawn key', { issuer: { status: 'withdrawn' } }, ['gp:Revoked']],
    ['a key for this site', { issuer: { sites: ['c1', 'c42'] } }, []],
    ['a key for other sites', { issuer: { sites: ['c1'] } }, ['gp:UnknownIssuer']],
    ['a key for no site', { issuer: { sites: [] } }, ['gp:UnknownIssuer']],
    ['in the first second of a key', { issuer: { from: NOW_S } }, []],
    ['a second before a key begins', { issuer: { from: NOW_S + 1 } }, ['gp:UnknownIssuer']],
    ['in the last second of a key', { issuer: { until: NOW_S + 1 } }, []],
    ['when a key has ended', { issuer: { until: NOW_S } }, ['gp:UnknownIssuer']],
    ['a kind the key may issue', { issuer: { kinds: ['worker', 'resident'] } }, []],
    ['a kind the key may not issue', { issuer: { kinds: ['visitor'] } }, ['Unauthorized']],

    ['a gate of the pass', { claims: { gates: ['south', 'north'] } }, []],
    ['another gate', { claims: { gates: ['south'] } }, ['Unauthorized']],

    ['a bound pass as a picture', { claims: { holderKey } }, ['gp:DynamicCodeRequired']],
    ['a phone code of now', phone(NOW_STEP), []],
    ['of one step ago', phone(NOW_STEP - 1), []],
    ['of the next step', phone(NOW_STEP + 1), []],
    ['of two steps ago', phone(NOW_STEP - 2), ['gp:DynamicCodeStale']],
    ['of two steps from now', phone(NOW_STEP + 2), ['gp:DynamicCodeStale']],
    ['of two steps ago in holdover', phone(NOW_STEP - 2, { quality: 'holdover' }), []],
    ['of two steps from now in holdover', phone(NOW_STEP + 2, { quality: 'holdover' }), []],
    ['of three steps ago in holdover', phone(NOW_STEP - 3, { quality: 'holdover' }), ['gp:DynamicCodeStale']],
    ['of two steps ago without time', phone(NOW_STEP - 2, { quality: 'unsynced' }), ['gp:DynamicCodeStale']],
    [
      'at the last millisecond of the window',
      phone(NOW_STEP, { nowMs: (NOW_STEP + 2) * STEP_SECONDS * 1000 - 1 }),
      [],
    ],
    [
      'at the first millisecond after the window',
      phone(NOW_STEP, { nowMs: (NOW_STEP + 2) * STEP_SECONDS * 1000 }),
      ['gp:DynamicCodeStale'],
    ],
    [
      'a phone code without a step',
      { claims: { holderKey }, pass: { form: 'GR1' } },
      ['gp:DynamicCodeStale'],
    ],
    ['a phone code seen before', phone(NOW_STEP, { context: { stepSeen: true } }), ['gp:Replay']],
    ['a picture is shown again and again', { context: { stepSeen: true } }, []],

    [
      'inside a window of the site',
      { claims: { windows: [{ dayMask: 2, startMinute: 480, endMinute: 481 }] } },
      [],
    ],
    [
      'inside a window in UTC, which does not count',
      { claims: { windows: [{ dayMask: 2, startMinute: 0, endMinute: 60 }] } },
      ['NotPermittedAtThisTime'],
    ],
    [
      'at the end of a window',
      { claims: { windows: [{ dayMask: 2, startMinute: 300, endMinute: 480 }] } },
      ['NotPermittedAtThisTime'],
    ],
  ])('%s', (_, given, expected) => {
    expect(check(given)).toEqual(expected);
  });

  it('collects every failed check in the order of the contract', () => {
    expect(
      check({
        claims: {
          holderKey,
          issuedAt: NOW_S + 500 * DAY,
          expiresAt: NOW_S - 1,
          gates: ['south'],
          windows: [{ dayMask: 1, startMinute: 0, endMinute: 1 }],
        },
        issuer: { status: 'withdrawn', sites: [], kinds: [] },
        context: { site: 'c1' },
      }),
    ).toEqual([
      'gp:UnknownIssuer',
      'gp:WrongSite',
      'CredentialExpired',
      'CredentialNotActive',
      'gp:Revoked',
      'gp:DynamicCodeRequired',
      'Unauthorized',
      'NotPermittedAtThisTime',
    ]);
    expect(check(phone(0, { context: { stepSeen: true } }))).toEqual(['gp:DynamicCodeStale', 'gp:Replay']);
  });

  it('never lets a pass live longer than 400 days, whatever exp, iat and policy say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 33 }),
        fc.integer({ min: 1, max: 1000 * DAY }),
        fc.integer({ min: 1, max: 2000 * DAY }),
        (issuedAt, lifeS, longestPassLifeS) => {
          const reasons = check({
            claims: { issuedAt, expiresAt: issuedAt + lifeS },
            nowMs: issuedAt * 1000,
            context: { longestPassLifeS },
          });
          expect(reasons).toEqual(lifeS > Math.min(longestPassLifeS, 400 * DAY) ? ['gp:MalformedPass'] : []);
        },
      ),
    );
  });
});
