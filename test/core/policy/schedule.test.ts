import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  isLooser,
  nextChange,
  type ScheduledPolicy,
  type ScheduleLine,
  scheduledAt,
  scheduledFrom,
} from '../../../src/core/policy/schedule.ts';
import { lookThroughSchedule } from '../../../src/core/policy/schedule-check.ts';
import { siteTime } from '../../../src/core/time/site-time.ts';
import { parseWindows } from '../../../src/core/time/windows-text.ts';

const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe'];
const HALF_HOUR_MS = 1_800_000;
const YEAR_MS = 365 * 86_400_000;

const line = (level: string, hours: string, more: Partial<ScheduleLine> = {}): ScheduleLine => ({
  level,
  windows: parseWindows(hours),
  days: 'all',
  ...more,
});
const policy = (lines: ScheduleLine[], holidays: string[] = []): ScheduledPolicy => ({
  initialLevel: 'normal',
  holidays,
  schedule: { lines, strictestFirst: ['night', 'holiday', 'normal', 'peak'] },
});
const HOLIDAYS = ['2026-05-01', '2026-10-01'];
const SCHOOL = policy(
  [
    line('peak', 'Mon-Fri 06:30-08:00; Mon-Fri 16:30-17:30'),
    line('holiday', 'daily 00:00-24:00', { days: 'holidays' }),
    line('night', 'daily 22:00-06:00'),
  ],
  HOLIDAYS,
);
const ms = (local: string, zone: string, offset?: string) =>
  Temporal.ZonedDateTime.from(`${local}${offset ?? ''}[${zone}]`).epochMilliseconds;

/** The same schedule in plain words, from the clock on the wall. */
function byHand(wallMs: number, zone: string): string {
  const { date, weekday, minuteOfDay: at } = siteTime(wallMs, zone);
  if (at >= 22 * 60 || at < 6 * 60) return 'night';
  if (HOLIDAYS.includes(date)) return 'holiday';
  const school = weekday >= 1 && weekday <= 5;
  const isPeak = (at >= 390 && at < 480) || (at >= 990 && at < 1050);
  return school && isPeak ? 'peak' : 'normal';
}

describe.each(ZONES)('a year of a school in %s', (zone) => {
  const fromMs = Date.UTC(2026, 0, 1);

  it('has the level that the clock on the wall says, at every half hour', () => {
    for (let atMs = fromMs; atMs < fromMs + YEAR_MS; atMs += HALF_HOUR_MS) {
      const { level } = scheduledAt(SCHOOL, atMs, zone);
      if (level !== byHand(atMs, zone)) expect([atMs, level]).toEqual([atMs, byHand(atMs, zone)]);
    }
  });

  it('is left and entered at exactly the moments that are foretold', () => {
    let { level } = scheduledAt(SCHOOL, fromMs, zone);
    let sinceMs = fromMs;
    let changes = 0;
    while (sinceMs < fromMs + YEAR_MS) {
      const next = nextChange(SCHOOL, sinceMs, zone);
      if (next === undefined) throw new Error('it goes on for ever');
      const before = byHand(next.atMs - 1, zone);
      if (before !== level || byHand(next.atMs, zone) !== next.level)
        expect([next, before]).toEqual([{ ...next, level: byHand(next.atMs, zone) }, level]);
      ({ level, atMs: sinceMs } = next);
      changes += 1;
    }
    expect(changes).toBeGreaterThan(2 * 365);
  });
});

