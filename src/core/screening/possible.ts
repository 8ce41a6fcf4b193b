import type { ThermometerFrame } from './screening.ts';

/** What an infrared sensor can see before a gate (°C): the range of the Melexis chips, from polar sky to a lamp. */
const OBJECT_MIN_C = -70;
const OBJECT_MAX_C = 380;
/** At which temperatures such a sensor itself works (°C). */
const SENSOR_MIN_C = -40;
const SENSOR_MAX_C = 125;
/** No living body is warmer (°C). */
const BODY_MAX_C = 45;

/** Whether a sensor can have seen this, in degrees Celsius; false for what is no number. */
export function isObjectPossible(objectC: number): boolean {
  return objectC >= OBJECT_MIN_C && objectC <= OBJECT_MAX_C;
}

/** Whether a sensor can be this warm itself, in degrees Celsius; false for what is no number. */
export function isSensorPossible(ambientC: number): boolean {
  return ambientC >= SENSOR_MIN_C && ambientC <= SENSOR_MAX_C;
}

/** Whether everything a frame says can be, but for its body estimate, which is judged with the skin it belongs to. */
export function isFramePossible({ objectC, ambientC }: ThermometerFrame): boolean {
  return isObjectPossible(objectC) && (ambientC === undefined || isSensorPossible(ambientC));
}

/** Whether `bodyC` can be the inside of a body whose skin has `objectC`: the inside is never colder (both °C). */
export function isEstimatePossible(bodyC: number, objectC: number): boolean {
  return bodyC >= objectC && bodyC <= BODY_MAX_C;
}
