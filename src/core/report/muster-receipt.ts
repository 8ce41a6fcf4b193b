import { hash } from 'node:crypto';
import { canonicalJson } from '../encoding/canonical-json.ts';
import { GatepostError } from '../errors.ts';
import type { Signer } from '../pass/issue-pass.ts';
import type { MusterCause } from './muster.ts';

/** Put before the signed bytes, so that the signature cannot be used for anything else. */
const CONTEXT = 'gatepost-muster/1\n';

/** What the gate says about the erasure of a list of who was inside: numbers alone. */
export interface MusterReceipt {
  readonly site: string;
  readonly gate: string;
  readonly muster: number;
  readonly cause: MusterCause;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly erasedAt: string;
  /** Lines that were erased, and how many of them were ticked. */
  readonly people: number;
  readonly ticked: number;
}

export interface SignedMusterReceipt {
  readonly receipt: MusterReceipt;
  readonly algorithm: 'Ed25519';
  /** Hex. */
  readonly publicKey: string;
  /** base64url, over "gatepost-muster/1", a line feed and the canonical JSON of `receipt`. */
  readonly signature: string;
}

export function musterDigest(receipt: MusterReceipt): string {
  return hash('sha256', canonicalJson(receipt), 'hex');
}

/** @throws GatepostError `key.invalid` for a key that is not Ed25519 */
export function signMusterReceipt(receipt: MusterReceipt, signer: Signer): SignedMusterReceipt {
  if (signer.algorithm !== 'Ed25519')
    throw new GatepostError('key.invalid', 'The key of the gate must be an Ed25519 key.');
  const signature = signer.sign(new TextEncoder().encode(CONTEXT + canonicalJson(receipt)));
  return {
    receipt,
    algorithm: 'Ed25519',
    publicKey: Buffer.from(signer.publicKey).toString('hex'),
    signature: Buffer.from(signature).toString('base64url'),
  };
}