describe('the days on which clocks are changed', () => {
  it.each<[string, string, string, [string, string][]]>([
    // 02:00 to 03:00 is skipped, so the window has half an hour; one within it does not come.
    [
      'Europe/Berlin',
      'daily 02:30-03:30',
      '2026-03-29T00:00',
      [
        ['2026-03-29T03:00', 'night'],
        ['2026-03-29T03:30', 'normal'],
      ],
    ],
    [
      'Europe/Berlin',
      'daily 02:00-02:45',
      '2026-03-29T00:00',
      [
        ['2026-03-30T02:00', 'night'],
        ['2026-03-30T02:45', 'normal'],
      ],
    ],
    // 02:00 to 03:00 comes twice, and so does the window.
    [
      'Europe/Berlin',
      'daily 02:15-02:45',
      '2026-10-25T00:00',
      [
        ['2026-10-25T02:15+02:00', 'night'],
        ['2026-10-25T02:45+02:00', 'normal'],
        ['2026-10-25T02:15+01:00', 'night'],
        ['2026-10-25T02:45+01:00', 'normal'],
      ],
    ],
    [
      'Europe/Berlin',
      'daily 22:00-06:00',
      '2026-10-24T12:00',
      [
        ['2026-10-24T22:00', 'night'],
        ['2026-10-25T06:00', 'normal'],
      ],
    ],
    // Midnight is skipped: the day begins at one.
    [
      'America/Santiago',
      'daily 00:30-02:00',
      '2026-09-05T12:00',
      [
        ['2026-09-06T01:00', 'night'],
        ['2026-09-06T02:00', 'normal'],
      ],
    ],
    // Half an hour, from 02:00 back to 01:30.
    [
      'Australia/Lord_Howe',
      'daily 01:40-03:00',
      '2026-04-04T12:00',
      [
        ['2026-04-05T01:40+11:00', 'night'],
        ['2026-04-05T01:30+10:30', 'normal'],
        ['2026-04-05T01:40+10:30', 'night'],
      ],
    ],
    [
      'Asia/Shanghai',
      'daily 02:30-03:30',
      '2026-03-29T00:00',
      [
        ['2026-03-29T02:30', 'night'],
        ['2026-03-29T03:30', 'normal'],
      ],
    ],
  ])('%s, %s after %s', (zone, hours, from, expected) => {
    const found: [number, string][] = [];
    const plan = policy([line('night', hours)]);
    let next = nextChange(plan, ms(from, zone), zone);
    while (next !== undefined && found.length < expected.length) {
      found.push([next.atMs, next.level]);
      next = nextChange(plan, next.atMs, zone);
    }
    expect(found).toEqual(
      expected.map(([local, level]) => [
        local.length > 16 ? Temporal.Instant.from(local).epochMilliseconds : ms(local, zone),
        level,
      ]),
    );
  });
});

