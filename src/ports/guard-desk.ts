import type { DeskRefusal } from '../core/access/desk-refusals.ts';
import type { Direction } from '../core/access/vocabulary.ts';
import type { HolderSubject, OrderKind } from '../core/policy/standing-order.ts';

/** Who has done something about a person already; `operator` is `auto` for the gate itself. */
export interface AlreadyDone {
  readonly operator: string;
  readonly action: 'open' | 'refuse' | 'measure' | 'confirm-host';
}

/** Answer to a guard's order. `cause` is for pages, which say it in their own language; `detail` is a plain sentence. */
export type DeskAnswer =
  | { readonly status: 'done' }
  | {
      readonly status: 'refused';
      readonly detail: string;
      readonly cause: DeskRefusal;
      readonly already?: never;
    }
  | {
      readonly status: 'refused';
      readonly detail: string;
      readonly already: AlreadyDone;
      readonly cause?: never;
    };

export type DoorModeVerb = 'hold' | 'release' | 'block' | 'unblock' | 'lockdown' | 'lockdown-release';

/** Who gives an order and why. `note`: 1 to 200 characters; it goes into the log. */
export interface OrderedBy {
  readonly operator: string;
  readonly note: string;
}

/** An order about the person at an access point. */
export interface PersonOrder extends OrderedBy {
  readonly accessPoint: string;
  /**
   * The passage the guard's page shows there; null where it shows nobody. An order for another passage than the one
   * under way is refused with the reason; without a name it is for whoever waits there.
   */
  readonly passage?: string | null;
}

export interface OpenOrder extends PersonOrder {
  /** For one more person: the one of `passage` is going through already. */
  readonly another?: boolean;
  /** The guard has seen that the person of `passage` was refused, by whomever. */
  readonly overrule?: boolean;
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
  /** Lets the quota of a household begin anew, or quota and uses of a pass. */
  giveBackQuota(order: OrderedBy & { subject: HolderSubject }): DeskAnswer;
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
  /** The host was asked and expects the visitor, who is judged anew where one waits. `passage`: see PersonOrder. */
  confirmHost(order: OrderedBy & { passId: string; passage?: string | null }): DeskAnswer;
}

/** What a signed-in guard can order. Every call is logged with the operator and the typed reason before it acts. */
export interface GuardDesk extends RuleDesk, VisitorDesk {
  /** Lets one person through. */
  open(order: OpenOrder): DeskAnswer;
  /** Turns away the person who waits for the guard. */
  refuse(order: PersonOrder): DeskAnswer;
  /** Has the forehead of the person who waits measured once more. */
  measure(order: PersonOrder): DeskAnswer;
  /** The guard has seen what called for attention and is over. `id`: as in AttentionView. */
  markSeen(order: { id: string; operator: string }): DeskAnswer;
  setDoorMode(order: { door: string; verb: DoorModeVerb; operator: string; note: string }): DeskAnswer;
}

/** Whether a guard could answer: a signed-in guard's page is open and answers. */
export interface GuardAttendance {
  isThere(): boolean;
  /** Called after the last one has gone, and when the first one is there. */
  onChange(listener: () => void): void;
}
