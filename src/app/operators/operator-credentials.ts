import { createHash, timingSafeEqual } from 'node:crypto';
import type { SetUpFault } from '../../ports/operator-desk.ts';
import { isWeak } from './weak-password.ts';

const NAME = /^[\p{L}\p{M}\p{N} ._-]{1,32}$/u;
const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;

/** The form in which names and passwords are stored, because keyboards differ in how they encode the same letter. */
export function normalized(text: string): string {
  return text.normalize('NFC');
}

/** Why `name` is no operator's name, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (NAME.test(normalized(name)) && name.trim() === name) return undefined;
  return 'The name must have 1 to 32 letters, digits, spaces or - _ . and no space at its ends.';
}

/** What is wrong with a password, as a code; each code has a sentence. */
type PasswordFault = Extract<SetUpFault, 'short' | 'long' | 'own-name' | 'common'>;

const SENTENCES: Readonly<Record<PasswordFault, string>> = {
  short: `The password must have at least ${MIN_PASSWORD} characters.`,
  long: `The password must have at most ${MAX_PASSWORD} characters.`,
  'own-name': 'The password must not be the name.',
  common:
    'This password is one of the first that anybody would try here: a common one, a row of keys, a repeat or a name of the site. Take three words or more that have nothing to do with it.',
};

/**
 * Why `password` must not be used by `name`, or undefined.
 * @param ownWords names of the site, the gate and the other operators
 */
export function passwordProblem(
  name: string,
  password: string,
  ownWords: readonly string[] = [],
): string | undefined {
  const fault = passwordFault(name, password, ownWords);
  return fault === undefined ? undefined : sentenceOf(fault);
}

export function sentenceOf(fault: PasswordFault): string {
  return SENTENCES[fault];
}

export function passwordFault(
  name: string,
  password: string,
  ownWords: readonly string[] = [],
): PasswordFault | undefined {
  const text = normalized(password);
  const { length } = [...text];
  if (length < MIN_PASSWORD) return 'short';
  if (length > MAX_PASSWORD) return 'long';
  const ownName = plain(name);
  const letters = plain(text);
  if (letters !== '' && ownName !== '' && letters.replaceAll(ownName, '') === '') return 'own-name';
  return isWeak(text, [...ownWords, name]) ? 'common' : undefined;
}

function plain(text: string): string {
  return normalized(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** Crockford's base 32: no I, L, O, U, so that a code read aloud or from a screen cannot be misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 40 bits: eight characters of five bits. */
const CODE_BYTES = 5;

/**
 * One secret of the form `7Q4M-02XK`. It stays the same until there is an account. Wrong codes make the sender wait but
 * do not replace it, because otherwise a stranger could prevent the set-up.
 */
export class SetUpCode {
  /** As it is printed. */
  readonly text: string;

  constructor(randomBytes: (count: number) => Uint8Array) {
    this.text = writtenCode(randomBytes(CODE_BYTES));
  }

  /** Constant-time; small letters, missing dashes and the usual misreadings are accepted. */
  matches(typed: string): boolean {
    return timingSafeEqual(digest(typed), digest(this.text));
  }
}

function digest(code: string): Buffer {
  return createHash('sha256').update(readCode(code)).digest();
}

/** Bytes as groups of four characters that can be read aloud; five bits a character. */
export function writtenCode(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = (bits.match(/.{5}/g) ?? []).map((group) => ALPHABET.charAt(Number.parseInt(group, 2)));
  return (characters.join('').match(/.{4}/g) ?? []).join('-');
}

/** A typed code without dashes, in large letters, and without the usual misreadings. */
export function readCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}
