import type { Language } from './locale.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(
  language: Language,
  timeZone: string | undefined,
  shape: 'clock' | 'seconds' | 'date' | 'day' | 'year',
): Intl.DateTimeFormat {
  const key = `${language} ${timeZone} ${shape}`;
  const known = formats.get(key);
  if (known) return known;
  const parts: Intl.DateTimeFormatOptions =
    shape === 'date'
      ? { weekday: 'long', month: 'long', day: 'numeric' }
      : shape === 'day' || shape === 'year'
        ? { month: 'short', day: 'numeric', ...(shape === 'year' ? { year: 'numeric' } : {}) }
        : {
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
            ...(shape === 'seconds' ? { second: '2-digit' } : {}),
          };
  const made = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...parts,
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  formats.set(key, made);
  return made;
}

/** 03:12 in site time. */
export function clockText(language: Language, atMs: number, timeZone?: string): string {
  return format(language, timeZone, 'clock').format(atMs);
}

/** 03:12:45 in site time. */
export function secondsText(language: Language, atMs: number, timeZone?: string): string {
  return format(language, timeZone, 'seconds').format(atMs);
}

/** Weekday and date in words. */
export function dateText(language: Language, atMs: number, timeZone?: string): string {
  return format(language, timeZone, 'date').format(atMs);
}

/** 24 Feb in site time. */
export function dayText(language: Language, atMs: number, timeZone?: string): string {
  return format(language, timeZone, 'day').format(atMs);
}

/** 24 Feb 2020, of a date (YYYY-MM-DD). */
export function dateWithYear(language: Language, date: string): string {
  return format(language, 'UTC', 'year').format(Date.parse(`${date}T00:00:00Z`));
}

const DAY_MS = 86_400_000;
/** From here on the day of the year alone could be taken for one that is near. */
const NEAR_DAYS = 180;

/** A day that is over: 24 Feb, and 24 Feb 2019 when that is long ago. */
export function pastDayText(language: Language, atMs: number, nowMs: number, timeZone?: string): string {
  const shape = nowMs - atMs > NEAR_DAYS * DAY_MS ? 'year' : 'day';
  return format(language, timeZone, shape).format(atMs);
}

/** The site's local date and time, as Unix milliseconds as if it were UTC. */
function localAsUtcMs(atMs: number, timeZone: string | undefined): number {
  const key = `parts ${timeZone}`;
  const known = formats.get(key);
  const inParts =
    known ??
    new Intl.DateTimeFormat('en-US', {
      ...(timeZone === undefined ? {} : { timeZone }),
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
  if (known === undefined) formats.set(key, inParts);
  const parts = inParts.formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}

/** By how much a clock of a site may be put back, in milliseconds. */
const PUT_BACK_MS = [3_600_000, 1_800_000];

/** Which time it was of an hour that came twice, because the clock was put back; undefined for all others. */
export function turnOf(atMs: number, timeZone?: string): 'first' | 'second' | undefined {
  const local = localAsUtcMs(atMs, timeZone);
  if (PUT_BACK_MS.some((ms) => localAsUtcMs(atMs + ms, timeZone) === local)) return 'first';
  return PUT_BACK_MS.some((ms) => localAsUtcMs(atMs - ms, timeZone) === local) ? 'second' : undefined;
}

/** The site's date, YYYY-MM-DD. */
export function siteDate(atMs: number, timeZone?: string): string {
  return new Date(localAsUtcMs(atMs, timeZone)).toISOString().slice(0, 10);
}

/** Unix milliseconds at which a date (YYYY-MM-DD) begins at the site; NaN if it is not a date. */
export function startOfSiteDay(date: string, timeZone?: string): number {
  const asUtc = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  // The offset is looked up twice, the second time near the result, for days on which the clocks change.
  const near = asUtc - (localAsUtcMs(asUtc, timeZone) - asUtc);
  return near + (asUtc - localAsUtcMs(near, timeZone));
}

/** The date `days` later, YYYY-MM-DD. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
