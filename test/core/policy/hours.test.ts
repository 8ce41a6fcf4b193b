import { describe, expect, it } from 'vitest';
import { isWithinHours } from '../../../src/core/policy/entry-rules.ts';
import type { Hours } from '../../../src/core/policy/policy.ts';
import { siteTime } from '../../../src/core/time/site-time.ts';
import { daily } from '../../support/gate/policy-samples.ts';

const at = (local: string, hours: Hours, holidays: string[] = [], zone = '+08:00') =>
  isWithinHours(hours, holidays, siteTime(Date.parse(`${local}:00${zone}`), 'Asia/Shanghai'));

describe('hours of a level', () => {
  const closedAtNight: Hours = { windows: [daily(6.5, 22.5)] };
  it.each([
    ['2020-02-24T06:29', false],
    ['2020-02-24T06:30', true],
    ['2020-02-24T22:29', true],
    ['2020-02-24T22:30', false],
    ['2020-02-24T00:00', false],
  ])('closed from 22:30 to 6:30: %s %s', (local, open) => expect(at(local, closedAtNight)).toBe(open));

  // Monday night shift, 22:00 to 5:00. 2020-02-24 is a Monday.
  const nights: Hours = { windows: [{ dayMask: 0b10, startMinute: 22 * 60, endMinute: 5 * 60 }] };
  it.each([
    ['2020-02-24T04:59', false],
    ['2020-02-24T22:00', true],
    ['2020-02-25T04:59', true],
    ['2020-02-25T05:00', false],
    ['2020-02-25T22:00', false],
  ])('a window over midnight belongs to the day it starts on: %s %s', (local, open) =>
    expect(at(local, nights)).toBe(open),
  );

  it('knows no hours as never', () => expect(at('2020-02-24T12:00', { windows: [] })).toBe(false));

  describe('on holidays', () => {
    const hours: Hours = { windows: [daily(22, 5)], holidayWindows: [daily(8, 12)] };
    const holidays = ['2020-10-01'];
    it.each([
      ['2020-09-30T23:00', true],
      ['2020-10-01T04:00', true],
      ['2020-10-01T09:00', true],
      ['2020-10-01T23:00', false],
      ['2020-10-02T04:00', false],
      ['2020-10-02T09:00', false],
      ['2020-10-02T23:00', true],
    ])('%s %s', (local, open) => expect(at(local, hours, holidays)).toBe(open));

    it('their weekday does not matter', () => {
      const sundayOnly: Hours = {
        windows: [],
        holidayWindows: [{ dayMask: 1, startMinute: 480, endMinute: 720 }],
      };
      expect(at('2020-10-01T09:00', sundayOnly, holidays)).toBe(true);
    });

    it('without hours of their own they are like any day', () => {
      expect(at('2020-10-01T23:00', { windows: [daily(22, 5)] }, holidays)).toBe(true);
    });
  });

  it('follow the clock on the wall through summer time', () => {
    const berlin = (utc: string) =>
      isWithinHours({ windows: [daily(2, 3)] }, [], siteTime(Date.parse(utc), 'Europe/Berlin'));
    // 2020-03-29: 02:00 to 03:00 does not exist. 2020-10-25: it comes twice.
    expect([berlin('2020-03-29T00:59:59Z'), berlin('2020-03-29T01:00:00Z')]).toEqual([false, false]);
    expect([berlin('2020-10-25T00:30:00Z'), berlin('2020-10-25T01:30:00Z')]).toEqual([true, true]);
    expect(berlin('2020-10-25T02:00:00Z')).toBe(false);
  });
});
