import type { AttentionKind } from '../core/access/attention.ts';
import type { Reason } from '../core/access/reasons.ts';
import type { Decision, DeviceRole, Direction, Feedback, PassKind } from '../core/access/vocabulary.ts';
import type { AccessMark } from '../core/decision/decision.ts';
import type { PassageCause } from '../core/passage/passage.ts';
import type { StandingOrder } from '../core/policy/standing-order.ts';
import type { NotMeasurableCause } from '../core/screening/screening.ts';
import type { Holder } from './holder-register.ts';
import type { VisitorLine } from './rule-store.ts';

/** One line of the guard's list; a refusal that was overruled is followed by a line of the same passage. `temperatureC` is in memory only: it is not part of the log by default. */
export interface DecisionView {
  readonly passage: string;
  readonly timeMs: number;
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly decision: Decision;
  readonly reason?: Reason;
  readonly reasons: readonly Reason[];
  /** What is said beside a grant; absent where there is nothing. Never duress: see AttentionView. */
  readonly marks?: readonly AccessMark[];
  readonly kind?: PassKind;
  /** The pass's own label, untrusted text: shown inert. */
  readonly label?: string;
  /** What the guard's orders about this person name; absent where no genuine pass was shown. */
  readonly passId?: string;
  readonly holderRef?: string;
  /** From the register on this kiosk: shown here and never published. */
  readonly holder?: Holder;
  readonly screening?: {
    readonly outcome: string;
    readonly cause?: NotMeasurableCause;
    readonly temperatureC?: number;
  };
  readonly decidedBy: string;
  /** The reason the guard who decided it gave: typed text, shown inert. */
  readonly note?: string;
  /** Somebody who left by the exit button; absent for passes and for a guard's order. */
  readonly recognition?: 'pt:REX';
  /** `taken` and `nottaken` only where the door has a contact. */
  readonly passageState: 'pending' | 'taken' | 'nottaken' | 'none' | 'unknown';
}

/** The person who stands at an access point right now. */
export interface PassageView {
  readonly accessPoint: string;
  readonly feedback: Feedback;
  readonly passage?: string;
  readonly kind?: PassKind;
  readonly label?: string;
  readonly passId?: string;
  readonly holderRef?: string;
  /** From the register on this kiosk: shown here and never published. */
  readonly holder?: Holder;
  readonly reasons: readonly Reason[];
  readonly cause?: PassageCause;
  readonly waitSeconds?: number;
}

/** A standing order as the guard sees it. */
export interface OrderView extends StandingOrder {
  /** How often the household reported in today; absent where the order is about one pass. */
  readonly reportsToday?: number;
  /** From the register on this kiosk: shown here and never published. */
  readonly holder?: Holder;
}

/** A visit as the guard sees it. */
export interface VisitorView extends VisitorLine {
  /** Who is visited, from the register on this kiosk: shown here and never published. */
  readonly host?: Holder;
}

/** Something the guard must look at now. */
export interface AttentionView {
  /** `<kind>:` and the passage's id, the access point or the door; `device-<role>:` and its owner for a device. */
  readonly id: string;
  readonly kind: AttentionKind;
  /** The door where it is about a door, its lid or its devices, the gate where it is about the log. */
  readonly accessPoint: string;
  /** When it happened, for the last time where `count` tells of several. */
  readonly sinceMs: number;
  /** How many of the same stand in this one line; absent for one. */
  readonly count?: number;
  /** Which device, for `device`. */
  readonly role?: DeviceRole;
  readonly passage?: string;
  /** For a lock-out: when it ends by itself. */
  readonly untilMs?: number;
  /** A lock-out that has ended by itself, a device that came back. */
  readonly over?: true;
}
