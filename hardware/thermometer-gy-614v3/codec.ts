import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type FrameContent, FrameDecoder, findForm } from '../checksums/frame-decoder.ts';
import { familyForms } from '../checksums/frame-families.ts';
import { centiField, isAmbientPossible, WITHOUT_VALUE } from '../checksums/melexis-fields.ts';
import { sumOf } from '../checksums/sums.ts';

const LENGTH = 12;
/** Function and first register: the vendor's own are sent, any are read. */
const HEADER = [0xa4, 0x03, 0x07, 0x07] as const;
const AMBIENT_AT = 7;
/** Seven frames' worth. */
const NOISE_LIMIT = 84;

export interface Gy614v3Values {
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
  view.setInt16(5, values.objectCentiC);
  view.setInt16(7, values.ambientCentiC);
  view.setInt16(9, values.bodyCentiC);
  frame[LENGTH - 1] = sumOf(frame, 0, LENGTH - 1);
  return frame;
}

/** Finds the module's frames in a byte stream: A4, two bytes, 07, seven data bytes, sum (hardware-facts 1.2). */
export class Gy614v3Decoder extends FrameDecoder<ThermometerEvent> {
  constructor() {
    super({ device: 'a GY-614V3', family: 'gy-614v3', noiseLimit: NOISE_LIMIT, find, read });
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  const found = findForm(bytes, familyForms('gy-614v3'));
  return typeof found === 'number' && !isAmbientPossible(bytes, AMBIENT_AT) ? undefined : found;
}

/** The body estimate is left out, not the frame, where the module has none. */
function read(frame: DataView, atMs: number): FrameContent<ThermometerEvent> {
  const objectC = centiField(frame, 5);
  const ambientC = centiField(frame, AMBIENT_AT);
  const bodyC = centiField(frame, 9);
  if (objectC === undefined || ambientC === undefined) return WITHOUT_VALUE;
  const emissivity = frame.getUint8(4) / 100;
  return {
    reading: {
      type: 'frame',
      frame: { objectC, ambientC, ...(bodyC === undefined ? {} : { bodyC }), emissivity, atMs },
    },
  };
}
