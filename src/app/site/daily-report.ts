import { isGatepostError } from '../../core/errors.ts';
import { type PublishedDay, publishedDay } from '../../core/report/day-counts.ts';
import { driftsOf, publishedPeaks } from '../../core/report/day-curve.ts';
import { type ClockReading, vouchedMs } from '../../core/time/clock-reading.ts';
import { quartersOf, siteDayAt, siteDayBegin } from '../../core/time/site-time.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { DayCounts } from '../../ports/site-store.ts';
import type { EventWriter } from '../log/event-writer.ts';

/** How long after midnight a day is reported at most, in milliseconds. */
const LOOK_EVERY_MS = 60_000;
/** Days before one with which the median of a sensor is compared. */
const DRIFT_DAYS = 7;

interface DailyReportDeps {
  readonly counts: DayCounts;
  readonly notes: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
  /** How long counts are kept. */
  readonly keptDays: number;
}

/**
 * Reports the counts of every day in one event. Days that ended while the gate was off are reported when it runs again.
 * Nothing is reported while the day is not known. Counts are erased only by a date of trusted quality.
 */
export class DailyReport implements Lifecycle {
  readonly #deps: DailyReportDeps;
  #next: Cancel | undefined;
  #lookedOn: number | undefined;

  constructor(deps: DailyReportDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#next === undefined) this.#look();
  }

  async stop(): Promise<void> {
    this.#next?.();
    this.#next = undefined;
    this.#lookedOn = undefined;
  }

  #look(): void {
    const { clock, timeZone, logger } = this.#deps;
    this.#next = clock.schedule(LOOK_EVERY_MS, () => this.#look());
    const reading = clock.read();
    if (reading.quality === 'unsynced') return;
    // A clock jump that may be corrected later does not end a day.
    const today = siteDayAt(reading.floorMs ?? reading.wallMs, timeZone);
    if (today === this.#lookedOn) return;
    try {
      this.#closeDaysBefore(today, reading);
      this.#lookedOn = today;
    } catch (error) {
      // The counts are kept and reported at the next look.
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn(
        { code: error.code, err: error },
        `The counts of the day are not yet reported: ${error.message}`,
      );
    }
  }

  #closeDaysBefore(today: number, reading: ClockReading): void {
    const { counts, notes, gate, timeZone, keptDays } = this.#deps;
    for (const day of counts.openDaysBefore(today)) {
      const data = { ...publishedDay(day, counts.cells(day)), ...this.#further(day) };
      notes.write([{ name: 'stats.daily', subject: gate, data }], [{ kind: 'closeDay', siteDay: day }]);
    }
    const beforeDay = siteDayAt(vouchedMs(reading), timeZone) - keptDays;
    notes.write([], [{ kind: 'dropCounts', beforeDay }]);
  }

  /** What is told of a day beside its counts; no part of it where there is nothing to tell. */
  #further(day: number): Omit<PublishedDay, 'date' | 'counts'> {
    const { counts, timeZone } = this.#deps;
    const peaks = publishedPeaks(
      counts.quarters(day),
      quartersOf(day, timeZone),
      siteDayBegin(day, timeZone),
    );
    const drift = driftsOf(day, counts.sensors(day - DRIFT_DAYS, day));
    const devices = counts.devices(day).map(({ device, okMs, downMs }) => ({
      device,
      okSeconds: Math.round(okMs / 1000),
      downSeconds: Math.round(downMs / 1000),
    }));
    return {
      ...(peaks.length > 0 && { peaks }),
      ...(drift.length > 0 && { drift }),
      ...(devices.length > 0 && { devices }),
    };
  }
}
