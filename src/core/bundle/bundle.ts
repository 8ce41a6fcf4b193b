import type { CborValue } from '../pass/canonical-cbor.ts';

/** The signed lists that come from the centre (config/contract/README.md#signed-lists). */
export const BUNDLE_TYPES = ['trust', 'revocations', 'policy', 'orders', 'directory'] as const;
export type BundleType = (typeof BUNDLE_TYPES)[number];

/** A longer file or message is not read. A million revocations need half of it. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;
/** Largest number of a bundle, and largest second of its fields: 2106-02-07. */
export const MAX_UINT32 = 0xffff_ffff;

/** Issuer, recipient and number of a bundle. Times are whole Unix seconds. */
export interface BundleHeader {
  readonly type: BundleType;
  /** The one site it is for. */
  readonly site: string;
  /** 1 to 2^32 - 1. Grows with every bundle of a type. */
  readonly number: number;
  readonly issuedAt: number;
  /** When the next one is due at the latest; after this and the site's grace period the list counts as stale. */
  readonly nextUpdate: number;
}

/** A well-formed bundle. Nothing in it may be trusted before its signature was checked. */
export interface OpenedBundle {
  readonly header: BundleHeader;
  /** kid of the signer as 8 hex characters. */
  readonly keyId: string;
  readonly toBeSigned: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
  /** Not yet checked against the type. */
  readonly content: CborValue;
}

/** Why a bundle is refused. Every refusal has exactly one of these names. */
export const BUNDLE_REFUSALS = [
  'too_large',
  'malformed',
  'unknown_type',
  'wrong_site',
  'old_number',
  'no_root_key',
  'unknown_signer',
  'signature_invalid',
  'content_invalid',
  'busy',
  'not_stored',
] as const;
export type BundleRefusal = (typeof BUNDLE_REFUSALS)[number];

/** How a bundle arrived: by `gatepost apply`, a USB stick or the broker. */
export const BUNDLE_SOURCES = ['apply', 'usb', 'mqtt'] as const;
export type BundleSource = (typeof BUNDLE_SOURCES)[number];
