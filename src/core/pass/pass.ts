import type { PassKind } from '../access/vocabulary.ts';
import type { TimeWindow } from '../time/site-time.ts';

/** A holder's public key that a pass is bound to (COSE_Key, claim 8 cnf). */
export interface HolderKey {
  readonly algorithm: 'Ed25519' | 'P-256';
  /** Ed25519: 32 bytes; P-256: 65 bytes, uncompressed point. */
  readonly publicKey: Uint8Array;
}

/** The content of a pass, in whole Unix seconds and plain values. Trust it only from a verified PassReading. */
export interface PassClaims {
  /** The site the pass is for (aud). */
  readonly site: string;
  /** First invalid second (exp). */
  readonly expiresAt: number;
  /** First valid second (nbf). */
  readonly notBefore?: number;
  readonly issuedAt: number;
  /** 8 bytes as 16 lower-case hex characters (cti). */
  readonly passId: string;
  readonly holderKey?: HolderKey;
  readonly kind: PassKind;
  /** Keyed pseudonym of household or person, 6 bytes as 12 hex characters. */
  readonly holderRef?: string;
  readonly windows?: readonly TimeWindow[];
  readonly quota?: { readonly count: number; readonly days: number };
  /** At most 24 bytes of UTF-8; shown to the guard, never logged or published. */
  readonly label?: string;
  readonly uses?: number;
  /** Gate ids the pass is valid for; absent means all gates of the site. */
  readonly gates?: readonly string[];
  /** Bits of PASS_FLAGS; others are ignored. */
  readonly flags?: number;
  /** Language the holder understands (BCP 47), at most 12 characters. */
  readonly language?: string;
}

/** Bits of the claim `flags` (claim -65537 key 8). */
export const PASS_FLAGS = {
  /** Needs more time: lock and passage wait longer, by the level's slowReleaseFactor. */
  slow: 1,
  /** Shown under threat: opens like any other pass, and access.duress is written. No screen at the gate shows it. */
  duress: 2,
  /** The screen shows fewer words, and larger ones. */
  largeType: 4,
  /** A screen with a voice speaks each instruction at once. */
  speechAtOnce: 8,
  /** Cannot climb steps or hurry: lock and passage wait as for `slow`, and the lock until the person has passed. */
  stepFree: 16,
} as const;

export function hasFlag({ flags = 0 }: Pick<PassClaims, 'flags'>, flag: keyof typeof PASS_FLAGS): boolean {
  return (flags & PASS_FLAGS[flag]) !== 0;
}

/**
 * How the holder of a pass is to be spoken to. For the resident's screen alone, while the holder stands there: it is
 * neither kept nor told to anybody else, and no decision looks at it.
 */
export interface HolderNeeds {
  readonly language?: string;
  readonly largeType?: true;
  readonly speechAtOnce?: true;
  readonly slow?: true;
}

/** What the pass says of it; undefined if that is nothing. */
export function needsOf(claims: Pick<PassClaims, 'flags' | 'language'>): HolderNeeds | undefined {
  const needs: HolderNeeds = {
    ...(claims.language === undefined ? {} : { language: claims.language }),
    ...(hasFlag(claims, 'largeType') ? { largeType: true } : {}),
    ...(hasFlag(claims, 'speechAtOnce') ? { speechAtOnce: true } : {}),
    ...(hasFlag(claims, 'slow') ? { slow: true } : {}),
  };
  return Object.keys(needs).length === 0 ? undefined : needs;
}

/** Whether lock and passage wait longer for the holder. */
export function needsTime(claims: Pick<PassClaims, 'flags'>): boolean {
  return hasFlag(claims, 'slow') || hasFlag(claims, 'stepFree');
}

/** A public key that may sign passes here. */
export interface TrustedKey {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly name: string;
  /** Sites whose passes it may sign; absent means any. */
  readonly sites?: readonly string[];
  /** Kinds it may issue; absent means all. */
  readonly kinds?: readonly PassKind[];
  /** Longest life of a pass by it, in seconds; absent: as long as any pass. Of the kiosk's own key for visitors. */
  readonly longestLifeS?: number;
  /** Whole Unix seconds between which the key is trusted. */
  readonly from?: number;
  readonly until?: number;
  readonly status: 'active' | 'withdrawn';
}

type UnreadableReason =
  | 'gp:MalformedPass'
  | 'gp:UnsupportedVersion'
  | 'gp:UnknownIssuer'
  | 'gp:SignatureInvalid';

/**
 * The result of reading a pass text with the keys of the site: only cryptography and form, no clock, no site.
 * `unreadable` never contains claims, because they could not be trusted.
 */
export type PassReading =
  | { readonly status: 'unreadable'; readonly reason: UnreadableReason; readonly detail: string }
  | {
      readonly status: 'verified';
      /** GP1: shown as a fixed image; GR1: a phone's code of one 15 s step; GG1: a guest pass by a resident's phone. */
      readonly form: 'GP1' | 'GR1' | 'GG1';
      /** Of who shows it: for GG1 the guest. */
      readonly claims: PassClaims;
      /** GG1 only: the pass of the resident who has signed for the guest. */
      readonly host?: PassClaims;
      readonly issuer: TrustedKey;
      /** kid: first 4 bytes of SHA-256(public key) as 8 hex characters. */
      readonly keyId: string;
      /** GR1 only: Unix time / 15 s as signed by the holder's key. */
      readonly step?: number;
    };
