import type { BundleHeader, BundleRefusal, BundleSource, BundleType } from '../core/bundle/bundle.ts';
import type { EventDraft } from '../core/events/event.ts';

export interface BundleDelivery {
  readonly bytes: Uint8Array;
  /** Where it came from, for the log. */
  readonly source: BundleSource;
}

export type BundleAnswer =
  | { readonly status: 'applied'; readonly type: BundleType; readonly number: number }
  /** The same bundle is already in force. */
  | { readonly status: 'unchanged'; readonly type: BundleType; readonly number: number }
  | { readonly status: 'refused'; readonly refusal: BundleRefusal; readonly detail: string };

/** Accepts bundles from any source. Never throws: every failure is an answer. */
export interface BundleIntake {
  receive(delivery: BundleDelivery): Promise<BundleAnswer>;
}

/** A bundle in force. */
export interface KeptBundle extends BundleHeader {
  /** kid of its signer as 8 hex characters. */
  readonly keyId: string;
  /** SHA-256 of its bytes as 64 hex characters. */
  readonly digest: string;
  /** Unix milliseconds. */
  readonly appliedMs: number;
}

/** Keeps bundles over a restart: one in force of each type. */
export interface BundleShelf {
  /** @throws GatepostError `log.unavailable` */
  kept(): readonly KeptBundle[];
  /**
   * The bytes of a bundle in force, as they are on the disk. @throws GatepostError `bundle.refused` if they are
   * missing
   */
  read(kept: KeptBundle): Promise<Uint8Array>;
  /** Stores the bytes beside those in force; durable when it resolves. @throws GatepostError `log.unavailable` */
  place(kept: KeptBundle, bytes: Uint8Array): Promise<void>;
  /** Puts a stored bundle in force, in one transaction with its event. @throws GatepostError `log.unavailable` */
  putInForce(kept: KeptBundle, event: EventDraft): void;
  /** Removes files that are not in force, left by an earlier bundle or by a power cut. */
  sweep(): Promise<void>;
}

/** Checks signatures over long messages without blocking the caller's thread. */
export interface SignatureVerifier {
  /** @param publicKey raw Ed25519 key, 32 bytes. @throws GatepostError `key.invalid` */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}
