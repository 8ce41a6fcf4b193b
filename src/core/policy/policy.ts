import type { PassKind } from '../access/vocabulary.ts';
import type { ScreeningRule } from '../screening/screening.ts';

/** What the site does when the clock cannot be believed (design section 4, Time). */
export type UntrustedTimeAnswer = 'deny' | 'guard' | 'allow';

/** One named rule set. Every decision names its level and version. */
export interface PolicyLevel {
  readonly level: string;
  readonly version: number;
  /** Kinds that may pass at this level. */
  readonly kinds: readonly PassKind[];
  readonly screening: ScreeningRule;
  readonly untrustedTime: UntrustedTimeAnswer;
  /** Longest life of a pass in seconds, counted from its issue; at most 400 days. */
  readonly longestPassLifeS: number;
}
