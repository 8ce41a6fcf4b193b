import type { Wire } from '../simulators/wire.ts';

interface PresentOptions {
  /** What the scanner is set up to send after a code; CR on most modules. */
  readonly suffix?: '\r' | '\n' | '\r\n' | '\t' | '';
  /** Sends the bytes in pieces of these lengths, over and over; one piece when left out. */
  readonly chunkLengths?: readonly number[];
}

/** The scanner's side of a serial line: sends codes, or any bytes for a test. */
export class ScannerSimulator {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Scans a code. */
  present(text: string, options: PresentOptions = {}): void {
    const bytes = new TextEncoder().encode(text + (options.suffix ?? '\r'));
    this.send(bytes, options.chunkLengths);
  }

  /** Sends raw bytes. */
  send(bytes: Uint8Array, chunkLengths: readonly number[] = [bytes.length]): void {
    let from = 0;
    for (let piece = 0; from < bytes.length; piece++) {
      const length = Math.max(1, chunkLengths[piece % chunkLengths.length] ?? bytes.length);
      this.#wire.write(bytes.subarray(from, from + length));
      from += length;
    }
  }
}
