/** Finds the QR codes in a picture, off the main thread. */
export interface ImageDecoder {
  /**
   * @param picture an encoded picture (PNG, JPEG, PGM)
   * @returns the bytes that each of them holds, at most eight; none when there is no code. Hostile until verified.
   * @throws GatepostError `picture.invalid` for what is no picture, or for one that takes too long
   */
  find(picture: Uint8Array): Promise<readonly Uint8Array[]>;
}
