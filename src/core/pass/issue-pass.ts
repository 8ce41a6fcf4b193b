import { createHash, type KeyObject, sign } from 'node:crypto';
import { encodeBase45 } from '../encoding/base45.ts';
import { GatepostError } from '../errors.ts';
import { writeCoseSign1 } from './cose-sign1.ts';
import { dynamicCodeText, proofMessage, staticPassBytes } from './dynamic-code.ts';
import { type GuestClaims, guestMessage, guestPassText } from './guest-pass.ts';
import { parsePass } from './parse-pass.ts';
import type { PassClaims } from './pass.ts';
import { encodeClaims } from './pass-claims.ts';
import { holderKeyOf, keyIdBytes } from './public-key.ts';

/** Signs without exposing its private key. */
export interface Signer {
  readonly algorithm: 'Ed25519' | 'P-256';
  /** Ed25519: 32 bytes; P-256: 65 bytes, uncompressed point. */
  readonly publicKey: Uint8Array;
  /** 64 bytes: Ed25519, or ES256 as r and s. */
  sign(bytes: Uint8Array): Uint8Array;
}

/**
 * A signer for a private key in memory.
 * @throws GatepostError `key.invalid` for anything but an Ed25519 or P-256 private key
 */
export function createSigner(privateKey: KeyObject): Signer {
  if (privateKey.type !== 'private') {
    throw new GatepostError('key.invalid', 'Signing needs a private key; this one is public.');
  }
  const { algorithm, publicKey } = holderKeyOf(privateKey);
  return {
    algorithm,
    publicKey,
    sign: (bytes) =>
      algorithm === 'Ed25519'
        ? sign(null, bytes, privateKey)
        : sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}

/**
 * The text of a pass (`GP1:…`) with these claims. The result is read back by the kiosk's own rules, so that no pass
 * is printed that a gate would call malformed.
 * @throws GatepostError `pass.invalid` naming the field that is out of range; `key.invalid` for a signer that is not
 * Ed25519
 */
export function signPass(claims: PassClaims, signer: Signer): string {
  if (signer.algorithm !== 'Ed25519') {
    throw new GatepostError(
      'key.invalid',
      'Passes are signed with Ed25519; make a key with gatepost keygen.',
    );
  }
  const cose = writeCoseSign1(encodeClaims(claims), keyIdBytes(signer.publicKey), (bytes) =>
    signer.sign(bytes),
  );
  const text = `GP1:${encodeBase45(cose)}`;
  const parsed = parsePass(text);
  if (parsed.status === 'unreadable') throw new GatepostError('pass.invalid', `${parsed.detail}.`);
  return text;
}

/**
 * The text that a phone shows during one step (`GR1:…`) for the pass `text` (`GP1:…`) that is bound to its key.
 * @param step Unix time / 15 s, rounded down
 * @throws GatepostError `pass.invalid` for a text that is not a GP1 pass
 */
export function dynamicCode(text: string, holder: Signer, step: number): string {
  const passBytes = staticPassBytes(text);
  if (passBytes === undefined) {
    throw new GatepostError(
      'pass.invalid',
      'A phone code is made from the text of a pass that begins with GP1:.',
    );
  }
  const digest = new Uint8Array(createHash('sha256').update(passBytes).digest());
  return dynamicCodeText(passBytes, step, new Uint8Array(holder.sign(proofMessage(digest, step))));
}

/**
 * The text of a guest pass (`GG1:…`) by the phone of the pass `text` (`GP1:…`), read back by the kiosk's own rules.
 * @throws GatepostError `pass.invalid` for a text that is not a pass bound to a phone, and for claims that a gate would
 * call malformed
 */
export function guestPass(text: string, host: Signer, claims: GuestClaims): string {
  const passBytes = staticPassBytes(text);
  if (passBytes === undefined)
    throw new GatepostError(
      'pass.invalid',
      'A guest pass is made from the text of a pass that begins with GP1:.',
    );
  const { algorithm } = host;
  const signature = new Uint8Array(host.sign(guestMessage(claims, algorithm)));
  const guest = guestPassText(passBytes, claims, { algorithm, signature });
  const parsed = parsePass(guest);
  if (parsed.status === 'unreadable') throw new GatepostError('pass.invalid', `${parsed.detail}.`);
  return guest;
}
