import type { Direction, PassKind } from '../access/vocabulary.ts';
import type { ClockReading } from '../time/clock-reading.ts';

/**
 * `quarantine`: the holder stays in. `health`: a health status forbids the holder to pass. `suspension`: the pass is
 * invalid for a while, in both directions.
 */
export const ORDER_KINDS = ['quarantine', 'health', 'suspension'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** The holder something applies to: one pass, or everybody of one household. Hex as in the pass. */
export type HolderSubject = { readonly passId: string } | { readonly holderRef: string };

/** An order that stands until its time is over or it is ended (config/contract/README.md#reasons). */
export interface StandingOrder {
  readonly id: string;
  readonly kind: OrderKind;
  readonly subject: HolderSubject;
  /** Unix milliseconds, the first at which it applies. */
  readonly fromMs: number;
  /** The first at which it no longer applies; absent: it applies until it is ended. */
  readonly untilMs?: number;
  /** The only direction it applies to; absent: see orderHolds(). Has no meaning for a suspension. */
  readonly direction?: Direction;
  /** Given by the guard at this gate, or by a signed list. */
  readonly source: 'guard' | 'centre';
  /** Who gave it and why, shown to the guard. */
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
 * Whether the order's time has begun and is not over. The real time may be later than an untrusted clock, but not
 * earlier than its floor. So with such a clock an order that has not begun counts as begun, and one that is over is
 * over.
 */
export function isInForce({ fromMs, untilMs }: StandingOrder, { wallMs, quality }: ClockReading): boolean {
  const begun = quality === 'unsynced' || wallMs >= fromMs;
  return begun && (untilMs === undefined || wallMs < untilMs);
}

/**
 * Whether an order in force forbids this passage. An order without a direction forbids both, with one exception:
 * residents may always come home.
 */
export function orderHolds(order: StandingOrder, { kind, direction }: OrderContext): boolean {
  if (order.kind === 'suspension') return true;
  if (order.direction !== undefined) return order.direction === direction;
  return !(kind === 'resident' && direction === 'in');
}
