import type { Direction } from '../access/vocabulary.ts';
import { dateOf } from '../time/site-time.ts';

/**
 * What is counted for a day: numbers that are kept longer than the events they come from
 * (config/contract/README.md#privacy).
 */
export const COUNTED = ['granted', 'denied', 'nottaken', 'screening', 'open', 'contactReading'] as const;
export type Counted = (typeof COUNTED)[number];

/** One number of one day at one access point. */
export interface DayCell {
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly counted: Counted;
  /**
   * Kind of pass for `granted` (`pt:REX` for the exit button, `guard` for a guard's order without a pass), reason for
   * `denied`, outcome for `screening`; `elevated` for `contactReading` (persons, not
   * readings); otherwise absent.
   */
  readonly of?: string;
  readonly count: number;
}

/** How a device did on one day, milliseconds; what is in neither nobody knows, such as while the gate was off. */
export interface DeviceTime {
  /** `<role>:<owner>`. */
  readonly device: string;
  readonly okMs: number;
  readonly downMs: number;
}

/** A day was looked through by somebody who answers for the post, once. */
export interface DayReview {
  readonly by: string;
  readonly note: string;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** What is counted for each quarter of an hour too. */
export const QUARTERED = ['granted', 'denied', 'nottaken', 'open'] as const satisfies readonly Counted[];

/** How many were counted in one quarter of an hour, which is counted from the begin of the day. */
export interface QuarterCell {
  readonly quarter: number;
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly counted: (typeof QUARTERED)[number];
  readonly count: number;
}

/** The median of the normal readings of one sensor on one day. */
export interface SensorDay {
  readonly siteDay: number;
  readonly accessPoint: string;
  /** Degrees Celsius, as the sensor saw them. */
  readonly medianC: number;
  readonly readings: number;
}

/** A cell in the form that may leave the kiosk. */
interface PublishedCell extends Omit<DayCell, 'count'> {
  readonly count: number | '<5';
}

export interface PublishedDay {
  /** YYYY-MM-DD, the site's date. */
  readonly date: string;
  readonly counts: readonly PublishedCell[];
  readonly peaks?: readonly DayPeak[];
  readonly drift?: readonly SensorDrift[];
  readonly devices?: readonly DeviceSeconds[];
}

/** The busiest quarter of an hour each way, where it had at least 5 people. */
interface DayPeak {
  readonly direction: Direction;
  /** RFC 3339, when it began. */
  readonly from: string;
  readonly count: number;
}

/** How far the median of a sensor is from the mean of those of the days before, °C with one digit. */
interface SensorDrift {
  readonly accessPoint: string;
  readonly degrees: number;
}

interface DeviceSeconds {
  readonly device: string;
  readonly okSeconds: number;
  readonly downSeconds: number;
}

/** Smaller counts could identify a person. */
export const FEW = 5;

/** A count in the form that may leave the kiosk. */
export function publishedCount(count: number): number | '<5' {
  return count > 0 && count < FEW ? '<5' : count;
}

/** A day's cells for publication: counts below 5 only say that there was somebody. */
export function publishedDay(siteDay: number, cells: readonly DayCell[]): PublishedDay {
  return {
    date: dateOf(siteDay),
    counts: cells.map((cell) => ({ ...cell, count: publishedCount(cell.count) })),
  };
}
