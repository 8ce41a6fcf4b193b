import type { DayCell, DayReview, DeviceTime, QuarterCell, SensorDay } from '../core/report/day-counts.ts';

/** One day of the site, in numbers. */
export interface DayPage {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** It is over, and nothing of it changes any more. */
  readonly isOver: boolean;
  /** When it began, Unix milliseconds, and how many quarters of an hour it has. */
  readonly beginMs: number;
  readonly quarters: number;
  readonly cells: readonly DayCell[];
  readonly quarterCells: readonly QuarterCell[];
  /** The day before, and the same weekday a week before. */
  readonly before: ComparedDay;
  readonly weekBefore: ComparedDay;
  /** Medians of the sensors on this day and the 30 before. */
  readonly sensors: readonly SensorDay[];
  readonly devices: readonly DeviceTime[];
  readonly review?: DayReview;
  /** The first date of which there are numbers, and today. */
  readonly first: string;
  readonly today: string;
}

export interface ComparedDay {
  readonly date: string;
  readonly quarters: number;
  readonly quarterCells: readonly QuarterCell[];
}

/** Shows the days to signed-in operators. */
export interface DayDesk {
  /** @param date YYYY-MM-DD; undefined: today. Undefined for no date. @throws GatepostError `log.unavailable` */
  page(date: string | undefined): DayPage | undefined;
}
