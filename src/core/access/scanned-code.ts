/** Longest code, counted as JavaScript counts (UTF-16 units), after decoding. */
export const MAX_CODE_CHARACTERS = 1024;
/** Longest code before decoding: 1,024 characters of at most four bytes. Bounds the memory of a reader. */
export const MAX_CODE_BYTES = 4096;

const CONTROL = /\p{Cc}/u;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Why what a scanner sent is no code. `unknown_key`: a key without a character in the keyboard layout of the config;
 * `incomplete`: a part is missing.
 */
export type CodeRejection = 'too_long' | 'invalid_utf8' | 'control_characters' | 'unknown_key' | 'incomplete';

/** What came out of a scanner at a time, as far as it can be told before anybody looks for a pass in it. */
export type ScannedCode =
  | {
      readonly type: 'code';
      /** 1 to 1,024 characters, valid UTF-8, without its line end. Hostile until verified. */
      readonly text: string;
    }
  | {
      readonly type: 'rejected';
      readonly cause: CodeRejection;
      /** As far as it was read, where it was too long to be read to its end. */
      readonly lengthBytes: number;
    };

/** Judges the bytes of one code without its line end. Nothing is trimmed. */
export function judgeCodeBytes(bytes: Uint8Array): ScannedCode {
  if (bytes.length > MAX_CODE_BYTES)
    return { type: 'rejected', cause: 'too_long', lengthBytes: bytes.length };
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { type: 'rejected', cause: 'invalid_utf8', lengthBytes: bytes.length };
  }
  return judgeCodeText(text, bytes.length);
}

/** Judges the characters of one code. */
export function judgeCodeText(text: string, lengthBytes: number): ScannedCode {
  if (text.length > MAX_CODE_CHARACTERS) return { type: 'rejected', cause: 'too_long', lengthBytes };
  if (CONTROL.test(text)) return { type: 'rejected', cause: 'control_characters', lengthBytes };
  return { type: 'code', text };
}
