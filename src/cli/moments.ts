import { Temporal } from 'temporal-polyfill';
import { GatepostError } from '../core/errors.ts';
import { plainForm } from '../core/text/visible.ts';
import { asDay, likelyDays, sheetDay } from '../core/time/likely-days.ts';
import { timeZoneProblem } from '../core/time/time-zone.ts';

/** 2017-01-01. A smaller number is a date without its separators, never Unix seconds. */
const FIRST_SECOND = 1_483_228_800;
/** Largest second that lists can contain: 2106-02-07. */
const LAST_SECOND = 0xffff_ffff;
/** A day and hour in digits only, such as 2026123123, which as seconds would be a moment of 2034. */
const DAY_AND_HOUR = /^20[2-5]\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])$/;

export interface MomentReading {
  /** IANA name of the zone in which days begin. */
  readonly timeZone: string;
  /** What a day without a time means: its first second, or the first second after it. */
  readonly day: 'begin' | 'end';
}

/**
 * A moment in whole Unix seconds: a day of the site (2026-03-01), ISO 8601 with its offset, or Unix seconds from 2017
 * on.
 * @throws GatepostError `usage` with the nearest valid form
 */
export function readMoment(written: string, { timeZone, day }: MomentReading): number {
  const text = plainForm(written);
  const plainDay = /^\d{4}-\d\d-\d\d$/.test(text) ? dayOf(text) : undefined;
  if (plainDay !== undefined) return edgeOf(plainDay, timeZone, day);
  if (/^\d+$/.test(text)) {
    const seconds = Number(text);
    const hour = DAY_AND_HOUR.exec(text);
    if (hour !== null) throw wrong(`${text} may be a day and an hour; ${guess(`${text}00`, timeZone)}`);
    if (seconds >= FIRST_SECOND && seconds <= LAST_SECOND) return seconds;
    throw wrong(guess(text, timeZone));
  }
  if (/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) {
    try {
      return Math.floor(Temporal.Instant.from(text).epochMilliseconds / 1000);
    } catch {
      throw wrong('there is no such day or time');
    }
  }
  throw wrong(guess(text, timeZone));
}

/** A moment in the site's time, with the Unix seconds beside it. */
export function showMoment(seconds: number, timeZone: string): string {
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return `${local.format(seconds * 1000)} ${timeZone} (${seconds})`;
}

/**
 * The time zone of this computer, used if no other is named.
 * @throws GatepostError `usage` if not every part of Gatepost knows it
 */
export function ownTimeZone(): string {
  // Undefined if TZ is a rule such as CST-8; an abbreviation is resolved to one of its places.
  const resolved = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
  const { TZ } = process.env;
  const name = /^[A-Za-z]{2,5}$/.test(TZ ?? '') ? TZ : resolved;
  if (name !== undefined && timeZoneProblem(name) === undefined) return name;
  throw new GatepostError(
    'usage',
    `The time zone of this computer (${TZ ?? name ?? 'none'}) does not say where it is. Name the one of the site, or set TZ: --time-zone Asia/Shanghai`,
  );
}

function edgeOf(day: Temporal.PlainDate, timeZone: string, edge: MomentReading['day']): number {
  const first = edge === 'begin' ? day : day.add({ days: 1 });
  return Math.floor(first.toZonedDateTime(timeZone).epochMilliseconds / 1000);
}

function dayOf(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    throw wrong('there is no such day');
  }
}

/** What the text may have been meant to be, if that can be guessed. */
function guess(text: string, timeZone: string): string {
  const counted = sheetDay(text);
  if (counted !== undefined)
    return `${text} is how a spreadsheet counts days; write ${counted} and make the column text`;
  const offset = /^(.*T.*[+-]\d\d)(\d\d)?$/.exec(text);
  if (offset !== null) return `write ${offset[1]}:${offset[2] ?? '00'}`;
  const [, year = '', month = '', date = '', hour, minute] =
    /^((?:19|20)\d\d)[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?(?:[Tt ]*(\d{1,2}):?(\d\d)(?::?\d\d)?)?$/.exec(
      text,
    ) ?? [];
  const day = year === '' ? undefined : asDay(year, month, date);
  if (day !== undefined && hour === undefined) return `write ${day}`;
  if (day !== undefined && Number(hour) < 24)
    return `write ${atTime(`${day}T${hour?.padStart(2, '0')}:${minute}:00`, timeZone)}`;
  const days = likelyDays(text);
  if (days.length > 0) return `write ${days.join(' or ')}${days.length > 1 ? ', whichever is meant' : ''}`;
  if (/^\d{13}$/.test(text)) return 'these are milliseconds; write a day such as 2027-01-31, or seconds';
  if (/^\d+$/.test(text)) return `${text} as Unix seconds is no moment from 2017 to 2106`;
  return 'it is none of these';
}

/** A time of the site with its offset. */
function atTime(text: string, timeZone: string): string {
  try {
    return `${text}${Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).offset}`;
  } catch {
    return `${text}Z, with the offset of the site in place of Z`;
  }
}

function wrong(why: string): GatepostError {
  return new GatepostError(
    'usage',
    `It must be a day such as 2027-01-31, or a moment such as 2027-01-31T08:00:00+08:00 or …Z: ${why}.`,
  );
}
