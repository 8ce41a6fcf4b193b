import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '../../src/core/access/reasons.ts';
import { DOOR_MODES } from '../../src/core/access/vocabulary.ts';
import { decide } from '../../src/core/decision/decide.ts';
import type { DecisionInput } from '../../src/core/decision/decision.ts';
import { UNKNOWN_HOLDER } from '../../src/core/decision/holder-facts.ts';
import type { PassReading } from '../../src/core/pass/pass.ts';
import type {
  NotMeasurableCause,
  ScreeningMode,
  ScreeningOutcome,
} from '../../src/core/screening/screening.ts';
import { policyLevel } from '../support/gate/policy-samples.ts';

const NOW_S = 1_582_502_400;
const REVOKED = { ...UNKNOWN_HOLDER, revoked: true };

const CLAIMS = {
  site: 'c42',
  issuedAt: NOW_S - 86_400,
  expiresAt: NOW_S + 86_400,
  passId: '0102030405060708',
  kind: 'resident',
} as const;
const ISSUER = { name: 'office', publicKey: new Uint8Array(32), status: 'active' } as const;

function pass(change: Partial<Extract<PassReading, { status: 'verified' }>['claims']> = {}): PassReading {
  return {
    status: 'verified',
    form: 'GP1',
    claims: { ...CLAIMS, ...change },
    issuer: ISSUER,
    keyId: '21fe31df',
  };
}

function input(change: Partial<DecisionInput> = {}, mode: ScreeningMode = 'off'): DecisionInput {
  const clock = change.clock ?? ({ wallMs: NOW_S * 1000, monotonicMs: 0, quality: 'synced' } as const);
  return {
    pass: pass(),
    site: 'c42',
    gate: 'north',
    timeZone: 'Asia/Shanghai',
    accessPoint: { id: 'main-in', door: 'main', direction: 'in', enabled: true },
    doorMode: 'Locked',
    policy: policyLevel({ screening: { direction: { in: mode, out: 'off' }, kinds: {} } }),
    clock,
    now: clock,
    screening: { state: 'pending' },
    stepSeen: false,
    holder: UNKNOWN_HOLDER,
    lockedOut: false,
    logWritable: true,
    ...change,
  };
}

const MEASUREMENT = { objectC: 36.5, ambientC: 22, estimateC: 36.5, model: 'none/1', atMs: 0, frames: 9 };
const NORMAL: ScreeningOutcome = { class: 'normal', measurement: MEASUREMENT, attempts: 1 };
const ELEVATED: ScreeningOutcome = { class: 'elevated', measurement: MEASUREMENT, attempts: 1 };
const notMeasurable = (cause: NotMeasurableCause): ScreeningOutcome => ({
  class: 'notMeasurable',
  cause,
  attempts: 1,
});
const done = (outcome: ScreeningOutcome): Partial<DecisionInput> => ({
  screening: { state: 'done', outcome },
});

describe('one failed check', () => {
  it.each<[string, Partial<DecisionInput>, Reason]>([
    [
      'unreadable',
      { pass: { status: 'unreadable', reason: 'gp:MalformedPass', detail: '' } },
      'gp:MalformedPass',
    ],
    [
      'other version',
      { pass: { status: 'unreadable', reason: 'gp:UnsupportedVersion', detail: '' } },
      'gp:UnsupportedVersion',
    ],
    [
      'unknown issuer',
      { pass: { status: 'unreadable', reason: 'gp:UnknownIssuer', detail: '' } },
      'gp:UnknownIssuer',
    ],
    [
      'forged',
      { pass: { status: 'unreadable', reason: 'gp:SignatureInvalid', detail: '' } },
      'gp:SignatureInvalid',
    ],
    ['other site', { site: 'c43' }, 'gp:WrongSite'],
    ['expired', { pass: pass({ expiresAt: NOW_S }) }, 'CredentialExpired'],
    ['not yet', { pass: pass({ notBefore: NOW_S + 1 }) }, 'CredentialNotActive'],
    ['kind not let through', { policy: { ...input().policy, kinds: { worker: {} } } }, 'Unauthorized'],
    [
      'outside its hours',
      { pass: pass({ windows: [{ dayMask: 127, startMinute: 0, endMinute: 60 }] }) },
      'NotPermittedAtThisTime',
    ],
    ['door blocked', { doorMode: 'Blocked' }, 'gp:GateMode'],
    ['locked down', { doorMode: 'LockedDown' }, 'gp:GateMode'],
    ['access point off', { accessPoint: { ...input().accessPoint, enabled: false } }, 'gp:GateMode'],
    ['log full', { logWritable: false }, 'gp:LogUnavailable'],
    [
      'phone code seen',
      { pass: { ...(pass() as object), form: 'GR1', step: NOW_S / 15 } as PassReading, stepSeen: true },
      'gp:Replay',
    ],
  ])('%s denies', (_name, change, reason) => {
    expect(decide(input(change))).toMatchObject({ outcome: 'deny', reason, reasons: [reason] });
  });

  it('grants when nothing failed', () => {
    expect(decide(input())).toMatchObject({ outcome: 'grant', reasons: [] });
  });
});

