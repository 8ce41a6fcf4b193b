import type { DotImage, Ticket } from '../../src/ports/ticket-printer.ts';

/** Side of the code in dots, at most: 47 mm, which every roll has room for. */
const CODE_DOTS = 376;
/** White modules that a reader needs around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;
/** Rows that are fed before the knife, which stands above the print head. */
const FEED_LINES = 3;

/**
 * The bytes of a ticket. Code and words go as pictures, which every ESC/POS printer prints alike; the code of the printer's
 * own (GS ( k) is missing in many. The libraries are loaded with the first ticket, because most gates print none.
 * @param dots width of the paper
 */
export async function ticketBytes({ code, words }: Ticket, dots: number): Promise<Uint8Array> {
  const { default: ReceiptPrinterEncoder } = await import('@point-of-sale/receipt-printer-encoder');
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    imageMode: 'raster',
    columns: Math.floor(dots / 12),
  });
  encoder.initialize().align('center');
  for (const picture of [await codePicture(code, Math.min(dots, CODE_DOTS)), words]) {
    const { width, height } = picture;
    encoder.image(pixelsOf(picture), width, height, 'threshold', 128);
  }
  return encoder.newline(FEED_LINES).cut('partial').encode();
}

/** A QR code of level M with its white margin, as large as `side` allows. */
async function codePicture(text: string, side: number): Promise<DotImage> {
  const { create } = await import('qrcode');
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const scale = Math.max(1, Math.floor(side / (modules.size + 2 * QUIET_ZONE)));
  const height = (modules.size + 2 * QUIET_ZONE) * scale;
  const width = Math.ceil(height / 8) * 8;
  const dots = new Uint8Array((width / 8) * height);
  const moduleAt = (dot: number): number => Math.floor(dot / scale) - QUIET_ZONE;
  const isIn = (module: number): boolean => module >= 0 && module < modules.size;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [row, column] = [moduleAt(y), moduleAt(x)];
      if (!isIn(row) || !isIn(column) || modules.get(row, column) === 0) continue;
      const at = y * (width / 8) + (x >> 3);
      dots[at] = (dots[at] ?? 0) | (0x80 >> (x & 7));
    }
  return { width, height, dots };
}

/** Four bytes a dot, as the encoder wants them. */
function pixelsOf({ width, height, dots }: DotImage): ImageData {
  const data = new Uint8ClampedArray(width * height * 4).fill(0xff);
  for (let dot = 0; dot < width * height; dot++)
    if (((dots[dot >> 3] ?? 0) & (0x80 >> (dot & 7))) !== 0) data.fill(0, dot * 4, dot * 4 + 3);
  return { data, width, height, colorSpace: 'srgb' };
}
