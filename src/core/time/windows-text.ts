import { GatepostError } from '../errors.ts';
import type { TimeWindow } from './site-time.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const EVERY_DAY = 0x7f;
const WINDOW = /^([A-Za-z,-]+) +(\d\d):(\d\d)-(\d\d):(\d\d)$/;

/**
 * Reads windows as people write them: `Mon-Fri 03:45-05:00; Sat,Sun 22:00-06:00; daily 00:00-24:00`. An end before
 * the start means over midnight.
 * @throws GatepostError `usage`
 */
export function parseWindows(text: string): TimeWindow[] {
  return text.split(';').map((part) => parseWindow(part.trim()));
}

/** Formats windows in the form that parseWindows() reads. */
export function formatWindows(windows: readonly TimeWindow[]): string {
  return windows
    .map(({ dayMask, startMinute, endMinute }) => {
      const over = endMinute < startMinute && endMinute > 0 ? ' (over midnight)' : '';
      return `${formatDays(dayMask)} ${formatMinute(startMinute)}-${formatMinute(endMinute)}${over}`;
    })
    .join('; ');
}

function parseWindow(text: string): TimeWindow {
  const [, days, startHour, startMinutes, endHour, endMinutes] = WINDOW.exec(text) ?? [];
  const startMinute = Number(startHour) * 60 + Number(startMinutes);
  const endMinute = Number(endHour) * 60 + Number(endMinutes);
  const dayMask = parseDays(days ?? '');
  const isTime =
    startMinute < 1440 && endMinute <= 1440 && Number(startMinutes) < 60 && Number(endMinutes) < 60;
  if (dayMask === 0 || !isTime || startMinute === endMinute) {
    throw new GatepostError(
      'usage',
      `"${text}" is no window; write for example "Mon-Fri 03:45-05:00" or "daily 22:00-06:00", several with ";".`,
    );
  }
  return { dayMask, startMinute, endMinute };
}

/** 0 for anything that is not a day. */
function parseDays(text: string): number {
  if (text === 'daily') return EVERY_DAY;
  let mask = 0;
  for (const part of text.split(',')) {
    const [first, last, ...rest] = part.split('-').map(dayNumber);
    if (first === undefined || first < 0 || (last ?? 0) < 0 || rest.length > 0) return 0;
    for (let day = first; ; day = (day + 1) % 7) {
      mask |= 1 << day;
      if (day === (last ?? first)) break;
    }
  }
  return mask;
}

function dayNumber(name: string): number {
  return DAYS.findIndex((day) => day.toLowerCase() === name.toLowerCase());
}

function formatDays(mask: number): string {
  if (mask === EVERY_DAY) return 'daily';
  return DAYS.filter((_, day) => ((mask >> day) & 1) === 1).join(',');
}

function formatMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
