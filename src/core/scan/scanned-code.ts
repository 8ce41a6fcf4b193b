import { hasPassForm, isWholePass, withoutBehind } from './pass-form.ts';
import { type FoundMisuse, misuseIn } from './scanner-misuse.ts';

/** Longest code, counted as JavaScript counts (UTF-16 units), after decoding. */
export const MAX_CODE_CHARACTERS = 1024;
/** Longest code before decoding: 1,024 characters of at most four bytes. Bounds the memory of a reader. */
export const MAX_CODE_BYTES = 4096;

const CONTROL = /\p{Cc}/u;
const LINE_END = /[\r\n\t]/;
const STX = '\u0002';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');

/**
 * Why what a scanner sent is no code. `unknown_key`: a key without a character in the keyboard layout of the config;
 * `incomplete`: a part is missing.
 */
type CodeRejection = 'too_long' | 'invalid_utf8' | 'control_characters' | 'unknown_key' | 'incomplete';

/** What came out of a scanner at a time, as far as it can be told before anybody looks for a pass in it. */
export type ScannedCode =
  | {
      readonly type: 'code';
      /** 1 to 1,024 characters, valid UTF-8, without what stands around it. Hostile until verified. */
      readonly text: string;
    }
  | {
      readonly type: 'rejected';
      readonly cause: CodeRejection;
      /** As far as it was read, where it was too long to be read to its end. */
      readonly lengthBytes: number;
      /** What the scanner did to a pass that is in it; only where there is one. */
      readonly misuse?: FoundMisuse;
    };

/** Judges the bytes of one code as judgeCodeText() does its characters. */
export function judgeCodeBytes(bytes: Uint8Array): ScannedCode | undefined {
  if (bytes.length > MAX_CODE_BYTES)
    return { type: 'rejected', cause: 'too_long', lengthBytes: bytes.length };
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const misuse = misuseIn(latin1.decode(bytes), false);
    return {
      type: 'rejected',
      cause: 'invalid_utf8',
      lengthBytes: bytes.length,
      ...(misuse && { misuse }),
    };
  }
  return judgeCodeText(text, bytes.length);
}

/**
 * Judges the characters of one code, in the same way for every reader. Line ends (CR, LF, Tab) around it are no part
 * of it, however many, nor control characters that come with them, nor blanks, NUL, ETX and EOT at its end. Of several
 * lines the one that is a pass, or has the form of one, is the code.
 * @returns undefined when nothing is left
 */
export function judgeCodeText(text: string, lengthBytes: number): ScannedCode | undefined {
  const lines = text
    .split(LINE_END)
    .map((line, at) => withoutBehind(at === 0 ? line : line.slice(controlsBefore(line))))
    .filter((line) => line !== '');
  const [first] = lines;
  if (first === undefined) return undefined;
  const code = lines.length === 1 ? first : (lines.find(isWholePass) ?? lines.find(hasPassForm));
  if ((code ?? text).length > MAX_CODE_CHARACTERS)
    return { type: 'rejected', cause: 'too_long', lengthBytes };
  if (code === undefined || CONTROL.test(code)) {
    const misuse = misuseIn(code ?? text, false);
    return { type: 'rejected', cause: 'control_characters', lengthBytes, ...(misuse && { misuse }) };
  }
  return { type: 'code', text: code };
}

/** How many control characters a line begins with that come with the end of another line. */
export function controlsBefore(line: string): number {
  let count = 0;
  while (count < line.length && isWithLineEnd(line[count] ?? '')) count += 1;
  return count;
}

/** Whether a character that follows the end of a line is no part of the next one: all controls but STX. */
export function isWithLineEnd(character: string): boolean {
  return character !== STX && CONTROL.test(character);
}
