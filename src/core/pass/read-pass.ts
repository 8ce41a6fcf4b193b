import type { KeyObject } from 'node:crypto';
import { toHex } from '../encoding/hex.ts';
import { GatepostError } from '../errors.ts';
import { type ParsedPass, parsePass } from './parse-pass.ts';
import type { PassReading, TrustedKey } from './pass.ts';
import { ed25519PublicKey, holderKeyObject, keyIdBytes, verifySignature } from './public-key.ts';

interface KnownKey {
  readonly trusted: TrustedKey;
  readonly key: KeyObject;
}

/** The keys whose passes are trusted, ready to verify with. Made once, by createTrust(). */
export interface Trust {
  /** By kid as 8 hex characters. Four bytes may collide, so there can be several keys. */
  readonly keys: ReadonlyMap<string, readonly KnownKey[]>;
}

/**
 * Prepares the keys of a site. Withdrawn keys belong here too, so that their passes are called revoked.
 * @throws GatepostError `key.invalid` for a key that is not 32 bytes or is given twice, with its name
 */
export function createTrust(keys: readonly TrustedKey[]): Trust {
  const byId = new Map<string, KnownKey[]>();
  for (const trusted of keys) {
    const keyId = keyIdOf(trusted.publicKey);
    const sameId = byId.get(keyId) ?? [];
    const twin = sameId.find((known) => toHex(known.trusted.publicKey) === toHex(trusted.publicKey));
    if (twin !== undefined) {
      // Two sets of limits for one key would apply depending on their order.
      throw new GatepostError(
        'key.invalid',
        `The keys "${twin.trusted.name}" and "${trusted.name}" are the same; keep one of them.`,
      );
    }
    byId.set(keyId, [...sameId, { trusted, key: ed25519PublicKey(trusted.publicKey) }]);
  }
  return { keys: byId };
}

/** kid of a public key as 8 hex characters. */
export function keyIdOf(publicKey: Uint8Array): string {
  return toHex(keyIdBytes(publicKey));
}

/**
 * Reads a scanned text: form, issuer, signature and, for GR1, the holder's proof, for GG1, the host's signature, in this
 * order (config/contract/README.md#passes). Uses no clock and no site; checkPass() does. Never throws, whatever the text;
 * `detail` never repeats it.
 */
export function readPass(text: string, trust: Trust): PassReading {
  return verifyPass(parsePass(text), trust);
}

/** readPass() of a text that is parsed already. */
export function verifyPass(parsed: ParsedPass, trust: Trust): PassReading {
  if (parsed.status === 'unreadable') return parsed;
  const { cose, claims, proof, host } = parsed;
  const keyId = toHex(cose.keyId);
  const candidates = trust.keys.get(keyId);
  if (candidates === undefined) {
    return {
      status: 'unreadable',
      reason: 'gp:UnknownIssuer',
      detail: `No trusted key has the id ${keyId}`,
    };
  }
  const issuer = candidates.find(({ key }) => verifySignature(key, cose.toBeSigned, cose.signature))?.trusted;
  if (issuer === undefined) {
    return {
      status: 'unreadable',
      reason: 'gp:SignatureInvalid',
      detail: `The issuer's signature does not hold for key ${keyId}`,
    };
  }
  if (host !== undefined) {
    return verifySignature(holderKeyObject(host.key), host.toBeSigned, host.signature)
      ? { status: 'verified', form: 'GG1', claims, host: host.claims, issuer, keyId }
      : {
          status: 'unreadable',
          reason: 'gp:SignatureInvalid',
          detail: "The signature of the host's phone does not hold",
        };
  }
  if (proof === undefined) return { status: 'verified', form: 'GP1', claims, issuer, keyId };
  if (!verifySignature(holderKeyObject(proof.key), proof.toBeSigned, proof.signature)) {
    return {
      status: 'unreadable',
      reason: 'gp:SignatureInvalid',
      detail: "The proof of the holder's phone does not hold",
    };
  }
  return { status: 'verified', form: 'GR1', claims, issuer, keyId, step: proof.step };
}
