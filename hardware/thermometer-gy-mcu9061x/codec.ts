import type { SensorFault } from '../../src/core/screening/screening.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { foreignFrame, sumOf } from './foreign-families.ts';

/** Orders to the module (hardware-facts 1.1). Both speeds hold after the next power cycle. */
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
/** Longest data part that is waited for; a longer one is taken for noise. Bounds the buffer at 21 bytes. */
const MAX_DATA_BYTES = 16;
/** Bytes without a valid frame after which something is wrong: seven frames' worth. */
const FRAMING_BYTES = 64;
const SHOWN_BYTES = 16;
/** Raw fields that the sensor chip sends for "no value" (hardware-facts 1.10). */
const INVALID_FIELDS = [0x0000, 0xffff, 0x7fff];

/** One frame; temperatures in hundredths of a degree Celsius, -327.68 to 327.67 °C. */
export function encodeFrame(objectCentiC: number, ambientCentiC: number): Uint8Array {
  const frame = new Uint8Array(9);
  frame.set([...HEADER, DATA_BYTES]);
  const view = new DataView(frame.buffer);
  view.setInt16(4, objectCentiC);
  view.setInt16(6, ambientCentiC);
  frame[8] = sumOf(frame, 0, 8);
  return frame;
}

/**
 * Finds the module's frames in a byte stream (hardware-facts 1.1): 5A 5A 45 n, n data bytes, low byte of the sum of
 * everything before. After a failed check it goes on one byte later, because 5A occurs in data. A frame is stamped
 * with the arrival of its own last byte, also when it is found later.
 */
export class GyMcu9061xDecoder {
  readonly #bytes: number[] = [];
  readonly #arrivalsMs: number[] = [];
  readonly #reported = new Set<SensorFault>();
  readonly #noise: number[] = [];
  #noiseBytes = 0;
  #wholeFrames = 0;

  /** Frames with a right checksum so far, of whatever family and value: the line's speed is right when there is one. */
  get wholeFrames(): number {
    return this.#wholeFrames;
  }

  /** @param atMs monotonic milliseconds at which `bytes` arrived */
  push(bytes: Uint8Array, atMs: number): ThermometerEvent[] {
    const events: ThermometerEvent[] = [];
    for (const byte of bytes) {
      this.#bytes.push(byte);
      this.#arrivalsMs.push(atMs);
      while (this.#bytes.length > 0) {
        if (!this.#step(events)) break;
      }
    }
    return events;
  }

  /** Takes a frame or one byte of noise off the front; false when more bytes have to come first. */
  #step(events: ThermometerEvent[]): boolean {
    const own = this.#ownFrameLength();
    if (own === 'incomplete') return false;
    if (own !== undefined) {
      this.#takeOwn(own, events);
      return true;
    }
    const foreign = foreignFrame(this.#bytes);
    if (foreign === 'incomplete') return false;
    if (foreign === undefined) this.#takeNoise(events);
    else this.#takeForeign(foreign, events);
    return true;
  }

  #ownFrameLength(): number | 'incomplete' | undefined {
    const bytes = this.#bytes;
    if (!HEADER.every((byte, at) => at >= bytes.length || bytes[at] === byte)) return undefined;
    const dataBytes = bytes[HEADER.length];
    if (dataBytes === undefined) return 'incomplete';
    if (dataBytes === 0 || dataBytes > MAX_DATA_BYTES) return undefined;
    const length = frameLength(dataBytes);
    if (bytes.length < length) return 'incomplete';
    return sumOf(bytes, 0, length - 1) === bytes[length - 1] ? length : undefined;
  }

  #takeOwn(length: number, events: ThermometerEvent[]): void {
    const { bytes, atMs } = this.#takeFrame(length);
    if (length !== frameLength(DATA_BYTES)) {
      this.#fault(
        events,
        'sensor_framing',
        `The module sends frames of a form that is not known (${hex(bytes)}); nothing is guessed from them. It may be a newer firmware: note the bytes for the maintainers.`,
        atMs,
      );
      return;
    }
    const fields = new DataView(Uint8Array.from(bytes).buffer);
    if (INVALID_FIELDS.includes(fields.getUint16(4)) || INVALID_FIELDS.includes(fields.getUint16(6))) {
      this.#fault(
        events,
        'sensor_invalid',
        `The module sends frames without a value (${hex(bytes)}). Let it warm up; if it stays so, cut its power for a moment or replace it.`,
        atMs,
      );
      return;
    }
    this.#reported.clear();
    events.push({
      type: 'frame',
      frame: { objectC: fields.getInt16(4) / 100, ambientC: fields.getInt16(6) / 100, atMs },
    });
  }

  #takeForeign(family: { name: string; length: number }, events: ThermometerEvent[]): void {
    const { bytes, atMs } = this.#takeFrame(family.length);
    this.#fault(
      events,
      'sensor_wrong_family',
      `This is ${family.name}, not a GY-MCU90614 or GY-MCU90615 (${hex(bytes)}). Check which device the path leads to.`,
      atMs,
    );
  }

  #takeFrame(length: number): { bytes: number[]; atMs: number } {
    this.#wholeFrames++;
    this.#noiseBytes = 0;
    this.#noise.length = 0;
    const arrivals = this.#arrivalsMs.splice(0, length);
    return { bytes: this.#bytes.splice(0, length), atMs: arrivals.at(-1) ?? 0 };
  }

  #takeNoise(events: ThermometerEvent[]): void {
    const byte = this.#bytes.shift() ?? 0;
    const atMs = this.#arrivalsMs.shift() ?? 0;
    this.#noiseBytes = Math.min(this.#noiseBytes + 1, FRAMING_BYTES);
    if (this.#noise.length < SHOWN_BYTES) this.#noise.push(byte);
    if (this.#noiseBytes < FRAMING_BYTES) return;
    this.#fault(
      events,
      'sensor_framing',
      `Bytes come, but no valid frame; they begin with ${hex(this.#noise)}. Check the speed, which device the path leads to, and that no login console is on the line.`,
      atMs,
    );
  }

  /** Every cause once until the next good frame. */
  #fault(events: ThermometerEvent[], cause: SensorFault, detail: string, atMs: number): void {
    if (this.#reported.has(cause)) return;
    this.#reported.add(cause);
    events.push({ type: 'fault', cause, detail, atMs });
  }
}

function frameLength(dataBytes: number): number {
  return HEADER.length + 1 + dataBytes + 1;
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}
