import type { DotImage, Ticket } from '../../src/ports/ticket-printer.ts';

/** Side of the code in dots, at most: 47 mm, which every roll has room for. */
const CODE_DOTS = 376;
/** White modules that a reader needs around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;
/** As the encoders that others keep: not every printer takes more at a time. */
const STRIP_ROWS = 255;
const LF = 0x0a;
/** ESC @: as it was switched on. ESC a 1: pictures in the middle of the paper. */
const BEGIN = [0x1b, 0x40, 0x1b, 0x61, 1];
/** Lines that bring the end of the slip past the knife, which stands above the print head, and GS V 1, which cuts. */
const END = [LF, LF, LF, LF, LF, 0x1d, 0x56, 1];

/**
 * The bytes of a ticket. Code and words go as pictures, which every ESC/POS printer prints alike; the code of the printer's
 * own (GS ( k) is missing in many. It takes some milliseconds, because the gate waits for it meanwhile.
 * @param dots width of the paper
 */
export async function ticketBytes({ code, words }: Ticket, dots: number): Promise<Uint8Array> {
  const image = await codeImage(code, Math.min(dots, CODE_DOTS));
  const gap = Uint8Array.of(LF);
  return Buffer.concat([Uint8Array.from(BEGIN), raster(image), gap, raster(words), Uint8Array.from(END)]);
}

/**
 * GS v 0: bytes in a row and rows, each the low byte first, then the dots (hardware/FACTS.md#receipt-printers). In strips, which
 * follow each other without a gap.
 */
export function raster({ width, height, dots }: DotImage): Uint8Array {
  const rowBytes = width / 8;
  const parts: Uint8Array[] = [];
  for (let row = 0; row < height; row += STRIP_ROWS) {
    const rows = Math.min(STRIP_ROWS, height - row);
    parts.push(Uint8Array.of(0x1d, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >> 8, rows, 0));
    parts.push(dots.subarray(row * rowBytes, (row + rows) * rowBytes));
  }
  return Buffer.concat(parts);
}

/** A QR code of level M with its white margin, as large as `side` allows. */
async function codeImage(code: string, side: number): Promise<DotImage> {
  // Loaded with the first slip, because most gates print none.
  const { create } = await import('qrcode');
  const { modules } = create(code, { errorCorrectionLevel: 'M' });
  const scale = Math.max(1, Math.floor(side / (modules.size + 2 * QUIET_ZONE)));
  const height = (modules.size + 2 * QUIET_ZONE) * scale;
  const rowBytes = Math.ceil(height / 8);
  const dots = new Uint8Array(rowBytes * height);
  for (let row = 0; row < modules.size; row++) {
    const line = new Uint8Array(rowBytes);
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column) === 0) continue;
      const left = (QUIET_ZONE + column) * scale;
      for (let x = left; x < left + scale; x++) line[x >> 3] = (line[x >> 3] ?? 0) | (0x80 >> (x & 7));
    }
    for (let y = 0; y < scale; y++) dots.set(line, ((QUIET_ZONE + row) * scale + y) * rowBytes);
  }
  return { width: rowBytes * 8, height, dots };
}
