import {
  dateOf,
  type SiteTime,
  siteDay,
  siteTime,
  siteTimeOf,
  type TimeWindow,
  zoneSpanAt,
} from '../time/site-time.ts';

/** One line of the schedule: at these hours of these days, this level. */
export interface ScheduleLine {
  readonly level: string;
  /** A window belongs to the day on which it starts, as with the hours of a level. */
  readonly windows: readonly TimeWindow[];
  /** The days on which a window may start: `holidays` are those of the policy, `ordinary` all others. */
  readonly days: 'all' | 'ordinary' | 'holidays';
  /** The first and the last day on which one may start, YYYY-MM-DD. */
  readonly from?: string;
  readonly until?: string;
}

/** Which level holds when. Where lines overlap the later one counts; where there is none, the policy's initial level. */
export interface LevelSchedule {
  readonly lines: readonly ScheduleLine[];
  /** All levels of the lines and the initial one. Without a trusted time only an earlier one of them is taken. */
  readonly strictestFirst: readonly string[];
}

/** What the schedule needs of its policy. */
export interface ScheduledPolicy {
  readonly initialLevel: string;
  /** YYYY-MM-DD. */
  readonly holidays: readonly string[];
  readonly schedule: LevelSchedule;
}

/** A level, from a moment on. `line`: the place of its line, from 0; undefined where there is none. */
export interface ScheduledLevel {
  readonly level: string;
  readonly line: number | undefined;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** How far ahead a change is looked for: whatever a year holds comes round in it. Milliseconds. */
const AHEAD_MS = 400 * 86_400_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The level at `wallMs` (Unix milliseconds) by the clock on the wall of the site. @throws RangeError for an unknown zone */
export function scheduledAt(policy: ScheduledPolicy, wallMs: number, timeZone: string): ScheduledLevel {
  return { ...levelAt(policy, siteTime(wallMs, timeZone)), atMs: wallMs };
}

/** The next other level after `wallMs`, and when; undefined: none within 400 days. */
export function nextChange(
  policy: ScheduledPolicy,
  wallMs: number,
  timeZone: string,
): ScheduledLevel | undefined {
  const { level } = scheduledAt(policy, wallMs, timeZone);
  for (const next of scheduledFrom(policy, wallMs, timeZone)) if (next.level !== level) return next;
  return undefined;
}

/**
 * What the schedule says at each moment after `fromMs` at which it may say something else, for 400 days: at the begins and
 * ends of its windows, and where the clock of the zone is put forward or back. Each time that the clock shows twice comes
 * twice, and one that it skips does not come.
 */
export function* scheduledFrom(
  policy: ScheduledPolicy,
  fromMs: number,
  timeZone: string,
): Generator<ScheduledLevel> {
  const minutes = boundaries(policy.schedule);
  const endMs = fromMs + AHEAD_MS;
  let sinceMs = Math.floor(fromMs);
  while (sinceMs < endMs) {
    const { offsetMs, untilMs } = zoneSpanAt(sinceMs, timeZone);
    const lastMs = Math.min(untilMs, endMs);
    if (sinceMs > fromMs) yield { ...levelAt(policy, siteTimeOf(sinceMs + offsetMs)), atMs: sinceMs };
    const firstDay = Math.floor((sinceMs + offsetMs) / DAY_MS);
    for (let day = firstDay; day * DAY_MS - offsetMs < lastMs; day++) {
      for (const minute of minutes) {
        const localMs = day * DAY_MS + minute * MINUTE_MS;
        const atMs = localMs - offsetMs;
        if (atMs <= sinceMs || atMs >= lastMs) continue;
        yield { ...levelAt(policy, siteTimeOf(localMs)), atMs };
      }
    }
    sinceMs = lastMs;
  }
}

/**
 * Whether `level` is looser than `other` by the schedule's own order. One that is not in it is never said to be the
 * stricter.
 */
export function isLooser({ strictestFirst }: LevelSchedule, level: string, other: string): boolean {
  const [rank, otherRank] = [strictestFirst.indexOf(level), strictestFirst.indexOf(other)];
  const isStricter = rank >= 0 && rank < otherRank;
  return level !== other && !isStricter;
}

interface Standing {
  /** The level in force, or at a start the one before it. */
  readonly present: string;
  /** What the schedule says now. */
  readonly due: string;
  /** Whether the time is trusted. */
  readonly trusted: boolean;
  /** The gate starts: its doors are at rest. */
  readonly starts: boolean;
}

/**
 * The level that a gate takes by its schedule. Without a trusted time only a stricter one than that in force; and a start
 * without it opens no door: in place of a level that holds the gate open the loosest one that checks people.
 */
export function levelToTake(
  {
    schedule,
    levels,
  }: Pick<ScheduledPolicy, 'schedule'> & {
    readonly levels: Readonly<Record<string, { readonly gate: 'checked' | 'open' }>>;
  },
  { present, due, trusted, starts }: Standing,
): string {
  if (trusted) return due;
  const level = isLooser(schedule, due, present) ? present : due;
  const isChecked = (name: string) => levels[name]?.gate === 'checked';
  if (!starts || isChecked(level)) return level;
  return schedule.strictestFirst.findLast(isChecked) ?? level;
}

function levelAt(
  { schedule, initialLevel, holidays }: ScheduledPolicy,
  time: SiteTime,
): Pick<ScheduledLevel, 'level' | 'line'> {
  const at = schedule.lines.findLastIndex((line) => holds(line, holidays, time));
  const line = schedule.lines[at];
  return line === undefined ? { level: initialLevel, line: undefined } : { level: line.level, line: at };
}

function holds(line: ScheduleLine, holidays: readonly string[], time: SiteTime): boolean {
  const { date, weekday, minuteOfDay } = time;
  return line.windows.some(({ dayMask, startMinute, endMinute }) => {
    const startsOn = (day: number) => ((dayMask >> day) & 1) === 1;
    const overnight = endMinute <= startMinute;
    const begun = minuteOfDay >= startMinute && (overnight || minuteOfDay < endMinute);
    if (begun && startsOn(weekday) && isDayOf(line, holidays, date)) return true;
    if (!overnight || minuteOfDay >= endMinute || !startsOn((weekday + 6) % 7)) return false;
    return isDayOf(line, holidays, dateOf(siteDay(date) - 1));
  });
}

function isDayOf({ days, from, until }: ScheduleLine, holidays: readonly string[], date: string): boolean {
  if ((from !== undefined && date < from) || (until !== undefined && date > until)) return false;
  return days === 'all' || holidays.includes(date) === (days === 'holidays');
}

/** Minutes of the day at which a window begins or ends. */
function boundaries({ lines }: LevelSchedule): readonly number[] {
  const all = lines.flatMap(({ windows }) =>
    windows.flatMap(({ startMinute, endMinute }) => [startMinute, endMinute % 1440]),
  );
  return [...new Set(all)].sort((one, other) => one - other);
}
