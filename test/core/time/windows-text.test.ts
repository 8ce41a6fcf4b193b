import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatWindows, parseWindows } from '../../../src/core/time/windows-text.ts';

describe('windows as people write them', () => {
  it.each([
    ['daily 00:00-24:00', [{ dayMask: 0x7f, startMinute: 0, endMinute: 1440 }]],
    ['Mon-Fri 03:45-05:00', [{ dayMask: 0b0111110, startMinute: 225, endMinute: 300 }]],
    ['sat,SUN  22:00-06:00', [{ dayMask: 0b1000001, startMinute: 1320, endMinute: 360 }]],
    ['Fri-Mon 08:00-09:00', [{ dayMask: 0b1100011, startMinute: 480, endMinute: 540 }]],
    [
      'Wed 08:00-09:00; Thu 10:30-00:00',
      [
        { dayMask: 0b1000, startMinute: 480, endMinute: 540 },
        { dayMask: 0b10000, startMinute: 630, endMinute: 0 },
      ],
    ],
  ])('%s', (text, windows) => {
    expect(parseWindows(text)).toEqual(windows);
  });

  it.each([
    '',
    'daily',
    'Mon 8:00-9:00',
    'Mon 08:00-08:00',
    'Mon 24:00-05:00',
    'Mon 08:60-09:00',
    'Mon 08:00-24:01',
    'Mon-Tue-Wed 08:00-09:00',
    'Mon-Moon 08:00-09:00',
    'Moonday 08:00-09:00',
    'Mon 08:00-09:00;',
  ])('%j is none, and the answer shows how one is written', (text) => {
    expect(() => parseWindows(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => parseWindows(text)).toThrow(/write for example/);
  });

  it('say when they go over midnight', () => {
    expect(formatWindows(parseWindows('Sat 22:00-06:00; daily 20:00-00:00'))).toBe(
      'Sat 22:00-06:00 (over midnight); daily 20:00-00:00',
    );
  });

  it('are read as they were written, whatever they are', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const window = fc
      .record({ dayMask: fc.integer({ min: 1, max: 0x7f }), startMinute: minute, endMinute: minute })
      .filter(({ startMinute, endMinute }) => startMinute !== endMinute);
    const windows = fc.array(window, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(windows, (some) => {
        expect(parseWindows(formatWindows(some).replaceAll(' (over midnight)', ''))).toEqual(some);
      }),
    );
  });
});
