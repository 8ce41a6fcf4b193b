import type { FrameContent } from './frame-decoder.ts';

/** Raw fields that a Melexis chip sends for "no value": error flag and cold start (hardware-facts 1.10). */
const NO_VALUE = [0x0000, 0xffff, 0x7fff];

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
