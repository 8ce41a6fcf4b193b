import { describe, expect, it } from 'vitest';
import {
  followDistance,
  INITIAL_NEARNESS,
  type Nearness,
  nearnessAt,
} from '../../src/core/screening/nearness.ts';

const WINDOW = { minMm: 30, maxMm: 150 };

/** Readings 50 ms apart; undefined is one without a distance. */
function nearnessAfter(...distances: (number | undefined)[]): Nearness {
  let watch = INITIAL_NEARNESS;
  let atMs = 10_000;
  for (const distanceMm of distances) {
    atMs += 50;
    watch = followDistance(watch, { distanceMm, atMs }, WINDOW);
  }
  return nearnessAt(watch, atMs);
}

describe('where the forehead is', () => {
  it.each<[number | undefined, Nearness]>([
    [0, 'too_close'],
    [29, 'too_close'],
    [30, 'right'],
    [150, 'right'],
    [151, 'too_far'],
    [1000, 'too_far'],
    [1001, 'nobody'],
    [undefined, 'unknown'],
  ])('%s mm is %s', (distanceMm, nearness) => {
    expect(nearnessAfter(distanceMm, distanceMm, distanceMm)).toBe(nearness);
  });

  it('needs three readings that agree', () => {
    expect(nearnessAfter(80, 80)).toBe('unknown');
    expect(nearnessAfter(80, 80, 80, 400, 400)).toBe('right');
    expect(nearnessAfter(80, 80, 80, 400, 80, 400, 80, 400)).toBe('right');
    expect(nearnessAfter(80, 80, 80, 400, 400, 400)).toBe('too_far');
  });

  it('does not outlive its readings', () => {
    let watch = INITIAL_NEARNESS;
    for (const atMs of [0, 50, 100]) watch = followDistance(watch, { distanceMm: 80, atMs }, WINDOW);
    expect(nearnessAt(watch, 1100)).toBe('right');
    expect(nearnessAt(watch, 1101)).toBe('unknown');
    watch = followDistance(watch, { distanceMm: 80, atMs: 5000 }, WINDOW);
    expect(nearnessAt(watch, 5000)).toBe('unknown');
  });
});
