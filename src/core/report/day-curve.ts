import { DIRECTIONS, type Direction } from '../access/vocabulary.ts';
import { QUARTER_MS } from '../time/site-time.ts';
import { FEW, type PublishedDay, type QuarterCell, type SensorDay } from './day-counts.ts';

/** Fewer readings say nothing of a sensor, and too much of a person. */
const FEWEST_READINGS = 20;

/** The median of counts of tenths of a degree; undefined for too few readings. */
export function medianOf(
  counts: readonly { readonly tenths: number; readonly count: number }[],
): { readonly tenths: number; readonly readings: number } | undefined {
  const readings = counts.reduce((sum, { count }) => sum + count, 0);
  if (readings < FEWEST_READINGS) return undefined;
  let left = readings / 2;
  for (const { tenths, count } of [...counts].sort((one, other) => one.tenths - other.tenths)) {
    left -= count;
    if (left <= 0) return { tenths, readings };
  }
  return undefined;
}

/**
 * People on the way through in each quarter of an hour of a day: let through and not given back, or by while the gate was
 * held open.
 * @param quarters how many the day has; later ones count as its last
 */
export function curveOf(
  cells: readonly QuarterCell[],
  quarters: number,
  direction?: Direction,
): readonly number[] {
  const curve = new Array<number>(quarters).fill(0);
  for (const { counted, quarter, count, direction: way } of cells) {
    if (counted === 'denied' || (direction !== undefined && way !== direction)) continue;
    const at = Math.min(quarter, quarters - 1);
    curve[at] = (curve[at] ?? 0) + (counted === 'nottaken' ? -count : count);
  }
  // Whoever came at the end of a quarter may be given back in the next.
  return curve.map((count) => Math.max(0, count));
}

/** The busiest quarter of a curve, the first of several; undefined where nobody came. */
export function peakOf(
  curve: readonly number[],
): { readonly quarter: number; readonly count: number } | undefined {
  const count = Math.max(0, ...curve);
  return count === 0 ? undefined : { quarter: curve.indexOf(count), count };
}

/** The busiest quarter each way, as it may leave the kiosk. @param beginMs of the day, Unix milliseconds */
export function publishedPeaks(
  cells: readonly QuarterCell[],
  quarters: number,
  beginMs: number,
): NonNullable<PublishedDay['peaks']> {
  return DIRECTIONS.flatMap((direction) => {
    const peak = peakOf(curveOf(cells, quarters, direction));
    if (peak === undefined || peak.count < FEW) return [];
    const from = new Date(beginMs + peak.quarter * QUARTER_MS).toISOString();
    return [{ direction, from, count: peak.count }];
  });
}

/** How far the median of each sensor on a day is from the mean of its medians on the days before. */
export function driftsOf(siteDay: number, days: readonly SensorDay[]): NonNullable<PublishedDay['drift']> {
  return days.flatMap(({ siteDay: day, accessPoint, medianC }) => {
    const before = days.filter((one) => one.accessPoint === accessPoint && one.siteDay < siteDay);
    if (day !== siteDay || before.length === 0) return [];
    const mean = before.reduce((sum, one) => sum + one.medianC, 0) / before.length;
    return [{ accessPoint, degrees: Math.round((medianC - mean) * 10) / 10 }];
  });
}
