import type { Direction, PassKind } from '../access/vocabulary.ts';
import type { HolderSubject, StandingOrder } from '../policy/standing-order.ts';
import type { VisitorEntry } from '../policy/visitor.ts';
import type { Counted } from '../report/day-counts.ts';

/** One line of the ledger: somebody was let through. Quota, uses, anti-passback and occupancy all follow from it. */
export interface LedgerEntry {
  /** The passage's id, as in its events. */
  readonly passage: string;
  /** Undefined where a guard opened without a pass. */
  readonly passId?: string;
  readonly holderRef?: string;
  readonly kind?: PassKind;
  readonly direction: Direction;
  readonly accessPoint: string;
  readonly siteDay: number;
}

/** A change of durable state that belongs into the transaction of the event that tells of it. */
export type Effect =
  /** This step of a phone's code was shown. */
  | { readonly kind: 'rememberStep'; readonly passId: string; readonly step: number }
  | { readonly kind: 'recordPassage'; readonly entry: LedgerEntry }
  /** The door was seen to open for it. */
  | { readonly kind: 'confirmPassage'; readonly passage: string }
  /** Nobody went through: quota, use, anti-passback and occupancy are as if it had not been. */
  | { readonly kind: 'giveBack'; readonly passage: string }
  /** Anti-passback begins anew for the subject. */
  | { readonly kind: 'forgive'; readonly subject: HolderSubject }
  /** What was used so far no longer counts: the household's quota, or quota and uses of the pass. */
  | { readonly kind: 'giveBackQuota'; readonly subject: HolderSubject }
  | { readonly kind: 'setOccupancy'; readonly value: number }
  | { readonly kind: 'chooseLevel'; readonly level: string }
  | { readonly kind: 'addOrder'; readonly order: StandingOrder }
  | { readonly kind: 'endOrder'; readonly orderId: string }
  | { readonly kind: 'registerVisitor'; readonly visitor: VisitorEntry }
  | { readonly kind: 'confirmHost'; readonly passId: string }
  /** Somebody under observation reported in. */
  | { readonly kind: 'countReport'; readonly holderRef: string; readonly siteDay: number }
  /** One more of something that is counted for the day. `of` is as in DayCell. */
  | {
      readonly kind: 'countDay';
      readonly siteDay: number;
      readonly accessPoint: string;
      readonly direction: Direction;
      readonly counted: Exclude<Counted, 'open'>;
      readonly of?: string;
    }
  /** The counts of all days up to this one have been reported. */
  | { readonly kind: 'closeDay'; readonly siteDay: number }
  /** The counts of all days before this one have been kept for long enough. */
  | { readonly kind: 'dropCounts'; readonly beforeDay: number }
  /** Somebody came by while the gate is held open by its level. */
  | {
      readonly kind: 'countOpen';
      readonly accessPoint: string;
      readonly direction: Direction;
      readonly siteDay: number;
    }
  /** A change of an account that was made outside of the daemon has its event. */
  | { readonly kind: 'noteOperatorChange'; readonly id: number };
