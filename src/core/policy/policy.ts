import type { Direction, PassKind } from '../access/vocabulary.ts';
import type { ScreeningRule } from '../screening/screening.ts';
import type { TimeWindow } from '../time/site-time.ts';
import type { LevelSchedule } from './schedule.ts';

/** What the site does while the clock, or the records of earlier passages, are not trusted (src/README.md#time). */
export type UntrustedAnswer = 'deny' | 'guard' | 'allow';

/** When a kind may pass in one direction, in local time of the site. */
export interface Hours {
  /** An empty list means never. */
  readonly windows: readonly TimeWindow[];
  /** Replaces `windows` for windows that start on a listed holiday; their weekday is then ignored. */
  readonly holidayWindows?: readonly TimeWindow[];
}

/** A number of passages within a number of calendar days of the site, today included. */
export interface Quota {
  /** At least 1. */
  readonly count: number;
  /** 1 to 400. */
  readonly days: number;
  /** Only passages in this direction count and are limited. */
  readonly direction: Direction;
}

/** The rules for one kind of pass at one level. An empty rule allows the kind at any time, without limit. */
export interface KindRule {
  /** A direction without hours is open at all times. */
  readonly hours?: Partial<Record<Direction, Hours>>;
  /** Counted for the household (holderRef), or for the pass if it names none. */
  readonly quota?: Quota;
  /** A person who stays out longer is still let in, and marked. Minutes. */
  readonly outsideLimitMinutes?: number;
  /** To enter, the pass must be registered by the guard, or also confirmed by its host. */
  readonly registration?: 'registered' | 'confirmed';
}

/** The rule for guest passes by a resident's phone (config/contract/README.md#guest-passes). */
export interface GuestRule {
  /** Guests of one household who may come in, at least 1 … */
  readonly count: number;
  /** … within so many calendar days of the site, today included: 1 to 400. */
  readonly days: number;
  /**
   * Who confirms an entering guest. `host`: the host has by signing, so the visitors' book is not asked. `none`: the
   * signature confirms nothing, and the book is asked as for every visitor. `guard`: the guard is asked each time, unless
   * the book says that the host has confirmed.
   */
  readonly confirm: 'none' | 'host' | 'guard';
}

export interface AntiPassbackRule {
  /** `soft` lets through and writes credential.apbviolation; `hard` refuses. */
  readonly mode: 'off' | 'soft' | 'hard';
  /** A passage is ignored after this many minutes; absent: it counts until the next one. */
  readonly minutes?: number;
}

/** This many unreadable codes in a row alarm the guard and delay the answers to such codes for this long. */
export interface LockOutRule {
  /** 1 to 5, or never. */
  readonly attempts: number | 'off';
  readonly minutes: number;
}

/** The rules of one level (src/README.md#policy-levels). */
export interface LevelRules {
  /** `open` holds the gate open: nothing is decided, and people are only counted. */
  readonly gate: 'checked' | 'open';
  /** Kinds that may pass, each with its rule. Emergency passes need none: they open at every level. */
  readonly kinds: Partial<Record<PassKind, KindRule>>;
  /** Absent: no guest pass by a phone counts. */
  readonly guests?: GuestRule;
  readonly screening: ScreeningRule;
  readonly untrustedTime: UntrustedAnswer;
  /** Longest validity of a pass in seconds from its issue; at most 400 days. */
  readonly longestPassLifeS: number;
  readonly antiPassback: AntiPassbackRule;
  /** Nobody is let in while this many are inside. */
  readonly occupancyLimit?: number;
  /** Factor by which lock and passage wait longer for a pass with the flag `slow`, 1 to 5. */
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
  /** The level before one is chosen, and if the chosen one no longer exists. Must be in `levels`. */
  readonly initialLevel: string;
  /** Absent: the level changes by order alone. */
  readonly schedule?: LevelSchedule;
  /** Dates of the site as YYYY-MM-DD. */
  readonly holidays: readonly string[];
}

/** The level `name` of `policy` with everything a decision needs; undefined if there is no such level. */
export function levelOf(policy: Policy, name: string): PolicyLevel | undefined {
  const rules = Object.hasOwn(policy.levels, name) ? policy.levels[name] : undefined;
  if (rules === undefined) return undefined;
  return { ...rules, level: name, version: policy.version, holidays: policy.holidays };
}
