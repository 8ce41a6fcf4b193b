import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFrames } from '../../src/core/screening/measurement.ts';
import {
  INITIAL_PROTOCOL,
  restartSet,
  type SetResult,
  takeFrame,
} from '../../src/core/screening/protocol.ts';
import type { ThermometerFrame } from '../../src/core/screening/screening.ts';
import {
  countReading,
  INITIAL_STUCK_WATCH,
  isStuck,
  type MovementWatch,
  watchForStuck,
  watchMovement,
} from '../../src/core/screening/sensor-health.ts';
import { SCREENING_SETTINGS } from '../support/gate/screening-settings.ts';

/** Frames every 100 ms from `fromMs`. */
function frames(objects: readonly number[], ambientC = 22, fromMs = 0, stepMs = 100): ThermometerFrame[] {
  return objects.map((objectC, index) => ({ objectC, ambientC, atMs: fromMs + index * stepMs }));
}

function run(input: readonly ThermometerFrame[], settings = SCREENING_SETTINGS, from = INITIAL_PROTOCOL) {
  let state = from;
  const results: SetResult[] = [];
  for (const frame of input) {
    const taken = takeFrame(state, frame, settings);
    state = taken.state;
    if (taken.result !== undefined) results.push(taken.result);
  }
  return { state, results };
}

const steady = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

