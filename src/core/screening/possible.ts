import type { ThermometerFrame } from './screening.ts';

/**
 * Possible readings of an infrared sensor at a gate (°C): the range of the Melexis chips, from polar sky to a lamp.
 */
const OBJECT_MIN_C = -70;
const OBJECT_MAX_C = 380;
/** Temperatures of its own at which such a sensor works (°C). */
const SENSOR_MIN_C = -40;
const SENSOR_MAX_C = 125;
/** No living body is warmer (°C). */
const BODY_MAX_C = 45;

/** Whether a sensor can have measured this, in degrees Celsius; false for anything but a number. */
export function isObjectPossible(objectC: number): boolean {
  return objectC >= OBJECT_MIN_C && objectC <= OBJECT_MAX_C;
}

/** Whether a sensor can have this temperature itself, in degrees Celsius; false for anything but a number. */
export function isSensorPossible(ambientC: number): boolean {
  return ambientC >= SENSOR_MIN_C && ambientC <= SENSOR_MAX_C;
}

/** Whether all values of a frame are possible, except its body estimate, which is judged together with the skin. */
export function isFramePossible({ objectC, ambientC }: ThermometerFrame): boolean {
  return isObjectPossible(objectC) && (ambientC === undefined || isSensorPossible(ambientC));
}

/**
 * Whether `bodyC` can be the core temperature of a body whose skin has `objectC`: the core is never colder (both °C).
 */
export function isEstimatePossible(bodyC: number, objectC: number): boolean {
  return bodyC >= objectC && bodyC <= BODY_MAX_C;
}
