import type { Direction, PassKind } from '../access/vocabulary.ts';
import type { DayCount } from '../decision/holder-facts.ts';
import type { PassClaims } from '../pass/pass.ts';
import type { KindRule, Quota } from './policy.ts';

/** The quotas a passage must keep: the level's, and the one written in the pass. */
export function quotasOf(claims: Pick<PassClaims, 'kind' | 'quota'>, rule: KindRule | undefined): Quota[] {
  const quotas = rule?.quota === undefined ? [] : [rule.quota];
  if (claims.quota === undefined) return quotas;
  const direction = rule?.quota?.direction ?? wayAbroad(claims.kind);
  return [...quotas, { ...claims.quota, direction }];
}

/** Who lives here goes out and comes home; everybody else comes in and leaves. Nobody is kept from the way back. */
function wayAbroad(kind: PassKind): Direction {
  return kind === 'resident' ? 'out' : 'in';
}

/**
 * Whether the quota leaves room for one more passage today. Days ahead count like days behind: after the clock was
 * set back, what was used "tomorrow" is still used, and no run of `days` days ever holds more than `count`.
 */
export function isQuotaLeft(quota: Quota, recent: readonly DayCount[], today: number): boolean {
  const used = recent
    .filter(({ direction, siteDay }) => direction === quota.direction && near(siteDay, today, quota.days))
    .reduce((sum, { count }) => sum + count, 0);
  return used < quota.count;
}

function near(siteDay: number, today: number, days: number): boolean {
  return Math.abs(siteDay - today) < days;
}
