import type { DistanceEvent } from '../../src/ports/distance-sensor.ts';
import { type FrameContent, FrameDecoder, findForm } from '../framing/frame-decoder.ts';
import { familyForms } from '../framing/frame-families.ts';
import { sumOf } from '../framing/sums.ts';

/** The order of the maker's own samples for sending continuously. */
export const COMMANDS = { continuous: [0xa5, 0x45, 0xea] } as const;

const LENGTH = 8;
const HEADER = [0x5a, 0x5a, 0x15, 0x03] as const;
/** Distances that mean that the chip sees nothing; 8190 and 8191 of the VL53L0X are beyond its range. */
const NOTHING_MM = [0, 20];
/** Longest distance that VL53L0X and VL53L1X measure. */
export const REACH_MM = 4000;
/** Seven frames' worth. */
const NOISE_LIMIT = 56;

/** One frame; millimetres from 0 to 65535, and the mode of measuring. */
export function encodeFrame(distanceMm: number, mode = 1): Uint8Array {
  const frame = Uint8Array.of(...HEADER, distanceMm >> 8, distanceMm & 0xff, mode, 0);
  frame[LENGTH - 1] = sumOf(frame, 0, LENGTH - 1);
  return frame;
}

/** Finds the module's frames: 5A 5A 15 03, millimetres big-endian, mode, sum (hardware/FACTS.md#gy-53). */
export class Gy53Decoder extends FrameDecoder<DistanceEvent> {
  constructor() {
    super({ device: 'a GY-53', family: 'gy-53', noiseLimit: NOISE_LIMIT, find, read });
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  return findForm(bytes, familyForms('gy-53'));
}

function read(frame: DataView, atMs: number): FrameContent<DistanceEvent> {
  const distanceMm = frame.getUint16(4);
  if (NOTHING_MM.includes(distanceMm) || distanceMm > REACH_MM) {
    return { reading: { type: 'no_distance', cause: 'out_of_range', atMs } };
  }
  return { reading: { type: 'distance', distanceMm, atMs } };
}
