import { siteTime } from './site-time.ts';

/** Common abbreviations of zones, and the places that use them. Some are also names of the zone database. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  ACT: ['Australia/Darwin', 'America/Rio_Branco'],
  AET: ['Australia/Sydney'],
  AST: ['America/Halifax', 'Asia/Riyadh'],
  BST: ['Europe/London', 'Asia/Dhaka'],
  CET: ['Europe/Berlin', 'Europe/Paris'],
  CST: ['Asia/Shanghai', 'Asia/Taipei', 'America/Chicago'],
  CTT: ['Asia/Shanghai'],
  EET: ['Europe/Athens', 'Africa/Cairo'],
  EST: ['America/New_York', 'America/Panama', 'Australia/Sydney'],
  HKT: ['Asia/Hong_Kong'],
  HST: ['Pacific/Honolulu'],
  IST: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  MET: ['Europe/Berlin', 'Europe/Paris'],
  MSK: ['Europe/Moscow'],
  MST: ['America/Denver', 'America/Phoenix', 'Asia/Kuala_Lumpur'],
  NET: ['Asia/Yerevan'],
  PLT: ['Asia/Karachi'],
  PST: ['America/Los_Angeles', 'Asia/Manila'],
  SGT: ['Asia/Singapore'],
  VST: ['Asia/Ho_Chi_Minh'],
  WET: ['Europe/Lisbon', 'Atlantic/Canary'],
};

/**
 * What is wrong with the name of a time zone, as what it must be (`must be …`); undefined if every part of Gatepost
 * and every browser knows it. Abbreviations are refused even if a library would take them for one of their places.
 */
export function timeZoneProblem(name: string): string | undefined {
  const places = ABBREVIATIONS[name.toUpperCase()];
  if (places !== undefined) return `must be named by a place: write ${anyOf(places)}`;
  return isKnown(name) ? undefined : 'must be an IANA time zone such as Europe/Berlin';
}

/** Local time in `timeZone` at `wallMs` (Unix milliseconds), e.g. 2026-11-29 07:52. */
export function wallClockText(wallMs: number, timeZone: string): string {
  const { date, minuteOfDay } = siteTime(wallMs, timeZone);
  const [hours, minutes] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
  return `${date} ${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

/** Known to the library that computes hours and days, and to the one that formats times. */
function isKnown(name: string): boolean {
  try {
    siteTime(0, name);
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function anyOf(places: readonly string[]): string {
  return places.length < 2 ? places.join('') : `${places.slice(0, -1).join(', ')} or ${places.at(-1)}`;
}
