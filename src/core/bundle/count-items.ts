const EIGHT_BYTE_LENGTH = 27;
const BYTE_STRING = 2;
const TEXT_STRING = 3;

/**
 * Whether `bytes` hold at most `limit` CBOR items (RFC 8949 3), counted from their heads alone and no further than
 * the limit. Nothing is built, so that hostile input cannot cost more than its limit before it is parsed. Says
 * nothing about well-formedness.
 */
export function hasAtMostItems(bytes: Uint8Array, limit: number): boolean {
  let at = 0;
  let items = 0;
  while (at < bytes.length) {
    items += 1;
    if (items > limit) return false;
    const first = bytes[at] ?? 0;
    const major = first >> 5;
    const short = first & 0x1f;
    const lengthBytes = short < 24 || short > EIGHT_BYTE_LENGTH ? 0 : 2 ** (short - 24);
    let value = lengthBytes === 0 ? short : 0;
    for (let index = 1; index <= lengthBytes; index++) value = value * 256 + (bytes[at + index] ?? 0);
    at += 1 + lengthBytes + (major === BYTE_STRING || major === TEXT_STRING ? value : 0);
  }
  return true;
}
