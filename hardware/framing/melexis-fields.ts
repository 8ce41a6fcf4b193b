import { isObjectPossible, isSensorPossible } from '../../src/core/screening/possible.ts';
import type { ThermometerFrame } from '../../src/core/screening/screening.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import type { FrameContent } from './frame-decoder.ts';
import { begins } from './frame-families.ts';

/**
 * Field values that mean "no value" (hardware/FACTS.md#no-value): what the chip sends with its error flag and at a
 * cold start, and what a board computes from that in hundredths (raw x 2 - 27315, cut to two bytes).
 */
const NO_VALUE = [0x0000, 0xffff, 0x7fff, 0x954b, 0x954d];

/** Where the two temperatures of a frame begin. */
export interface ChipFields {
  readonly object: number;
  readonly ambient: number;
}

/** A temperature field: two bytes, big-endian, signed, hundredths of a degree Celsius; undefined for "no value". */
export function centiField(frame: DataView, at: number): number | undefined {
  return NO_VALUE.includes(frame.getUint16(at)) ? undefined : frame.getInt16(at) / 100;
}

/**
 * The reading of a frame, or why it has none.
 * @param more what the module sends besides the two temperatures
 */
export function readChip(
  frame: DataView,
  fields: ChipFields,
  more: Omit<ThermometerFrame, 'objectC' | 'ambientC'>,
): FrameContent<ThermometerEvent> {
  const objectC = centiField(frame, fields.object);
  const ambientC = centiField(frame, fields.ambient);
  if (objectC === undefined || ambientC === undefined) return WITHOUT_VALUE;
  if (!isSensorPossible(ambientC)) return impossible(`a temperature of its own of ${ambientC} °C`);
  if (!isObjectPossible(objectC)) return impossible(`an object of ${objectC} °C`);
  return { reading: { type: 'frame', frame: { objectC, ambientC, ...more } } };
}

/**
 * Length of the frame that `bytes` begin with, whose sum is already known to be right. When bytes are lost, a torn
 * frame and the one behind it may have a correct one-byte sum by chance. Such a frame has impossible values, mostly
 * header bytes such as 262 or -217 °C, and contains the header of the real frame. If it contains no header, the frame
 * is complete and its value is wrong.
 */
export function lengthIfWhole(
  bytes: readonly number[],
  length: number,
  fields: ChipFields,
  header: readonly (number | undefined)[],
): number | 'incomplete' | undefined {
  const frame = new DataView(Uint8Array.from(bytes.slice(0, length)).buffer);
  const objectC = centiField(frame, fields.object);
  const ambientC = centiField(frame, fields.ambient);
  const isPossible =
    (objectC === undefined || isObjectPossible(objectC)) &&
    (ambientC === undefined || isSensorPossible(ambientC));
  if (isPossible) return length;
  for (let at = 1; at < length; at++) {
    const rest = bytes.slice(at, at + header.length);
    if (begins(rest, header)) return rest.length < header.length ? 'incomplete' : undefined;
  }
  return length;
}

/** The fault of a frame without a value. The decoder adds the bytes. */
const WITHOUT_VALUE = {
  cause: 'sensor_invalid',
  detail:
    'The module sends frames without a value. Let it warm up; if it stays so, cut its power for a moment or replace it.',
} as const satisfies FrameContent<never>;

function impossible(what: string): FrameContent<never> {
  return {
    cause: 'sensor_invalid',
    detail: `The module sends ${what}, which its chip cannot measure. Cut its power for a moment; if it stays so, replace it.`,
  };
}
