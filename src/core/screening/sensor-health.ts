import type { ThermometerFrame } from './screening.ts';

/**
 * Real thermopile noise moves the last digit; an object value that stays the same to 0.01 °C for this long comes
 * from a stuck module (hardware/FACTS.md#silence-and-standstill), whatever it says.
 */
const STUCK_MS = 10_000;
/** A slow module repeats itself by chance; this many equal frames do not happen by chance. */
const STUCK_FRAMES = 20;

interface StuckWatch {
  readonly objectC: number | undefined;
  readonly sinceMs: number;
  readonly frames: number;
}

export const INITIAL_STUCK_WATCH: StuckWatch = { objectC: undefined, sinceMs: 0, frames: 0 };

/** Follows one frame. */
export function watchForStuck(watch: StuckWatch, frame: ThermometerFrame): StuckWatch {
  if (watch.objectC !== frame.objectC) return { objectC: frame.objectC, sinceMs: frame.atMs, frames: 1 };
  return { ...watch, frames: watch.frames + 1 };
}

/** Whether the module repeats one value for so long that it must be stuck. */
export function isStuck(watch: StuckWatch, nowMs: number): boolean {
  return watch.frames >= STUCK_FRAMES && nowMs - watch.sinceMs >= STUCK_MS;
}

/** Foreheads differ by more than this from one to the next, and every one from the room between them (°C). */
const UNMOVED_SPREAD_C = 0.05;
/** A sensor of coarse steps flickers between two neighbouring ones: one and a half of its steps are no movement. */
const UNMOVED_STEPS = 1.5;
/** One person may hold still for a while, and so may two: this long and for so many readings nobody does. */
const UNMOVED_MS = 120_000;
const UNMOVED_READINGS = 3;
/** What was unmoved has to see something clearly different before it is believed again (°C). */
const MOVED_C = 0.5;

/** Since when all values of a sensor lie close together, and how many readings of people were made of them. */
export interface MovementWatch {
  readonly sinceMs: number;
  readonly minC: number;
  readonly maxC: number;
  readonly readings: number;
  readonly unmoved: boolean;
}

/** Follows one frame; `stepC` is the smallest step of the sensor's values in °C. */
export function watchMovement(
  watch: MovementWatch | undefined,
  { objectC, atMs }: ThermometerFrame,
  stepC: number,
): MovementWatch {
  if (watch === undefined) return stillAt(objectC, atMs);
  if (watch.unmoved) {
    const still = objectC > watch.minC - MOVED_C && objectC < watch.maxC + MOVED_C;
    return still ? watch : stillAt(objectC, atMs);
  }
  const minC = Math.min(watch.minC, objectC);
  const maxC = Math.max(watch.maxC, objectC);
  // Rounded, because 36.53 - 36.48 is not quite 0.05.
  const spreadC = Math.round((maxC - minC) * 1000) / 1000;
  if (spreadC >= Math.max(UNMOVED_SPREAD_C, UNMOVED_STEPS * stepC)) return stillAt(objectC, atMs);
  const unmoved = watch.readings >= UNMOVED_READINGS && atMs - watch.sinceMs >= UNMOVED_MS;
  return { ...watch, minC, maxC, unmoved };
}

/**
 * A reading was used for a person. Between people a sensor sees the room: one that shows the same forehead to several
 * of them, and never anything else, shows none.
 */
export function countReading(watch: MovementWatch | undefined): MovementWatch | undefined {
  return watch && { ...watch, readings: watch.readings + 1 };
}

function stillAt(objectC: number, atMs: number): MovementWatch {
  return { sinceMs: atMs, minC: objectC, maxC: objectC, readings: 0, unmoved: false };
}
