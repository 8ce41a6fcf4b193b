import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { GatepostError, messageOf } from '../../core/errors.ts';

const MAX_BYTES = 64 * 1024;

/**
 * The private key of a PEM file, as `gatepost keygen` writes it.
 * @throws GatepostError `key.invalid`, `usage` for a file that cannot be read
 */
export function readPrivateKey(path: string, passphraseFile: string | undefined): KeyObject {
  return unlock(path, passphraseFile === undefined ? undefined : readSecret(passphraseFile));
}

/**
 * The same, but asks for the passphrase if the key is encrypted and no passphrase file is given.
 * @throws GatepostError `key.invalid`, `usage`, and what `ask` throws
 */
export async function openPrivateKey(
  path: string,
  passphraseFile: string | undefined,
  ask: () => Promise<string>,
): Promise<KeyObject> {
  if (passphraseFile !== undefined || !isEncrypted(readSmallFile(path))) {
    return readPrivateKey(path, passphraseFile);
  }
  return unlock(path, await ask());
}

function unlock(path: string, passphrase: string | undefined): KeyObject {
  const pem = readSmallFile(path);
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch (error) {
    throw new GatepostError(
      'key.invalid',
      isEncrypted(pem)
        ? `${path} is encrypted and the passphrase ${passphrase === undefined ? 'is missing; name its file with --passphrase-file' : 'does not fit'}.`
        : `${path} holds no private key in PEM form: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function isEncrypted(pem: string): boolean {
  return pem.includes('ENCRYPTED');
}

/**
 * A secret in a file of its own: UTF-8, at least 8 characters. Byte order marks and white space at its ends, which
 * editors add, are removed, because they are invisible and would change every pseudonym.
 * @throws GatepostError `usage`
 */
export function readSecret(path: string): string {
  const secret = withoutEnds(decodeSecret(path, readSmallBytes(path)).replaceAll('\r\n', '\n'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(secret)) {
    throw new GatepostError(
      'usage',
      `The secret in ${path} holds control characters. Save it as plain text in UTF-8.`,
    );
  }
  if (secret.length < 8) {
    throw new GatepostError(
      'usage',
      `The secret in ${path} is shorter than 8 characters; choose a longer one.`,
    );
  }
  return secret;
}

/** Blanks at the begin may be meant; what nobody sees is not. */
function withoutEnds(text: string): string {
  return text
    .replace(/^\p{Default_Ignorable_Code_Point}+/u, '')
    .replace(/[\s\p{Default_Ignorable_Code_Point}]+$/u, '');
}

/** Invalid UTF-8 is refused: decoding would replace different bytes by the same character. */
function decodeSecret(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw new GatepostError(
      'usage',
      `The secret in ${path} is not UTF-8${isUtf16 ? ' but UTF-16 ("Unicode" in Windows)' : ''}. Save it as plain text in UTF-8.`,
      { cause },
    );
  }
}

/** A text file of at most 64 KiB. @throws GatepostError `usage` */
export function readSmallFile(path: string): string {
  return readSmallBytes(path).toString('utf8');
}

function readSmallBytes(path: string): Buffer {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > MAX_BYTES) throw new Error('it is larger than 64 KiB');
    return readFileSync(path);
  } catch (error) {
    throw new GatepostError('usage', `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