describe('measuring protocol', () => {
  it('measures after 300 ms of presence and seven frames that agree, and reports the median that was read', () => {
    const { results } = run(frames([22, 22, ...steady(36.5, 13)]));
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      status: 'measured',
      measurement: { objectC: 36.5, ambientC: 22, estimateC: 36.5 },
    });
  });

  it('takes nine frames where seven do not agree to the noise of a sensor', () => {
    const warming = [...steady(37.2, 3 + 4), ...steady(37.3, 8)];
    const [result] = run(frames(warming)).results;
    expect(result).toMatchObject({ measurement: { objectC: 37.3, frames: 9 } });
  });

  it('gives a hat five seconds to come off', () => {
    const { results } = run(frames([...steady(28, 30), ...steady(36.5, 12)]));
    expect(results[0]).toMatchObject({ status: 'measured', measurement: { objectC: 36.5 } });
  });

  it('needs seven frames: who leaves after six is not measured, after seven is', () => {
    expect(run(frames([...steady(36.5, 3 + 6), 22])).results).toHaveLength(0);
    expect(run(frames([...steady(36.5, 3 + 7), 22])).results).toMatchObject([{ status: 'measured' }]);
  });

  it('sees nobody when the object is not clearly warmer than the sensor', () => {
    expect(run(frames(steady(25.9, 100))).results).toHaveLength(0);
  });

  it('still sees a forehead in hot air', () => {
    expect(run(frames(steady(36.6, 13), 33)).results).toMatchObject([{ status: 'measured' }]);
  });

  it('drops outliers of more than half a degree from the median', () => {
    const { results } = run(frames([36.5, 36.5, 36.5, 36.5, 39, 36.6, 36.5, 36.4, 36.5, 34, 36.5, 36.5]));
    expect(results[0]).toMatchObject({ status: 'measured', measurement: { objectC: 36.5, frames: 7 } });
  });

  it('takes the higher of two middle values: nothing is moved towards normal', () => {
    const { results } = run(frames([...steady(37.2, 3 + 4), ...steady(37.3, 4), 22]));
    expect(results).toMatchObject([{ status: 'measured', measurement: { objectC: 37.3, frames: 8 } }]);
  });

  it('gives a restless forehead five seconds and then says unstable', () => {
    const wobble = Array.from({ length: 60 }, (_, index) => 36 + (index % 3) * 0.6);
    const { results } = run(frames(wobble));
    expect(results.map((result) => result.status)).toEqual(['problem']);
    expect(results[0]).toMatchObject({ cause: 'unstable' });
  });

  it.each([
    ['cold skin with a warm sensor', 33.9, 22, 'cold_skin'],
    ['cold skin outdoors', 24, -13, 'cold_skin'],
    ['warm skin, sensor too cold', 36.5, 10, 'environment'],
    ['sensor too warm', 38.5, 36, 'environment'],
    ['no skin', 28, 20, 'out_of_skin_range'],
    ['a cup of tea', 60, 22, 'out_of_skin_range'],
  ])('%s is not measurable', (_name, objectC, ambientC, cause) => {
    expect(run(frames(steady(objectC, 52), ambientC)).results[0]).toMatchObject({ status: 'problem', cause });
  });

  it('refuses while the temperature of the sensor itself drifts', () => {
    const drifting = Array.from({ length: 400 }, (_, index) => ({
      objectC: 22 + index * 0.001,
      ambientC: 22 + index * 0.001,
      atMs: index * 100,
    }));
    const { state } = run(drifting);
    const person = frames(steady(36.5, 13), 22.4, 40_000);
    expect(run(person, SCREENING_SETTINGS, state).results).toMatchObject([
      { status: 'problem', cause: 'ambient_drift' },
    ]);
  });

  it('begins anew after a gap between frames: the person may have changed', () => {
    const first = frames(steady(36.5, 9));
    const second = frames(steady(36.9, 8), 22, 5_000);
    expect(run([...first, ...second]).results).toHaveLength(0);
  });

  it('forgets on demand', () => {
    const { state } = run(frames(steady(36.5, 11)));
    expect(
      run(frames(steady(36.5, 3), 22, 1_100), SCREENING_SETTINGS, restartSet(state)).results,
    ).toHaveLength(0);
  });

  it('goes on measuring while the person stays, so a fresh reading is always at hand', () => {
    expect(run(frames(steady(36.5, 40))).results.length).toBeGreaterThanOrEqual(3);
  });

  it('applies the configured estimate and leaves the raw value alone', () => {
    const offset = { ...SCREENING_SETTINGS, estimate: 'offset' as const, offsetC: 0.6 };
    expect(run(frames(steady(36.5, 13)), offset).results[0]).toMatchObject({
      measurement: { objectC: 36.5, estimateC: 37.1, model: 'offset/1' },
    });
    const module = { ...SCREENING_SETTINGS, estimate: 'module' as const };
    expect(run(frames(steady(36.5, 13)), module).results[0]).toMatchObject({ cause: 'sensor_invalid' });
    const withBody = frames(steady(35.2, 13)).map((frame) => ({ ...frame, bodyC: 36.8 }));
    expect(run(withBody, module).results[0]).toMatchObject({
      measurement: { objectC: 35.2, estimateC: 36.8, model: 'module/1' },
    });
  });

  const module = { ...SCREENING_SETTINGS, estimate: 'module' as const };
  /** A body estimate for each frame; undefined for a frame without one. */
  const withBodies = (objectC: number, bodies: readonly (number | undefined)[]) =>
    frames(steady(objectC, bodies.length)).map((frame, at) => {
      const bodyC = bodies[at];
      return bodyC === undefined ? frame : { ...frame, bodyC };
    });

  it.each([
    ['nothing of a body', -273.17],
    ['absolute zero', -273.15],
    ['no number', Number.NaN],
    ['an overflow', Number.POSITIVE_INFINITY],
    ['warmer than any body', 45.01],
    ['just below the surface it was made from', 38.59],
    ['a healthy body below a feverish surface', 36.5],
  ])('takes an estimate of a module that says %s for none', (_name, bodyC) => {
    const { results } = run(withBodies(38.6, steady(bodyC, 40)), module);
    expect(results.length).toBeGreaterThan(0);
    for (const result of results)
      expect(result).toMatchObject({ status: 'problem', cause: 'sensor_invalid' });
  });

  it('takes no estimate from a module that has one only now and then', () => {
    const rare = Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? 36.6 : -273.17));
    const { results } = run(withBodies(36.4, rare), module);
    expect(results.length).toBeGreaterThan(0);
    for (const result of results)
      expect(result).toMatchObject({ status: 'problem', cause: 'sensor_invalid' });
  });

  it('leaves the offset of a site below the surface: it was calibrated', () => {
    const offset = { ...SCREENING_SETTINGS, estimate: 'offset' as const, offsetC: -0.4 };
    expect(run(frames(steady(36.5, 13)), offset).results).toMatchObject([
      { status: 'measured', measurement: { objectC: 36.5, estimateC: 36.1 } },
    ]);
  });

  it('says of a cup of tea and of cold skin what they are, whatever the module makes of them', () => {
    expect(run(withBodies(60, steady(36.5, 52)), module).results[0]).toMatchObject({
      cause: 'out_of_skin_range',
    });
    expect(run(withBodies(33, steady(-273.17, 13)), module).results).toMatchObject([{ cause: 'cold_skin' }]);
  });

  it.each([
    ['an object that is no number', { objectC: Number.NaN, ambientC: 22 }],
    ['an object of a broken wire', { objectC: 1037.55, ambientC: 22 }],
    ['an object colder than the sky', { objectC: -95, ambientC: 22 }],
    ['a sensor that is no number', { objectC: 36.5, ambientC: Number.NaN }],
    ['a sensor at absolute zero', { objectC: 36.5, ambientC: -273.15 }],
  ])('measures nothing with %s among the frames', (_name, broken) => {
    const input = frames(steady(36.5, 8)).map((frame, at) => (at === 4 ? { ...frame, ...broken } : frame));
    expect(judgeFrames(input, SCREENING_SETTINGS)).toEqual({ status: 'problem', cause: 'sensor_invalid' });
  });

  it('measures only what a body can have, whatever a module sends', () => {
    const anything = fc.oneof(
      fc.double(),
      fc.double({ min: -300, max: 400 }),
      fc.double({ min: 33, max: 46 }),
      fc.constantFrom(-273.15, -273.17, 0, 382.19, 1037.55, 36.5),
    );
    const estimates = fc.constantFrom('object', 'module', 'offset');
    fc.assert(
      fc.property(
        fc.array(fc.record({ objectC: anything, ambientC: anything, bodyC: anything }), {
          minLength: 7,
          maxLength: 9,
        }),
        fc.integer({ min: 3400, max: 4300 }).map((hundredths) => hundredths / 100),
        estimates,
        (values, near, estimate) => {
          const input = values.map((value, at) => ({
            ...value,
            // Some of them near each other, so that some sets are measured.
            ...(at < 6 ? { objectC: near, ambientC: 22 } : {}),
            atMs: at * 100,
          }));
          const judged = judgeFrames(input, { ...SCREENING_SETTINGS, estimate });
          if (judged.status !== 'measured') return;
          const { objectC, estimateC } = judged.measurement;
          expect(objectC).toBeGreaterThanOrEqual(35);
          expect(objectC).toBeLessThanOrEqual(43);
          expect(estimateC).toBeGreaterThanOrEqual(objectC);
          expect(estimateC).toBeLessThanOrEqual(45);
        },
      ),
    );
  });

  it('never reports a value that was not read, never one outside the kept spread', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 3000, max: 4300 }), { minLength: 7, maxLength: 9 }),
        (hundredths) => {
          const input = frames(hundredths.map((value) => value / 100));
          const judged = judgeFrames(input, SCREENING_SETTINGS);
          if (judged.status !== 'measured') return;
          const read = input.map((frame) => frame.objectC);
          expect(read).toContain(judged.measurement.objectC);
          const near = read.filter((value) => Math.abs(value - judged.measurement.objectC) <= 0.9);
          expect(near.length).toBeGreaterThanOrEqual(5);
        },
      ),
    );
  });
});

