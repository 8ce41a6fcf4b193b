import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type FrameContent, FrameDecoder, type FrameFormat } from '../framing/frame-decoder.ts';
import { begins } from '../framing/frame-families.ts';
import { type ChipFields, lengthIfWhole, readChip } from '../framing/melexis-fields.ts';
import { sumOf } from '../framing/sums.ts';

/**
 * Commands to the module (hardware/FACTS.md#gy-mcu9061x). Both speed commands take effect after the next power cycle.
 */
export const COMMANDS = {
  continuous: [0xa5, 0x45, 0xea],
  query: [0xa5, 0x15, 0xba],
  baud9600: [0xa5, 0xae, 0x53],
  baud115200: [0xa5, 0xaf, 0x54],
  sendAfterPowerOn: [0xa5, 0x51, 0xf6],
  silentAfterPowerOn: [0xa5, 0x52, 0xf7],
} as const;

const HEADER = [0x5a, 0x5a, 0x45] as const;
/** Object and ambient, two bytes each. */
const DATA_BYTES = 4;
const DATA_HEADER = [...HEADER, DATA_BYTES] as const;
const FIELDS: ChipFields = { object: 4, ambient: 6 };
/** Longest data part; a longer one counts as noise. Bounds the buffer to 21 bytes. */
const MAX_DATA_BYTES = 16;
/** Seven frames' worth. */
const NOISE_LIMIT = 64;

/** One frame; temperatures in hundredths of a degree Celsius, -327.68 to 327.67 °C. */
export function encodeFrame(objectCentiC: number, ambientCentiC: number): Uint8Array {
  const frame = new Uint8Array(9);
  frame.set([...HEADER, DATA_BYTES]);
  const view = new DataView(frame.buffer);
  view.setInt16(FIELDS.object, objectCentiC);
  view.setInt16(FIELDS.ambient, ambientCentiC);
  frame[8] = sumOf(frame, 0, 8);
  return frame;
}

/** 5A 5A 45 n, n data bytes, low byte of the sum of everything before (hardware/FACTS.md#gy-mcu9061x). */
const FORMAT: FrameFormat<ThermometerEvent> = {
  device: 'a GY-MCU90614 or GY-MCU90615',
  family: 'gy-mcu9061x',
  noiseLimit: NOISE_LIMIT,
  find,
  read,
};

/** Finds the module's frames in a byte stream. */
export class GyMcu9061xDecoder extends FrameDecoder<ThermometerEvent> {
  constructor() {
    super(FORMAT);
  }
}

function find(bytes: readonly number[]): number | 'incomplete' | undefined {
  if (!begins(bytes, HEADER)) return undefined;
  const dataBytes = bytes[HEADER.length];
  if (dataBytes === undefined) return 'incomplete';
  if (dataBytes === 0 || dataBytes > MAX_DATA_BYTES) return undefined;
  const length = frameLength(dataBytes);
  if (bytes.length < length) return 'incomplete';
  if (sumOf(bytes, 0, length - 1) !== bytes[length - 1]) return undefined;
  // If the fifth byte is 0E, as at body temperature, a frame torn after it always has a correct sum with the next one.
  return dataBytes === DATA_BYTES ? lengthIfWhole(bytes, length, FIELDS, DATA_HEADER) : length;
}

function read(frame: DataView, atMs: number): FrameContent<ThermometerEvent> {
  if (frame.byteLength !== frameLength(DATA_BYTES)) {
    return {
      cause: 'sensor_framing',
      detail:
        'The module sends frames of a form that is not known; nothing is guessed from them. It may be a newer firmware: note the bytes for the maintainers.',
    };
  }
  return readChip(frame, FIELDS, { atMs });
}

function frameLength(dataBytes: number): number {
  return HEADER.length + 1 + dataBytes + 1;
}
