import type { ThermometerFrame } from './screening.ts';

/**
 * Real thermopile noise changes the last digit. An object value that stays the same to 0.01 °C for this long comes
 * from a stuck module (hardware/FACTS.md#silence-and-standstill), whatever it is.
 */
const STUCK_MS = 10_000;
/** A slow module may repeat a value by chance, but not this many times. */
const STUCK_FRAMES = 20;

interface StuckWatch {
  readonly objectC: number | undefined;
  readonly sinceMs: number;
  readonly frames: number;
}

export const INITIAL_STUCK_WATCH: StuckWatch = { objectC: undefined, sinceMs: 0, frames: 0 };

/** Takes one frame. */
export function watchForStuck(watch: StuckWatch, frame: ThermometerFrame): StuckWatch {
  if (watch.objectC !== frame.objectC) return { objectC: frame.objectC, sinceMs: frame.atMs, frames: 1 };
  return { ...watch, frames: watch.frames + 1 };
}

/** Whether the module has repeated one value for so long that it must be stuck. */
export function isStuck(watch: StuckWatch, nowMs: number): boolean {
  return watch.frames >= STUCK_FRAMES && nowMs - watch.sinceMs >= STUCK_MS;
}

/** Foreheads differ from one another, and each from the room between them, by more than this (°C). */
const UNMOVED_SPREAD_C = 0.05;
/**
 * A sensor with coarse steps flickers between two neighbouring ones: less than one and a half steps is no movement.
 */
const UNMOVED_STEPS = 1.5;
/** One or two people may hold still for a while, but not for this long and this many readings. */
const UNMOVED_MS = 120_000;
const UNMOVED_READINGS = 3;
/** An unmoved sensor has to see something clearly different before it is trusted again (°C). */
const MOVED_C = 0.5;

/** Since when all values of a sensor are close together, and how many readings of people were made from them. */
export interface MovementWatch {
  readonly sinceMs: number;
  readonly minC: number;
  readonly maxC: number;
  readonly readings: number;
  readonly unmoved: boolean;
}

/** Takes one frame; `stepC` is the smallest step of the sensor's values in °C. */
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
 * Counts a reading that was used for a person. Between people a sensor sees the room: one that shows the same
 * forehead to several people, and never anything else, shows none.
 */
export function countReading(watch: MovementWatch | undefined): MovementWatch | undefined {
  return watch && { ...watch, readings: watch.readings + 1 };
}

function stillAt(objectC: number, atMs: number): MovementWatch {
  return { sinceMs: atMs, minC: objectC, maxC: objectC, readings: 0, unmoved: false };
}
