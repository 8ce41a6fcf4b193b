import { describe, expect, it } from 'vitest';
import type { Reason } from '../../src/core/access/reasons.ts';
import { decide } from '../../src/core/decision/decide.ts';
import type { AccessMark, DecisionInput } from '../../src/core/decision/decision.ts';
import { type HolderFacts, UNKNOWN_HOLDER } from '../../src/core/decision/holder-facts.ts';
import type { PassClaims, PassReading } from '../../src/core/pass/pass.ts';
import type { KindRule, PolicyLevel } from '../../src/core/policy/policy.ts';
import type { OrderKind, StandingOrder } from '../../src/core/policy/standing-order.ts';
import { siteDay } from '../../src/core/time/site-time.ts';
import { NOW_S, sampleClaims, trustedKey } from '../support/gate/pass-samples.ts';
import { daily, policyLevel } from '../support/gate/policy-samples.ts';

/** 2020-02-24 08:00 in Shanghai. */
const NOW_MS = NOW_S * 1000;
const TODAY = siteDay('2020-02-24');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Case {
  readonly claims?: Partial<PassClaims>;
  readonly direction?: 'in' | 'out';
  readonly holder?: Partial<HolderFacts>;
  readonly rule?: KindRule;
  readonly level?: Partial<PolicyLevel>;
  readonly change?: Partial<DecisionInput>;
}

function decided({ claims, direction = 'out', holder, rule, level, change }: Case) {
  const pass: PassReading = {
    status: 'verified',
    form: 'GP1',
    claims: sampleClaims({ holderRef: 'a1b2c3d4e5f6', ...claims }),
    issuer: trustedKey(),
    keyId: '21fe31df',
  };
  const kinds = policyLevel().kinds;
  const clock = change?.clock ?? ({ wallMs: NOW_MS, monotonicMs: 0, quality: 'synced' } as const);
  return decide({
    pass,
    site: 'c42',
    gate: 'north',
    timeZone: 'Asia/Shanghai',
    accessPoint: { id: 'main', door: 'main', direction, enabled: true },
    doorMode: 'Locked',
    policy: policyLevel({
      ...(rule === undefined ? {} : { kinds: { ...kinds, [pass.claims.kind]: rule } }),
      ...level,
    }),
    clock,
    now: clock,
    screening: { state: 'pending' },
    stepSeen: false,
    holder: { ...UNKNOWN_HOLDER, ...holder },
    lockedOut: false,
    logWritable: true,
    ...change,
  });
}

function order(kind: OrderKind, change: Partial<StandingOrder> = {}): StandingOrder {
  return {
    id: 'o1',
    kind,
    subject: { holderRef: 'a1b2c3d4e5f6' },
    fromMs: NOW_MS - DAY_MS,
    source: 'guard',
    by: 'chen',
    note: 'returned',
    ...change,
  };
}

const usedToday = (direction: 'in' | 'out') => [{ siteDay: TODAY, direction, count: 1 }];
const once = (direction: 'in' | 'out'): KindRule => ({ quota: { count: 1, days: 2, direction } });
const last = (direction: 'in' | 'out', minutesAgo: number) => ({
  lastPassage: { direction, atMs: NOW_MS - minutesAgo * MINUTE_MS },
});
const visitor = { fromMs: NOW_MS - DAY_MS, untilMs: NOW_MS + DAY_MS, hostConfirmed: false };
const asVisitor = { claims: { kind: 'visitor' as const }, direction: 'in' as const };

