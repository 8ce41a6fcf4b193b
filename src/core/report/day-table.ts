import { harmlessCsvLine } from '../text/csv-line.ts';
import { siteTime } from '../time/site-time.ts';
import { type DayCell, type DeviceTime, publishedCount, type QuarterCell } from './day-counts.ts';

/** What of a day goes into a table that leaves the kiosk. */
interface DayNumbers {
  readonly date: string;
  readonly beginMs: number;
  readonly cells: readonly DayCell[];
  readonly quarterCells: readonly QuarterCell[];
  readonly devices: readonly DeviceTime[];
  readonly review?: { readonly by: string; readonly note: string };
}

const COLUMNS = ['date', 'time', 'what', 'accessPoint', 'direction', 'of', 'count'];

/**
 * A day as a table for a spreadsheet (CSV, UTF-8): counts of the day, of its quarters of an hour, seconds of devices, and the
 * review. Counts below 5 only say that there was somebody.
 * @param timeZone IANA name
 */
export function dayTable(day: DayNumbers, timeZone: string): string {
  const { date, beginMs, cells, quarterCells, devices, review } = day;
  const timeOf = (quarter: number): string => {
    const { minuteOfDay } = siteTime(beginMs + quarter * 900_000, timeZone);
    const two = (value: number) => String(value).padStart(2, '0');
    return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
  };
  const lines = [
    COLUMNS,
    ...cells.map(({ accessPoint, direction, counted, of, count }) => [
      ...[date, '', counted, accessPoint, direction, of ?? '', String(publishedCount(count))],
    ]),
    ...quarterCells.map(({ quarter, accessPoint, direction, counted, count }) => [
      ...[date, timeOf(quarter), counted, accessPoint, direction, '', String(publishedCount(count))],
    ]),
    ...devices.flatMap(({ device, okMs, downMs }) => [
      [date, '', 'okSeconds', device, '', '', String(Math.round(okMs / 1000))],
      [date, '', 'downSeconds', device, '', '', String(Math.round(downMs / 1000))],
    ]),
    ...(review === undefined ? [] : [[date, '', 'review', '', '', review.by, review.note]]),
  ];
  return lines.map(harmlessCsvLine).join('');
}
