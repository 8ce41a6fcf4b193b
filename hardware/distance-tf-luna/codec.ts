import type { DistanceEvent, NoDistanceCause } from '../../src/ports/distance-sensor.ts';
import { type FrameContent, FrameDecoder, findForm } from '../framing/frame-decoder.ts';
import { familyForms } from '../framing/frame-families.ts';
import { sumOf } from '../framing/sums.ts';

const LENGTH = 9;
const HEADER = [0x59, 0x59] as const;
/**
 * Echoes that are not reliable: weaker than this, or stronger than possible (TF-Luna manual,
 * hardware/FACTS.md#tf-luna).
 */
const WEAK_BELOW = 100;
const STRONGEST = 32_768;
/** Values that are not distances (TFmini-S manual): -1 weak echo, -2 saturated echo, -4 saturated by ambient light. */
const WEAK = 0xffff;
const SATURATED = [0xfffe, 0xfffc];
/** Longest distance that these modules measure. */
export const REACH_CM = 1200;
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

/**
 * Finds the module's frames: 59 59, centimetres, strength, temperature, little-endian, sum (hardware/FACTS.md#tf-luna).
 */
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
  const cause = whyNone(distanceCm, strength);
  if (cause !== undefined) return { reading: { type: 'no_distance', cause, atMs } };
  return { reading: { type: 'distance', distanceMm: distanceCm * 10, atMs } };
}

function whyNone(distanceCm: number, strength: number): NoDistanceCause | undefined {
  if (strength > STRONGEST || SATURATED.includes(distanceCm)) return 'saturated';
  if (strength < WEAK_BELOW || distanceCm === WEAK) return 'too_weak';
  return distanceCm === 0 || distanceCm > REACH_CM ? 'out_of_range' : undefined;
}
