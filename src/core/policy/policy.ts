import type { Direction, PassKind } from '../access/vocabulary.ts';
import type { ScreeningRule } from '../screening/screening.ts';
import type { TimeWindow } from '../time/site-time.ts';

/** What the site does when the clock cannot be believed (src/README.md#time). */
type UntrustedTimeAnswer = 'deny' | 'guard' | 'allow';

/** When a kind may pass in one direction, as the clocks on the walls of the site show it. */
export interface Hours {
  /** None means never. */
  readonly windows: readonly TimeWindow[];
  /** In place of `windows` for windows that start on a listed holiday, whose weekday then does not matter. */
  readonly holidayWindows?: readonly TimeWindow[];
}

/** So many passages in so many calendar days of the site, today among them. */
export interface Quota {
  /** At least 1. */
  readonly count: number;
  /** 1 to 400. */
  readonly days: number;
  /** Only passages in this direction count, and only they are held by it. */
  readonly direction: Direction;
}

/** What holds for one kind of pass at one level. An empty rule lets the kind pass at any time, as often as it likes. */
export interface KindRule {
  /** A direction without hours is open at all times. */
  readonly hours?: Partial<Record<Direction, Hours>>;
  /** Counted for the household (holderRef), or for the pass where it names none. */
  readonly quota?: Quota;
  /** Who stays out longer is let in all the same, and marked. Minutes. */
  readonly outsideLimitMinutes?: number;
  /** On the way in the guard must have registered the pass, or its host must have confirmed it as well. */
  readonly registration?: 'registered' | 'confirmed';
}

export interface AntiPassbackRule {
  /** `soft` lets through and writes credential.apbviolation; `hard` refuses. */
  readonly mode: 'off' | 'soft' | 'hard';
  /** A passage is forgotten after so many minutes; left out, it counts until the next one. */
  readonly minutes?: number;
}

/** So many unreadable codes in a row alarm the guard and slow down the answers to such codes for so long. */
export interface LockOutRule {
  /** 1 to 5, or never. */
  readonly attempts: number | 'off';
  readonly minutes: number;
}

/** The rules of one named set (src/README.md#policy-levels). */
export interface LevelRules {
  /** `open` holds the gate open: nothing is decided and only counts are kept. */
  readonly gate: 'checked' | 'open';
  /** Kinds that may pass, each with its rule. Emergency passes need no rule: they open at every level. */
  readonly kinds: Partial<Record<PassKind, KindRule>>;
  readonly screening: ScreeningRule;
  readonly untrustedTime: UntrustedTimeAnswer;
  /** Longest life of a pass in seconds, counted from its issue; at most 400 days. */
  readonly longestPassLifeS: number;
  readonly antiPassback: AntiPassbackRule;
  /** Nobody is let in while so many are inside. */
  readonly occupancyLimit?: number;
  /** How many times longer lock and passage wait for a pass with the flag `slow`, 1 to 5. */
  readonly slowReleaseFactor: number;
  readonly lockOut: LockOutRule;
}

/** One level in force. Every decision names its level and version. */
export interface PolicyLevel extends LevelRules {
  readonly level: string;
  readonly version: number;
  /** Dates of the site as YYYY-MM-DD. */
  readonly holidays: readonly string[];
}

/** All levels of a site, from its config or from a signed bundle. */
export interface Policy {
  readonly version: number;
  readonly levels: Readonly<Record<string, LevelRules>>;
  /** The level before anybody has chosen one, and where the chosen one is no longer there. Must be in `levels`. */
  readonly initialLevel: string;
  /** Dates of the site as YYYY-MM-DD. */
  readonly holidays: readonly string[];
}

/** The level `name` of `policy` with everything a decision needs; undefined where there is no such level. */
export function levelOf(policy: Policy, name: string): PolicyLevel | undefined {
  const rules = Object.hasOwn(policy.levels, name) ? policy.levels[name] : undefined;
  if (rules === undefined) return undefined;
  return { ...rules, level: name, version: policy.version, holidays: policy.holidays };
}