describe('stuck sensor', () => {
  it('is told from a steady one by its last digit', () => {
    let stuck = INITIAL_STUCK_WATCH;
    let steadyWatch = INITIAL_STUCK_WATCH;
    for (let index = 0; index <= 100; index++) {
      stuck = watchForStuck(stuck, { objectC: 36.5, ambientC: 22, atMs: index * 100 });
      steadyWatch = watchForStuck(steadyWatch, {
        objectC: 36.5 + (index % 7 === 0 ? 0.01 : 0),
        ambientC: 22,
        atMs: index * 100,
      });
    }
    expect(isStuck(stuck, 10_000)).toBe(true);
    expect(isStuck(steadyWatch, 10_000)).toBe(false);
  });

  it('does not condemn a slow module for a few equal values', () => {
    let watch = INITIAL_STUCK_WATCH;
    for (let index = 0; index < 10; index++)
      watch = watchForStuck(watch, { objectC: 36.5, ambientC: 22, atMs: index * 2_000 });
    expect(isStuck(watch, 20_000)).toBe(false);
  });
});

describe('a sensor that shows one forehead to everybody', () => {
  const MINUTE_MS = 60_000;

  /** Ten frames a second for five minutes, and a reading used every 15 s. Returns when it was found out, in ms. */
  function foundAt(valueAt: (index: number) => number, stepC = 0.01, readingEvery = 150): number | undefined {
    let watch: MovementWatch | undefined;
    for (let index = 0; index < 3000; index++) {
      const atMs = index * 100;
      watch = watchMovement(
        watch,
        { objectC: valueAt(index), ambientC: 22 + (index % 9) * 0.1, atMs },
        stepC,
      );
      if (watch.unmoved) return atMs;
      if (index % readingEvery === readingEvery - 1) watch = countReading(watch);
    }
    return undefined;
  }

  const flicker = (index: number) => ((index * 7) % 5) * 0.01 - 0.02;
  /** A walk-through of 15 s: nine seconds forehead, six seconds room. */
  const inTurn = (index: number) => (index % 150 < 90 ? 36.5 : 22) + flicker(index);

  it.each([
    ['36.5 ± 0.02, although its own temperature lives', (index: number) => 36.5 + flicker(index), 0.01],
    ['36.5, one step of an LU90614 up and down', (index: number) => 36.5 + (index % 2) * 0.02, 0.02],
    ['36.5 or 36.6 in steps of a tenth', (index: number) => 36.5 + ((index >> 3) % 2) * 0.1, 0.1],
    [
      'a value that creeps by a hundredth a minute',
      (index: number) => 36.5 + index / 60_000 + flicker(index) / 2,
      0.01,
    ],
  ])('is found out within minutes: %s', (_name, valueAt, stepC) => {
    const atMs = foundAt(valueAt, stepC);
    expect(atMs).toBeGreaterThanOrEqual(2 * MINUTE_MS);
    expect(atMs).toBeLessThanOrEqual(4.5 * MINUTE_MS);
  });

  it.each([
    [
      'a queue without a gap',
      (index: number) => [36.2, 36.5, 36.4, 36.6][Math.floor(index / 150) % 4] ?? 0,
      0.01,
    ],
    ['people with the same forehead one by one', inTurn, 0.01],
    ['the same on a sensor of tenths', (index: number) => Math.round(inTurn(index) * 10) / 10, 0.1],
    ['the noise of a living thermopile', (index: number) => 36.5 + (((index * 3) % 7) - 3) * 0.01, 0.01],
  ])('is not taken for %s', (_name, valueAt, stepC) => {
    expect(foundAt(valueAt, stepC)).toBeUndefined();
  });

  it('is not taken for a wall at night, of which no reading is used', () => {
    expect(foundAt((index) => 22 + flicker(index), 0.01, 3001)).toBeUndefined();
  });

  it('is believed again only when it has seen something clearly different', () => {
    const stuck: MovementWatch = { sinceMs: 0, minC: 36.48, maxC: 36.52, readings: 3, unmoved: true };
    const at = (objectC: number) => watchMovement(stuck, { objectC, atMs: 200_000 }, 0.01).unmoved;
    expect([36.4, 36.6, 36.97].map(at)).toEqual([true, true, true]);
    expect([22, 35.9, 37.1].map(at)).toEqual([false, false, false]);
  });
});

describe('a sensor that does not tell its own temperature', () => {
  const withoutAmbient = (objects: readonly number[]) =>
    objects.map((objectC, index) => ({ objectC, atMs: index * 150 }));

  it('is not believed unless the site says that its air is in order', () => {
    expect(run(withoutAmbient(steady(36.5, 13))).results).toMatchObject([
      { status: 'problem', cause: 'environment' },
    ]);
    const accepting = { ...SCREENING_SETTINGS, unknownAmbient: 'accept' } as const;
    const { results } = run(withoutAmbient(steady(36.5, 13)), accepting);
    expect(results).toMatchObject([{ status: 'measured', measurement: { objectC: 36.5 } }]);
    expect(results[0]).not.toHaveProperty('measurement.ambientC');
  });

  it('still finds skin that came in from the cold', () => {
    expect(run(withoutAmbient(steady(33.1, 13))).results).toMatchObject([{ cause: 'cold_skin' }]);
  });

  it('sees nobody where there is no skin', () => {
    expect(run(withoutAmbient(steady(24, 60))).results).toEqual([]);
  });
});