describe('each rule by itself', () => {
  it.each<[string, Case, Reason | undefined]>([
    ['nothing known', {}, undefined],
    ['on the revocation list', { holder: { revoked: true } }, 'gp:Revoked'],
    ['suspended', { holder: { orders: [order('suspension')] } }, 'CredentialNotEnabled'],
    [
      'suspended, coming home',
      { direction: 'in', holder: { orders: [order('suspension')] } },
      'CredentialNotEnabled',
    ],
    ['quarantine', { holder: { orders: [order('quarantine')] } }, 'gp:QuarantineOrder'],
    ['health status', { holder: { orders: [order('health')] } }, 'gp:HealthStatusRestricted'],
    ['an order not begun', { holder: { orders: [order('quarantine', { fromMs: NOW_MS + 1 })] } }, undefined],
    [
      'an order begun now',
      { holder: { orders: [order('quarantine', { fromMs: NOW_MS })] } },
      'gp:QuarantineOrder',
    ],
    ['an order over', { holder: { orders: [order('quarantine', { untilMs: NOW_MS })] } }, undefined],
    [
      'an order in its last moment',
      { holder: { orders: [order('quarantine', { untilMs: NOW_MS + 1 })] } },
      'gp:QuarantineOrder',
    ],
    ['an order, coming home', { direction: 'in', holder: { orders: [order('quarantine')] } }, undefined],
    [
      'an order against coming in',
      { direction: 'in', holder: { orders: [order('quarantine', { direction: 'in' })] } },
      'gp:QuarantineOrder',
    ],
    [
      'an order for the other way',
      { holder: { orders: [order('quarantine', { direction: 'in' })] } },
      undefined,
    ],
    [
      'a worker under an order, coming in',
      { claims: { kind: 'worker' }, direction: 'in', holder: { orders: [order('health')] } },
      'gp:HealthStatusRestricted',
    ],
    ['kind not at this level', { level: { kinds: { worker: {} } } }, 'Unauthorized'],
    [
      'outside the level’s hours',
      { rule: { hours: { out: { windows: [daily(9, 22)] } } } },
      'NotPermittedAtThisTime',
    ],
    ['hours of the other direction', { rule: { hours: { in: { windows: [daily(9, 22)] } } } }, undefined],
    [
      'a holiday',
      {
        rule: { hours: { out: { windows: [daily(6, 22)], holidayWindows: [daily(9, 12)] } } },
        level: { holidays: ['2020-02-24'] },
      },
      'NotPermittedAtThisTime',
    ],
    ['quota used', { rule: once('out'), holder: { recent: usedToday('out') } }, 'gp:QuotaExceeded'],
    [
      'quota used, coming home',
      { direction: 'in', rule: once('out'), holder: { recent: usedToday('out') } },
      undefined,
    ],
    [
      'the pass’s own quota used',
      { claims: { quota: { count: 1, days: 1 } }, holder: { recent: usedToday('out') } },
      'gp:QuotaExceeded',
    ],
    ['uses spent', { claims: { uses: 2 }, holder: { usesSpent: 2 } }, 'gp:MaxUses'],
    ['a use left', { claims: { uses: 2 }, holder: { usesSpent: 1 } }, undefined],
    [
      'out while out',
      { level: { antiPassback: { mode: 'hard' } }, holder: last('out', 999_999) },
      'gp:AntipassbackViolation',
    ],
    ['out after in', { level: { antiPassback: { mode: 'hard' } }, holder: last('in', 0) }, undefined],
    [
      'too soon',
      { level: { antiPassback: { mode: 'hard', minutes: 30 } }, holder: last('out', 29) },
      'gp:AntipassbackViolation',
    ],
    [
      'forgotten by time',
      { level: { antiPassback: { mode: 'hard', minutes: 30 } }, holder: last('out', 30) },
      undefined,
    ],
    [
      'too soon by a clock set back',
      { level: { antiPassback: { mode: 'hard', minutes: 30 } }, holder: last('out', -29) },
      'gp:AntipassbackViolation',
    ],
    ['anti-passback off', { level: { antiPassback: { mode: 'off' } }, holder: last('out', 0) }, undefined],
    [
      'full',
      { direction: 'in', level: { occupancyLimit: 3 }, holder: { occupancy: 3 } },
      'gp:OccupancyLimit',
    ],
    [
      'one place left',
      { direction: 'in', level: { occupancyLimit: 3 }, holder: { occupancy: 2 } },
      undefined,
    ],
    ['full, leaving', { level: { occupancyLimit: 3 }, holder: { occupancy: 3 } }, undefined],
    [
      'visitor not registered',
      { ...asVisitor, rule: { registration: 'registered' } },
      'gp:VisitorNotRegistered',
    ],
    [
      'visit over',
      {
        ...asVisitor,
        rule: { registration: 'registered' },
        holder: { visitor: { ...visitor, untilMs: NOW_MS } },
      },
      'gp:VisitorNotRegistered',
    ],
    [
      'visit not begun',
      {
        ...asVisitor,
        rule: { registration: 'registered' },
        holder: { visitor: { ...visitor, fromMs: NOW_MS + 1 } },
      },
      'gp:VisitorNotRegistered',
    ],
    [
      'visitor registered',
      { ...asVisitor, rule: { registration: 'registered' }, holder: { visitor } },
      undefined,
    ],
    ['visitor leaving', { ...asVisitor, direction: 'out', rule: { registration: 'registered' } }, undefined],
    ['door locked down', { change: { doorMode: 'LockedDown' } }, 'gp:GateMode'],
    ['log not writable', { change: { logWritable: false } }, 'gp:LogUnavailable'],
  ])('%s', (_name, facts, reason) => {
    const expected =
      reason === undefined ? { outcome: 'grant', reasons: [] } : { outcome: 'deny', reasons: [reason] };
    expect(decided(facts)).toMatchObject(expected);
  });

  it.each<[string, Case, Reason]>([
    [
      'host not asked yet',
      { ...asVisitor, rule: { registration: 'confirmed' }, holder: { visitor } },
      'gp:HostNotConfirmed',
    ],
    ['lists too old', { holder: { listsStale: true } }, 'gp:PolicyStale'],
  ])('%s: the guard decides', (_name, facts, reason) => {
    expect(decided(facts)).toMatchObject({ outcome: 'refer', reasons: [reason] });
  });

  it('is not asked about a good pass because somebody else showed bad codes', () => {
    expect(decided({ change: { lockedOut: true } })).toMatchObject({ outcome: 'grant', reasons: [] });
  });

  it('says of an unreadable code that too many came before', () => {
    const pass = { status: 'unreadable', reason: 'gp:MalformedPass', detail: '' } as const;
    expect(decided({ change: { pass, lockedOut: true } })).toMatchObject({
      outcome: 'deny',
      reasons: ['gp:MalformedPass', 'gp:MaxAttempts'],
    });
  });

  it('takes an order that has not begun for begun while the clock is not to be believed', () => {
    const clock = { wallMs: NOW_MS, monotonicMs: 0, quality: 'unsynced' } as const;
    const holder = { orders: [order('quarantine', { fromMs: NOW_MS + DAY_MS })] };
    expect(decided({ holder, level: { untrustedTime: 'allow' }, change: { clock } })).toMatchObject({
      reasons: ['gp:QuarantineOrder'],
    });
  });
});

