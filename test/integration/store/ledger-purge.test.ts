import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SqliteRecordPurge } from '../../../src/adapters/sqlite/record-purge.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { effectsOf } from '../../../src/app/passage/passage-effects.ts';
import { blankFacts, type PassageFacts, passageWithCode } from '../../../src/app/passage/passage-facts.ts';
import { HolderLookup } from '../../../src/app/rules/holder-lookup.ts';
import type { Direction } from '../../../src/core/access/vocabulary.ts';
import { decide } from '../../../src/core/decision/decide.ts';
import type { DecisionResult } from '../../../src/core/decision/decision.ts';
import type { PassClaims, PassReading } from '../../../src/core/pass/pass.ts';
import { ledgerNeeds } from '../../../src/core/policy/ledger.ts';
import { levelOf, type Policy } from '../../../src/core/policy/policy.ts';
import type { HolderSubject } from '../../../src/core/policy/standing-order.ts';
import { siteDayAt } from '../../../src/core/time/site-time.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { NOW_S, sampleClaims, trustedKey } from '../../support/gate/pass-samples.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

/**
 * The same history in two stores, one of which is purged again and again. Whoever shows a pass gets the same answer from
 * both, at every level and with all its reasons, as long as the pass is valid.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONE = 'Asia/Shanghai';
/** Shorter than the windows of the rules, so that it is the rules that keep a row. */
const KEPT_DAYS = 1;

const HOUSE = 'aaaaaaaaaaaa';
const PEOPLE: readonly PassClaims[] = [
  { passId: '00000000000000a1', holderRef: HOUSE, expiresAt: NOW_S + 300 * 86_400 },
  { passId: '00000000000000a2', holderRef: HOUSE, quota: { count: 2, days: 20 } },
  { passId: '00000000000000b1', holderRef: 'bbbbbbbbbbbb', uses: 2, kind: 'worker' as const },
  { passId: '00000000000000c1', quota: { count: 1, days: 9 }, kind: 'visitor' as const },
  { passId: '00000000000000d1', uses: 3, expiresAt: NOW_S + 9 * 86_400, kind: 'visitor' as const },
  { passId: '00000000000000e1', kind: 'vehicle' as const },
  { passId: '00000000000000f1' },
].map((claims) => sampleClaims({ expiresAt: NOW_S + 60 * 86_400, ...claims }));

const POLICIES: readonly Policy[] = [
  policy({
    normal: {
      kinds: { resident: { quota: { count: 1, days: 4, direction: 'out' } }, worker: {}, visitor: {} },
    },
    strict: { antiPassback: { mode: 'hard' } },
  }),
  policy({
    normal: { antiPassback: { mode: 'hard', minutes: 600 }, kinds: { resident: {}, visitor: {} } },
    weekly: { kinds: { resident: { quota: { count: 2, days: 7, direction: 'in' } }, worker: {} } },
  }),
  policy({ normal: { kinds: { resident: { outsideLimitMinutes: 180 }, visitor: {}, vehicle: {} } } }),
  policy({ normal: { antiPassback: { mode: 'soft' } } }),
  policy(),
];

type Step =
  | { readonly type: 'goes' | 'staysBack'; readonly who: number; readonly direction: Direction }
  | { readonly type: 'purge'; readonly batch: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'forgive' | 'giveBackQuota'; readonly who: number; readonly house: boolean };

const who = fc.integer({ min: 0, max: PEOPLE.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constantFrom('goes' as const, 'goes' as const, 'staysBack' as const),
      who,
      direction: fc.constantFrom<Direction>('in', 'out'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('purge' as const), batch: fc.constantFrom(1, 3, 500) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.constantFrom(60_000, 5 * HOUR_MS, DAY_MS, 2 * DAY_MS, 2 * DAY_MS, 5 * DAY_MS, 11 * DAY_MS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('forgive' as const, 'giveBackQuota' as const),
      who,
      house: fc.boolean(),
    }),
  },
);

class Twins {
  readonly #clock = new VirtualClock(NOW_S * 1000);
  readonly #rules: Policy;
  #stores: readonly Store[] = [];
  #purge: SqliteRecordPurge | undefined;
  #passages = 0;
  constructor(rules: Policy) {
    this.#rules = rules;
  }

