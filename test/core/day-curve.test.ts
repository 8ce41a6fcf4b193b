import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuarterCell, SensorDay } from '../../src/core/report/day-counts.ts';
import { curveOf, driftsOf, medianOf, peakOf, publishedPeaks } from '../../src/core/report/day-curve.ts';
import { dayTable } from '../../src/core/report/day-table.ts';
import { quartersOf, siteDay, siteDayBegin, siteQuarterAt } from '../../src/core/time/site-time.ts';

const QUARTER_MS = 900_000;

describe('the quarters of a day', () => {
  it.each([
    ['2020-02-24', 'Asia/Shanghai', 96],
    ['2026-03-29', 'Europe/Berlin', 92],
    ['2026-10-25', 'Europe/Berlin', 100],
    ['2026-10-04', 'Australia/Lord_Howe', 94],
    // Clocks went from midnight to one.
    ['2018-11-04', 'America/Sao_Paulo', 92],
  ])('%s in %s are %d, each counted once, and the day before and after go on', (date, zone, count) => {
    const day = siteDay(date);
    const beginMs = siteDayBegin(day, zone);
    expect(quartersOf(day, zone)).toBe(count);
    const found = Array.from({ length: count }, (_, quarter) =>
      siteQuarterAt(beginMs + quarter * QUARTER_MS + 1, zone),
    );
    expect(found).toEqual(Array.from({ length: count }, (_, quarter) => ({ siteDay: day, quarter })));
    expect(siteQuarterAt(beginMs - 1, zone).siteDay).toBe(day - 1);
    expect(siteQuarterAt(beginMs + count * QUARTER_MS, zone)).toEqual({ siteDay: day + 1, quarter: 0 });
  });
});

const cell = (quarter: number, count: number, rest: Partial<QuarterCell> = {}): QuarterCell => ({
  ...{ quarter, count, accessPoint: 'main-in', direction: 'in', counted: 'granted' },
  ...rest,
});

describe('a curve', () => {
  it('is of those who went through, each way or both, and never below nobody', () => {
    const cells = [
      cell(3, 7),
      cell(3, 2, { counted: 'nottaken' }),
      cell(3, 9, { counted: 'denied' }),
      cell(4, 1, { counted: 'nottaken' }),
      cell(5, 4, { counted: 'open', direction: 'out' }),
      cell(99, 1),
    ];
    expect(curveOf(cells, 8)).toEqual([0, 0, 0, 5, 0, 4, 0, 1]);
    expect(curveOf(cells, 8, 'out')).toEqual([0, 0, 0, 0, 0, 4, 0, 0]);
    expect(peakOf(curveOf(cells, 8))).toEqual({ quarter: 3, count: 5 });
    expect(peakOf([0, 0])).toBeUndefined();
    const beginMs = Date.UTC(2020, 1, 23, 16);
    expect(publishedPeaks(cells, 8, beginMs)).toEqual([
      { direction: 'in', from: '2020-02-23T16:45:00.000Z', count: 5 },
    ]);
  });
});

describe('the median of readings', () => {
  it('is the middle one of at least twenty', () => {
    const reading = fc.integer({ min: 340, max: 372 });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 0, maxLength: 80 }), (readings) => {
        const counts = new Map<number, number>();
        for (const tenths of readings) counts.set(tenths, (counts.get(tenths) ?? 0) + 1);
        const median = medianOf([...counts].map(([tenths, count]) => ({ tenths, count })));
        const sorted = [...readings].sort((one, other) => one - other);
        const middle = sorted[Math.ceil(sorted.length / 2) - 1];
        expect(median).toEqual(
          readings.length < 20 ? undefined : { tenths: middle, readings: readings.length },
        );
      }),
    );
  });

  it('drifts against the days before, of its own sensor alone', () => {
    const day = (one: number, medianC: number, accessPoint = 'main-in'): SensorDay => ({
      ...{ siteDay: one, accessPoint, medianC, readings: 50 },
    });
    const days = [day(1, 36.4), day(2, 36.6), day(2, 30, 'side-in'), day(3, 36.9)];
    expect(driftsOf(3, days)).toEqual([{ accessPoint: 'main-in', degrees: 0.4 }]);
    expect(driftsOf(1, days)).toEqual([]);
  });
});

it('a day as a table hides small numbers and holds no formula', () => {
  const table = dayTable(
    {
      date: '2026-10-25',
      beginMs: Date.UTC(2026, 9, 24, 22),
      cells: [
        { accessPoint: 'main-in', direction: 'in', counted: 'granted', of: 'resident', count: 4 },
        { accessPoint: 'main-in', direction: 'in', counted: 'denied', of: 'gp:Revoked', count: 5 },
      ],
      // The hour from two to three comes twice.
      quarterCells: [cell(8, 12), cell(12, 3)],
      devices: [{ device: 'scanner:main-in', okMs: 86_000_000, downMs: 400_000 }],
      review: { by: 'wang', note: '=HYPERLINK("http://evil.example")' },
    },
    'Europe/Berlin',
  );
  expect(table.split('\r\n')).toEqual([
    'date,time,what,accessPoint,direction,of,count',
    '2026-10-25,,granted,main-in,in,resident,<5',
    '2026-10-25,,denied,main-in,in,gp:Revoked,5',
    '2026-10-25,02:00,granted,main-in,in,,12',
    '2026-10-25,02:00,granted,main-in,in,,<5',
    '2026-10-25,,okSeconds,scanner:main-in,,,86000',
    '2026-10-25,,downSeconds,scanner:main-in,,,400',
    '2026-10-25,,review,,,wang,"\'=HYPERLINK(""http://evil.example"")"',
    '',
  ]);
});
