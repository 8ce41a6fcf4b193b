import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { TimeWindow } from '../../../src/core/time/site-time.ts';
import {
  isInWindows,
  type SiteTime,
  siteDay,
  siteDayAt,
  siteTime,
} from '../../../src/core/time/site-time.ts';

const MINUTE = 60_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

describe('siteTime', () => {
  it.each([
    ['2020-02-24T00:00:00Z', 'Asia/Shanghai', 1, 8 * 60, '2020-02-24'],
    ['2020-02-23T15:59:59.999Z', 'Asia/Shanghai', 0, 1439, '2020-02-23'],
    ['2020-02-23T16:00:00Z', 'Asia/Shanghai', 1, 0, '2020-02-24'],
    ['2020-02-29T23:00:00Z', 'Europe/Berlin', 0, 0, '2020-03-01'],
    ['2026-03-29T00:59:00Z', 'Europe/Berlin', 0, 119, '2026-03-29'],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', 0, 180, '2026-03-29'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', 0, 150, '2026-10-25'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 0, 150, '2026-10-25'],
    ['2026-01-01T00:00:00Z', 'Asia/Kathmandu', 4, 345, '2026-01-01'],
    ['2020-02-24T00:00:00Z', '+08:00', 1, 480, '2020-02-24'],
  ])('%s in %s', (instant, zone, weekday, minuteOfDay, date) => {
    expect(siteTime(Date.parse(instant), zone)).toEqual({ weekday, minuteOfDay, date });
  });

  it.each(['Europe/Berlin', 'Africa/Casablanca', 'Australia/Lord_Howe', 'Asia/Shanghai', '-03:30'])(
    'agrees with Temporal in %s, whatever was asked before',
    (zone) => {
      const from = Date.UTC(1995, 0, 1);
      // Half of the moments lie within days of the one before, so that changes of the offset are met from both sides.
      const near = fc.integer({ min: -10 * 86_400_000, max: 10 * 86_400_000 });
      fc.assert(
        fc.property(fc.integer({ min: from, max: Date.UTC(2045, 0, 1) }), near, (ms, step) => {
          for (const moment of [ms, ms + step, ms]) {
            const local = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone);
            expect(siteTime(moment, zone)).toEqual({
              weekday: local.dayOfWeek % 7,
              minuteOfDay: local.hour * 60 + local.minute,
              date: local.toPlainDate().toString(),
            });
            expect(siteDayAt(moment, zone)).toBe(siteDay(local.toPlainDate().toString()));
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  it('refuses a zone that does not exist', () => {
    expect(() => siteTime(0, 'Mars/Olympus')).toThrow(RangeError);
  });
});

describe('isInWindows', () => {
  const at = (weekday: number, minuteOfDay: number): SiteTime => ({
    weekday,
    minuteOfDay,
    date: '2020-02-24',
  });
  const night: TimeWindow = { dayMask: 0b0100000, startMinute: 22 * 60, endMinute: 6 * 60 };
  const sweeper: TimeWindow = { dayMask: 0b0111110, startMinute: 225, endMinute: 300 };

  it.each([
    ['before the start', sweeper, at(1, 224), false],
    ['at the start', sweeper, at(1, 225), true],
    ['in the last minute', sweeper, at(1, 299), true],
    ['at the end', sweeper, at(1, 300), false],
    ['on a day without a bit', sweeper, at(0, 240), false],
    ['on the evening of the night shift', night, at(5, 1320), true],
    ['before the evening', night, at(5, 1319), false],
    ['on the morning after', night, at(6, 359), true],
    ['at its end on the morning after', night, at(6, 360), false],
    ['on the morning before the first night', night, at(5, 100), false],
    ['all day', { dayMask: 1, startMinute: 0, endMinute: 1440 }, at(0, 1439), true],
    ['up to midnight, next day', { dayMask: 1, startMinute: 600, endMinute: 0 }, at(1, 0), false],
    ['Saturday night into Sunday', { dayMask: 64, startMinute: 1400, endMinute: 10 }, at(0, 9), true],
  ])('%s', (_, window, time, expected) => {
    expect(isInWindows([window], time)).toBe(expected);
  });

  it('needs one window to match', () => {
    expect(isInWindows([night, sweeper], at(1, 230))).toBe(true);
    expect(isInWindows([], at(1, 230))).toBe(false);
  });

  /** Two days of minutes around clock changes, with what the wall clock shows according to another library. */
  const moments = [
    ['Europe/Berlin', '2026-03-28T12:00:00Z'],
    ['Europe/Berlin', '2026-10-24T12:00:00Z'],
    ['America/New_York', '2026-10-31T12:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T00:00:00Z'],
    ['Asia/Shanghai', '2026-03-28T00:00:00Z'],
  ].flatMap(([zone = '', from = '']) => {
    const wall = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return Array.from({ length: 2 * 1440 }, (_, minute) => {
      const wallMs = Date.parse(from) + minute * MINUTE;
      const [, weekday = '', hour, minutes] = /(\w{3}) (\d\d):(\d\d)/.exec(wall.format(wallMs)) ?? [];
      const minuteOfWeek = WEEKDAYS.indexOf(weekday) * 1440 + Number(hour) * 60 + Number(minutes);
      return { minuteOfWeek, time: siteTime(wallMs, zone) };
    });
  });

  /** Walks every minute of the week from each start until the wall clock shows the end. */
  function openMinutes(windows: readonly TimeWindow[]): Set<number> {
    const open = new Set<number>();
    for (const { dayMask, startMinute, endMinute } of windows) {
      for (let day = 0; day < 7; day++) {
        if (Math.floor(dayMask / 2 ** day) % 2 === 0) continue;
        let minute = day * 1440 + startMinute;
        do {
          open.add(minute % (7 * 1440));
          minute += 1;
        } while (minute % 1440 !== endMinute % 1440);
      }
    }
    return open;
  }

  it('agrees with a walk through every minute, also where the clock changes', () => {
    const window = fc
      .record({
        dayMask: fc.integer({ min: 1, max: 127 }),
        startMinute: fc.integer({ min: 0, max: 1439 }),
        endMinute: fc.integer({ min: 0, max: 1440 }),
      })
      .filter(({ startMinute, endMinute }) => startMinute !== endMinute);
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 3 }), (windows) => {
        const open = openMinutes(windows);
        const wrong = moments.filter(
          ({ minuteOfWeek, time }) => isInWindows(windows, time) !== open.has(minuteOfWeek),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
