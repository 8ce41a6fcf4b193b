import { isEstimatePossible, isFramePossible } from './possible.ts';
import type { Measurement, NotMeasurableCause, ScreeningSettings, ThermometerFrame } from './screening.ts';

/** Frames of one measurement (hardware/FACTS.md#measuring). */
export const FRAMES_WANTED = 9;
const FRAMES_NEEDED = 7;
/** A frame that differs from the median by more than this is dropped (°C). */
const OUTLIER_C = 0.5;
/** At least this many frames must remain, within this spread (°C). */
const KEPT_NEEDED = 5;
const SPREAD_MAX_C = 0.4;
/**
 * Frames within this of each other need no more of them (°C): the noise of a thermopile and nothing else. A forehead that
 * comes, or warms, changes more.
 */
const QUIET_C = 0.08;
/** Colder or warmer objects are not skin (hardware/FACTS.md#skin-and-surroundings). */
export const SKIN_POSSIBLE_MIN_C = 30;

type JudgedFrames =
  | { readonly status: 'measured'; readonly measurement: Measurement }
  | { readonly status: 'problem'; readonly cause: NotMeasurableCause; readonly measurement?: Measurement };

/**
 * Middle value; the higher of the two middle ones of an even count, because that one was really read and is not
 * nearer to normal.
 */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Adds two readings in hundredths, so that 36.5 + 0.6 is 37.1 and not 37.1000…1. */
function addC(a: number, b: number): number {
  return Math.round((a + b) * 100) / 100;
}

/**
 * The number that the threshold applies to, with name and version of the model that made it; undefined if the module
 * has no possible estimate.
 */
function estimate(
  objectC: number,
  kept: readonly ThermometerFrame[],
  settings: ScreeningSettings,
): { estimateC: number; model: string } | undefined {
  switch (settings.estimate) {
    case 'object':
      return { estimateC: objectC, model: 'none/1' };
    case 'offset':
      return { estimateC: addC(objectC, settings.offsetC), model: 'offset/1' };
    case 'module': {
      const estimateC = moduleEstimate(objectC, kept);
      return estimateC === undefined ? undefined : { estimateC, model: 'module/1' };
    }
  }
}

/** An estimate needs as many good values as the surface, so that one plausible value by chance decides nothing. */
function moduleEstimate(objectC: number, kept: readonly ThermometerFrame[]): number | undefined {
  const bodies = kept.flatMap(({ bodyC, objectC: skinC }) =>
    bodyC !== undefined && isEstimatePossible(bodyC, skinC) ? [bodyC] : [],
  );
  const bodyC = median(bodies);
  return bodies.length >= KEPT_NEEDED && isEstimatePossible(bodyC, objectC) ? bodyC : undefined;
}

/** The median (°C) of a few frames of something that keeps still but for one of them; undefined: it moves. */
export function enoughAlike(frames: readonly ThermometerFrame[]): number | undefined {
  const middle = median(frames.map(({ objectC }) => objectC));
  const farFirst = [...frames].sort((a, b) => Math.abs(b.objectC - middle) - Math.abs(a.objectC - middle));
  const kept = farFirst.slice(1).map(({ objectC }) => objectC);
  return Math.max(...kept) - Math.min(...kept) > SPREAD_MAX_C + 1e-9 ? undefined : middle;
}

/** Whether further frames would say the same: there are enough, and none is far from another. */
export function isQuiet(frames: readonly ThermometerFrame[]): boolean {
  if (!enoughFrames(frames)) return false;
  const objects = frames.map(({ objectC }) => objectC);
  return Math.max(...objects) - Math.min(...objects) <= QUIET_C + 1e-9;
}

/** Whether there are enough frames to judge them before the time is up. */
export function enoughFrames(frames: readonly ThermometerFrame[]): boolean {
  return frames.length >= FRAMES_NEEDED;
}

/**
 * Judges the frames of one forehead. The object value of the result is the median of what was read, never a value
 * computed towards normal.
 */
export function judgeFrames(frames: readonly ThermometerFrame[], settings: ScreeningSettings): JudgedFrames {
  if (!frames.every(isFramePossible)) return { status: 'problem', cause: 'sensor_invalid' };
  if (!enoughFrames(frames)) return { status: 'problem', cause: 'unstable' };
  const middle = median(frames.map((frame) => frame.objectC));
  const kept = frames.filter((frame) => Math.abs(frame.objectC - middle) <= OUTLIER_C);
  const objects = kept.map((frame) => frame.objectC);
  if (kept.length < KEPT_NEEDED || Math.max(...objects) - Math.min(...objects) > SPREAD_MAX_C + 1e-9) {
    return { status: 'problem', cause: 'unstable' };
  }
  const objectC = median(objects);
  const ambients = kept.flatMap(({ ambientC }) => (ambientC === undefined ? [] : [ambientC]));
  const ambientC = ambients.length > 0 ? median(ambients) : undefined;
  const cause = whyNotMeasurable(objectC, ambientC, settings);
  const estimated = estimate(objectC, kept, settings);
  // A problem of the person or the place has priority: a cup of tea has no body estimate either.
  if (estimated === undefined) return { status: 'problem', cause: cause ?? 'sensor_invalid' };
  const last = frames.at(-1);
  const measurement: Measurement = {
    objectC,
    ...(ambientC === undefined ? {} : { ambientC }),
    ...estimated,
    atMs: last === undefined ? 0 : last.atMs,
    frames: kept.length,
  };
  return cause === undefined
    ? { status: 'measured', measurement }
    : { status: 'problem', cause, measurement };
}

/**
 * Why skin or something else of `objectC` (°C) is no reading. Cold skin has priority over the environment: a person from -13 °C has both, and waiting indoors helps. Skin below
 * the limit is called cold with a warm sensor too (hardware/FACTS.md#cold-skin).
 */
export function whyNotMeasurable(
  objectC: number,
  ambientC: number | undefined,
  settings: ScreeningSettings,
): NotMeasurableCause | undefined {
  const coldPlace = ambientC !== undefined && ambientC < settings.ambientMinC;
  if (objectC > settings.skinMaxC) return 'out_of_skin_range';
  if (objectC < settings.skinMinC && (coldPlace || objectC >= SKIN_POSSIBLE_MIN_C)) return 'cold_skin';
  if (objectC < SKIN_POSSIBLE_MIN_C) return 'out_of_skin_range';
  if (ambientC === undefined) return settings.unknownAmbient === 'accept' ? undefined : 'environment';
  return coldPlace || ambientC > settings.ambientMaxC ? 'environment' : undefined;
}
