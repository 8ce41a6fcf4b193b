import { Temporal } from 'temporal-polyfill';

/** One opening window of a pass in site time (config/contract/README.md#passes). */
export interface TimeWindow {
  /** Bit 0 Sunday … bit 6 Saturday; the day on which the window starts. */
  readonly dayMask: number;
  /** Minutes since midnight, 0 to 1439. */
  readonly startMinute: number;
  /** Minutes since midnight, 0 to 1440, exclusive; smaller than the start means over midnight. */
  readonly endMinute: number;
}

/** A moment in local time of the site. */
export interface SiteTime {
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
  /** 0 to 1439. */
  readonly minuteOfDay: number;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/**
 * Local time in `timeZone` (IANA name or offset) at `wallMs` (Unix milliseconds). @throws RangeError for an unknown
 * zone
 */
export function siteTime(wallMs: number, timeZone: string): SiteTime {
  return siteTimeOf(Math.floor(wallMs) + zoneOffsetMs(wallMs, timeZone));
}

/** The local time that is `localMs` milliseconds after 1970-01-01T00:00 of the clock on the wall. */
export function siteTimeOf(localMs: number): SiteTime {
  // Its UTC fields are the local time.
  const local = new Date(localMs);
  return {
    weekday: local.getUTCDay(),
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
    date: local.toISOString().slice(0, 10),
  };
}

/**
 * Whether `time` is in one of the windows. Windows are local wall-clock time: an hour that summer time skips is never
 * open, one that occurs twice is open twice, and the day before is the calendar's, however long it was.
 */
export function isInWindows(windows: readonly TimeWindow[], time: SiteTime): boolean {
  return windows.some((window) => isInWindow(window, time));
}

function isInWindow(
  { dayMask, startMinute, endMinute }: TimeWindow,
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

/** A span of time in which a zone keeps one offset to UTC. */
export interface ZoneSpan {
  /** Unix milliseconds; the first in the span, and the first after it. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly offsetMs: number;
}

/** The last span of each zone: zones change twice a year, but passes come all day. */
const lastSpans = new Map<string, ZoneSpan>();

/**
 * How far `timeZone` (IANA name or offset) is ahead of UTC at `wallMs` (Unix milliseconds), in milliseconds.
 * @throws RangeError for an unknown zone
 */
function zoneOffsetMs(wallMs: number, timeZone: string): number {
  const known = lastSpans.get(timeZone);
  if (known !== undefined && wallMs >= known.fromMs && wallMs < known.untilMs) return known.offsetMs;
  const span = zoneSpanAt(wallMs, timeZone);
  lastSpans.set(timeZone, span);
  return span.offsetMs;
}

/** The rest of the span from `wallMs` on (Unix milliseconds). @throws RangeError for an unknown zone */
export function zoneSpanAt(wallMs: number, timeZone: string): ZoneSpan {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(wallMs)).toZonedDateTimeISO(timeZone);
  return {
    // The transition before may be this very moment, which already has the new offset.
    fromMs: Math.floor(wallMs),
    untilMs: local.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: local.offsetNanoseconds / 1e6,
  };
}

const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a date (YYYY-MM-DD), for counting days independently of their length in hours. */
export function siteDay(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** siteDay() of the site's local date at `wallMs` (Unix milliseconds). @throws RangeError for an unknown zone */
export function siteDayAt(wallMs: number, timeZone: string): number {
  return Math.floor((wallMs + zoneOffsetMs(wallMs, timeZone)) / DAY_MS);
}

/** The date of a day number from siteDay(). */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Length of a stretch in which passages are counted together, in milliseconds. */
export const QUARTER_MS = 900_000;

/** A day of the site, and the quarter of an hour within it, counted from its begin: 0 to 91, 95 or 99. */
export interface SiteQuarter {
  readonly siteDay: number;
  readonly quarter: number;
}

/** The last day of each zone whose begin was asked for. */
const lastBegins = new Map<string, { readonly day: number; readonly beginMs: number }>();

/** When a day of siteDay() begins at the site, Unix milliseconds; not at midnight where the clocks skip it. */
export function siteDayBegin(day: number, timeZone: string): number {
  const known = lastBegins.get(timeZone);
  if (known?.day === day) return known.beginMs;
  const beginMs = Temporal.PlainDate.from(dateOf(day)).toZonedDateTime(timeZone).epochMilliseconds;
  lastBegins.set(timeZone, { day, beginMs });
  return beginMs;
}

/** How many quarters of an hour a day of the site has: 96, and 92 or 100 where the clocks change by an hour. */
export function quartersOf(day: number, timeZone: string): number {
  return Math.ceil((siteDayBegin(day + 1, timeZone) - siteDayBegin(day, timeZone)) / QUARTER_MS);
}

/** The quarter of an hour at `wallMs` (Unix milliseconds). @throws RangeError for an unknown zone */
export function siteQuarterAt(wallMs: number, timeZone: string): SiteQuarter {
  const siteDay = siteDayAt(wallMs, timeZone);
  return {
    siteDay,
    quarter: Math.max(0, Math.floor((wallMs - siteDayBegin(siteDay, timeZone)) / QUARTER_MS)),
  };
}
