import {
  controlsBefore,
  judgeCodeBytes,
  MAX_CODE_BYTES,
  type ScannedCode,
} from '../../src/core/scan/scanned-code.ts';

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
/** More NUL bytes than any scanner pads with: they come from a line that is read at a far higher speed. */
const NULS_MIN = 32;

/**
 * Cuts a byte stream into codes (hardware/FACTS.md#serial-scanners). A line ends with CR, LF, Tab, or flush() after a
 * silence. Empty lines are ignored, and so are control characters directly behind a line end. Memory is bounded for any
 * input.
 */
export class CodeFramer {
  readonly #line = new Uint8Array(MAX_CODE_BYTES);
  #length = 0;
  #dropping = false;
  /** Whether a line has ended and the next one has not begun. */
  #between = false;
  #endsLines = false;
  /** Number of NUL bytes in the line; undefined if it has any other byte. */
  #nuls: number | undefined = 0;

  /** Whether a line has begun that neither a line end nor flush() has ended. */
  get pending(): boolean {
    return this.#length > 0 || this.#dropping || (this.#nuls ?? 0) >= NULS_MIN;
  }

  /** Whether this scanner has ended a code with a line end. */
  get endsLines(): boolean {
    return this.#endsLines;
  }

  /** The part of the present line that has arrived, each byte as a character. */
  get begun(): string {
    return Buffer.from(this.#line.subarray(0, this.#length)).toString('latin1');
  }

  push(bytes: Uint8Array): ScannedCode[] {
    const codes: ScannedCode[] = [];
    for (let begin = 0; begin < bytes.length; ) {
      const end = lineEnd(bytes, begin);
      const rejected = this.#append(bytes.subarray(begin, end));
      if (rejected !== undefined) codes.push(rejected);
      if (end < bytes.length) {
        this.#endsLines ||= this.pending;
        const code = this.flush();
        if (code !== undefined) codes.push(code);
      }
      begin = end + 1;
    }
    return codes;
  }

  /** Ends the present line. To be called after a silence. */
  flush(): ScannedCode | undefined {
    const line = this.#line.subarray(0, this.#length);
    const nuls = this.#nuls ?? 0;
    this.#length = 0;
    this.#nuls = 0;
    this.#dropping = false;
    this.#between = true;
    const code = judgeCodeBytes(line);
    if (code !== undefined || nuls < NULS_MIN) return code;
    return { type: 'rejected', cause: 'no_text', lengthBytes: nuls };
  }

  #append(part: Uint8Array): ScannedCode | undefined {
    if (part.some((byte) => byte !== 0)) this.#nuls = undefined;
    else if (this.#nuls !== undefined) this.#nuls = Math.min(MAX_CODE_BYTES, this.#nuls + part.length);
    if (this.#dropping) return undefined;
    const rest = this.#between ? part.subarray(controlsBefore(asciiOf(part))) : part;
    if (rest.length > 0) this.#between = false;
    if (this.#length + rest.length <= MAX_CODE_BYTES) {
      this.#line.set(rest, this.#length);
      this.#length += rest.length;
      return undefined;
    }
    this.#length = 0;
    this.#dropping = true;
    // The length at which the code was rejected; the rest is not counted.
    return { type: 'rejected', cause: 'too_long', lengthBytes: MAX_CODE_BYTES + 1 };
  }
}

/** The bytes as ASCII characters. Other bytes are parts of characters or not text, but never control characters. */
function asciiOf(part: Uint8Array): string {
  return Buffer.from(part.map((byte) => (byte < 0x80 ? byte : 0x3f))).toString('latin1');
}

/** The end of the line that continues at `begin`: at a CR, an LF, a Tab, or the end of the bytes. */
function lineEnd(bytes: Uint8Array, begin: number): number {
  let at = begin;
  while (at < bytes.length && bytes[at] !== CR && bytes[at] !== LF && bytes[at] !== TAB) at += 1;
  return at;
}