describe('all rules at once', () => {
  it('are named in the order of the contract', () => {
    const result = decided({
      claims: { kind: 'visitor', uses: 1, expiresAt: NOW_S, gates: ['south'] },
      direction: 'in',
      rule: {
        hours: { in: { windows: [] } },
        quota: { count: 1, days: 1, direction: 'in' },
        registration: 'registered',
      },
      level: { antiPassback: { mode: 'hard' }, occupancyLimit: 1 },
      holder: {
        revoked: true,
        listsStale: true,
        orders: [order('health'), order('quarantine'), order('suspension')],
        recent: usedToday('in'),
        usesSpent: 1,
        occupancy: 1,
        ...last('in', 1),
      },
      change: { doorMode: 'Blocked', lockedOut: true, logWritable: false },
    });
    expect(result.reasons).toEqual([
      'CredentialExpired',
      'CredentialNotEnabled',
      'gp:Revoked',
      'gp:QuarantineOrder',
      'gp:HealthStatusRestricted',
      'Unauthorized',
      'NotPermittedAtThisTime',
      'gp:QuotaExceeded',
      'gp:MaxUses',
      'gp:AntipassbackViolation',
      'gp:OccupancyLimit',
      'gp:VisitorNotRegistered',
      'gp:GateMode',
      'gp:PolicyStale',
      'gp:LogUnavailable',
    ] satisfies Reason[]);
  });
});

