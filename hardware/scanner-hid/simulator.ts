import { type KeyStroke, MODIFIER } from './keyboard-report.ts';
import { type LayoutName, strokeOf } from './layouts.ts';
import { DATA_BYTES_MAX } from './pos-codes.ts';

/** Report descriptor of a boot keyboard, as in appendix B.1 and E.6 of USB HID 1.11. */
export const KEYBOARD_DESCRIPTOR = Uint8Array.of(
  ...[0x05, 0x01, 0x09, 0x06, 0xa1, 0x01],
  ...[0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02],
  ...[0x95, 0x01, 0x75, 0x08, 0x81, 0x01],
  ...[0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02],
  ...[0x95, 0x01, 0x75, 0x03, 0x91, 0x01],
  ...[0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00],
  0xc0,
);

/** A scanner in HID-POS mode: report 02 with 63 bytes on the bar code page (hardware/FACTS.md#hid-pos). */
export const POS_DESCRIPTOR = Uint8Array.of(
  ...[0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff, 0x00],
  ...[0x75, 0x08, 0x95, 0x3f, 0x09, 0xfe, 0x81, 0x02],
  0xc0,
);

/** Somewhere reports can be written to: a simulated device file, a pipe, a USB gadget. */
export interface ReportSink {
  write(bytes: Uint8Array): void;
}

/**
 * A keyboard whose report 3 holds modifiers, a byte for nothing and one key, as scanners with the number 0581:020C
 * describe it.
 */
export const ONE_KEY_DESCRIPTOR = Uint8Array.of(
  ...[0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x85, 0x03],
  ...[0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02],
  ...[0x95, 0x01, 0x75, 0x08, 0x81, 0x03],
  ...[0x95, 0x01, 0x75, 0x08, 0x15, 0x00, 0x25, 0xe7, 0x05, 0x07, 0x19, 0x00, 0x29, 0x90, 0x81, 0x00],
  ...[0x85, 0x03, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02],
  ...[0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0xc0],
);

const RELEASED = new Uint8Array(8);
const ENTER = 0x28;

/** A scanner in keyboard mode with the layout of one country. */
export class KeyboardScannerSimulator {
  readonly #sink: ReportSink;
  readonly #layout: LayoutName;

  constructor(sink: ReportSink, layout: LayoutName) {
    this.#sink = sink;
    this.#layout = layout;
  }

  /**
   * Scans a code. Characters that the layout does not have are left out; a `suffix` of null types no key at the end.
   */
  present(text: string, suffix: number | null = ENTER): void {
    for (const character of text) {
      const stroke = strokeOf(character, this.#layout) ?? controlStroke(character, this.#layout);
      if (stroke !== undefined) this.press(stroke.usage, stroke.modifiers);
    }
    if (suffix !== null) this.press(suffix);
  }

  /** One key goes down and up. */
  press(usage: number, modifiers = 0): void {
    this.#sink.write(Uint8Array.of(modifiers, 0, usage, 0, 0, 0, 0, 0));
    this.#sink.write(RELEASED);
  }
}

/** Control characters as scanners type them: Enter and Tab, others with Control. */
function controlStroke(character: string, layout: LayoutName): KeyStroke | undefined {
  if (character === '\r') return { usage: ENTER, modifiers: 0 };
  const code = character.charCodeAt(0);
  if (code < 1 || code > 26) return undefined;
  const letter = strokeOf(String.fromCharCode(code + 96), layout);
  return letter && { usage: letter.usage, modifiers: MODIFIER.leftControl };
}

/** A scanner in HID-POS mode. */
export class PosScannerSimulator {
  readonly #sink: ReportSink;

  constructor(sink: ReportSink) {
    this.#sink = sink;
  }

  present(text: string): void {
    for (const report of posReports(new TextEncoder().encode(text))) this.#sink.write(report);
  }
}

/** The reports of one code, with their number. Some makers have one more byte before the AIM identifier. */
export function posReports(code: Uint8Array, aim = ']Q1', aimAt: 1 | 2 = 1): Uint8Array[] {
  const reports: Uint8Array[] = [];
  for (let from = 0; from === 0 || from < code.length; from += DATA_BYTES_MAX) {
    const data = code.subarray(from, from + DATA_BYTES_MAX);
    const report = new Uint8Array(64);
    report.set([0x02, data.length]);
    report.set(new TextEncoder().encode(aim), 1 + aimAt);
    report.set(data, 1 + aimAt + aim.length);
    report[60 + aimAt] = 0x73;
    report[63] = from + DATA_BYTES_MAX < code.length ? 1 : 0;
    reports.push(report);
  }
  return reports;
}
