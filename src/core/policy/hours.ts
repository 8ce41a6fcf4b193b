import type { PassWindow } from '../pass/pass.ts';
import { dateOf, siteDay } from '../time/site-day.ts';
import type { SiteTime } from '../time/site-time.ts';
import type { Hours } from './policy.ts';

/**
 * Whether `time` lies in the hours. A window belongs to the day on which it starts, so the night before a holiday
 * is an ordinary night until its window ends, and the night that begins on the holiday is the holiday's. As with the
 * windows of a pass, they are what the clocks on the walls show, whatever summer time does to an hour.
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

function startingOn(hours: Hours, weekday: number, holiday: boolean): readonly PassWindow[] {
  if (holiday && hours.holidayWindows !== undefined) return hours.holidayWindows;
  return hours.windows.filter(({ dayMask }) => ((dayMask >> weekday) & 1) === 1);
}

function isOvernight({ startMinute, endMinute }: PassWindow): boolean {
  return endMinute < startMinute;
}
