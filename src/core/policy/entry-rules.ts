import type { Direction, PassKind } from '../access/vocabulary.ts';
import type { PassClaims } from '../pass/pass.ts';
import { dateOf, type SiteTime, siteDay, type TimeWindow } from '../time/site-time.ts';
import type { DayCount, LedgerFacts } from './ledger.ts';
import type { AntiPassbackRule, GuestRule, Hours, KindRule, Quota } from './policy.ts';

/** The quotas that apply to a passage: the level's, that for guests by phone, and the one in the pass. */
export function quotasOf(
  claims: Pick<PassClaims, 'kind' | 'quota'>,
  rule: KindRule | undefined,
  guests?: GuestRule,
): Quota[] {
  const quotas: Quota[] = rule?.quota === undefined ? [] : [rule.quota];
  if (guests !== undefined) quotas.push({ count: guests.count, days: guests.days, direction: 'in' });
  if (claims.quota === undefined) return quotas;
  const direction = rule?.quota?.direction ?? wayAbroad(claims.kind);
  return [...quotas, { ...claims.quota, direction }];
}

/**
 * The direction in which a quota counts: residents go out and come home; others come in and leave. The way back is
 * always free.
 */
function wayAbroad(kind: PassKind): Direction {
  return kind === 'resident' ? 'out' : 'in';
}

/**
 * Whether the quota has room for one more passage today. Later days count like earlier ones: after the clock was set
 * back, what was used "tomorrow" is still used, and no period of `days` days ever contains more than `count`.
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

const MINUTE_MS = 60_000;

/**
 * Whether a passage in `direction` follows one in the same direction: in while in, out while out, or, with `minutes`,
 * too soon after it. A clock that was set back makes no passage older.
 */
export function violatesAntiPassback(
  { mode, minutes }: AntiPassbackRule,
  last: LedgerFacts['lastPassage'],
  direction: Direction,
  nowMs: number,
): boolean {
  if (mode === 'off' || last?.direction !== direction) return false;
  return minutes === undefined || Math.abs(nowMs - last.atMs) < minutes * MINUTE_MS;
}

/**
 * Whether `time` is within the hours. A window belongs to the day on which it starts, so the night before a holiday
 * is an ordinary night until its window ends, and the night that begins on the holiday belongs to the holiday. As
 * with the windows of a pass, hours are local wall-clock time, whatever summer time does to them.
 */
export function isWithinHours(hours: Hours, holidays: readonly string[], time: SiteTime): boolean {
  const { date, weekday, minuteOfDay } = time;
  const yesterday = dateOf(siteDay(date) - 1);
  const fromToday = startingOn(hours, weekday, holidays.includes(date));
  const fromYesterday = startingOn(hours, (weekday + 6) % 7, holidays.includes(yesterday));
  return (
    fromToday.some(
      (window) =>
        minuteOfDay >= window.startMinute && (isOvernight(window) || minuteOfDay < window.endMinute),
    ) || fromYesterday.some((window) => isOvernight(window) && minuteOfDay < window.endMinute)
  );
}

function startingOn(hours: Hours, weekday: number, holiday: boolean): readonly TimeWindow[] {
  if (holiday && hours.holidayWindows !== undefined) return hours.holidayWindows;
  return hours.windows.filter(({ dayMask }) => ((dayMask >> weekday) & 1) === 1);
}

function isOvernight({ startMinute, endMinute }: TimeWindow): boolean {
  return endMinute < startMinute;
}
