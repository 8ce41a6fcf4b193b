import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type FrameContent, FrameDecoder, findForm } from '../framing/frame-decoder.ts';
import { familyForms } from '../framing/frame-families.ts';
import { type ChipFields, lengthIfWhole, readChip } from '../framing/melexis-fields.ts';
import { sumOf } from '../framing/sums.ts';

/** The command to the module that is used (hardware/FACTS.md#cjmcu-90614). */
export const COMMANDS = {
  continuous: [0x66, 0x66, 0x01, 0x56],
} as const;

const LENGTH = 9;
const CONTINUOUS_HEADER = [0x66, 0x66, 0x01, 0x04] as const;
const DATA_FROM = 4;
const FIELDS: ChipFields = { object: 4, ambient: 6 };
/** Header of both modes. */
const ANY_HEADER = [0x66, 0x66, undefined, 0x04] as const;
/** Seven frames' worth. */
const NOISE_LIMIT = 64;

/** One frame of continuous mode; temperatures in hundredths of a degree Celsius, -327.68 to 327.67 °C. */
export function encodeFrame(objectCentiC: number, ambientCentiC: number): Uint8Array {
  const frame = new Uint8Array(LENGTH);
  frame.set(CONTINUOUS_HEADER);
  const view = new DataView(frame.buffer);
  view.setInt16(FIELDS.object, objectCentiC);
  view.setInt16(FIELDS.ambient, ambientCentiC);
  frame[LENGTH - 1] = sumOf(frame, DATA_FROM, LENGTH - 1);
  return frame;
}

/**
 * Finds the module's frames: 66 66, mode, 04, four data bytes, sum of the data alone (hardware/FACTS.md#cjmcu-90614).
 */
export class Cjmcu90614Decoder extends FrameDecoder<ThermometerEvent> {
  constructor() {
    super({ device: 'a CJMCU-90614', family: 'cjmcu-90614', noiseLimit: NOISE_LIMIT, find, read });
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  const found = findForm(bytes, familyForms('cjmcu-90614'));
  return typeof found === 'number' ? lengthIfWhole(bytes, found, FIELDS, ANY_HEADER) : found;
}

function read(frame: DataView, atMs: number): FrameContent<ThermometerEvent> {
  return readChip(frame, FIELDS, { atMs });
}
