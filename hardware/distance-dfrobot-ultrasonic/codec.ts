import type { DistanceEvent } from '../../src/ports/distance-sensor.ts';
import { type FrameContent, FrameDecoder } from '../framing/frame-decoder.ts';
import { sumOf } from '../framing/sums.ts';

const LENGTH = 4;
const HEADER = 0xff;
/**
 * Longest distance that any of these modules measures. A larger value is noise or a code, such as FFFD (no echo) and
 * FFFE (disturbed).
 */
export const REACH_MM = 8000;
/** Twelve frames' worth. */
const NOISE_LIMIT = 48;

/** One frame; millimetres from 0 to 65535. */
export function encodeFrame(distanceMm: number): Uint8Array {
  const frame = Uint8Array.of(HEADER, distanceMm >> 8, distanceMm & 0xff, 0);
  frame[LENGTH - 1] = sumOf(frame, 0, LENGTH - 1);
  return frame;
}

/**
 * Finds the module's frames: FF, millimetres big-endian, sum (hardware/FACTS.md#dfrobot-ultrasonic). The frame is so
 * short that noise sometimes makes one, so the user of the distances has to require several that agree.
 */
export class DfrobotUltrasonicDecoder extends FrameDecoder<DistanceEvent> {
  constructor() {
    super({ device: 'a DFRobot ultrasonic module', noiseLimit: NOISE_LIMIT, find, read });
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  if (bytes[0] !== HEADER) return undefined;
  if (bytes.length < LENGTH) return 'incomplete';
  return sumOf(bytes, 0, LENGTH - 1) === bytes[LENGTH - 1] ? LENGTH : undefined;
}

/**
 * The content of a frame. 0 has no clear meaning: modules send it both for an object that is too near and for no
 * object.
 */
function read(frame: DataView, atMs: number): FrameContent<DistanceEvent> {
  const distanceMm = frame.getUint16(1);
  if (distanceMm === 0 || distanceMm > REACH_MM) {
    return { reading: { type: 'no_distance', cause: 'out_of_range', atMs } };
  }
  return { reading: { type: 'distance', distanceMm, atMs } };
}
