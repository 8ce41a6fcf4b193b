/**
 * The form of a picture in the stream. `grey`: one byte per pixel; `yuyv`: two bytes per pixel, the first is its
 * brightness; `yuv420`: the brightness of all pixels, then half as many bytes of colour.
 */
export type PixelFormat = 'grey' | 'yuyv' | 'yuv420';

const BYTES_PER_PIXEL: Readonly<Record<PixelFormat, number>> = { grey: 1, yuyv: 2, yuv420: 1.5 };

interface FrameShape {
  readonly pixels: PixelFormat;
  readonly width: number;
  readonly height: number;
}

function frameBytes({ pixels, width, height }: FrameShape): number {
  return width * height * BYTES_PER_PIXEL[pixels];
}

/**
 * Cuts a byte stream into pictures; the chunks of a pipe do not match them. Needs the memory of one picture.
 * @param onFrame gets each whole picture; the bytes are valid during the call only
 */
export class FrameSplitter {
  readonly #frame: Uint8Array;
  readonly #onFrame: (frame: Uint8Array) => void;
  #length = 0;

  constructor(shape: FrameShape, onFrame: (frame: Uint8Array) => void) {
    this.#frame = new Uint8Array(frameBytes(shape));
    this.#onFrame = onFrame;
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      const part = bytes.subarray(from, from + this.#frame.length - this.#length);
      this.#frame.set(part, this.#length);
      this.#length += part.length;
      from += part.length;
      if (this.#length < this.#frame.length) return;
      this.#length = 0;
      this.#onFrame(this.#frame);
    }
  }
}

/** The mark that v4l2-ctl writes before the length of a picture (v4l-stream.h: FILE_HDR_ID, high byte first). */
const MARK = [0x72, 0x64, 0x68, 0x56] as const;
const HEAD_BYTES = MARK.length + 4;
/** v4l2-ctl's output may hold back this many bytes of a picture until the next one. */
const KEPT_BACK_BYTES = 4096;
/** For small pictures the limit is this share of the picture. */
const KEPT_BACK_SHARE = 1 / 64;

/**
 * Cuts the stream of `v4l2-ctl --stream-to-hdr` into pictures: each begins with a mark and its length, four bytes, high
 * byte first. Bytes before a mark are dropped, because v4l2-ctl 1.22 writes the frame rate to the same output, and 29
 * more bytes would mix up brightness and colour in every picture. A picture is passed on without its last bytes, which
 * belong to its lowest rows and come with the next picture; those of the picture before are used instead. Needs the
 * memory of one picture.
 */
export class MarkedFrameSplitter {
  readonly #frame: Uint8Array;
  readonly #enough: number;
  readonly #onFrame: (frame: Uint8Array) => void;
  readonly #onOtherLength: (bytes: number) => void;
  #head: number[] = [];
  /** Length of the present picture, and how much of it has come; equal between two pictures. */
  #length = 0;
  #come = 0;

  /**
   * @param onFrame gets each picture of the right length; the bytes are valid during the call only
   * @param onOtherLength called for every picture whose length does not match the shape; it is dropped
   */
  constructor(
    shape: FrameShape,
    onFrame: (frame: Uint8Array) => void,
    onOtherLength: (bytes: number) => void,
  ) {
    const length = frameBytes(shape);
    this.#frame = new Uint8Array(length);
    this.#enough = length - Math.floor(Math.min(KEPT_BACK_BYTES, length * KEPT_BACK_SHARE));
    this.#onFrame = onFrame;
    this.#onOtherLength = onOtherLength;
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      if (this.#come === this.#length) {
        this.#takeHead(bytes[from] ?? 0);
        from += 1;
      } else {
        const part = bytes.subarray(from, from + this.#length - this.#come);
        this.#takePart(part);
        from += part.length;
      }
    }
  }

  #takeHead(byte: number): void {
    this.#head.push(byte);
    while (!this.#mayBeHead()) this.#head.shift();
    if (this.#head.length < HEAD_BYTES) return;
    this.#length = new DataView(Uint8Array.from(this.#head).buffer).getUint32(MARK.length);
    this.#come = 0;
    this.#head = [];
    if (this.#length !== this.#frame.length) this.#onOtherLength(this.#length);
  }

  #mayBeHead(): boolean {
    return MARK.every((byte, at) => at >= this.#head.length || this.#head[at] === byte);
  }

  #takePart(part: Uint8Array): void {
    const before = this.#come;
    this.#come += part.length;
    if (this.#length !== this.#frame.length) return;
    this.#frame.set(part, before);
    if (before < this.#enough && this.#come >= this.#enough) this.#onFrame(this.#frame);
  }
}

/** The brightness of a picture as a PGM file, which zxing reads faster than colours. */
export function toPgm(frame: Uint8Array, { pixels, width, height }: FrameShape): Uint8Array {
  const header = new TextEncoder().encode(`P5\n${width} ${height}\n255\n`);
  const size = width * height;
  const pgm = new Uint8Array(header.length + size);
  pgm.set(header);
  if (pixels !== 'yuyv') {
    pgm.set(frame.subarray(0, size), header.length);
    return pgm;
  }
  for (let pixel = 0; pixel < size; pixel++) pgm[header.length + pixel] = frame[2 * pixel] ?? 0;
  return pgm;
}
