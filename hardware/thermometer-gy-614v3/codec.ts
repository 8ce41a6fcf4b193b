import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type FrameContent, FrameDecoder, findForm } from '../framing/frame-decoder.ts';
import { familyForms } from '../framing/frame-families.ts';
import { type ChipFields, centiField, lengthIfWhole, readChip } from '../framing/melexis-fields.ts';
import { sumOf } from '../framing/sums.ts';

const LENGTH = 12;
/** Header with function and first register. The vendor's own values are sent; any values are accepted when reading. */
const HEADER = [0xa4, 0x03, 0x07, 0x07] as const;
const ANY_HEADER = [0xa4, undefined, undefined, 0x07] as const;
const FIELDS: ChipFields = { object: 5, ambient: 7 };
const BODY_AT = 9;
/** Seven frames' worth. */
const NOISE_LIMIT = 84;

interface Gy614v3Values {
  readonly objectCentiC: number;
  readonly ambientCentiC: number;
  readonly bodyCentiC: number;
  readonly emissivityPercent: number;
}

/** One frame; temperatures in hundredths of a degree Celsius, -327.68 to 327.67 °C. */
export function encodeFrame(values: Gy614v3Values): Uint8Array {
  const frame = new Uint8Array(LENGTH);
  frame.set([...HEADER, values.emissivityPercent]);
  const view = new DataView(frame.buffer);
  view.setInt16(FIELDS.object, values.objectCentiC);
  view.setInt16(FIELDS.ambient, values.ambientCentiC);
  view.setInt16(BODY_AT, values.bodyCentiC);
  frame[LENGTH - 1] = sumOf(frame, 0, LENGTH - 1);
  return frame;
}

/**
 * Finds the module's frames in a byte stream: A4, two bytes, 07, seven data bytes, sum (hardware/FACTS.md#gy-614v3).
 */
export class Gy614v3Decoder extends FrameDecoder<ThermometerEvent> {
  constructor() {
    super({ device: 'a GY-614V3', family: 'gy-614v3', noiseLimit: NOISE_LIMIT, find, read });
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  const found = findForm(bytes, familyForms('gy-614v3'));
  return typeof found === 'number' ? lengthIfWhole(bytes, found, FIELDS, ANY_HEADER) : found;
}

/** The content of a frame. If the module has no body estimate only that is left out. */
function read(frame: DataView, atMs: number): FrameContent<ThermometerEvent> {
  const bodyC = centiField(frame, BODY_AT);
  const emissivity = frame.getUint8(4) / 100;
  return readChip(frame, FIELDS, { ...(bodyC === undefined ? {} : { bodyC }), emissivity, atMs });
}
