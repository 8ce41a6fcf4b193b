/**
 * How a picture lies in the stream: `grey` a byte a pixel; `yuyv` two bytes a pixel, the first is its brightness;
 * `yuv420` brightness of all pixels, then half as many bytes of colour.
 */
export type PixelFormat = 'grey' | 'yuyv' | 'yuv420';

const BYTES_PER_PIXEL: Readonly<Record<PixelFormat, number>> = { grey: 1, yuyv: 2, yuv420: 1.5 };

export interface FrameShape {
  readonly pixels: PixelFormat;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts a byte stream into pictures. Chunks of a pipe have nothing to do with pictures. Memory is one picture.
 * @param onFrame gets each whole picture; the bytes are valid during the call only
 */
export class FrameSplitter {
  readonly #frame: Uint8Array;
  readonly #onFrame: (frame: Uint8Array) => void;
  #length = 0;

  constructor(shape: FrameShape, onFrame: (frame: Uint8Array) => void) {
    this.#frame = new Uint8Array(shape.width * shape.height * BYTES_PER_PIXEL[shape.pixels]);
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

/** Longest line that is looked for before the pictures. */
const LINE_BYTES_MAX = 100;
const LINE_END = 0x0a;

/**
 * Takes one line of text off the beginning of a stream of pictures, if there is one: it would shift all pictures, and
 * by an odd number of bytes brightness and colours change places.
 */
export class LineBefore {
  readonly #beginnings: readonly Uint8Array[];
  /** What has come so far; undefined when the pictures have begun. */
  #held: Uint8Array | undefined;

  constructor(beginnings: readonly string[]) {
    this.#beginnings = beginnings.map((beginning) => new TextEncoder().encode(beginning));
    this.#held = beginnings.length === 0 ? undefined : new Uint8Array();
  }

  /** Returns the bytes of pictures. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#held === undefined) return bytes;
    const all = new Uint8Array(this.#held.length + bytes.length);
    all.set(this.#held);
    all.set(bytes, this.#held.length);
    const begin = this.#picturesBegin(all);
    this.#held = begin === undefined ? all : undefined;
    return all.subarray(begin ?? all.length);
  }

  /** Undefined when more has to come first. */
  #picturesBegin(all: Uint8Array): number | undefined {
    const start = all.subarray(0, LINE_BYTES_MAX);
    const isLine = this.#beginnings.some((beginning) =>
      beginning.every((byte, at) => at >= start.length || start[at] === byte),
    );
    if (!isLine) return 0;
    const end = start.indexOf(LINE_END);
    if (end < 0 && start.length < LINE_BYTES_MAX) return undefined;
    return end + 1;
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
