import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { GatepostError, messageOf } from '../errors.ts';
import { isEd25519Point } from './curve-points.ts';
import type { HolderKey } from './pass.ts';
import { whereItIsPublished } from './published-keys.ts';

const SPKI_ED25519 = Uint8Array.from([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
]);
const KEY_BYTES = 32;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/**
 * The Ed25519 public key of 32 raw bytes (RFC 8032).
 * @throws GatepostError `key.invalid` for another length, and for bytes that are not a point or one of small order
 */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  checkEd25519(raw);
  return createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' });
}

/**
 * Refuses bytes that are not a usable key: for all zeros and the like anybody can find a valid signature.
 * @throws GatepostError `key.invalid`
 */
export function checkEd25519(raw: Uint8Array): void {
  if (raw.length !== KEY_BYTES) {
    throw new GatepostError('key.invalid', `An Ed25519 public key has 32 bytes, this one has ${raw.length}.`);
  }
  if (!isEd25519Point(raw)) {
    throw new GatepostError(
      'key.invalid',
      'These 32 bytes are no public key that gatepost keygen or a phone makes: no point of the curve, or one with which anybody can sign.',
    );
  }
}

/**
 * Refuses a key whose private half is published. Used wherever a key is to be trusted and nowhere else, because
 * published keys are still good for testing the arithmetic.
 * @throws GatepostError `key.invalid`
 */
export function refusePublished(publicKey: Uint8Array): void {
  const place = whereItIsPublished(publicKey);
  if (place === undefined) return;
  throw new GatepostError(
    'key.invalid',
    `The private half of this key is known to everybody (from ${place}), so anybody can sign with it. Make a key of your own: gatepost keygen --out office.pem.`,
  );
}

/**
 * Raw public bytes of a public or private key: 32 for Ed25519, 65 (uncompressed point) for P-256.
 * @throws GatepostError `key.invalid` for any other kind of key
 */
export function holderKeyOf(key: KeyObject): HolderKey {
  const { kty, crv, x, y } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  if (kty === 'OKP' && crv === 'Ed25519' && x !== undefined) {
    return { algorithm: 'Ed25519', publicKey: new Uint8Array(Buffer.from(x, 'base64url')) };
  }
  if (kty === 'EC' && crv === 'P-256' && x !== undefined && y !== undefined) {
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    return { algorithm: 'P-256', publicKey: new Uint8Array(point) };
  }
  throw new GatepostError(
    'key.invalid',
    'Only Ed25519 and P-256 keys are used; make one with gatepost keygen.',
  );
}

/**
 * Reads the public key of a trusted signer, as people write it: 64 hex or 43 base64url characters.
 * @throws GatepostError `key.invalid` for invalid keys, and for keys whose private half is published
 */
export function parsePublicKey(text: string): Uint8Array {
  const raw = decodePublicKey(text);
  checkEd25519(raw);
  refusePublished(raw);
  return raw;
}

function decodePublicKey(text: string): Uint8Array {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return new Uint8Array(Buffer.from(text, 'base64url'));
  throw new GatepostError(
    'key.invalid',
    'A public key is written as 64 hex or 43 base64url characters, as gatepost keygen prints it.',
  );
}

/**
 * Reads a holder's public key: Ed25519 as parsePublicKey() does, P-256 as its uncompressed point, 130 hex or 87
 * base64url characters.
 * @throws GatepostError `key.invalid`
 */
export function parseHolderKey(text: string): HolderKey {
  const isPoint = /^04[0-9a-fA-F]{128}$/.test(text) || /^B[A-P][A-Za-z0-9_-]{85}$/.test(text);
  if (!isPoint) return { algorithm: 'Ed25519', publicKey: parsePublicKey(text) };
  const encoding = text.length === 130 ? 'hex' : 'base64url';
  const key: HolderKey = { algorithm: 'P-256', publicKey: new Uint8Array(Buffer.from(text, encoding)) };
  holderKeyObject(key);
  refusePublished(key.publicKey);
  return key;
}

/** kid: the first 4 bytes of SHA-256(public key). */
export function keyIdBytes(publicKey: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(publicKey).digest().subarray(0, 4));
}

/**
 * Makes a key object of a holder's key, to verify with.
 * @throws GatepostError `key.invalid` for wrong lengths or a point that is not on the curve or of small order
 */
export function holderKeyObject(key: HolderKey): KeyObject {
  if (key.algorithm === 'Ed25519') return ed25519PublicKey(key.publicKey);
  try {
    const x = base64url(key.publicKey.subarray(1, 33));
    const y = base64url(key.publicKey.subarray(33, 65));
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch (error) {
    throw new GatepostError('key.invalid', `Not a P-256 public key: ${messageOf(error)}`, { cause: error });
  }
}

/** Checks an Ed25519 signature, or ES256 (RFC 9053 2.1: r and s, 32 bytes each) if the key is on P-256. */
export function verifySignature(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.asymmetricKeyType === 'ec') {
    return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  }
  return verify(null, message, key, signature);
}
