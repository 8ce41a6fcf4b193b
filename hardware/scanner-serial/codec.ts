import { judgeCodeBytes, MAX_CODE_BYTES, type ScannedCode } from '../../src/core/access/scanned-code.ts';

const CR = 0x0d;
const LF = 0x0a;

/**
 * Cuts a byte stream into codes (hardware-facts 3.5). A line ends with CR, LF, or flush() after a silence; empty lines
 * are nothing; nothing is trimmed. Memory is constant whatever comes in.
 */
export class CodeFramer {
  readonly #line = new Uint8Array(MAX_CODE_BYTES);
  #length = 0;
  #dropping = false;

  /** Whether a line has begun that neither a line end nor flush() has ended. */
  get pending(): boolean {
    return this.#length > 0 || this.#dropping;
  }

  push(bytes: Uint8Array): ScannedCode[] {
    const codes: ScannedCode[] = [];
    for (const byte of bytes) {
      const code = byte === CR || byte === LF ? this.flush() : this.#append(byte);
      if (code !== undefined) codes.push(code);
    }
    return codes;
  }

  /** Ends the line that has begun: to be called when the line has been silent. */
  flush(): ScannedCode | undefined {
    const line = this.#line.subarray(0, this.#length);
    const nothing = this.#length === 0;
    this.#length = 0;
    this.#dropping = false;
    return nothing ? undefined : judgeCodeBytes(line);
  }

  #append(byte: number): ScannedCode | undefined {
    if (this.#dropping) return undefined;
    if (this.#length < MAX_CODE_BYTES) {
      this.#line[this.#length++] = byte;
      return undefined;
    }
    this.#length = 0;
    this.#dropping = true;
    // What had come when it was given up: the rest is not counted.
    return { type: 'rejected', cause: 'too_long', lengthBytes: MAX_CODE_BYTES + 1 };
  }
}