describe('marks', () => {
  it.each<[string, Case, AccessMark[]]>([
    ['nothing', {}, []],
    [
      'soft anti-passback',
      { level: { antiPassback: { mode: 'soft' } }, holder: last('out', 5) },
      ['antipassback'],
    ],
    ['in time', { direction: 'in', rule: { outsideLimitMinutes: 180 }, holder: last('out', 180) }, []],
    [
      'late',
      { direction: 'in', rule: { outsideLimitMinutes: 180 }, holder: last('out', 181) },
      ['lateReturn'],
    ],
    [
      'late, but the last way was in',
      { direction: 'in', rule: { outsideLimitMinutes: 180 }, holder: last('in', 999) },
      [],
    ],
    [
      'home in spite of an order',
      { direction: 'in', holder: { orders: [order('quarantine')] } },
      ['orderBreached'],
    ],
  ])('%s lets in and says so', (_name, facts, marks) => {
    expect(decided(facts)).toMatchObject({ outcome: 'grant', marks });
  });
});

describe('an emergency pass', () => {
  const emergency = { kind: 'emergency' } as const;
  it('opens against every rule of the level, at once, and is marked', () => {
    const result = decided({
      claims: { ...emergency, uses: 1, quota: { count: 1, days: 1 } },
      direction: 'in',
      level: {
        kinds: {},
        antiPassback: { mode: 'hard' },
        occupancyLimit: 1,
        untrustedTime: 'deny',
        screening: { direction: { in: 'enforce', out: 'enforce' }, kinds: { emergency: 'enforce' } },
      },
      holder: {
        listsStale: true,
        orders: [order('quarantine', { direction: 'in' }), order('health')],
        recent: usedToday('in'),
        usesSpent: 5,
        occupancy: 9,
        ...last('in', 0),
      },
      change: {
        doorMode: 'Blocked',
        accessPoint: { id: 'main', door: 'main', direction: 'in', enabled: false },
        lockedOut: true,
        clock: { wallMs: NOW_MS, monotonicMs: 0, quality: 'unsynced' },
      },
    });
    expect(result).toMatchObject({
      outcome: 'grant',
      reasons: [],
      marks: ['emergency'],
      screeningMode: 'off',
    });
  });

  it.each<[string, Case, string, Reason]>([
    ['expired', { claims: { ...emergency, expiresAt: NOW_S } }, 'deny', 'CredentialExpired'],
    ['of another site', { claims: { ...emergency, site: 'c43' } }, 'deny', 'gp:WrongSite'],
    ['revoked', { claims: emergency, holder: { revoked: true } }, 'deny', 'gp:Revoked'],
    [
      'suspended',
      { claims: emergency, holder: { orders: [order('suspension')] } },
      'deny',
      'CredentialNotEnabled',
    ],
    ['without a log', { claims: emergency, change: { logWritable: false } }, 'deny', 'gp:LogUnavailable'],
    ['in a lockdown', { claims: emergency, change: { doorMode: 'LockedDown' } }, 'refer', 'gp:GateMode'],
  ])('%s does not open by itself', (_name, facts, outcome, reason) => {
    expect(decided(facts)).toMatchObject({ outcome, reasons: [reason], marks: ['emergency'] });
  });
});

describe('a returner under a 14-day order', () => {
  const days = (count: number) => ({
    clock: { wallMs: NOW_MS + count * DAY_MS, monotonicMs: 0, quality: 'synced' as const },
  });
  const holder = { orders: [order('quarantine', { fromMs: NOW_MS, untilMs: NOW_MS + 14 * DAY_MS })] };
  const claims = { expiresAt: NOW_S + 40 * 86_400 };
  it('is refused on day 13 and let through on day 15', () => {
    expect(decided({ claims, holder, change: days(13) }).reason).toBe('gp:QuarantineOrder');
    expect(decided({ claims, holder, change: days(15) }).outcome).toBe('grant');
  });
});
