import { zoneOffsetMs } from './zone-offset.ts';

const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a date (YYYY-MM-DD): dates one can count with, however long their hours were. */
export function siteDay(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** siteDay() of the date that the site's clocks show at `wallMs` (Unix milliseconds). @throws RangeError for an unknown zone */
export function siteDayAt(wallMs: number, timeZone: string): number {
  return Math.floor((wallMs + zoneOffsetMs(wallMs, timeZone)) / DAY_MS);
}

/** The date of a day counted by siteDay(). */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
