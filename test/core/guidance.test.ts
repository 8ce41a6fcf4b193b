import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followGuidance, type Guidance, NO_GUIDANCE } from '../../src/core/screening/guidance.ts';
import type { Nearness } from '../../src/core/screening/nearness.ts';
import { INITIAL_PROTOCOL, takeFrame } from '../../src/core/screening/protocol.ts';
import type { ThermometerFrame } from '../../src/core/screening/screening.ts';
import { SCREENING_SETTINGS } from '../support/gate/screening-settings.ts';

const ROOM_C = 22;

interface Seen extends Guidance {
  readonly atMs: number;
  /** A reading was finished with this frame. */
  readonly finished: boolean;
}

/** What is told after each frame, 100 ms apart. */
function follow(objects: readonly number[], nearness: Nearness = 'unknown', ambientC = ROOM_C): Seen[] {
  return followFrames(
    objects.map((objectC, at) => ({ objectC, ambientC, atMs: at * 100 })),
    nearness,
  );
}

function followFrames(frames: readonly ThermometerFrame[], nearness: Nearness = 'unknown'): Seen[] {
  let protocol = INITIAL_PROTOCOL;
  let guidance = NO_GUIDANCE;
  return frames.map((frame) => {
    const taken = takeFrame(protocol, frame, SCREENING_SETTINGS, nearness);
    protocol = taken.state;
    const finished = taken.result !== undefined;
    guidance = finished
      ? NO_GUIDANCE
      : followGuidance(guidance, frame, protocol, SCREENING_SETTINGS, nearness);
    return { hint: guidance.hint, progress: guidance.progress, atMs: frame.atMs, finished };
  });
}

const steady = (value: number, count: number): number[] => Array.from({ length: count }, () => value);
/** Some hundredths up and down, as a living thermopile. */
const alive = (value: number, count: number): number[] =>
  steady(value, count).map((one, at) => one + (((at * 3) % 7) - 3) / 100);
const hints = (seen: readonly Seen[]) =>
  seen.map(({ hint }) => hint).filter((hint, at, all) => at === 0 || hint !== all[at - 1]);

describe('what the person in front of the thermometer is told', () => {
  it.each<[string, number[], Nearness, (string | undefined)[]]>([
    ['an empty room', alive(22, 60), 'unknown', [undefined]],
    ['a forehead at the sensor', alive(36.5, 9), 'unknown', [undefined, 'steady']],
    ['something warm at the edge of what it sees', alive(24.5, 30), 'unknown', [undefined, 'too_far']],
    ['a hat', alive(28, 9), 'unknown', [undefined, 'out_of_skin_range']],
    ['a cup of tea', alive(60, 9), 'unknown', [undefined, 'out_of_skin_range']],
    [
      'a head that moves',
      [36, 36.8, 35.8, 36.9, 35.7, 36.8, 35.9, 36.7, 35.8],
      'unknown',
      [undefined, 'unstable'],
    ],
    ['who comes', [22, 24, 26, 28, 30, 32, 34, 36], 'unknown', [undefined]],
    ['a forehead too far for the sensor of the distance', alive(36.5, 9), 'too_far', [undefined, 'too_far']],
    ['a forehead that touches it', alive(36.5, 9), 'too_close', [undefined, 'too_close']],
    ['nobody, in the sun', alive(36.5, 9), 'nobody', [undefined]],
  ])('%s', (_name, objects, nearness, told) => {
    expect(hints(follow(objects, nearness))).toEqual(told);
  });

  it('leads somebody with a hat on from far away to a reading', () => {
    const way = [...alive(22, 10), ...alive(24.5, 15), ...alive(28.5, 11), ...alive(36.4, 11)];
    expect(hints(follow(way)).filter((hint) => hint !== undefined)).toEqual([
      'too_far',
      'out_of_skin_range',
      'steady',
    ]);
  });

  it('says that the thermometer settles while its own temperature runs', () => {
    const drifting = Array.from({ length: 400 }, (_, at) => ({
      objectC: 22 + at * 0.001,
      ambientC: 22 + at * 0.001,
      atMs: at * 100,
    }));
    const person = alive(36.5, 8).map((objectC, at) => ({
      objectC,
      ambientC: 22.4,
      atMs: 40_000 + at * 100,
    }));
    expect(hints(followFrames([...drifting, ...person]))).toEqual([undefined, 'ambient_drift']);
  });

  it('has no word for cold skin: only the measurement says that', () => {
    expect(hints(follow(alive(31, 9), 'unknown', -5))).toEqual([undefined, 'steady']);
    expect(hints(follow(alive(24, 9), 'unknown', -13))).toEqual([undefined, 'steady']);
  });

  it('knows nothing of distance or hats where the sensor does not tell its own temperature', () => {
    const blind = [...alive(24.5, 20), ...alive(28, 20)].map((objectC, at) => ({ objectC, atMs: at * 100 }));
    expect(hints(followFrames(blind))).toEqual([undefined]);
  });

  it('shows the ring before half of the reading is there, and fills it', () => {
    const seen = follow(alive(36.5, 9)).filter(({ hint }) => hint === 'steady');
    expect(seen[0]?.progress).toBeLessThanOrEqual(0.5);
    expect(seen.at(-1)?.progress).toBeGreaterThanOrEqual(0.75);
  });
});