describe('lines of a schedule', () => {
  const at = (plan: ScheduledPolicy, local: string) =>
    scheduledAt(plan, ms(local, 'Asia/Shanghai'), 'Asia/Shanghai').level;

  it('that overlap: the later one counts', () => {
    const plan = policy([line('night', 'daily 20:00-24:00'), line('peak', 'Fri 21:00-22:00')]);
    expect(['2026-05-08T20:59', '2026-05-08T21:00', '2026-05-08T22:00'].map((one) => at(plan, one))).toEqual([
      'night',
      'peak',
      'night',
    ]);
  });

  it('belong to the day on which a window starts, over midnight too', () => {
    const plan = policy([line('holiday', 'daily 20:00-04:00', { days: 'holidays' })], ['2026-05-01']);
    const days = [
      '2026-05-01T03:00',
      '2026-05-01T20:00',
      '2026-05-02T03:59',
      '2026-05-02T04:00',
      '2026-05-02T21:00',
    ];
    expect(days.map((one) => at(plan, one))).toEqual(['normal', 'holiday', 'holiday', 'normal', 'normal']);
  });

  it('hold between two days, both included, and on ordinary days alone', () => {
    const bounded = { from: '2026-04-30', until: '2026-05-02', days: 'ordinary' } as const;
    const plan = policy([line('peak', 'daily 08:00-09:00', bounded)], ['2026-05-01']);
    const days = ['2026-04-29', '2026-04-30', '2026-05-01', '2026-05-02', '2026-05-03'];
    expect(days.map((one) => at(plan, `${one}T08:30`))).toEqual([
      'normal',
      'peak',
      'normal',
      'peak',
      'normal',
    ]);
  });

  it('say nothing about what comes next where nothing does', () => {
    const past = policy([line('night', 'daily 20:00-22:00', { until: '2025-01-01' })]);
    expect(nextChange(past, ms('2026-05-01T00:00', 'Asia/Shanghai'), 'Asia/Shanghai')).toBeUndefined();
    const always = policy([line('night', 'daily 00:00-24:00')]);
    expect(nextChange(always, ms('2026-05-01T00:00', 'Asia/Shanghai'), 'Asia/Shanghai')).toBeUndefined();
  });

  it('of any kind foretell each change: none comes between', () => {
    const window = fc.record({
      dayMask: fc.integer({ min: 1, max: 127 }),
      startMinute: fc.integer({ min: 0, max: 1439 }),
      endMinute: fc.integer({ min: 0, max: 1440 }),
    });
    const lines = fc.array(
      fc.record({
        level: fc.constantFrom('night', 'holiday', 'peak'),
        windows: fc.array(
          window.filter((one) => one.startMinute !== one.endMinute),
          { minLength: 1, maxLength: 3 },
        ),
        days: fc.constantFrom('all' as const, 'ordinary' as const, 'holidays' as const),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(
        lines,
        moment,
        fc.constantFrom(...ZONES),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 8 }),
        (drawn, atMs, zone, parts) => {
          const plan = policy(drawn, HOLIDAYS);
          const { level } = scheduledAt(plan, atMs, zone);
          const next = nextChange(plan, atMs, zone);
          const untilMs = next?.atMs ?? atMs + 20 * 86_400_000;
          for (const part of parts)
            expect(scheduledAt(plan, Math.floor(atMs + part * (untilMs - atMs)), zone).level).toBe(level);
          if (next === undefined) return;
          expect(scheduledAt(plan, next.atMs - 1, zone).level).toBe(level);
          expect(scheduledAt(plan, next.atMs, zone).level).toBe(next.level);
          expect(next.level).not.toBe(level);
        },
      ),
    );
  });

  it('never come out of order', () => {
    let lastMs = 0;
    for (const { atMs } of scheduledFrom(SCHOOL, Date.UTC(2026, 0, 1), 'Europe/Berlin')) {
      if (atMs <= lastMs) expect(atMs).toBeGreaterThan(lastMs);
      lastMs = atMs;
    }
    expect(lastMs).toBeGreaterThan(Date.UTC(2027, 0, 1));
  });
});

it.each([
  ['night', 'peak', false],
  ['peak', 'night', true],
  ['normal', 'normal', false],
  ['unheard', 'night', true],
  ['night', 'unheard', true],
])('%s is looser than %s: %s', (level, other, looser) => {
  expect(isLooser(SCHOOL.schedule, level, other)).toBe(looser);
});

describe('what is probably not meant', () => {
  const nowMs = ms('2026-03-01T12:00', 'Europe/Berlin');

  it('are lines that never apply, and short times between two lines', () => {
    const plan = policy([
      line('peak', 'Mon 07:00-08:00'),
      line('night', 'Mon 06:00-09:00'),
      line('holiday', 'daily 00:00-24:00', { days: 'holidays' }),
      line('peak', 'daily 10:00-11:00', { until: '2026-02-28' }),
      line('peak', 'Mon 09:05-10:00'),
    ]);
    expect(lookThroughSchedule(plan, nowMs, 'Europe/Berlin')).toEqual({
      unused: [0, 2, 3],
      gaps: [
        { fromMs: ms('2026-03-02T09:00', 'Europe/Berlin'), untilMs: ms('2026-03-02T09:05', 'Europe/Berlin') },
      ],
    });
  });

  it('is nothing in a good one', () => {
    expect(lookThroughSchedule(SCHOOL, nowMs, 'Europe/Berlin')).toEqual({ unused: [], gaps: [] });
  });
});
