import type { Signer } from '../pass/issue-pass.ts';
import type { MusterCause } from './muster.ts';
import { type SignedReceipt, signReceipt } from './signed-receipt.ts';

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

export type SignedMusterReceipt = SignedReceipt<MusterReceipt>;

/** @throws GatepostError `key.invalid` for a key that is not Ed25519 */
export function signMusterReceipt(receipt: MusterReceipt, signer: Signer): SignedMusterReceipt {
  return signReceipt('gatepost-muster/1', receipt, signer);
}
