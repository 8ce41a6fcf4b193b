import { dateOf, quartersOf, siteDay, siteDayAt, siteDayBegin } from '../../core/time/site-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ComparedDay, DayDesk, DayPage } from '../../ports/day-desk.ts';
import type { DayCounts } from '../../ports/site-store.ts';
import { type OrderTable, type Planned, refused } from '../log/desk-records.ts';

/** Days before one for which the medians of its sensors are shown beside its own. */
const SENSOR_DAYS = 30;

interface DayBookDeps {
  readonly counts: DayCounts;
  readonly clock: Clock;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** The days at the desk: their numbers, and one review of each by somebody who answers for the post. */
export class DayBook implements DayDesk {
  readonly #deps: DayBookDeps;

  constructor(deps: DayBookDeps) {
    this.#deps = deps;
  }

  readonly table: OrderTable<'review-day'> = {
    'review-day': ({ operator, date, note }): Planned => {
      const { counts, clock, gate } = this.#deps;
      const day = siteDay(date);
      if (!(day < this.#today()))
        return refused('day_not_over', 'This day is not over yet. Review it tomorrow.');
      if (counts.reviewOf(day) !== undefined)
        return refused('day_reviewed', 'This day has been reviewed already.');
      const review = { by: operator, note, atMs: Math.floor(clock.read().wallMs) };
      return {
        events: [{ name: 'stats.reviewed', subject: gate, data: { date, operator, note } }],
        effects: [{ kind: 'reviewDay', siteDay: day, review }],
      };
    },
  };

  page(date: string | undefined): DayPage | undefined {
    const { counts, timeZone } = this.#deps;
    const today = this.#today();
    const day = date === undefined ? today : siteDay(date);
    if (!Number.isInteger(day) || day > today) return undefined;
    const review = counts.reviewOf(day);
    return {
      date: dateOf(day),
      isOver: day < today,
      beginMs: siteDayBegin(day, timeZone),
      quarters: quartersOf(day, timeZone),
      cells: counts.cells(day),
      quarterCells: counts.quarters(day),
      before: this.#compared(day - 1),
      weekBefore: this.#compared(day - 7),
      sensors: counts.sensors(day - SENSOR_DAYS, day),
      devices: counts.devices(day),
      ...(review === undefined ? {} : { review }),
      first: dateOf(Math.min(counts.days()[0] ?? today, today)),
      today: dateOf(today),
    };
  }

  #compared(day: number): ComparedDay {
    const { counts, timeZone } = this.#deps;
    return { date: dateOf(day), quarters: quartersOf(day, timeZone), quarterCells: counts.quarters(day) };
  }

  #today(): number {
    const { clock, timeZone } = this.#deps;
    return siteDayAt(clock.read().wallMs, timeZone);
  }
}
