import type { DistanceEvent } from '../../src/ports/distance-sensor.ts';
import { type FrameContent, FrameDecoder, findForm } from '../checksums/frame-decoder.ts';
import { familyForms } from '../checksums/frame-families.ts';
import { sumOf } from '../checksums/sums.ts';

const LENGTH = 9;
const HEADER = [0x59, 0x59] as const;
/** Weaker echoes are not to be believed; all ones means too much light (TF-Luna manual, hardware-facts 1.7). */
const WEAK_BELOW = 100;
const SATURATED = 0xffff;
const NOTHING = 0xffff;
/** Seven frames' worth. */
const NOISE_LIMIT = 63;

/** One frame; centimetres from 0 to 65535, strength of the echo, chip temperature in eighths of a degree above -256. */
export function encodeFrame(distanceCm: number, strength = 1000, chipEighths = 0x0918): Uint8Array {
  const frame = new Uint8Array(LENGTH);
  const view = new DataView(frame.buffer);
  frame.set(HEADER);
  view.setUint16(2, distanceCm, true);
  view.setUint16(4, strength, true);
  view.setUint16(6, chipEighths, true);
  frame[LENGTH - 1] = sumOf(frame, 0, LENGTH - 1);
  return frame;
}

/** Finds the module's frames: 59 59, centimetres, strength, temperature, little-endian, sum (hardware-facts 1.7). */
export class TfLunaDecoder extends FrameDecoder<DistanceEvent> {
  constructor() {
    super({ device: 'a TFmini or TF-Luna', family: 'tf-luna', noiseLimit: NOISE_LIMIT, find, read });
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  return findForm(bytes, familyForms('tf-luna'));
}

function read(frame: DataView, atMs: number): FrameContent<DistanceEvent> {
  const distanceCm = frame.getUint16(2, true);
  const strength = frame.getUint16(4, true);
  if (strength === SATURATED) return { reading: { type: 'no_distance', cause: 'saturated', atMs } };
  if (strength < WEAK_BELOW) return { reading: { type: 'no_distance', cause: 'too_weak', atMs } };
  if (distanceCm === 0 || distanceCm === NOTHING) {
    return { reading: { type: 'no_distance', cause: 'out_of_range', atMs } };
  }
  return { reading: { type: 'distance', distanceMm: distanceCm * 10, atMs } };
}