describe('screening', () => {
  it.each<[ScreeningMode, ScreeningOutcome | undefined, string, Reason | undefined]>([
    ['off', undefined, 'grant', undefined],
    ['off', ELEVATED, 'grant', undefined],
    ['advise', undefined, 'measure', undefined],
    ['advise', NORMAL, 'grant', undefined],
    ['advise', ELEVATED, 'grant', undefined],
    ['advise', notMeasurable('sensor_missing'), 'grant', undefined],
    ['enforce', undefined, 'measure', undefined],
    ['enforce', NORMAL, 'grant', undefined],
    ['enforce', ELEVATED, 'deny', 'gp:TemperatureHigh'],
    ['enforce', notMeasurable('cold_skin'), 'refer', 'gp:TemperatureNotMeasured'],
    ['enforce', notMeasurable('sensor_missing'), 'refer', 'gp:TemperatureSensorFault'],
    ['enforce', { class: 'skipped' }, 'refer', 'gp:TemperatureNotMeasured'],
  ])('%s with %o: %s', (mode, outcome, expected, reason) => {
    const result = decide(input(outcome === undefined ? {} : done(outcome), mode));
    expect(result.outcome).toBe(expected);
    expect(result.reason).toBe(reason);
  });

  it('measures nobody who is refused anyway', () => {
    expect(decide(input({ site: 'c43' }, 'enforce')).outcome).toBe('deny');
  });

  it('follows the direction, and the kind before it', () => {
    const policy = {
      ...input().policy,
      screening: { direction: { in: 'enforce', out: 'off' }, kinds: { worker: 'off' } },
    } as const;
    const out = { ...input().accessPoint, direction: 'out' } as const;
    expect(decide(input({ policy })).outcome).toBe('measure');
    expect(decide(input({ policy, accessPoint: out })).outcome).toBe('grant');
    expect(decide(input({ policy, pass: pass({ kind: 'worker' }) })).outcome).toBe('grant');
  });
});

describe('records that may be behind what happened', () => {
  const doubted = (answer: 'deny' | 'guard' | 'allow', steps = true) => ({
    holder: { ...UNKNOWN_HOLDER, recordsDoubt: { answer, steps } },
  });
  const level = (change: Parameters<typeof policyLevel>[0]) => ({ policy: policyLevel(change) });
  const phone = { ...(pass() as object), form: 'GR1', step: Math.floor(NOW_S / 15) } as PassReading;
  const quota = (direction: 'in' | 'out') =>
    level({ kinds: { resident: { quota: { count: 1, days: 1, direction } } } });
  const out = { accessPoint: { id: 'main-out', door: 'main', direction: 'out', enabled: true } } as const;
  const full = level({ occupancyLimit: 10 });

  it.each<[string, Partial<DecisionInput>, boolean]>([
    ['a resident without any of it', {}, false],
    ['a quota in this direction', quota('in'), true],
    ['a quota in the other direction', quota('out'), false],
    ['a quota of the pass itself', { pass: pass({ kind: 'visitor', quota: { count: 1, days: 1 } }) }, true],
    ['uses', { pass: pass({ uses: 3 }) }, true],
    ['a phone code', { pass: phone }, true],
    ['anti-passback that refuses', level({ antiPassback: { mode: 'hard' } }), true],
    ['anti-passback that only marks', level({ antiPassback: { mode: 'soft' } }), false],
    ['an area that may be full', full, true],
    ['the way out of an area that may be full', { ...full, ...out }, false],
    ['an emergency pass with uses', { pass: pass({ kind: 'emergency', uses: 1 }) }, false],
  ])('%s', (_name, change, depends) => {
    const outcomes = (['deny', 'guard', 'allow'] as const).map((answer) =>
      decide(input({ ...doubted(answer), ...change })),
    );
    const expected = depends ? ['deny', 'refer', 'grant'] : ['grant', 'grant', 'grant'];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(expected);
    if (depends)
      for (const { reasons } of outcomes.slice(0, 2)) expect(reasons).toEqual(['gp:RecordsUntrusted']);
  });

  it('believes phone codes again by themselves, and nothing else', () => {
    expect(decide(input({ ...doubted('guard', false), pass: phone })).outcome).toBe('grant');
    expect(decide(input({ ...doubted('guard', false), pass: pass({ uses: 1 }) })).outcome).toBe('refer');
  });

  it('refuses what the records do say', () => {
    const spent = { holder: { ...doubted('allow').holder, usesSpent: 1 }, pass: pass({ uses: 1 }) };
    expect(decide(input(spent)).reason).toBe('gp:MaxUses');
    const both = { holder: { ...doubted('guard').holder, usesSpent: 1 }, pass: pass({ uses: 1 }) };
    expect(decide(input(both))).toMatchObject({ outcome: 'deny', reason: 'gp:MaxUses' });
  });

  it('keeps its own answer beside that of an untrusted clock', () => {
    const unsynced = { clock: { wallMs: NOW_S * 1000, monotonicMs: 0, quality: 'unsynced' } } as const;
    expect(decide(input({ ...doubted('deny'), ...unsynced, pass: pass({ uses: 1 }) })).outcome).toBe('deny');
    expect(decide(input({ ...doubted('guard'), ...unsynced, pass: pass({ uses: 1 }) })).outcome).toBe(
      'refer',
    );
  });
});

