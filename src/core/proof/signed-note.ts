import { hash } from 'node:crypto';
import { GatepostError } from '../errors.ts';
import type { Signer } from '../pass/issue-pass.ts';
import { ed25519PublicKey, verifySignature } from '../pass/public-key.ts';

/** A note with more is refused; C2SP signed-note wants room for 16 signatures of up to 5 kB. */
const MOST_BYTES = 128 * 1024;
const MOST_SIGNATURES = 64;
/** Name without spaces and plus, and a value in standard base64. */
const SIGNATURE = /^\u2014 ([^\s+]{1,256}) ([A-Za-z0-9+/]{8,}={0,2})$/u;
const KEY_HASH_BYTES = 4;

/** The types of C2SP signed-note: 1 signs the text, 4 is a cosignature of C2SP tlog-cosignature. */
export type SignatureType = 1 | 4;

interface NoteSignature {
  readonly name: string;
  readonly keyHash: Uint8Array;
  readonly value: Uint8Array;
}

/** A text with signatures in the form of C2SP signed-note. Nothing in it is proved before a signature is verified. */
export interface SignedNote {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * Reads a note from anywhere.
 * @throws GatepostError `checkpoint.invalid`
 */
export function parseNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > MOST_BYTES) throw malformed(`it has more than ${MOST_BYTES} bytes`);
  const whole = decode(bytes);
  const split = whole.lastIndexOf('\n\n');
  if (split < 0 || !whole.endsWith('\n')) throw malformed('there are no signatures behind an empty line');
  const lines = whole.slice(split + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw malformed(`it has more than ${MOST_SIGNATURES} signatures`);
  return { text: whole.slice(0, split + 1), signatures: lines.map(readSignature) };
}

function decode(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (![...text].some((character) => character < ' ' && character !== '\n')) return text;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
  }
  throw malformed('it is not plain UTF-8 text');
}

function readSignature(line: string): NoteSignature {
  const [, name = '', encoded = ''] = SIGNATURE.exec(line) ?? [];
  const value = fromBase64(encoded);
  if (value === undefined || value.length <= KEY_HASH_BYTES) throw malformed('a signature line is not one');
  return { name, keyHash: value.subarray(0, KEY_HASH_BYTES), value: value.subarray(KEY_HASH_BYTES) };
}

/** The bytes of standard base64 in its one canonical form. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}

/**
 * The signature line of a note.
 * @param value of type 1: the Ed25519 signature over the text
 */
function signatureLine(name: string, keyHash: Uint8Array, value: Uint8Array): string {
  return `\u2014 ${name} ${Buffer.concat([keyHash, value]).toString('base64')}\n`;
}

/**
 * Signs a text that ends with a line feed.
 * @param name of the key, without spaces and plus
 * @throws GatepostError `key.invalid` for a key that is not Ed25519
 */
export function signNote(text: string, name: string, signer: Signer): string {
  if (signer.algorithm !== 'Ed25519')
    throw new GatepostError('key.invalid', 'A checkpoint is signed with an Ed25519 key.');
  const value = signer.sign(new TextEncoder().encode(text));
  return `${text}\n${signatureLine(name, keyHashOf(name, 1, signer.publicKey), value)}`;
}

/**
 * The note with one more signature line.
 * @param note with its signatures
 * @param value as its type wants it
 */
export function withSignature(
  note: string,
  key: { readonly name: string; readonly type: SignatureType; readonly publicKey: Uint8Array },
  value: Uint8Array,
): string {
  return `${note}${signatureLine(key.name, keyHashOf(key.name, key.type, key.publicKey), value)}`;
}

/** Signatures of the note that say that they were made with this key. They are not verified. */
export function signaturesOf(
  { signatures }: SignedNote,
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
): readonly NoteSignature[] {
  const wanted = Buffer.from(keyHashOf(name, type, publicKey));
  return signatures.filter((signature) => signature.name === name && wanted.equals(signature.keyHash));
}

/** Whether the key has signed the note, and every signature that names it is good. */
export function isSignedBy(note: SignedNote, name: string, publicKey: Uint8Array): boolean {
  const signatures = signaturesOf(note, name, 1, publicKey);
  const key = ed25519PublicKey(publicKey);
  const text = new TextEncoder().encode(note.text);
  return signatures.length > 0 && signatures.every(({ value }) => verifySignature(key, text, value));
}

/** The first 4 bytes of SHA-256 over name, line feed, type and key. */
function keyHashOf(name: string, type: SignatureType, publicKey: Uint8Array): Uint8Array {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]);
  return hash('sha256', input, 'buffer').subarray(0, KEY_HASH_BYTES);
}

function malformed(why: string): GatepostError {
  return new GatepostError('checkpoint.invalid', `This is no checkpoint: ${why}.`);
}
