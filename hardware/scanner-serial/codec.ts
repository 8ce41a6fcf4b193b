import type { CodeRejection } from '../../src/ports/code-reader.ts';

/** Longest code, counted as JavaScript counts (UTF-16 units), after decoding. */
export const MAX_CODE_CHARACTERS = 1024;
/** Longest line before decoding: 1,024 characters of at most four bytes. Bounds the memory of a framer. */
export const MAX_CODE_BYTES = 4096;

const CR = 0x0d;
const LF = 0x0a;
const CONTROL = /\p{Cc}/u;

export type FramedCode =
  | { readonly type: 'code'; readonly text: string }
  /** `lengthBytes` of a line that is too long is what had come when it was given up. */
  | { readonly type: 'rejected'; readonly cause: CodeRejection; readonly lengthBytes: number };

/**
 * Cuts a byte stream into codes (hardware-facts 3.5). A line ends with CR, LF, or flush() after a silence; empty lines
 * are nothing; nothing is trimmed. Memory is constant whatever comes in.
 */
export class CodeFramer {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #line = new Uint8Array(MAX_CODE_BYTES);
  #length = 0;
  #dropping = false;

  /** Whether a line has begun that neither a line end nor flush() has ended. */
  get pending(): boolean {
    return this.#length > 0 || this.#dropping;
  }

  push(bytes: Uint8Array): FramedCode[] {
    const codes: FramedCode[] = [];
    for (const byte of bytes) {
      const code = byte === CR || byte === LF ? this.flush() : this.#append(byte);
      if (code !== undefined) codes.push(code);
    }
    return codes;
  }

  /** Ends the line that has begun: to be called when the line has been silent. */
  flush(): FramedCode | undefined {
    const line = this.#line.subarray(0, this.#length);
    const nothing = this.#length === 0;
    this.#length = 0;
    this.#dropping = false;
    return nothing ? undefined : this.#judge(line);
  }

  #append(byte: number): FramedCode | undefined {
    if (this.#dropping) return undefined;
    if (this.#length < MAX_CODE_BYTES) {
      this.#line[this.#length++] = byte;
      return undefined;
    }
    this.#length = 0;
    this.#dropping = true;
    return { type: 'rejected', cause: 'too_long', lengthBytes: MAX_CODE_BYTES + 1 };
  }

  #judge(line: Uint8Array): FramedCode {
    const text = this.#decode(line);
    if (text === undefined) return rejected('invalid_utf8', line);
    if (text.length > MAX_CODE_CHARACTERS) return rejected('too_long', line);
    if (CONTROL.test(text)) return rejected('control_characters', line);
    return { type: 'code', text };
  }

  #decode(line: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(line);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}

function rejected(cause: CodeRejection, line: Uint8Array): FramedCode {
  return { type: 'rejected', cause, lengthBytes: line.length };
}
