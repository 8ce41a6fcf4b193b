import type { DayCell } from '../core/report/day-counts.ts';

/** The counts of each day, which outlive the events they come from. */
export interface DayCounts {
  /** The cells of one day of the site, in a fixed order. @throws GatepostError `log.unavailable` */
  cells(siteDay: number): readonly DayCell[];
  /** Days with counts after the last closed one and before `siteDay`, oldest first. @throws `log.unavailable` */
  openDaysBefore(siteDay: number): readonly number[];
  /** All days that have counts, oldest first. @throws GatepostError `log.unavailable` */
  days(): readonly number[];
}
