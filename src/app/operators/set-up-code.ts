import { createHash, timingSafeEqual } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U, so that a code read aloud or from a screen cannot be misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 40 bits: eight characters of five bits. */
const CODE_BYTES = 5;

/**
 * One secret of the form `7Q4M-02XK`. It stays the same until there is an account: whoever types wrong ones is made to
 * wait, and cannot take it away from the one who reads it at the kiosk.
 */
export class SetUpCode {
  /** As it is printed. */
  readonly text: string;

  constructor(randomBytes: (count: number) => Uint8Array) {
    const bits = [...randomBytes(CODE_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const characters = (bits.match(/.{5}/g) ?? []).map((group) => ALPHABET.charAt(Number.parseInt(group, 2)));
    this.text = `${characters.slice(0, 4).join('')}-${characters.slice(4).join('')}`;
  }

  /** Constant-time; small letters, missing dashes and the usual misreadings are accepted. */
  matches(typed: string): boolean {
    return timingSafeEqual(digest(typed), digest(this.text));
  }
}

function digest(code: string): Buffer {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return createHash('sha256').update(plain).digest();
}