  async open(): Promise<void> {
    const open = () => openStore(temporaryFolder(), { clock: this.#clock });
    const [kept, purged] = [await open(), await open()];
    this.#stores = [kept, purged];
    this.#purge = purged.recordPurge;
  }

  take(one: Step): void {
    switch (one.type) {
      case 'goes':
      case 'staysBack':
        this.#shows(claimsAt(one.who), one.direction, one.type === 'goes');
        return;
      case 'wait':
        this.#clock.advance(one.ms);
        return;
      case 'purge':
        this.#purgeAll(one.batch);
        return;
      case 'forgive':
      case 'giveBackQuota': {
        const { passId, holderRef } = claimsAt(one.who);
        const subject: HolderSubject = one.house && holderRef !== undefined ? { holderRef } : { passId };
        for (const { log } of this.#stores)
          log.commit({ events: [], effects: [{ kind: one.type, subject }] });
        return;
      }
    }
  }

  #shows(claims: PassClaims, direction: Direction, walks: boolean): void {
    if (this.#clock.read().wallMs >= claims.expiresAt * 1000) return;
    for (const level of Object.keys(this.#rules.levels)) {
      const [kept, purged] = this.#stores.map((store) => this.#decision(store, claims, direction, level));
      expect({ level, ...purged }).toEqual({ level, ...kept });
    }
    const [store] = this.#stores;
    if (store === undefined) return;
    const decision = this.#decision(store, claims, direction, this.#rules.initialLevel);
    this.#record(claims, direction, { granted: decision.outcome === 'grant', walks });
  }

  #decision(store: Store, claims: PassClaims, direction: Direction, level: string): DecisionResult {
    const clock = this.#clock.read();
    const rules = levelOf(this.#rules, level);
    if (rules === undefined) throw new Error(level);
    const revocations = { number: 0, nextUpdateMs: undefined, isRevoked: () => false };
    const trust = { doubt: () => undefined };
    const lookup = new HolderLookup({
      trust,
      state: store.holderState,
      orders: store.orders,
      revocations,
      timeZone: ZONE,
    });
    return decide({
      pass: verified(claims),
      site: claims.site,
      gate: 'north',
      timeZone: ZONE,
      accessPoint: { id: `main-${direction}`, door: 'main', direction, enabled: true },
      doorMode: 'Locked',
      policy: rules,
      clock,
      now: clock,
      screening: { state: 'pending' },
      stepSeen: false,
      holder: lookup.facts({ claims }, { direction, policy: rules, clock }),
      lockedOut: false,
      logWritable: true,
    });
  }

  #record(
    claims: PassClaims,
    direction: Direction,
    { granted, walks }: { granted: boolean; walks: boolean },
  ): void {
    const cameAt = this.#clock.read();
    const rules = levelOf(this.#rules, this.#rules.initialLevel);
    if (rules === undefined) throw new Error('no level');
    const siteDay = siteDayAt(cameAt.wallMs, ZONE);
    const facts: PassageFacts = {
      ...blankFacts({ policy: rules, revocationVersion: 0, cameAt, quarter: 0, siteDay }),
      pass: verified(claims),
    };
    this.#passages += 1;
    const passage = passageWithCode(`p${this.#passages}`, 'code', facts);
    const place = { id: `main-${direction}`, door: 'main', direction };
    const decided = granted
      ? ({ name: 'access.granted', decidedBy: 'auto' } as const)
      : ({ name: 'access.denied', decidedBy: 'auto', reasons: ['gp:QuotaExceeded'] } as const);
    const after = walks
      ? ({ name: 'access.taken', seen: true } as const)
      : ({ name: 'access.nottaken' } as const);
    const records = granted ? [decided, after] : [decided];
    const effects = records.flatMap((record) => effectsOf(passage, record, place));
    for (const { log } of this.#stores) log.commit({ events: [], effects });
  }

  #purgeAll(batch: number): void {
    const purge = this.#purge;
    if (purge === undefined) return;
    const nowMs = this.#clock.read().wallMs;
    const today = siteDayAt(nowMs, ZONE);
    const cut = { ...ledgerNeeds(this.#rules), nowMs, today, throughDay: today - KEPT_DAYS };
    for (let after: number | undefined = 0; after !== undefined; ) {
      after = purge.purgeLedger(after, cut, batch).through;
    }
    const ago = nowMs - KEPT_DAYS * DAY_MS;
    const cuts = {
      nowMs,
      today,
      visitMs: ago,
      vehicleMs: ago,
      deliveryMs: ago,
      orderMs: ago,
      reportDay: today - 1,
      browserMs: ago,
    };
    while (purge.purgeRecords(cuts, batch) === batch);
  }
}

function claimsAt(index: number): PassClaims {
  const claims = PEOPLE[index];
  if (claims === undefined) throw new Error(`nobody ${index}`);
  return claims;
}

function verified(claims: PassClaims): Extract<PassReading, { status: 'verified' }> {
  return { status: 'verified', form: 'GP1', claims, issuer: trustedKey(), keyId: '21fe31df' };
}

describe('the ledger after a purge', () => {
  it('answers as if nothing had been deleted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...POLICIES),
        fc.array(step, { minLength: 40, maxLength: 80 }),
        async (rules, steps) => {
          const twins = new Twins(rules);
          await twins.open();
          for (const index of PEOPLE.keys()) twins.take({ type: 'staysBack', who: index, direction: 'in' });
          for (const one of steps) twins.take(one);
        },
      ),
      { numRuns: 20 },
    );
  });
});
