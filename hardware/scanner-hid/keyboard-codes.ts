import { MAX_CODE_CHARACTERS, type ScannedCode } from '../../src/core/access/scanned-code.ts';
import { type KeyStroke, KeyStrokes } from './keyboard-report.ts';
import { characterOf, type LayoutName } from './layouts.ts';

const ENTER = 0x28;
const TAB = 0x2b;
const KEYPAD_ENTER = 0x58;

/** Whether a stroke ends a code. */
export function isEndOfCode({ usage }: KeyStroke): boolean {
  return usage === ENTER || usage === TAB || usage === KEYPAD_ENTER;
}

/**
 * Makes codes out of boot keyboard reports (hardware-facts 3.2). A code ends with Enter, Tab, or flush() after a
 * silence. At most 1,024 strokes are kept; a code with a stroke that has no character is none.
 */
export class KeyboardCodes {
  readonly #layout: LayoutName;
  readonly #strokes = new KeyStrokes();
  #text = '';
  #count = 0;
  #unknown = false;

  constructor(layout: LayoutName) {
    this.#layout = layout;
  }

  /** Whether a code has begun that nothing has ended yet. */
  get pending(): boolean {
    return this.#count > 0;
  }

  push(report: Uint8Array): ScannedCode[] {
    const strokes = this.#strokes.push(report);
    if (strokes === undefined) {
      this.#count += 1;
      this.#unknown = true;
      return [];
    }
    const codes: ScannedCode[] = [];
    for (const stroke of strokes) {
      const code = isEndOfCode(stroke) ? this.flush() : this.#append(stroke);
      if (code !== undefined) codes.push(code);
    }
    return codes;
  }

  /** Ends the code that has begun. */
  flush(): ScannedCode | undefined {
    const text = this.#text;
    const count = this.#count;
    const unknown = this.#unknown;
    this.#text = '';
    this.#count = 0;
    this.#unknown = false;
    // One that was too long has been rejected when it became so.
    if (count === 0 || count > MAX_CODE_CHARACTERS) return undefined;
    if (unknown) return { type: 'rejected', cause: 'unknown_key', lengthBytes: count };
    return { type: 'code', text };
  }

  #append(stroke: KeyStroke): ScannedCode | undefined {
    if (this.#count > MAX_CODE_CHARACTERS) return undefined;
    this.#count += 1;
    if (this.#count > MAX_CODE_CHARACTERS) {
      return { type: 'rejected', cause: 'too_long', lengthBytes: this.#count };
    }
    const character = characterOf(stroke, this.#layout);
    if (character === undefined) this.#unknown = true;
    else this.#text += character;
    return undefined;
  }
}
