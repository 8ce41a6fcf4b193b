import { Temporal } from 'temporal-polyfill';
import type { MARGIN_MINUTES } from '../access/bounds.ts';

/**
 * A span of time as people at the site name it: the last 60 minutes, a day of the calendar, the minutes around a time of the day,
 * or everything that is there.
 */
export type SitePeriod =
  | { readonly of: 'hour' | 'today' | 'yesterday' | 'kept' }
  /** `date`: YYYY-MM-DD. */
  | { readonly of: 'day'; readonly date: string }
  /** `time`: HH:MM. */
  | {
      readonly of: 'around';
      readonly date: string;
      readonly time: string;
      readonly minutes: (typeof MARGIN_MINUTES)[number];
    };

/** Unix milliseconds; the first is in it, the second is not. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
/** Of "now": a row that is written in this moment is in it. */
const NEXT_MS = 1;

/**
 * What a period is in a time zone (IANA name or offset). A day is the calendar's, however long it was. A time that came twice is
 * covered both times, and one that was skipped from before to behind the gap.
 * @throws RangeError for a date or a time that there is not, or an unknown zone
 */
export function spanOfPeriod(period: SitePeriod, nowMs: number, timeZone: string): TimeSpan {
  const untilNow = Math.floor(nowMs) + NEXT_MS;
  switch (period.of) {
    case 'kept':
      return { fromMs: 0, toMs: untilNow };
    case 'hour':
      return { fromMs: untilNow - 60 * MINUTE_MS, toMs: untilNow };
    case 'around': {
      const local = Temporal.PlainDateTime.from(`${period.date}T${period.time}`);
      const at = (disambiguation: 'earlier' | 'later') =>
        local.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds;
      const [one, other] = [at('earlier'), at('later')];
      const marginMs = period.minutes * MINUTE_MS;
      // The minute that was named belongs to it as a whole.
      return {
        fromMs: Math.min(one, other) - marginMs,
        toMs: Math.max(one, other) + marginMs + MINUTE_MS,
      };
    }
    default: {
      const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(nowMs))
        .toZonedDateTimeISO(timeZone)
        .toPlainDate();
      const day =
        period.of === 'day'
          ? Temporal.PlainDate.from(period.date)
          : today.subtract({ days: period.of === 'yesterday' ? 1 : 0 });
      const begins = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds;
      return { fromMs: begins(day), toMs: begins(day.add({ days: 1 })) };
    }
  }
}
