import type { Direction } from '../access/vocabulary.ts';

/**
 * `quarantine`: the holder stays in. `health`: a health status keeps the holder from passing. `suspension`: the pass
 * is out of use for a while, in both directions.
 */
export const ORDER_KINDS = ['quarantine', 'health', 'suspension'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** Whom something concerns: one pass, or everybody of one household. Hex as in the pass. */
export type HolderSubject = { readonly passId: string } | { readonly holderRef: string };

/** An order that stands until it is over or ended (contract: QuarantineOrder, HealthStatusRestricted, suspended). */
export interface StandingOrder {
  readonly id: string;
  readonly kind: OrderKind;
  readonly subject: HolderSubject;
  /** Unix milliseconds, the first at which it holds. */
  readonly fromMs: number;
  /** The first at which it no longer holds; left out, it holds until somebody ends it. */
  readonly untilMs?: number;
  /** The only direction it holds; left out: see orderHolds(). Means nothing for a suspension. */
  readonly direction?: Direction;
  /** The guard here, or a signed list. */
  readonly source: 'guard' | 'centre';
  /** Who gave it and why, for the guard's eyes. */
  readonly by: string;
  readonly note: string;
}
