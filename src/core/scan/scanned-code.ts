import { hasPassForm, isWholePass, withoutBehind } from './pass-form.ts';
import { type FoundMisuse, misuseIn } from './scanner-misuse.ts';

/** Longest code in JavaScript characters (UTF-16 units), after decoding. */
export const MAX_CODE_CHARACTERS = 1024;
/** Longest code before decoding: 1,024 characters of at most four bytes. Bounds the memory of a reader. */
export const MAX_CODE_BYTES = 4096;

const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;
const LINE_END = /[\r\n\t]/;
/** A few control characters are what scanners put around a code. */
const NO_TEXT_MIN = 4;
const STX = '\u0002';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');

/**
 * Why scanner input is not a code. `no_text`: more than half of it are control characters; `unknown_key`: a key
 * without a character in the keyboard layout of the config; `incomplete`: a part is missing.
 */
type CodeRejection =
  | 'too_long'
  | 'invalid_utf8'
  | 'control_characters'
  | 'no_text'
  | 'unknown_key'
  | 'incomplete';

/** One scan, as far as it can be classified without parsing a pass. */
export type ScannedCode =
  | {
      readonly type: 'code';
      /** 1 to 1,024 characters, valid UTF-8, without surrounding characters. Hostile until verified. */
      readonly text: string;
    }
  | {
      readonly type: 'rejected';
      readonly cause: CodeRejection;
      /** The part that was read, if it was too long to be read to its end. */
      readonly lengthBytes: number;
      /** What the scanner did to a pass in it; only if there is one. */
      readonly misuse?: FoundMisuse;
    };

/** Like judgeCodeText(), for the bytes of a code. */
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
    const controls = code?.match(CONTROLS)?.length ?? 0;
    const isText = controls < NO_TEXT_MIN || controls * 2 <= (code?.length ?? 0);
    const cause = isText ? 'control_characters' : 'no_text';
    return { type: 'rejected', cause, lengthBytes, ...(misuse && { misuse }) };
  }
  return { type: 'code', text: code };
}

/** Number of control characters at the start of a line that belong to the end of the line before. */
export function controlsBefore(line: string): number {
  let count = 0;
  while (count < line.length && isWithLineEnd(line[count] ?? '')) count += 1;
  return count;
}

/** Whether a character after a line end does not belong to the next line: all controls except STX. */
export function isWithLineEnd(character: string): boolean {
  return character !== STX && CONTROL.test(character);
}
