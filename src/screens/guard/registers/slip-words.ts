import { MOST_PRINTED_ROWS } from '../../../core/access/bounds.ts';

/** A line of a slip: its text, and the height of its letters in dots (8 are a millimetre). */
export interface SlipLine {
  readonly text: string;
  readonly dots: number;
  readonly bold?: boolean;
}

/** White above, below and beside the words, in dots. */
const MARGIN = 8;
const LINE_HEIGHT = 1.3;
/** Darker than this of 255 is black on paper. */
const BLACK_BELOW = 140;

/**
 * Draws the words of a slip as a printer's dots, with the letters of this page: so a printer needs no Chinese of its own, and
 * prints what the guard reads here. Bits in base64, 1 is black.
 * @param width of the paper in dots, a multiple of 8
 */
export function drawWords(lines: readonly SlipLine[], width: number) {
  const canvas = document.createElement('canvas');
  const measured = contextOf(canvas);
  const { fontFamily } = getComputedStyle(document.body);
  const fontOf = ({ dots, bold }: SlipLine) => `${bold ? 'bold ' : ''}${dots}px ${fontFamily}`;
  const rows = lines.flatMap((line) => {
    measured.font = fontOf(line);
    return wrapped(line.text, (text) => measured.measureText(text).width <= width - 2 * MARGIN).map(
      (text) => ({ ...line, text }),
    );
  });
  const needed = rows.reduce((sum, { dots }) => sum + Math.ceil(dots * LINE_HEIGHT), 2 * MARGIN);
  const height = Math.min(MOST_PRINTED_ROWS, needed);
  canvas.width = width;
  canvas.height = height;
  // A canvas that changes its size forgets its settings.
  const paper = contextOf(canvas);
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, width, height);
  paper.fillStyle = '#000';
  paper.textAlign = 'center';
  paper.textBaseline = 'middle';
  let y = MARGIN;
  for (const row of rows) {
    const rowHeight = Math.ceil(row.dots * LINE_HEIGHT);
    paper.font = fontOf(row);
    paper.fillText(row.text, width / 2, y + rowHeight / 2);
    y += rowHeight;
  }
  return { width, height, dots: packed(paper.getImageData(0, 0, width, height).data) };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser draws nothing');
  return context;
}

/** In lines that fit, broken between words where there are any, else between letters. */
function wrapped(text: string, fits: (text: string) => boolean): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
    if (fits(line + segment)) line += segment;
    else {
      if (line.trim() !== '') lines.push(line.trim());
      line = '';
      for (const { segment: letter } of new Intl.Segmenter().segment(segment)) {
        if (!fits(line + letter)) {
          lines.push(line);
          line = '';
        }
        line += letter;
      }
    }
  }
  return [...lines, line.trim()].filter((one) => one !== '');
}

/** Eight dots a byte. */
function packed(pixels: Uint8ClampedArray): string {
  const bits = new Uint8Array(pixels.length / 32);
  for (let dot = 0; dot < pixels.length / 4; dot++)
    if ((pixels[dot * 4] ?? 255) < BLACK_BELOW) bits[dot >> 3] = (bits[dot >> 3] ?? 0) | (0x80 >> (dot & 7));
  let text = '';
  for (const byte of bits) text += String.fromCharCode(byte);
  return btoa(text);
}
