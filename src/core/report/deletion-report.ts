import { hash } from 'node:crypto';
import { canonicalJson } from '../encoding/canonical-json.ts';
import { GatepostError } from '../errors.ts';
import type { Signer } from '../pass/issue-pass.ts';
import { ed25519PublicKey, verifySignature } from '../pass/public-key.ts';
import type { PublishedDay } from './day-counts.ts';

/** Put before the signed bytes, so that the signature cannot be used for anything else. */
const CONTEXT = 'gatepost-stand-down/1\n';

/** How much was erased when a checkpoint was ended. */
export interface ErasedCounts {
  /** Rows of the log that were reduced. */
  readonly events: number;
  readonly passages: number;
  readonly holders: number;
  readonly photographs: number;
  readonly visitors: number;
  readonly orders: number;
  /** Days on which households under observation reported in. */
  readonly reports: number;
  readonly operators: number;
  readonly lists: number;
}

/** What is kept of a checkpoint that was ended: numbers, and where its log ended. */
export interface DeletionReport {
  readonly site: string;
  readonly gate: string;
  /** RFC 3339. */
  readonly endedAt: string;
  readonly log: {
    readonly epoch: string;
    readonly lastSequence: number;
    /** Hash of the last row before the end, hex. */
    readonly lastHash: string;
    /** Events that no server had acknowledged; they are erased as well. */
    readonly unpublished: number;
  };
  readonly erased: ErasedCounts;
  /** The same cells as in stats.daily, so that the report discloses nothing new. */
  readonly days: readonly PublishedDay[];
}

interface SignedReport {
  readonly report: DeletionReport;
  readonly algorithm: 'Ed25519';
  /** Hex. */
  readonly publicKey: string;
  /** base64url, over "gatepost-stand-down/1", a line feed and the canonical JSON of `report`. */
  readonly signature: string;
}

export function reportDigest(report: DeletionReport): string {
  return hash('sha256', canonicalJson(report), 'hex');
}

/** @throws GatepostError `key.invalid` for a key that is not Ed25519 */
export function signReport(report: DeletionReport, signer: Signer): SignedReport {
  if (signer.algorithm !== 'Ed25519')
    throw new GatepostError('key.invalid', 'The key of the gate must be an Ed25519 key.');
  const signature = signer.sign(signedBytes(report));
  return {
    report,
    algorithm: 'Ed25519',
    publicKey: Buffer.from(signer.publicKey).toString('hex'),
    signature: Buffer.from(signature).toString('base64url'),
  };
}

/** Whether the signature is valid. That the key is the gate's is shown by the event site.stooddown and its chain. */
export function isReportSigned({ report, publicKey, signature }: SignedReport): boolean {
  const key = ed25519PublicKey(new Uint8Array(Buffer.from(publicKey, 'hex')));
  return verifySignature(key, signedBytes(report), new Uint8Array(Buffer.from(signature, 'base64url')));
}

function signedBytes(report: DeletionReport): Uint8Array {
  return new TextEncoder().encode(CONTEXT + canonicalJson(report));
}
