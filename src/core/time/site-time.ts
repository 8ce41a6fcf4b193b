import type { PassWindow } from '../pass/pass.ts';
import { zoneOffsetMs } from './zone-offset.ts';

/** A moment as the clocks on the walls of the site show it. */
export interface SiteTime {
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
  /** 0 to 1439. */
  readonly minuteOfDay: number;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/** What `wallMs` (Unix milliseconds) is in `timeZone` (IANA name or offset). @throws RangeError for an unknown zone */
export function siteTime(wallMs: number, timeZone: string): SiteTime {
  // As UTC this shows what the clock on the wall shows.
  const local = new Date(Math.floor(wallMs) + zoneOffsetMs(wallMs, timeZone));
  return {
    weekday: local.getUTCDay(),
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
    date: local.toISOString().slice(0, 10),
  };
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
