import type { Direction } from '../core/access/vocabulary.ts';
import type { HolderSubject, OrderKind } from '../core/policy/standing-order.ts';

/** Answer to a guard's order. `detail` is a plain sentence. */
export type DeskAnswer =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly detail: string };

export type DoorModeVerb = 'hold' | 'release' | 'block' | 'unblock' | 'lockdown' | 'lockdown-release';

/** Who gives an order and why. `note`: 1 to 200 characters; it goes into the log. */
export interface OrderedBy {
  readonly operator: string;
  readonly note: string;
}

/** Orders about the rules and about whom they hold. */
export interface RuleDesk {
  /** Changes the policy level. The web side asks for the password anew before it calls this. */
  setLevel(order: OrderedBy & { level: string }): DeskAnswer;
  /** Quarantine, health status or suspension from now or `fromMs` until `untilMs` (Unix milliseconds) or its end. */
  addOrder(
    order: OrderedBy & {
      kind: OrderKind;
      subject: HolderSubject;
      fromMs?: number;
      untilMs?: number;
      /** The only direction it holds. */
      direction?: Direction;
    },
  ): DeskAnswer;
  /** Ends an order that was given here; those of a signed list are the centre's. */
  endOrder(order: OrderedBy & { orderId: string }): DeskAnswer;
  /** Counts the day's report of a household under observation. */
  noteReport(order: OrderedBy & { holderRef: string }): DeskAnswer;
  /** Lets anti-passback begin anew for a pass or a household. */
  forgive(order: OrderedBy & { subject: HolderSubject }): DeskAnswer;
  /** Says how many are inside, 0 to 100,000. */
  setOccupancy(order: OrderedBy & { value: number }): DeskAnswer;
  /** Ends the lock-out of an access point after too many unreadable codes. */
  endLockOut(order: OrderedBy & { accessPoint: string }): DeskAnswer;
}

/** The visitors' book. */
export interface VisitorDesk {
  /** Writes a visitor down with the pass that was handed out. `label`: 1 to 60 characters, stays on the kiosk. */
  registerVisitor(
    order: OrderedBy & {
      passId: string;
      label: string;
      hostRef?: string;
      fromMs?: number;
      untilMs: number;
    },
  ): DeskAnswer;
  /** The host was asked and expects the visitor. */
  confirmHost(order: OrderedBy & { passId: string }): DeskAnswer;
}

/** What a signed-in guard can order. Every call is logged with the operator and the typed reason before it acts. */
export interface GuardDesk extends RuleDesk, VisitorDesk {
  /** Lets one person through. `note`: 1 to 200 characters, why. */
  open(order: { accessPoint: string; operator: string; note: string }): DeskAnswer;
  /** Turns away the person who waits for the guard. */
  refuse(order: { accessPoint: string; operator: string; note: string }): DeskAnswer;
  /** Has the forehead of the person who waits measured once more. */
  measure(order: { accessPoint: string; operator: string; note: string }): DeskAnswer;
  /** The guard has seen what called for attention and is over. `id`: as in AttentionView. */
  markSeen(order: { id: string; operator: string }): DeskAnswer;
  setDoorMode(order: { door: string; verb: DoorModeVerb; operator: string; note: string }): DeskAnswer;
}
