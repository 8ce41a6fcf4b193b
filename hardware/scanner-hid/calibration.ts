import { meaningOf } from './key-meaning.ts';
import type { KeyStroke } from './keyboard-report.ts';
import { characterOf, LAYOUT_NAMES, type LayoutName } from './layouts.ts';

/** Each character of a pass once (base45, RFC 9285), after a mark, so that it is not read as a pass. */
export const CALIBRATION_TEXT = 'CAL-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** What the strokes of the calibration code show about the scanner. */
export type Calibration =
  | { readonly status: 'fits'; readonly layout: LayoutName }
  /** Letters come in the wrong case: Caps Lock or a case conversion of the scanner is on. */
  | { readonly status: 'wrong_case'; readonly layout: LayoutName }
  /** No layout fits: the nearest one, and the text it gives for the strokes. */
  | { readonly status: 'unknown'; readonly nearest: LayoutName; readonly read: string };

/** Finds the keyboard layout with which the strokes of one scan are the calibration code. */
export function calibrate(strokes: readonly KeyStroke[]): Calibration {
  const readings = LAYOUT_NAMES.map((layout) => ({ layout, read: readWith(layout, strokes) }));
  for (const { layout, read } of readings) {
    if (read === CALIBRATION_TEXT) return { status: 'fits', layout };
  }
  for (const { layout, read } of readings) {
    if (read.toUpperCase() === CALIBRATION_TEXT) return { status: 'wrong_case', layout };
  }
  const [best = { layout: 'us' as const, read: '' }] = readings.sort((a, b) => hits(b.read) - hits(a.read));
  return { status: 'unknown', nearest: best.layout, read: best.read };
}

function readWith(layout: LayoutName, strokes: readonly KeyStroke[]): string {
  return strokes
    .filter((stroke) => meaningOf(stroke) !== 'none')
    .map((stroke) => characterOf(stroke, layout) ?? '\ufffd')
    .join('');
}

function hits(read: string): number {
  return [...read].filter((character, at) => character === CALIBRATION_TEXT[at]).length;
}
