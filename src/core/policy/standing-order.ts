import type { Direction, PassKind } from '../access/vocabulary.ts';
import type { ClockReading } from '../time/clock-reading.ts';

/**
 * `quarantine`: the holder stays in. `health`: a health status keeps the holder from passing. `suspension`: the pass
 * is out of use for a while, in both directions.
 */
export const ORDER_KINDS = ['quarantine', 'health', 'suspension'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** Whom something concerns: one pass, or everybody of one household. Hex as in the pass. */
export type HolderSubject = { readonly passId: string } | { readonly holderRef: string };

/** An order that stands until it is over or ended (config/contract/README.md#reasons). */
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

/** What an order depends on. */
interface OrderContext {
  readonly kind: PassKind;
  readonly direction: Direction;
  readonly clock: ClockReading;
}

/**
 * Whether the order's time has come and is not over. A clock that cannot be believed is too early at worst (time
 * only grows behind its floor), so then an order that has not begun may have, and one that is over is over.
 */
export function isInForce({ fromMs, untilMs }: StandingOrder, { wallMs, quality }: ClockReading): boolean {
  const begun = quality === 'unsynced' || wallMs >= fromMs;
  return begun && (untilMs === undefined || wallMs < untilMs);
}

/**
 * Whether an order in force holds this passage. An order that names no direction holds both, with one exception:
 * nobody who lives here is kept from coming home.
 */
export function orderHolds(order: StandingOrder, { kind, direction }: OrderContext): boolean {
  if (order.kind === 'suspension') return true;
  if (order.direction !== undefined) return order.direction === direction;
  return !(kind === 'resident' && direction === 'in');
}
