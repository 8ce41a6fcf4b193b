/** Base45 of RFC 9285: the alphabet of QR's alphanumeric mode. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Value of each character code, -1 for characters outside the alphabet. */
const VALUES: readonly number[] = Array.from({ length: 128 }, (_, code) =>
  ALPHABET.indexOf(String.fromCharCode(code)),
);

const digit = (value: number): string => ALPHABET.charAt(value % 45);

/** Encodes `bytes` in base45: three characters for two bytes, two for a last single byte. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const high = bytes[i] ?? 0;
    const low = bytes[i + 1];
    const value = low === undefined ? high : high * 256 + low;
    text += digit(value) + digit(Math.floor(value / 45));
    if (low !== undefined) text += digit(Math.floor(value / 2025));
  }
  return text;
}

/**
 * Decodes base45. Undefined for everything that RFC 9285 section 6 requires to refuse: a character outside the
 * alphabet (lower case, a line end), a length of 1 modulo 3, a group above 65,535 or a last pair above 255.
 */
export function decodeBase45(text: string): Uint8Array | undefined {
  const rest = text.length % 3;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (rest === 2 ? 1 : 0));
  let length = 0;
  for (let i = 0; i < text.length; i += 3) {
    const isPair = i + 2 === text.length;
    const first = valueAt(text, i);
    const second = valueAt(text, i + 1);
    const third = isPair ? 0 : valueAt(text, i + 2);
    const value = first + second * 45 + third * 2025;
    if (first < 0 || second < 0 || third < 0 || value > (isPair ? 0xff : 0xffff)) return undefined;
    if (!isPair) bytes[length++] = value >> 8;
    bytes[length++] = value & 0xff;
  }
  return bytes;
}

function valueAt(text: string, index: number): number {
  return VALUES[text.charCodeAt(index)] ?? -1;
}
