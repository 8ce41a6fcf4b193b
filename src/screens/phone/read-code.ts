import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { heldPass } from './held-pass.ts';

/** Larger pictures are not read, in bytes. */
const PICTURE_BYTES_MAX = 20 * 1024 * 1024;
/** Copied beside the page by the build. */
const WASM = './zxing_reader.wasm';

/** Whether this page can read pictures: opened as a file, it may not load the program for it. */
export const canReadCodes = location.protocol.startsWith('http');

/** The text of the QR code in a picture, a pass in preference to other codes; undefined if there is none. */
export async function readCode(source: Blob | ImageData): Promise<string | undefined> {
  if (source instanceof Blob && source.size > PICTURE_BYTES_MAX) return undefined;
  prepareZXingModule({
    // By default the library would load its program from the network.
    overrides: { locateFile: () => WASM },
  });
  const found = await readBarcodes(source, { formats: ['QRCode'], tryHarder: source instanceof Blob });
  const texts = found.filter(({ isValid }) => isValid).map(({ text }) => text);
  return texts.find((text) => heldPass(text) !== undefined) ?? texts[0];
}
