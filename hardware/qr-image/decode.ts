import { GatepostError } from '../../src/core/errors.ts';
import { chosenCodes } from '../../src/core/scan/chosen-codes.ts';
import type { ImageDecoder } from '../../src/ports/code-reader.ts';
import { imageSize } from './image-size.ts';

/** Larger pictures are refused before they are decoded. */
const PICTURE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Larger images are refused, because a file of a megabyte can contain an image that takes gigabytes of memory.
 * Photographs of phones have 12 to 24 million pixels.
 */
export const IMAGE_PIXELS_MAX = 25_000_000;

/** Reads QR codes in uploaded picture files: PNG or JPEG. */
export class QrImageDecoder {
  readonly #decoder: ImageDecoder;

  constructor(decoder: ImageDecoder) {
    this.#decoder = decoder;
  }

  /**
   * @returns the text of the code that was found; of several, of one with the form of a pass
   * @throws GatepostError `picture.invalid`
   */
  async decode(picture: Uint8Array): Promise<string> {
    if (picture.length === 0 || picture.length > PICTURE_BYTES_MAX) {
      throw new GatepostError('picture.invalid', 'The picture must have 1 byte to 4 MiB. Use a smaller one.');
    }
    const size = imageSize(picture);
    if (size === undefined) {
      throw new GatepostError('picture.invalid', 'The file is no PNG or JPEG picture. Use one of these.');
    }
    if (size.width * size.height > IMAGE_PIXELS_MAX) {
      throw new GatepostError(
        'picture.invalid',
        `The picture has ${size.width} x ${size.height} pixels, more than 25 million. Use a smaller one.`,
      );
    }
    const [code] = chosenCodes(await this.#decoder.find(picture));
    if (code?.type === 'code') return code.text;
    if (code !== undefined) {
      throw new GatepostError(
        'picture.invalid',
        `The QR code in the picture holds no text that a scanner would take (${code.cause}). Use another code.`,
      );
    }
    throw new GatepostError(
      'picture.invalid',
      'No QR code was found in the picture. Use a sharp, straight picture with a white margin.',
    );
  }
}
