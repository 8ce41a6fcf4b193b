import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmAddress from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** Larger pictures are not looked at, in bytes. */
const PICTURE_BYTES_MAX = 20 * 1024 * 1024;

/** The text of the QR code in a picture; undefined where none is found. */
export async function readPicture(picture: Blob): Promise<string | undefined> {
  if (picture.size > PICTURE_BYTES_MAX) return undefined;
  prepareZXingModule({
    // The library's default would fetch its program from the network.
    overrides: { locateFile: () => wasmAddress },
  });
  const [code] = await readBarcodes(picture, {
    formats: ['QRCode'],
    maxNumberOfSymbols: 1,
    tryHarder: true,
  });
  return code?.isValid ? code.text : undefined;
}
