import { judgeCodeText, MAX_CODE_CHARACTERS, type ScannedCode } from '../../src/core/access/scanned-code.ts';
import type { BegunCode } from '../serial/code-silence.ts';
import type { InputReport } from './descriptor.ts';
import { meaningOf } from './key-meaning.ts';
import { type KeyStroke, KeyStrokes } from './keyboard-report.ts';
import { characterOf, type LayoutName } from './layouts.ts';

/**
 * Makes codes out of keyboard reports (hardware/FACTS.md#keyboard-mode). A code ends with Enter, Tab, Ctrl+J, Ctrl+M,
 * or flush() after a silence. At most 1,024 strokes are kept; a code with a stroke that has no character is none, but
 * for keys that never have one, which count for nothing.
 */
export class KeyboardCodes implements BegunCode {
  readonly #layout: LayoutName;
  readonly #strokes = new KeyStrokes();
  #text = '';
  #count = 0;
  #unknown = false;
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

  /** Whether a code has begun that nothing has ended yet. */
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
    this.#text = '';
    this.#count = 0;
    this.#unknown = false;
    this.#between = true;
    // One that was too long has been rejected when it became so.
    if (count === 0 || count > MAX_CODE_CHARACTERS) return undefined;
    if (unknown) return { type: 'rejected', cause: 'unknown_key', lengthBytes: count };
    return judgeCodeText(text, count);
  }

  #take(stroke: KeyStroke): ScannedCode | undefined {
    switch (meaningOf(stroke)) {
      case 'end':
        this.#endsLines ||= this.pending;
        return this.flush();
      case 'none':
        return undefined;
      case 'control':
        // What comes with a line end is nothing, as on a serial line.
        return this.#between ? undefined : this.#append(undefined);
      case 'character':
        return this.#append(characterOf(stroke, this.#layout));
    }
  }

  #append(character: string | undefined): ScannedCode | undefined {
    this.#between = false;
    if (this.#count > MAX_CODE_CHARACTERS) return undefined;
    this.#count += 1;
    if (this.#count > MAX_CODE_CHARACTERS) {
      return { type: 'rejected', cause: 'too_long', lengthBytes: this.#count };
    }
    if (character === undefined) this.#unknown = true;
    else this.#text += character;
    return undefined;
  }
}
