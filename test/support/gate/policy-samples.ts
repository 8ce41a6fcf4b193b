import { PASS_KINDS } from '../../../src/core/access/vocabulary.ts';
import type { LevelRules, Policy, PolicyLevel } from '../../../src/core/policy/policy.ts';
import type { TimeWindow } from '../../../src/core/time/site-time.ts';

/** Lets every kind pass at any time, without screening. */
export const PLAIN_RULES: LevelRules = {
  gate: 'checked',
  kinds: Object.fromEntries(PASS_KINDS.map((kind) => [kind, {}])),
  screening: { direction: { in: 'off', out: 'off' }, kinds: {} },
  untrustedTime: 'guard',
  longestPassLifeS: 400 * 86_400,
  antiPassback: { mode: 'off' },
  slowReleaseFactor: 2,
  lockOut: { attempts: 5, minutes: 1 },
};

export function policyLevel(change: Partial<PolicyLevel> = {}): PolicyLevel {
  return { ...PLAIN_RULES, level: 'normal', version: 1, holidays: [], ...change };
}

/** A policy of `levels` and `normal`, which has the plain rules unless given. */
export function policy(levels: Record<string, Partial<LevelRules>> = {}, holidays: string[] = []): Policy {
  const given = Object.entries(levels).map(([name, rules]) => [name, { ...PLAIN_RULES, ...rules }] as const);
  return {
    version: 7,
    initialLevel: 'normal',
    holidays,
    levels: { normal: PLAIN_RULES, ...Object.fromEntries(given) },
  };
}

/** Hours such as 6.5 to 22.5, every day. */
export function daily(startHour: number, endHour: number): TimeWindow {
  return { dayMask: 0x7f, startMinute: startHour * 60, endMinute: endHour * 60 };
}
