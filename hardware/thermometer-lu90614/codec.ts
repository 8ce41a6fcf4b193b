import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { type FrameContent, FrameDecoder, findForm } from '../framing/frame-decoder.ts';
import { familyForms } from '../framing/frame-families.ts';
import { sumOf } from '../framing/sums.ts';

/** Commands to the module (hardware/FACTS.md#lu90614). */
export const COMMANDS = {
  bodyMode: [0xfa, 0xc5, 0xbf],
  surfaceMode: [0xfa, 0xc6, 0xc0],
  measure: [0xfa, 0xca, 0xc4],
} as const;

export const MODES = { body: 0xac, surface: 0xaa } as const;

const LENGTH = 9;
const HEADER = 0xfe;
/**
 * Values above this are not readings, even with a right sum. Nothing in front of a gate is so hot, and the chip's "no
 * value" is above: 382.19 °C cut to one byte of degrees, or its hundredths byte by byte (149.75).
 */
const BELIEVED_MAX_C = 120;
const HUNDREDTHS_MAX = 99;
/** Clearly more than one answer, because the module sends only when polled. */
const NOISE_LIMIT = 12;
/** After this many answers in the other mode, they are not late answers any more. */
const OTHER_MODE_LIMIT = 3;

/** One answer; hundredths of a degree Celsius from 0 to 25599. */
export function encodeFrame(centiC: number, mode: number = MODES.surface): Uint8Array {
  const frame = new Uint8Array(LENGTH);
  frame.set([HEADER, mode, Math.floor(centiC / 100), centiC % 100]);
  frame[LENGTH - 1] = sumOf(frame, 0, LENGTH - 1);
  return frame;
}

/**
 * Finds the module's answers: FE, mode, whole degrees, hundredths, four bytes, sum (hardware/FACTS.md#lu90614). Answers
 * of body mode are never readings, because they are an estimate, even if they look like a surface value.
 */
export class Lu90614Decoder extends FrameDecoder<ThermometerEvent> {
  #otherMode = 0;

  constructor() {
    super({
      device: 'an LU90614',
      family: 'lu90614',
      noiseLimit: NOISE_LIMIT,
      find: (bytes) => findForm(bytes, familyForms('lu90614')),
      read: (frame, atMs) => this.#read(frame, atMs),
    });
  }

  /** Whether the last answer was of body mode; then the mode has to be set again. */
  get isInOtherMode(): boolean {
    return this.#otherMode > 0;
  }

  #read(frame: DataView, atMs: number): FrameContent<ThermometerEvent> {
    if (frame.getUint8(1) !== MODES.surface) return this.#refuseOtherMode();
    this.#otherMode = 0;
    const whole = frame.getUint8(2);
    const hundredths = frame.getUint8(3);
    const objectC = (whole * 100 + hundredths) / 100;
    if (hundredths > HUNDREDTHS_MAX || objectC > BELIEVED_MAX_C || objectC === 0) {
      return {
        cause: 'sensor_invalid',
        detail: `The module sends answers without a value (0, or above ${BELIEVED_MAX_C} °C). Let it warm up; if it stays so, cut its power for a moment or replace it.`,
      };
    }
    return { reading: { type: 'frame', frame: { objectC, atMs } } };
  }

  #refuseOtherMode(): FrameContent<ThermometerEvent> {
    this.#otherMode = Math.min(this.#otherMode + 1, OTHER_MODE_LIMIT);
    if (this.#otherMode < OTHER_MODE_LIMIT) return undefined;
    return {
      cause: 'sensor_invalid',
      detail:
        'The module stays in body mode although it was told to measure the surface. Check the wire to its RX; cut its power for a moment.',
    };
  }
}
