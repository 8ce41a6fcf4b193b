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

/** A cell in the form that may leave the kiosk. */
interface PublishedCell extends Omit<DayCell, 'count'> {
  readonly count: number | '<5';
}

export interface PublishedDay {
  /** YYYY-MM-DD, the site's date. */
  readonly date: string;
  readonly counts: readonly PublishedCell[];
}

/** Smaller counts could identify a person. */
export const FEW = 5;

/** A day's cells for publication: counts below 5 only say that there was somebody. */
export function publishedDay(siteDay: number, cells: readonly DayCell[]): PublishedDay {
  return {
    date: dateOf(siteDay),
    counts: cells.map((cell) => ({ ...cell, count: cell.count < FEW ? '<5' : cell.count })),
  };
}