describe('a clock that cannot be believed', () => {
  const unsynced = { clock: { wallMs: NOW_S * 1000, monotonicMs: 0, quality: 'unsynced' } } as const;
  const at = (answer: 'deny' | 'guard' | 'allow', change: Partial<DecisionInput> = {}) =>
    decide(input({ ...unsynced, policy: { ...input().policy, untrustedTime: answer }, ...change }));

  it('denies, asks the guard or allows, as the policy says', () => {
    expect(at('deny')).toMatchObject({ outcome: 'deny', reason: 'gp:ClockUntrusted' });
    expect(at('guard')).toMatchObject({ outcome: 'refer', reason: 'gp:ClockUntrusted' });
    expect(at('allow')).toMatchObject({ outcome: 'grant' });
  });

  /** Certain up to a moment by what was believed before. */
  const certain = (floorS: number) => ({ clock: { ...unsynced.clock, floorMs: floorS * 1000 } });
  const phone = { ...(pass() as object), form: 'GR1', step: 1 } as PassReading;
  const fromKey = (issuer: object, claims = {}): PassReading =>
    ({ ...(pass(claims) as object), issuer: { ...ISSUER, ...issuer } }) as PassReading;
  const expired = pass({ expiresAt: NOW_S });
  const WORKERS_AT_NIGHT = {
    ...input().policy,
    kinds: { resident: { hours: { in: { windows: [{ dayMask: 127, startMinute: 0, endMinute: 1 }] } } } },
  };

  it.each<[string, Partial<DecisionInput>, deny: string, guard: string, allow: string]>([
    ['a pass that is over', { pass: expired }, 'deny', 'refer', 'grant'],
    ['one that was over before', { pass: expired, ...certain(NOW_S) }, 'deny', 'refer', 'refer'],
    ['one that was not over before', { pass: expired, ...certain(NOW_S - 1) }, 'deny', 'refer', 'grant'],
    ['a pass before its time', { pass: pass({ notBefore: NOW_S + 9 }) }, 'deny', 'refer', 'grant'],
    ['a key that has ended', { pass: fromKey({ until: NOW_S }) }, 'deny', 'refer', 'refer'],
    ['a key before its time', { pass: fromKey({ from: NOW_S + 1 }) }, 'deny', 'refer', 'refer'],
    ['a phone code of another time', { pass: phone }, 'deny', 'refer', 'refer'],
    ['a phone code shown before', { pass: phone, stepSeen: true }, 'deny', 'deny', 'deny'],
    ['a key for another site', { pass: fromKey({ until: NOW_S, sites: ['c1'] }) }, 'deny', 'deny', 'deny'],
    ['an expired pass that was revoked', { pass: expired, holder: REVOKED }, 'deny', 'deny', 'deny'],
  ])('lets untrustedTime rule over %s', (_name, change, ...expected) => {
    const outcomes = (['deny', 'guard', 'allow'] as const).map((answer) => at(answer, change).outcome);
    expect(outcomes).toEqual(expected);
  });

  it('lets the guard judge the hours of a level, and names every reason', () => {
    const policy = { ...WORKERS_AT_NIGHT, untrustedTime: 'guard' } as const;
    const result = decide(input({ ...unsynced, policy, pass: expired }));
    expect(result.outcome).toBe('refer');
    expect(result.reasons).toEqual(['CredentialExpired', 'NotPermittedAtThisTime', 'gp:ClockUntrusted']);
  });

  it('calls the guard at the least for an emergency pass that seems to be over', () => {
    const emergency = { kind: 'emergency', expiresAt: NOW_S } as const;
    const outcomes = (claims: object, change = {}) =>
      (['deny', 'guard', 'allow'] as const).map(
        (answer) => at(answer, { pass: pass({ ...emergency, ...claims }), ...change }).outcome,
      );
    expect(outcomes({})).toEqual(['refer', 'refer', 'grant']);
    expect(outcomes({}, certain(NOW_S))).toEqual(['refer', 'refer', 'refer']);
    expect(outcomes({ expiresAt: NOW_S + 1 })).toEqual(['grant', 'grant', 'grant']);
    expect(outcomes({ expiresAt: NOW_S + 1, notBefore: NOW_S + 1 })).toEqual(['grant', 'grant', 'grant']);
    expect(outcomes({}, { pass: fromKey({ until: NOW_S }, { kind: 'emergency' }) })).toEqual(
      Array(3).fill('refer'),
    );
    expect(outcomes({}, { holder: REVOKED })).toEqual(['deny', 'deny', 'deny']);
    expect(decide(input({ pass: pass(emergency) })).outcome).toBe('deny');
  });
});

