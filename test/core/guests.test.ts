import { describe, expect, it } from 'vitest';
import { decide } from '../../src/core/decision/decide.ts';
import type { DecisionInput } from '../../src/core/decision/decision.ts';
import { UNKNOWN_HOLDER } from '../../src/core/decision/holder-facts.ts';
import type { PassClaims, PassReading } from '../../src/core/pass/pass.ts';
import { ledgerNeeds } from '../../src/core/policy/ledger.ts';
import type { PolicyLevel } from '../../src/core/policy/policy.ts';
import type { StandingOrder } from '../../src/core/policy/standing-order.ts';
import { NOW_S, sampleClaims, trustedKey } from '../support/gate/pass-samples.ts';
import { policy, policyLevel } from '../support/gate/policy-samples.ts';

const HOUSE = 'a1b2c3d4e5f6';
const HOST = sampleClaims({ holderRef: HOUSE });
const GUEST = sampleClaims({
  kind: 'visitor',
  passId: '00000000000000aa',
  holderRef: HOUSE,
  issuedAt: NOW_S - 60,
  expiresAt: NOW_S + 3_600,
  uses: 1,
});
const GUESTS = { count: 2, days: 7, confirm: 'host' } as const;
const TODAY = Math.floor((NOW_S + 8 * 3_600) / 86_400);

function guest(host: Partial<PassClaims> = {}): PassReading {
  const issuer = trustedKey();
  return {
    status: 'verified',
    form: 'GG1',
    claims: GUEST,
    host: { ...HOST, ...host },
    issuer,
    keyId: '21fe31df',
  };
}

function decided(change: Partial<DecisionInput> = {}, rules: Partial<PolicyLevel> = { guests: GUESTS }) {
  const clock = change.clock ?? ({ wallMs: NOW_S * 1000, monotonicMs: 0, quality: 'synced' } as const);
  return decide({
    pass: guest(),
    site: 'c42',
    gate: 'north',
    timeZone: 'Asia/Shanghai',
    accessPoint: { id: 'main-in', door: 'main', direction: 'in', enabled: true },
    doorMode: 'Locked',
    policy: policyLevel(rules),
    clock,
    now: clock,
    screening: { state: 'pending' },
    stepSeen: false,
    holder: UNKNOWN_HOLDER,
    lockedOut: false,
    logWritable: true,
    ...change,
  });
}

const out: Partial<DecisionInput> = {
  accessPoint: { id: 'main-out', door: 'main', direction: 'out', enabled: true },
};
const known = (facts: Partial<DecisionInput['holder']>): Partial<DecisionInput> => ({
  holder: { ...UNKNOWN_HOLDER, ...facts },
});
const came = (count: number, siteDay = TODAY) => [{ siteDay, direction: 'in', count } as const];
const order = (change: Partial<StandingOrder>): StandingOrder => ({
  id: 'o1',
  kind: 'quarantine',
  subject: { holderRef: HOUSE },
  fromMs: 0,
  source: 'guard',
  by: 'chen',
  note: '',
  ...change,
});

