import { describe, expect, it } from 'vitest';
import { siteTime } from '../../../src/core/time/site-time.ts';
import { timeZoneProblem, wallClockText } from '../../../src/core/time/time-zone.ts';

/** All that libraries take for a zone, or that people write for one. */
const ABBREVIATIONS = [
  ...['ACT', 'AET', 'AST', 'BST', 'CST', 'CTT', 'IST', 'JST', 'NET', 'PLT', 'PST', 'VST', 'cst', 'Cst'],
  ...['AGT', 'ART', 'BET', 'CAT', 'CNT', 'EAT', 'ECT', 'IET', 'MIT', 'NST', 'PNT', 'PRT', 'SST'],
  ...['EST', 'MST', 'HST', 'CET', 'EET', 'WET', 'MET', 'HKT', 'SGT', 'KST', 'MSK'],
];

describe('the name of a time zone', () => {
  it.each(Intl.supportedValuesOf('timeZone').concat('UTC', 'Etc/UTC', 'Etc/GMT+8', 'PRC', 'asia/shanghai'))(
    '%s is taken, and can be counted with',
    (name) => {
      expect(timeZoneProblem(name)).toBeUndefined();
      expect(siteTime(0, name).date).toMatch(/^19(69-12-31|70-01-01)$/);
    },
  );

  it.each(ABBREVIATIONS)('%s is an abbreviation and refused', (name) => {
    expect(timeZoneProblem(name)).toMatch(/^must be /);
  });

  it.each([
    '',
    'Mars/Olympus',
    '+08:00',
    'GMT+8',
    'UTC+8',
    'UTC+08:00',
    'CST-8',
    ' Asia/Shanghai',
    'Z',
    'local',
    'toString',
    '__proto__',
  ])('%j is none', (name) => {
    expect(timeZoneProblem(name)).toBe('must be an IANA time zone such as Europe/Berlin');
  });

  it('that is an abbreviation is answered with the places it may mean, each of which is one', () => {
    expect(timeZoneProblem('CST')).toBe(
      'must be named by a place: write Asia/Shanghai, Asia/Taipei or America/Chicago',
    );
    const places = ABBREVIATIONS.flatMap((name) => timeZoneProblem(name)?.match(/[A-Z]\w+\/\w+/g) ?? []);
    for (const place of places) expect([place, timeZoneProblem(place)]).toEqual([place, undefined]);
  });
});

it.each([
  ['Asia/Shanghai', '2026-11-29 07:52'],
  ['America/Chicago', '2026-11-28 17:52'],
  ['Etc/GMT+8', '2026-11-28 15:52'],
  ['UTC', '2026-11-28 23:52'],
])('the clocks of %s show %s', (zone, shown) => {
  expect(wallClockText(Date.parse('2026-11-28T23:52:59.999Z'), zone)).toBe(shown);
});
