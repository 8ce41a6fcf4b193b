import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type FrameContent, FrameDecoder, findForm } from '../framing/frame-decoder.ts';
import { familyForms } from '../framing/frame-families.ts';
import { sumOf } from '../framing/sums.ts';

const LENGTH = 6;
const HEADER = [0xaa, 0x55, 0x06] as const;
const TENTHS_MAX = 9;
/**
 * Values above this are not readings, even with a right sum: nothing in front of a gate is so hot, and 255.9 is all
 * ones.
 */
const BELIEVED_MAX_C = 120;
/** Length of four frames, so that noise is reported before two bad seconds count as silence. */
const NOISE_LIMIT = 24;

/** One frame; tenths of a degree Celsius from 0 to 2559. */
export function encodeFrame(deciC: number): Uint8Array {
  const frame = Uint8Array.of(...HEADER, Math.floor(deciC / 10), deciC % 10, 0);
  frame[LENGTH - 1] = sumOf(frame, 0, LENGTH - 1);
  return frame;
}

/** Finds the board's frames: AA 55 06, whole degrees, tenths, sum (hardware/FACTS.md#idc-50). */
export class Idc50Decoder extends FrameDecoder<ThermometerEvent> {
  constructor() {
    super({ device: 'an IDC-50', family: 'idc-50', noiseLimit: NOISE_LIMIT, find, read });
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  return findForm(bytes, familyForms('idc-50'));
}

/** The content of a frame. 0.0 is ambiguous: both bytes are unsigned, so it is sent for "colder" and for "no value". */
function read(frame: DataView, atMs: number): FrameContent<ThermometerEvent> {
  const whole = frame.getUint8(3);
  const tenths = frame.getUint8(4);
  const objectC = (whole * 10 + tenths) / 10;
  if (tenths > TENTHS_MAX || objectC === 0 || objectC > BELIEVED_MAX_C) {
    return {
      cause: 'sensor_invalid',
      detail: `The board sends frames without a value (0, or above ${BELIEVED_MAX_C} °C). Let it warm up; if it stays so, cut its power for a moment or replace it.`,
    };
  }
  return { reading: { type: 'frame', frame: { objectC, atMs } } };
}