describe('whatever the signal is', () => {
  const noise = fc.array(fc.integer({ min: -90, max: 90 }), { minLength: 5, maxLength: 80 });
  const anything = fc.array(
    fc.oneof(
      fc.integer({ min: 2_100, max: 2_300 }),
      fc.integer({ min: 3_590, max: 3_690 }),
      fc.integer({ min: 1_500, max: 6_000 }),
    ),
    { minLength: 5, maxLength: 120 },
  );
  const stays = fc.array(
    fc.tuple(fc.constantFrom(22, 24.5, 28, 36.4, 36.9, 60), fc.integer({ min: 1, max: 15 })),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  const signals = fc.oneof(
    anything.map((hundredths) => hundredths.map((value) => value / 100)),
    stays.map((parts) => parts.flatMap(([value, count]) => alive(value, count))),
  );
  const places = fc.constantFrom<Nearness>('unknown', 'nobody', 'too_far', 'right', 'too_close');

  it('noise of an empty room tells nothing', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: -20, max: 45 }), (hundredths, ambientC) => {
        const seen = follow(
          hundredths.map((step) => ambientC + step / 100),
          'unknown',
          ambientC,
        );
        expect(seen.every(({ hint, progress }) => hint === undefined && progress === 0)).toBe(true);
      }),
    );
  });

  it('the ring runs back only where something else is told, and stands only beside "stay like this"', () => {
    fc.assert(
      fc.property(signals, places, (objects, nearness) => {
        const seen = follow(objects, nearness);
        for (const [at, now] of seen.entries()) {
          const before = seen[at - 1];
          if (now.hint !== 'steady') expect(now.progress).toBe(0);
          else if (before?.hint === 'steady') expect(now.progress).toBeGreaterThanOrEqual(before.progress);
        }
      }),
    );
  });

  it('a hint stays for 0.7 s unless a reading is finished', () => {
    fc.assert(
      fc.property(signals, places, (objects, nearness) => {
        let sinceMs = Number.NEGATIVE_INFINITY;
        let told: Guidance['hint'];
        for (const { hint, atMs, finished } of follow(objects, nearness)) {
          if (finished) sinceMs = Number.NEGATIVE_INFINITY;
          else if (hint !== told) {
            expect(atMs - sinceMs).toBeGreaterThanOrEqual(700);
            sinceMs = atMs;
          }
          told = hint;
        }
      }),
    );
  });

  it('somebody is told to stay only where a person is in front', () => {
    fc.assert(
      fc.property(signals, (objects) => {
        for (const { hint, atMs } of follow(objects)) {
          if (hint !== 'steady') continue;
          const latest = objects.slice(Math.max(0, atMs / 100 - 9), atMs / 100 + 1);
          expect(latest.some((objectC) => objectC - ROOM_C > 4)).toBe(true);
        }
      }),
      // Left, and then something lukewarm that flickers.
      { examples: [[[36.4, 36.4, 36.4, 36.4, 22, 22, 22, 24.5, 24.5, 24.5, 24.5, 24.5, 24.5, 24.5]]] },
    );
  });
});
