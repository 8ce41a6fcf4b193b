import { Temporal } from 'temporal-polyfill';
import type { PassWindow } from '../pass/pass.ts';

/** A moment as the clocks on the walls of the site show it. */
export interface SiteTime {
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
  /** 0 to 1439. */
  readonly minuteOfDay: number;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/**
 * What `wallMs` (Unix milliseconds) is in `timeZone` (IANA name or offset). Some 20 µs: the polyfill keeps the rules
 * of zones it has seen, so once a decision is no burden. @throws RangeError for an unknown zone
 */
export function siteTime(wallMs: number, timeZone: string): SiteTime {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(wallMs)).toZonedDateTimeISO(timeZone);
  return {
    weekday: local.dayOfWeek % 7,
    minuteOfDay: local.hour * 60 + local.minute,
    date: local.toPlainDate().toString(),
  };
}

const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a date (YYYY-MM-DD): dates one can count with, whatever their hours were. */
export function siteDay(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** The date of a day counted by siteDay(). */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * Whether `time` lies in one of the windows. Windows are what the wall clock shows: an hour that summer time skips
 * is never open, one that is shown twice is open twice, and the day before is the calendar's, however long it was.
 */
export function isInWindows(windows: readonly PassWindow[], time: SiteTime): boolean {
  return windows.some((window) => isInWindow(window, time));
}

function isInWindow(
  { dayMask, startMinute, endMinute }: PassWindow,
  { weekday, minuteOfDay }: SiteTime,
): boolean {
  const startsOn = (day: number): boolean => ((dayMask >> day) & 1) === 1;
  if (startMinute < endMinute) {
    return startsOn(weekday) && minuteOfDay >= startMinute && minuteOfDay < endMinute;
  }
  const yesterday = (weekday + 6) % 7;
  return (
    (startsOn(weekday) && minuteOfDay >= startMinute) || (startsOn(yesterday) && minuteOfDay < endMinute)
  );
}
