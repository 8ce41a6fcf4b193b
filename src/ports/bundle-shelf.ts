import type { BundleHeader } from '../core/bundle/bundle.ts';
import type { EventDraft } from '../core/events/event.ts';

/** A bundle in force. */
export interface KeptBundle extends BundleHeader {
  /** kid of its signer as 8 hex characters. */
  readonly keyId: string;
  /** SHA-256 of its bytes as 64 hex characters. */
  readonly digest: string;
  /** Unix milliseconds. */
  readonly appliedMs: number;
}

/** Where bundles survive a restart: one in force of each type. */
export interface BundleShelf {
  /** @throws GatepostError `log.unavailable` */
  kept(): readonly KeptBundle[];
  /** The bytes of a bundle in force, as they lie on the disk. @throws GatepostError `bundle.refused` when they are gone */
  read(kept: KeptBundle): Promise<Uint8Array>;
  /** Puts the bytes on disk beside those in force; durable when it resolves. @throws GatepostError `log.unavailable` */
  place(kept: KeptBundle, bytes: Uint8Array): Promise<void>;
  /** Puts a placed bundle in force, in one transaction with its event. @throws GatepostError `log.unavailable` */
  putInForce(kept: KeptBundle, event: EventDraft): void;
  /** Removes what is not in force: left by an earlier bundle, or by a power cut. */
  sweep(): Promise<void>;
}
