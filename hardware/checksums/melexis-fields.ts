import type { FrameContent } from './frame-decoder.ts';

/** Raw fields that a Melexis chip sends for "no value": error flag and cold start (hardware-facts 1.10). */
const NO_VALUE = [0x0000, 0xffff, 0x7fff];

/** Where the chip itself works (°C, MLX90614 data sheet). */
const AMBIENT_MIN_C = -40;
const AMBIENT_MAX_C = 125;

/**
 * Whether the ambient field at `at` holds a temperature at which the chip works, or its code for "no value". A sum of
 * one byte fits by chance when bytes are lost: a torn frame and the whole one behind it then make a false one, whose
 * ambient is mostly header bytes, such as 262 or -217 °C.
 */
export function isAmbientPossible(bytes: readonly number[], at: number): boolean {
  const ambientC = centiField(new DataView(Uint8Array.from(bytes.slice(at, at + 2)).buffer), 0);
  return ambientC === undefined || (ambientC >= AMBIENT_MIN_C && ambientC <= AMBIENT_MAX_C);
}

/** A temperature field: two bytes, big-endian, signed, hundredths of a degree Celsius; undefined for "no value". */
export function centiField(frame: DataView, at: number): number | undefined {
  return NO_VALUE.includes(frame.getUint16(at)) ? undefined : frame.getInt16(at) / 100;
}

/** What a frame without a value says. The bytes are added by the decoder. */
export const WITHOUT_VALUE = {
  cause: 'sensor_invalid',
  detail:
    'The module sends frames without a value. Let it warm up; if it stays so, cut its power for a moment or replace it.',
} as const satisfies FrameContent<never>;