describe('a guest by phone', () => {
  it('comes in where the level takes guests, and nowhere else', () => {
    expect(decided()).toMatchObject({ outcome: 'grant', reasons: [] });
    expect(decided({}, {})).toMatchObject({ outcome: 'deny', reasons: ['gp:GuestNotAllowed'] });
    expect(decided(out, {})).toMatchObject({ outcome: 'deny', reasons: ['gp:GuestNotAllowed'] });
    expect(decided({}, { guests: GUESTS, kinds: { resident: {} } })).toMatchObject({
      reason: 'Unauthorized',
    });
  });

  it.each<[string, Partial<PassClaims>]>([
    ['a worker', { kind: 'worker' }],
    ['a visitor', { kind: 'visitor' }],
    ['an emergency pass', { kind: 'emergency' }],
    ['a resident of no household', { holderRef: undefined as never }],
  ])('is not invited by %s', (_name, host) => {
    expect(decided({ pass: guest(host) })).toMatchObject({ outcome: 'deny', reason: 'gp:GuestNotAllowed' });
  });

  it('is let in as often as the household may have guests, leaves at any time, and waits for the days to be over', () => {
    expect(decided(known({ recent: came(1) })).outcome).toBe('grant');
    expect(decided(known({ recent: came(2) }))).toMatchObject({
      outcome: 'deny',
      reasons: ['gp:QuotaExceeded'],
    });
    expect(decided({ ...known({ recent: came(9) }), ...out }).outcome).toBe('grant');
    expect(decided(known({ recent: came(2, TODAY - 6) })).reason).toBe('gp:QuotaExceeded');
    expect(decided(known({ recent: came(2, TODAY - 7) })).outcome).toBe('grant');
    // A clock that was set back opens no second quota.
    expect(decided(known({ recent: came(2, TODAY + 3) })).reason).toBe('gp:QuotaExceeded');
  });

  it('has uses of its own, and none where the host has spent a limited pass', () => {
    expect(decided(known({ usesSpent: 1 }))).toMatchObject({ outcome: 'deny', reasons: ['gp:MaxUses'] });
    const pass = guest({ uses: 5 });
    expect(decided({ pass, ...known({ hostUsesSpent: 4 }) }).outcome).toBe('grant');
    expect(decided({ pass, ...known({ hostUsesSpent: 5 }) }).reason).toBe('gp:MaxUses');
  });

  it.each<[string, Partial<DecisionInput['holder']>, string, string]>([
    ['revoked', { revoked: true }, 'gp:Revoked', 'gp:Revoked'],
    [
      'suspended',
      { orders: [order({ kind: 'suspension' })] },
      'CredentialNotEnabled',
      'CredentialNotEnabled',
    ],
    ['in quarantine', { orders: [order({})] }, 'gp:QuarantineOrder', 'gp:QuarantineOrder'],
    [
      'kept from going out',
      { orders: [order({ direction: 'out' })] },
      'gp:QuarantineOrder',
      'gp:QuarantineOrder',
    ],
    ['kept from coming in', { orders: [order({ direction: 'in' })] }, 'gp:QuarantineOrder', 'granted'],
    [
      'ill',
      { orders: [order({ kind: 'health' })] },
      'gp:HealthStatusRestricted',
      'gp:HealthStatusRestricted',
    ],
    ['free again', { orders: [order({ untilMs: NOW_S * 1000 })] }, 'granted', 'granted'],
  ])('of a host who is %s is told why', (_name, facts, coming, leaving) => {
    expect(decided(known(facts)).reason ?? 'granted').toBe(coming);
    expect(decided({ ...known(facts), ...out }).reason ?? 'granted').toBe(leaving);
  });

  const visit = { fromMs: 0, untilMs: NOW_S * 1000 + 1 };
  it.each([
    ['host', {}, 'granted', 'grant'],
    ['none', {}, 'gp:VisitorNotRegistered', 'deny'],
    ['none', { visitor: { ...visit, hostConfirmed: true } }, 'granted', 'grant'],
    ['guard', {}, 'gp:HostNotConfirmed', 'refer'],
    ['guard', { visitor: { ...visit, hostConfirmed: false } }, 'gp:HostNotConfirmed', 'refer'],
    ['guard', { visitor: { ...visit, hostConfirmed: true } }, 'granted', 'grant'],
    [
      'guard',
      { visitor: { ...visit, untilMs: NOW_S * 1000, hostConfirmed: true } },
      'gp:HostNotConfirmed',
      'refer',
    ],
  ] as const)('with confirm %s and a book of %j: %s', (confirm, facts, reason, outcome) => {
    const guests = { ...GUESTS, confirm };
    const kinds = { visitor: { registration: 'confirmed' } } as const;
    const result = decided(known(facts), { guests, kinds });
    expect([result.reason ?? 'granted', result.outcome]).toEqual([reason, outcome]);
    expect(decided({ ...known(facts), ...out }, { guests, kinds }).outcome).toBe('grant');
  });

  it('depends on the records of earlier passages, and keeps them for as long as guests are counted', () => {
    const doubt = known({ recordsDoubt: { answer: 'guard', steps: false } });
    expect(decided(doubt)).toMatchObject({ outcome: 'refer', reasons: ['gp:RecordsUntrusted'] });
    expect(ledgerNeeds(policy({ normal: { guests: { ...GUESTS, days: 90 } } })).quotaDays).toBe(90);
  });

  it('is not let in again by a clock that goes back, with or without a site that allows passes then', () => {
    const over = (untrustedTime: 'allow' | 'guard') =>
      decided(
        {
          clock: {
            wallMs: (NOW_S + 7_200) * 1000,
            floorMs: (NOW_S + 7_200) * 1000,
            monotonicMs: 0,
            quality: 'unsynced',
          },
        },
        { guests: GUESTS, untrustedTime },
      );
    expect(over('allow')).toMatchObject({ outcome: 'refer', reasons: ['CredentialExpired'] });
    expect(over('guard').outcome).toBe('refer');
  });
});
