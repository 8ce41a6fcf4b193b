import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isQuotaLeft, quotasOf } from '../../../src/core/policy/entry-rules.ts';

const used = (...days: number[]) => days.map((siteDay) => ({ siteDay, direction: 'out' as const, count: 1 }));

describe('a quota', () => {
  const everyTwoDays = { count: 1, days: 2, direction: 'out' } as const;
  it.each<[string, number[], boolean]>([
    ['nothing used', [], true],
    ['used today', [100], false],
    ['used yesterday', [99], false],
    ['used the day before', [98], true],
    ['used tomorrow, before the clock was set back', [101], false],
    ['used in a year that never was', [99_999], true],
  ])('one in two days, %s', (_name, days, left) =>
    expect(isQuotaLeft(everyTwoDays, used(...days), 100)).toBe(left),
  );

  it('counts its own direction only', () => {
    const home = [{ siteDay: 100, direction: 'in' as const, count: 9 }];
    expect(isQuotaLeft(everyTwoDays, home, 100)).toBe(true);
  });

  it('is never exceeded in any run of its days, however the clock jumps', () => {
    const quotas = fc.record({ count: fc.integer({ min: 1, max: 4 }), days: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(quotas, fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 }), (quota, tries) => {
        const granted: number[] = [];
        for (const day of tries) {
          if (isQuotaLeft({ ...quota, direction: 'out' }, used(...granted), day)) granted.push(day);
        }
        for (let start = -5; start <= 12; start++) {
          const inRun = granted.filter((day) => day >= start && day < start + quota.days);
          expect(inRun.length).toBeLessThanOrEqual(quota.count);
        }
      }),
    );
  });
});

describe('the quotas of a passage', () => {
  const rule = { quota: { count: 2, days: 7, direction: 'in' } } as const;
  it('are the level’s and the pass’s, in the level’s direction', () => {
    expect(quotasOf({ kind: 'resident' }, undefined)).toEqual([]);
    expect(quotasOf({ kind: 'resident', quota: { count: 1, days: 2 } }, rule)).toEqual([
      rule.quota,
      { count: 1, days: 2, direction: 'in' },
    ]);
  });
  it.each([
    ['resident', 'out'],
    ['vehicle', 'in'],
    ['visitor', 'in'],
  ] as const)('of a %s hold the way %s where the level says nothing', (kind, direction) => {
    expect(quotasOf({ kind, quota: { count: 1, days: 1 } }, {})).toEqual([{ count: 1, days: 1, direction }]);
  });
});
