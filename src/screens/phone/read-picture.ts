import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** Larger pictures are not looked at, in bytes. */
const PICTURE_BYTES_MAX = 20 * 1024 * 1024;
/** The build puts it beside the page. */
const WASM = './zxing_reader.wasm';

/** The text of the QR code in a picture; undefined where none is found. */
export async function readPicture(picture: Blob): Promise<string | undefined> {
  if (picture.size > PICTURE_BYTES_MAX) return undefined;
  prepareZXingModule({
    // The library's default would fetch its program from the network.
    overrides: { locateFile: () => WASM },
  });
  const [code] = await readBarcodes(picture, {
    formats: ['QRCode'],
    maxNumberOfSymbols: 1,
    tryHarder: true,
  });
  return code?.isValid ? code.text : undefined;
}
