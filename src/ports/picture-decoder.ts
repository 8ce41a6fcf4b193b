/** Finds a QR code in a picture, off the main thread. */
export interface PictureDecoder {
  /**
   * @param picture an encoded picture (PNG, JPEG, PGM)
   * @returns the text of the code, or undefined when there is none. Hostile until verified.
   * @throws GatepostError `picture.invalid` for what is no picture, or for one that takes too long
   */
  find(picture: Uint8Array): Promise<string | undefined>;
}
