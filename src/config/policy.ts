import type { z } from 'zod';
import type { Direction, PassKind } from '../core/access/vocabulary.ts';
import type { Hours, KindRule, LevelRules, Policy } from '../core/policy/policy.ts';
import { level } from './policy-section.ts';
import type { Config } from './schema.ts';

const DAY_S = 86_400;
/** The level that every site has. */
export const DEFAULT_LEVEL = 'normal';

type LevelConfig = z.output<typeof level>;
type KindConfig = NonNullable<NonNullable<LevelConfig['kinds']>[PassKind]>;

/** The levels of a config. Missing values of a level come from the sections passes and screening. */
export function policyOf(config: Config): Policy {
  const { version, initialLevel, holidays, levels, schedule } = config.policy;
  const plain = rulesOf(PLAIN_LEVEL, config);
  const own = Object.entries(levels).map(([name, written]) => [name, rulesOf(written, config)] as const);
  return {
    version,
    initialLevel,
    holidays,
    levels: { [DEFAULT_LEVEL]: plain, ...Object.fromEntries(own) },
    ...(schedule === undefined ? {} : { schedule: scheduleOf(schedule) }),
  };
}

function scheduleOf({
  strictestFirst,
  lines,
}: NonNullable<Config['policy']['schedule']>): NonNullable<Policy['schedule']> {
  return { strictestFirst, lines: lines.map(({ hours, ...line }) => ({ ...line, windows: hours })) };
}

/** The defaults of the schema for an empty level. */
const PLAIN_LEVEL = level.parse({});

function rulesOf(written: LevelConfig, { passes, screening }: Config): LevelRules {
  const { in: inward, out, kinds } = written.screening ?? screening;
  const { gate, guests, antiPassback, occupancyLimit, slowReleaseFactor, lockOut } = written;
  return {
    gate,
    kinds:
      written.kinds === undefined
        ? Object.fromEntries(passes.kinds.map((kind) => [kind, {}]))
        : Object.fromEntries(Object.entries(written.kinds).map(([kind, rule]) => [kind, kindRuleOf(rule)])),
    ...(guests === undefined ? {} : { guests }),
    screening: { direction: { in: inward, out }, kinds },
    untrustedTime: written.untrustedTime ?? passes.untrustedTime,
    longestPassLifeS: (written.longestLifeDays ?? passes.longestLifeDays) * DAY_S,
    antiPassback,
    ...(occupancyLimit === undefined ? {} : { occupancyLimit }),
    slowReleaseFactor,
    lockOut,
  };
}

function kindRuleOf({ hours, holidayHours, ...rest }: KindConfig): KindRule {
  const directions = (['in', 'out'] as const).flatMap((direction: Direction): [Direction, Hours][] => {
    const windows = hours?.[direction];
    const holidayWindows = holidayHours?.[direction];
    if (windows === undefined && holidayWindows === undefined) return [];
    const ordinary = { windows: windows ?? ANY_TIME };
    return [[direction, holidayWindows === undefined ? ordinary : { ...ordinary, holidayWindows }]];
  });
  return directions.length === 0 ? rest : { ...rest, hours: Object.fromEntries(directions) };
}

const ANY_TIME = [{ dayMask: 0x7f, startMinute: 0, endMinute: 1440 }];
