import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARGIN_MINUTES } from '../../../src/core/access/bounds.ts';
import { type SitePeriod, spanOfPeriod } from '../../../src/core/time/site-span.ts';
import { siteTime } from '../../../src/core/time/site-time.ts';

const HOUR_MS = 3_600_000;
const BERLIN = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);

/** Both ends with the offsets of the zone. */
const spans: [string, SitePeriod, string, string, string, string][] = [
  ['the last hour', { of: 'hour' }, '2026-03-01T12:00:00Z', BERLIN, '11:00:00.001Z', '12:00:00.001Z'],
  ['everything', { of: 'kept' }, '2026-03-01T12:00:00Z', BERLIN, '', '12:00:00.001Z'],
  [
    'around a time of yesterday',
    { of: 'around', date: '2026-11-29', time: '14:10', minutes: 15 },
    '2026-11-30T03:00:00Z',
    'Asia/Shanghai',
    '2026-11-29T13:55:00+08:00',
    '2026-11-29T14:26:00+08:00',
  ],
  [
    'a time that came twice, both times',
    { of: 'around', date: '2026-10-25', time: '02:30', minutes: 5 },
    '2026-10-26T03:00:00Z',
    BERLIN,
    '2026-10-25T02:25:00+02:00',
    '2026-10-25T02:36:00+01:00',
  ],
  [
    'a time that was skipped, from before to behind the gap',
    { of: 'around', date: '2026-03-29', time: '02:30', minutes: 5 },
    '2026-03-30T03:00:00Z',
    BERLIN,
    '2026-03-29T01:25:00+01:00',
    '2026-03-29T03:36:00+02:00',
  ],
  [
    'today, which has 25 hours',
    { of: 'today' },
    '2026-10-25T20:00:00Z',
    BERLIN,
    '2026-10-25T00:00:00+02:00',
    '2026-10-26T00:00:00+01:00',
  ],
  [
    'yesterday, which had 23 hours',
    { of: 'yesterday' },
    '2026-03-30T20:00:00Z',
    BERLIN,
    '2026-03-29T00:00:00+01:00',
    '2026-03-30T00:00:00+02:00',
  ],
  [
    'a day that began an hour late',
    { of: 'day', date: '2018-11-04' },
    '2026-03-30T20:00:00Z',
    'America/Sao_Paulo',
    '2018-11-04T01:00:00-02:00',
    '2018-11-05T00:00:00-02:00',
  ],
];

describe('a span of time as people name it', () => {
  it.each(spans)('%s', (_what, period, now, timeZone, from, to) => {
    const whole = (text: string) => (text.includes('T') ? text : `${now.slice(0, 11)}${text}`);
    expect(spanOfPeriod(period, at(now), timeZone)).toEqual({
      fromMs: from === '' ? 0 : at(whole(from)),
      toMs: at(whole(to)),
    });
  });

  it('around a time has every moment at which the clock of the site showed it, and little else', () => {
    const zones = fc.constantFrom(BERLIN, 'Asia/Shanghai', 'America/Sao_Paulo', 'Australia/Lord_Howe');
    const moments = fc.integer({ min: at('2015-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zones, moments, fc.constantFrom(...MARGIN_MINUTES), (timeZone, ms, minutes) => {
        const { date, minuteOfDay } = siteTime(ms, timeZone);
        const two = (part: number) => String(part).padStart(2, '0');
        const time = `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
        const { fromMs, toMs } = spanOfPeriod({ of: 'around', date, time, minutes }, 0, timeZone);
        expect(ms).toBeGreaterThanOrEqual(fromMs + minutes * 60_000);
        expect(ms).toBeLessThan(toMs - minutes * 60_000);
        expect(toMs - fromMs).toBeLessThanOrEqual((2 * minutes + 1) * 60_000 + HOUR_MS);
        const day = spanOfPeriod({ of: 'day', date }, 0, timeZone);
        expect(ms >= day.fromMs && ms < day.toMs).toBe(true);
        expect(spanOfPeriod({ of: 'today' }, ms, timeZone)).toEqual(day);
      }),
      { numRuns: 200 },
    );
  });

  it.each<SitePeriod>([
    { of: 'day', date: '2026-02-30' },
    { of: 'around', date: '2026-02-28', time: '25:00', minutes: 5 },
  ])('is none where there is no such day or time: %o', (period) => {
    expect(() => spanOfPeriod(period, 0, BERLIN)).toThrow(RangeError);
  });
});
