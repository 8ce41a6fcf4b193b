/** Where the forehead is according to a distance sensor. `unknown`: no sensor, or no reliable reading. */
export type Nearness = 'unknown' | 'nobody' | 'too_far' | 'right' | 'too_close';

/** Distances at which the thermometer measures a forehead, in millimetres. */
export interface DistanceWindow {
  readonly minMm: number;
  readonly maxMm: number;
}

/** A person further away does not intend to be measured. */
const REACH_MM = 1_000;
/**
 * This many readings must agree before the person is told something else, because noise causes single wrong readings.
 */
const AGREEING = 3;
/** An older reading says nothing about now. */
const FRESH_MS = 1_000;

interface NearnessWatch {
  readonly nearness: Nearness;
  readonly candidate: Nearness;
  readonly agreeing: number;
  readonly atMs: number;
}

export const INITIAL_NEARNESS: NearnessWatch = {
  nearness: 'unknown',
  candidate: 'unknown',
  agreeing: 0,
  atMs: 0,
};

/** Takes one reading; undefined is a reading without a distance. */
export function followDistance(
  watch: NearnessWatch,
  reading: { readonly distanceMm: number | undefined; readonly atMs: number },
  window: DistanceWindow,
): NearnessWatch {
  const { atMs } = reading;
  const candidate = classify(reading.distanceMm, window);
  const fresh = atMs - watch.atMs <= FRESH_MS;
  const agreeing = fresh && candidate === watch.candidate ? Math.min(watch.agreeing + 1, AGREEING) : 1;
  const before = fresh ? watch.nearness : 'unknown';
  return { nearness: agreeing >= AGREEING ? candidate : before, candidate, agreeing, atMs };
}

/** The nearness at `nowMs`: after readings have stopped, the last one no longer counts. */
export function nearnessAt(watch: NearnessWatch, nowMs: number): Nearness {
  return nowMs - watch.atMs <= FRESH_MS ? watch.nearness : 'unknown';
}

function classify(distanceMm: number | undefined, { minMm, maxMm }: DistanceWindow): Nearness {
  if (distanceMm === undefined) return 'unknown';
  if (distanceMm < minMm) return 'too_close';
  if (distanceMm <= maxMm) return 'right';
  return distanceMm <= Math.max(REACH_MM, 2 * maxMm) ? 'too_far' : 'nobody';
}
