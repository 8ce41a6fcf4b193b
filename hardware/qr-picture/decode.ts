import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { GatepostError } from '../../src/core/errors.ts';

/** Larger pictures are refused before they are decoded. */
export const PICTURE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Reads QR codes of picture files (PNG, JPEG, …) with zxing-wasm. The wasm comes from the installed package: by
 * default the library would fetch it from the network.
 */
export class QrPictureDecoder {
  #prepared: Promise<unknown> | undefined;

  /**
   * @returns the text of the one code that was found
   * @throws GatepostError `picture.invalid`
   */
  async decode(picture: Uint8Array): Promise<string> {
    if (picture.length === 0 || picture.length > PICTURE_BYTES_MAX) {
      throw new GatepostError('picture.invalid', 'The picture must have 1 byte to 4 MiB. Use a smaller one.');
    }
    this.#prepared ??= Promise.resolve(
      prepareZXingModule({ overrides: { wasmBinary: wasmOfPackage() }, fireImmediately: true }),
    );
    await this.#prepared;
    const [code] = await readCodes(picture);
    if (code === undefined || !code.isValid) {
      throw new GatepostError(
        'picture.invalid',
        'No QR code was found in the picture. Use a sharp, straight picture with a white margin.',
      );
    }
    return code.text;
  }
}

async function readCodes(picture: Uint8Array): ReturnType<typeof readBarcodes> {
  try {
    return await readBarcodes(picture, { formats: ['QRCode'], maxNumberOfSymbols: 1, tryHarder: true });
  } catch (cause) {
    throw new GatepostError('picture.invalid', 'The file is no picture that can be read. Use PNG or JPEG.', {
      cause,
    });
  }
}

function wasmOfPackage(): ArrayBuffer {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
