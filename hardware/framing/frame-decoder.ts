import type { SensorFault } from '../../src/core/screening/screening.ts';
import { type FamilyId, type FrameFamily, matchFamily, otherFamilies } from './frame-families.ts';
import { hexOf } from './sums.ts';

const SHOWN_BYTES = 16;

/** Bytes that are not a reading. */
export interface FaultEvent {
  readonly type: 'fault';
  readonly cause: SensorFault;
  readonly detail: string;
  /** Monotonic milliseconds at which the last of the bytes arrived. */
  readonly atMs: number;
}

/** The content of one frame: a reading, a fault, or undefined if there is nothing to report. */
export type FrameContent<Reading> =
  | { readonly reading: Reading }
  | { readonly cause: SensorFault; readonly detail: string }
  | undefined;

/** The form and the content of the frames of one device. */
export interface FrameFormat<Reading> {
  /** The device in a sentence: `a GY-614V3 thermometer`. */
  readonly device: string;
  /** Its own family, if it is in the list of frame families. */
  readonly family?: FamilyId;
  /** Bytes without a valid frame after which a fault is reported. */
  readonly noiseLimit: number;
  /**
   * Length of the complete valid frame that `bytes` begin with, 'incomplete' if more bytes have to come, undefined if
   * no frame begins here. Must not stay 'incomplete' forever: its longest frame bounds the decoder's memory.
   */
  readonly find: (bytes: readonly number[]) => number | 'incomplete' | undefined;
  /** @param atMs arrival of the frame's own last byte */
  readonly read: (frame: DataView, atMs: number) => FrameContent<Reading>;
}

/** Finds a frame in one of a family's forms, for `find`. */
export function findForm(
  bytes: readonly number[],
  forms: readonly FrameFamily[],
): number | 'incomplete' | undefined {
  const found = matchFamily(bytes, forms);
  return found === undefined || found === 'incomplete' ? found : found.length;
}

/**
 * Finds the frames of one device in a byte stream and names what else is in it. After a failed check it continues one
 * byte later, because header bytes occur in data. A frame has the arrival time of its own last byte, even if it is
 * found later. Each cause of a fault is reported once until the next good frame.
 */
export class FrameDecoder<Reading> {
  readonly #format: FrameFormat<Reading>;
  readonly #others: readonly FrameFamily[];
  readonly #bytes: number[] = [];
  readonly #arrivalsMs: number[] = [];
  readonly #reported = new Set<SensorFault>();
  readonly #noise: number[] = [];
  #noiseBytes = 0;
  #wholeFrames = 0;

  constructor(format: FrameFormat<Reading>) {
    this.#format = format;
    this.#others = otherFamilies(format.family);
  }

  /**
   * Number of frames with a right checksum so far, of any family and value. One is enough to prove the line's speed.
   */
  get wholeFrames(): number {
    return this.#wholeFrames;
  }

  /** Bytes that wait for the rest of their frame. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  /** @param atMs monotonic milliseconds at which `bytes` arrived */
  push(bytes: Uint8Array, atMs: number): (Reading | FaultEvent)[] {
    const events: (Reading | FaultEvent)[] = [];
    for (const byte of bytes) {
      this.#bytes.push(byte);
      this.#arrivalsMs.push(atMs);
      while (this.#bytes.length > 0) {
        if (!this.#step(events)) break;
      }
    }
    return events;
  }

  /** Drops the bytes of an incomplete frame, e.g. after the deadline of an answer. */
  discard(): FaultEvent[] {
    const events: FaultEvent[] = [];
    while (this.#bytes.length > 0) this.#takeNoise(events);
    return events;
  }

  /** Removes a frame or one byte of noise from the front; false if more bytes have to come first. */
  #step(events: (Reading | FaultEvent)[]): boolean {
    const own = this.#format.find(this.#bytes);
    if (own === 'incomplete') return false;
    if (own !== undefined) {
      this.#takeOwn(own, events);
      return true;
    }
    const other = matchFamily(this.#bytes, this.#others);
    if (other === 'incomplete') return false;
    if (other === undefined) this.#takeNoise(events);
    else this.#takeOther(other, events);
    return true;
  }

  #takeOwn(length: number, events: (Reading | FaultEvent)[]): void {
    const { bytes, atMs } = this.#takeFrame(length);
    const content = this.#format.read(new DataView(Uint8Array.from(bytes).buffer), atMs);
    if (content === undefined) return;
    if ('cause' in content) {
      this.#fault(events, content.cause, `${content.detail} (${hexOf(bytes)})`, atMs);
      return;
    }
    this.#reported.clear();
    events.push(content.reading);
  }

  #takeOther(family: FrameFamily, events: (Reading | FaultEvent)[]): void {
    const { bytes, atMs } = this.#takeFrame(family.length);
    const { device } = this.#format;
    const detail = `This is ${family.name}, not ${device} (${hexOf(bytes)}). Check which device the path leads to.`;
    this.#fault(events, 'sensor_wrong_family', detail, atMs);
  }

  #takeFrame(length: number): { bytes: number[]; atMs: number } {
    this.#wholeFrames++;
    this.#noiseBytes = 0;
    this.#noise.length = 0;
    const arrivals = this.#arrivalsMs.splice(0, length);
    return { bytes: this.#bytes.splice(0, length), atMs: arrivals.at(-1) ?? 0 };
  }

  #takeNoise(events: (Reading | FaultEvent)[]): void {
    const byte = this.#bytes.shift() ?? 0;
    const atMs = this.#arrivalsMs.shift() ?? 0;
    const { noiseLimit } = this.#format;
    this.#noiseBytes = Math.min(this.#noiseBytes + 1, noiseLimit);
    if (this.#noise.length < SHOWN_BYTES) this.#noise.push(byte);
    if (this.#noiseBytes < noiseLimit) return;
    this.#fault(
      events,
      'sensor_framing',
      `Bytes come, but no valid frame; they begin with ${hexOf(this.#noise)}. Check the speed, which device the path leads to, and that no login console is on the line.`,
      atMs,
    );
  }

  #fault(events: (Reading | FaultEvent)[], cause: SensorFault, detail: string, atMs: number): void {
    if (this.#reported.has(cause)) return;
    this.#reported.add(cause);
    events.push({ type: 'fault', cause, detail, atMs });
  }
}
