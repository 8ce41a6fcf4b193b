import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { heldPass } from './held-pass.ts';

/** Larger pictures are not looked at, in bytes. */
const PICTURE_BYTES_MAX = 20 * 1024 * 1024;
/** The build puts it beside the page. */
const WASM = './zxing_reader.wasm';

/** The text of the QR code in a picture, a pass before any sticker beside it; undefined where none is found. */
export async function readImage(picture: Blob): Promise<string | undefined> {
  if (picture.size > PICTURE_BYTES_MAX) return undefined;
  prepareZXingModule({
    // The library's default would fetch its program from the network.
    overrides: { locateFile: () => WASM },
  });
  const found = await readBarcodes(picture, { formats: ['QRCode'], tryHarder: true });
  const texts = found.filter(({ isValid }) => isValid).map(({ text }) => text);
  return texts.find((text) => heldPass(text) !== undefined) ?? texts[0];
}
