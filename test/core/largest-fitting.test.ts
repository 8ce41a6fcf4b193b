import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestFitting } from '../../src/screens/prompt/largest-fitting.ts';

/** What fills the room by a power of its size, and has too much of it in one line from a size on. */
function words(fillsAt: number, growth: number, tooWideFrom = Number.POSITIVE_INFINITY) {
  const tried: number[] = [];
  return {
    tried,
    tryOut: (size: number) => {
      tried.push(size);
      const filled = (size / fillsAt) ** growth;
      return { isFitting: filled <= 1 && size < tooWideFrom, filled };
    },
  };
}

it('finds the largest size at which something fits, whatever it is told of how much is filled', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: 320 }),
      fc.array(fc.double({ noNaN: false }), { minLength: 1 }),
      (smallest, range, largest, told) => {
        const most = smallest + range;
        let tries = 0;
        const found = largestFitting(smallest, most, (size) => {
          expect(Number.isInteger(size) && size >= smallest && size <= most).toBe(true);
          return { isFitting: size <= largest, filled: told[tries++ % told.length] as number };
        });
        expect(found).toBe(largest < smallest ? undefined : Math.min(largest, most));
        expect(tries).toBeLessThan(18);
      },
    ),
  );
});

it('tries few sizes of words, which fill the room by the square of their size or less', () => {
  for (let fillsAt = 20; fillsAt < 120; fillsAt++)
    for (const growth of [1, 1.2, 1.6, 2]) {
      const { tried, tryOut } = words(fillsAt, growth);
      expect(largestFitting(8, 130, tryOut)).toBe(fillsAt);
      expect(tried.length, tried.join(' ')).toBeLessThanOrEqual(7);
    }
});

it('halves the rest where the width says no and the height does not say how much', () => {
  const { tried, tryOut } = words(300, 1.5, 41);
  expect(largestFitting(8, 130, tryOut)).toBe(40);
  expect(tried.length).toBeLessThan(12);
});