describe('every combination', () => {
  const arbitrary = fc.record({
    expired: fc.boolean(),
    otherSite: fc.boolean(),
    doorMode: fc.constantFrom(...DOOR_MODES),
    enabled: fc.boolean(),
    logWritable: fc.boolean(),
    kindAllowed: fc.boolean(),
    mode: fc.constantFrom<ScreeningMode>('off', 'advise', 'enforce'),
    outcome: fc.constantFrom(
      undefined,
      NORMAL,
      ELEVATED,
      notMeasurable('unstable'),
      notMeasurable('sensor_stuck'),
    ),
    quality: fc.constantFrom('synced', 'holdover', 'unsynced'),
    untrustedTime: fc.constantFrom('deny', 'guard', 'allow'),
  });

  it('grants only when each condition holds, and lists every failed one in the order of the contract', () => {
    fc.assert(
      fc.property(arbitrary, (facts) => {
        const base = input({}, facts.mode);
        const result = decide({
          ...base,
          pass: pass(facts.expired ? { expiresAt: NOW_S } : {}),
          site: facts.otherSite ? 'c43' : 'c42',
          doorMode: facts.doorMode,
          accessPoint: { ...base.accessPoint, enabled: facts.enabled },
          logWritable: facts.logWritable,
          policy: {
            ...base.policy,
            kinds: facts.kindAllowed ? base.policy.kinds : {},
            untrustedTime: facts.untrustedTime,
          },
          clock: { ...base.clock, quality: facts.quality },
          screening:
            facts.outcome === undefined ? { state: 'pending' } : { state: 'done', outcome: facts.outcome },
        });
        const expected = new Set<Reason>();
        if (facts.otherSite) expected.add('gp:WrongSite');
        const forgiven = facts.quality === 'unsynced' && facts.untrustedTime === 'allow';
        if (facts.expired && !forgiven) expected.add('CredentialExpired');
        if (!facts.kindAllowed) expected.add('Unauthorized');
        if (!facts.enabled || ['Unknown', 'Blocked', 'LockedDown'].includes(facts.doorMode))
          expected.add('gp:GateMode');
        if (!facts.logWritable) expected.add('gp:LogUnavailable');
        if (facts.quality === 'unsynced' && facts.untrustedTime !== 'allow')
          expected.add('gp:ClockUntrusted');
        if (facts.mode === 'enforce' && facts.outcome?.class === 'elevated')
          expected.add('gp:TemperatureHigh');
        if (facts.mode === 'enforce' && facts.outcome?.class === 'notMeasurable') {
          expected.add(
            facts.outcome.cause === 'sensor_stuck'
              ? 'gp:TemperatureSensorFault'
              : 'gp:TemperatureNotMeasured',
          );
        }
        if (result.outcome === 'grant') {
          expect([...expected]).toEqual([]);
          expect(facts.mode === 'off' || facts.outcome !== undefined).toBe(true);
          return;
        }
        if (result.outcome === 'measure') {
          expect(facts.outcome).toBeUndefined();
          return;
        }
        expect(new Set(result.reasons)).toEqual(expected);
        const ranks = result.reasons.map((reason) => REASONS.indexOf(reason));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        expect(result.reason).toBe(result.reasons[0]);
      }),
      { numRuns: 2_000 },
    );
  });
});
