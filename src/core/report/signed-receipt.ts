import { hash } from 'node:crypto';
import { canonicalJson } from '../encoding/canonical-json.ts';
import { GatepostError } from '../errors.ts';
import type { Signer } from '../pass/issue-pass.ts';

/** What the gate says that it has erased, with its signature. */
export interface SignedReceipt<R> {
  readonly receipt: R;
  readonly algorithm: 'Ed25519';
  /** Hex. */
  readonly publicKey: string;
  /** base64url, over the name of the kind of receipt, e.g. "gatepost-erasure/1", a line feed and the canonical JSON. */
  readonly signature: string;
}

/** SHA-256 of its canonical JSON, in hex. */
export function receiptDigest(receipt: object): string {
  return hash('sha256', canonicalJson(receipt), 'hex');
}

/**
 * @param kind put before the signed bytes, so that the signature cannot be used for anything else
 * @throws GatepostError `key.invalid` for a key that is not Ed25519
 */
export function signReceipt<R extends object>(kind: string, receipt: R, signer: Signer): SignedReceipt<R> {
  if (signer.algorithm !== 'Ed25519')
    throw new GatepostError('key.invalid', 'The key of the gate must be an Ed25519 key.');
  const signature = signer.sign(new TextEncoder().encode(`${kind}\n${canonicalJson(receipt)}`));
  return {
    receipt,
    algorithm: 'Ed25519',
    publicKey: Buffer.from(signer.publicKey).toString('hex'),
    signature: Buffer.from(signature).toString('base64url'),
  };
}
