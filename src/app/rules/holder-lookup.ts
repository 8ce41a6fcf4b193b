import type { Direction } from '../../core/access/vocabulary.ts';
import type { HolderFacts } from '../../core/decision/holder-facts.ts';
import type { PassClaims } from '../../core/pass/pass.ts';
import { quotasOf } from '../../core/policy/entry-rules.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import { type SiteQuarter, siteDayAt, siteQuarterAt } from '../../core/time/site-time.ts';
import type { HolderState, RevocationList, StandingOrders } from '../../ports/rule-store.ts';
import type { RecordsTrust } from './records-trust.ts';

interface HolderLookupDeps {
  readonly state: HolderState;
  readonly orders: StandingOrders;
  readonly revocations: RevocationList;
  readonly trust: Pick<RecordsTrust, 'doubt'>;
  /** IANA name. */
  readonly timeZone: string;
}

/** Collects what is known about a pass and its household, as far as the level needs it. */
export class HolderLookup {
  readonly #deps: HolderLookupDeps;

  constructor(deps: HolderLookupDeps) {
    this.#deps = deps;
  }

  /** Number of the revocation list in use; 0 where there is none. */
  get revocationVersion(): number {
    return this.#deps.revocations.number;
  }

  today(clock: ClockReading): number {
    return siteDayAt(clock.wallMs, this.#deps.timeZone);
  }

  /** Day and quarter of an hour for which a passage counts. */
  quarter(clock: ClockReading): SiteQuarter {
    return siteQuarterAt(clock.wallMs, this.#deps.timeZone);
  }

  /**
   * @param pass for a guest pass also what is known about its host
   * @throws GatepostError `log.unavailable`
   */
  facts(
    { claims, host }: { readonly claims: PassClaims; readonly host?: PassClaims },
    place: { readonly direction: Direction; readonly policy: PolicyLevel; readonly clock: ClockReading },
  ): HolderFacts {
    const { state, orders, revocations, trust } = this.#deps;
    const recordsDoubt = trust.doubt();
    const { passId, holderRef, issuedAt } = claims;
    const { kinds, guests } = place.policy;
    const quotas = quotasOf(claims, kinds[claims.kind], host === undefined ? undefined : guests);
    const { nextUpdateMs } = revocations;
    return {
      ...state.facts({
        passId,
        ...(holderRef === undefined ? {} : { holderRef }),
        direction: place.direction,
        siteDay: this.today(place.clock),
        quotaDays: Math.max(0, ...quotas.map(({ days }) => days)),
        usesWanted: claims.uses ?? 0,
        ...(host === undefined ? {} : { isGuest: true }),
      }),
      revoked:
        revocations.isRevoked(passId, holderRef, issuedAt) ||
        (host !== undefined && revocations.isRevoked(host.passId, holderRef, host.issuedAt)),
      orders: [
        ...orders.ordersFor(passId, holderRef),
        ...(host === undefined ? [] : orders.ordersFor(host.passId, undefined)),
      ],
      ...(host?.uses === undefined ? {} : { hostUsesSpent: this.#usesOf(host, host.uses, place) }),
      listsStale: nextUpdateMs !== undefined && place.clock.wallMs >= nextUpdateMs,
      ...(recordsDoubt === undefined ? {} : { recordsDoubt }),
    };
  }

  #usesOf(
    { passId }: PassClaims,
    usesWanted: number,
    { direction, clock }: { readonly direction: Direction; readonly clock: ClockReading },
  ): number {
    const query = { passId, direction, siteDay: this.today(clock), quotaDays: 0, usesWanted };
    return this.#deps.state.facts(query).usesSpent;
  }
}
