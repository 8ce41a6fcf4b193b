import {
  isWithLineEnd,
  judgeCodeText,
  MAX_CODE_CHARACTERS,
  type ScannedCode,
} from '../../src/core/scan/scanned-code.ts';
import { misuseIn } from '../../src/core/scan/scanner-misuse.ts';
import type { BegunCode } from '../serial/code-silence.ts';
import type { InputReport } from './descriptor.ts';
import { meaningOf } from './key-meaning.ts';
import { type KeyStroke, KeyStrokes } from './keyboard-report.ts';
import { characterOf, type LayoutName } from './layouts.ts';

/** Stands for a key without a character. */
const UNKNOWN = '\ufffd';

/**
 * Makes codes from keyboard reports (hardware/FACTS.md#keyboard-mode). A code ends with Enter, Tab, Ctrl+J, Ctrl+M,
 * or flush() after a silence. At most 1,024 keystrokes are kept. A keystroke without a character makes the code
 * invalid, except keys that never have one, which are ignored.
 */
export class KeyboardCodes implements BegunCode {
  readonly #layout: LayoutName;
  readonly #strokes = new KeyStrokes();
  #text = '';
  #count = 0;
  #unknown = false;
  /** Whether the code has control characters, which are typed with Control and another key. */
  #controls = false;
  /** Whether a code has ended and the next one has not begun. */
  #between = false;
  #endsLines = false;

  constructor(layout: LayoutName) {
    this.#layout = layout;
  }

  /** See KeyStrokes.readAs(). */
  readAs(report: InputReport): void {
    this.#strokes.readAs(report);
  }

  /** Whether a code has begun and has not ended yet. */
  get pending(): boolean {
    return this.#count > 0;
  }

  get begun(): string {
    return this.#text;
  }

  get endsLines(): boolean {
    return this.#endsLines;
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
      const code = this.#take(stroke);
      if (code !== undefined) codes.push(code);
    }
    return codes;
  }

  /** Ends the code that has begun. */
  flush(): ScannedCode | undefined {
    const text = this.#text;
    const count = this.#count;
    const unknown = this.#unknown;
    const controls = this.#controls;
    this.#text = '';
    this.#count = 0;
    this.#unknown = false;
    this.#controls = false;
    this.#between = true;
    // A code that is too long was already rejected.
    if (count === 0 || count > MAX_CODE_CHARACTERS) return undefined;
    const code = judgeCodeText(text, count);
    const isControl =
      code?.type === 'rejected' && (code.cause === 'control_characters' || code.cause === 'no_text');
    if (!unknown && !(controls && isControl)) return code;
    const misuse = misuseIn(text, true);
    return { type: 'rejected', cause: 'unknown_key', lengthBytes: count, ...(misuse && { misuse }) };
  }

  #take(stroke: KeyStroke): ScannedCode | undefined {
    switch (meaningOf(stroke)) {
      case 'end':
        this.#endsLines ||= this.pending;
        return this.flush();
      case 'none':
        return undefined;
      case 'control':
        return this.#control(controlOf(stroke, this.#layout));
      case 'character':
        return this.#append(characterOf(stroke, this.#layout));
    }
  }

  /** Handles a control character; directly after a line end it is ignored, as on a serial line. */
  #control(character: string | undefined): ScannedCode | undefined {
    if (this.#between && (character === undefined || isWithLineEnd(character))) return undefined;
    this.#controls ||= character !== undefined;
    return this.#append(character);
  }

  #append(character: string | undefined): ScannedCode | undefined {
    this.#between = false;
    if (this.#count > MAX_CODE_CHARACTERS) return undefined;
    this.#count += 1;
    if (this.#count > MAX_CODE_CHARACTERS) {
      return { type: 'rejected', cause: 'too_long', lengthBytes: this.#count };
    }
    if (character === undefined) this.#unknown = true;
    this.#text += character ?? UNKNOWN;
    return undefined;
  }
}

/** The control character that a scanner means by a key with Control; undefined for keys that make none. */
function controlOf({ usage }: KeyStroke, layout: LayoutName): string | undefined {
  const key = characterOf({ usage, modifiers: 0 }, layout);
  if (key === undefined || !/^[a-z@[\\\]^_]$/.test(key)) return undefined;
  return String.fromCharCode(key.charCodeAt(0) & 0x1f);
}
