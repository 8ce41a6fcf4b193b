import type { HolderKey } from '../../core/pass/pass.ts';

/** A holder's key pair. The private half cannot be read out of the browser, not even by this page. */
export interface OwnKey {
  readonly algorithm: HolderKey['algorithm'];
  readonly privateKey: CryptoKey;
  /** Ed25519: 32 bytes; P-256: 65 bytes, uncompressed point. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** The pass on another phone that moves to this key, by its id. */
  readonly movedPassId?: string;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export async function makeKey(): Promise<OwnKey> {
  try {
    for (;;) {
      const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
      const key = await ownKey('Ed25519', pair as CryptoKeyPair);
      if (!beginsWithMinus(key.publicKey)) return key;
    }
  } catch (error) {
    // Browsers from before 2025 have only P-256; the gate accepts both.
    if (!(error instanceof DOMException)) throw error;
    return ownKey('P-256', await crypto.subtle.generateKey(P256, false, ['sign', 'verify']));
  }
}

/** 64 bytes: Ed25519, or ES256 as r and s. */
export async function signWith(key: OwnKey, message: Uint8Array): Promise<Uint8Array> {
  const algorithm = key.algorithm === 'Ed25519' ? 'Ed25519' : { name: 'ECDSA', hash: 'SHA-256' };
  return new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, new Uint8Array(message)));
}

export function isSameKey(one: HolderKey, other: Pick<OwnKey, 'algorithm' | 'publicKey'>): boolean {
  return (
    one.algorithm === other.algorithm &&
    one.publicKey.length === other.publicKey.length &&
    one.publicKey.every((byte, at) => byte === other.publicKey[at])
  );
}

/**
 * What a phone shows to the office: its public key in base64url without padding, and where a pass moves from another
 * phone a full stop and the id of that pass (16 hex characters).
 */
export function requestText({ publicKey }: OwnKey, movedPassId?: string): string {
  const key = btoa(String.fromCharCode(...publicKey))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  return movedPassId === undefined ? key : `${key}.${movedPassId}`;
}

/** Whether the base64url text of the key begins with `-`: a spreadsheet would read it as a formula. */
function beginsWithMinus(publicKey: Uint8Array): boolean {
  return (publicKey[0] ?? 0) >> 2 === 62;
}

async function ownKey(algorithm: OwnKey['algorithm'], pair: CryptoKeyPair): Promise<OwnKey> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { algorithm, privateKey: pair.privateKey, publicKey };
}
