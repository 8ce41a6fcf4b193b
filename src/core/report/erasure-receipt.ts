import type { Signer } from '../pass/issue-pass.ts';
import { type SignedReceipt, signReceipt } from './signed-receipt.ts';

/** Something that a rule still needs, and that goes at its end. */
export interface StayingRecord {
  readonly what: 'order' | 'passage' | 'visit' | 'hostedVisit' | 'report' | 'phoneCode' | 'quota';
  /** Which rule needs it. */
  readonly for: 'order' | 'quota' | 'uses' | 'antiPassback' | 'passage' | 'visit' | 'replay';
  readonly count: number;
  /** RFC 3339, when the last of them goes at the latest; null: when a guard ends the order. */
  readonly until: string | null;
}

/** What the gate says about the erasure of one holder, without saying whose it was. */
export interface ErasureReceipt {
  readonly site: string;
  readonly gate: string;
  /** RFC 3339. */
  readonly erasedAt: string;
  readonly log: {
    readonly epoch: string;
    /** Rows that lose what is personal in them, e.g. `12-14,20`. */
    readonly ranges: string;
    readonly rows: number;
    /** Those of them that no server had acknowledged; they arrive there without what was personal. */
    readonly unacknowledged: number;
  };
  /** What was deleted beside the log. */
  readonly deleted: {
    readonly register: number;
    readonly photographs: number;
    readonly passages: number;
    readonly orders: number;
    readonly visits: number;
    readonly reports: number;
    readonly phoneCodes: number;
  };
  readonly stays: readonly StayingRecord[];
  /** Signed lists in force that name the holder or a pass of the holder: they are the centre's. */
  readonly lists: readonly string[];
  /** Files of the store folder that an erasure does not change: logs that were put aside. */
  readonly files: readonly string[];
}

/** @throws GatepostError `key.invalid` for a key that is not Ed25519 */
export function signErasureReceipt(receipt: ErasureReceipt, signer: Signer): SignedReceipt<ErasureReceipt> {
  return signReceipt('gatepost-erasure/1', receipt, signer);
}

/** Numbers as ranges, e.g. `12-14,20`. @param sequences ascending */
export function rangesOf(sequences: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const sequence of sequences) {
    const before = ranges.at(-1);
    if (before !== undefined && sequence === before.last + 1) before.last = sequence;
    else ranges.push({ first: sequence, last: sequence });
  }
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}
