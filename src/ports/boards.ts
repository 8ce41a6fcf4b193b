import type { AttentionKind } from '../core/access/attention.ts';
import type { Reason } from '../core/access/reasons.ts';
import type { Decision, DeviceRole, Direction, Feedback, PassKind } from '../core/access/vocabulary.ts';
import type { AccessMark } from '../core/decision/decision.ts';
import type { PassageCause } from '../core/passage/passage.ts';
import type { StandingOrder } from '../core/policy/standing-order.ts';
import type { DataRequest } from '../core/report/data-request.ts';
import type { ContactMethod } from '../core/screening/contact-reading.ts';
import type { NotMeasurableCause } from '../core/screening/screening.ts';
import type { Holder } from './holder-register.ts';
import type { VisitorLine } from './rule-store.ts';

/**
 * One line of the guard's list; a refusal that was overruled is followed by another line of the same passage.
 * `temperatureC` is kept in memory only: by default it is not part of the log.
 */
export interface DecisionView {
  readonly passage: string;
  readonly timeMs: number;
  readonly accessPoint: string;
  readonly direction: Direction;
  readonly decision: Decision;
  readonly reason?: Reason;
  readonly reasons: readonly Reason[];
  /** What is noted beside a grant; absent if there is nothing. Never duress: see AttentionView. */
  readonly marks?: readonly AccessMark[];
  readonly kind?: PassKind;
  /** A guest by a resident's phone: `holder` is the host, `label` the name that the host chose. */
  readonly guest?: true;
  /** The label in the pass: untrusted text, shown inert. */
  readonly label?: string;
  /** The pass that the guard's orders about this person name; absent if no genuine pass was shown. */
  readonly passId?: string;
  readonly holderRef?: string;
  /** From the directory of this kiosk: shown here and never published. */
  readonly holder?: Holder;
  readonly screening?: {
    readonly outcome: string;
    readonly cause?: NotMeasurableCause;
    readonly temperatureC?: number;
    /** Measured by hand; `degreesC` only while the person is here, unless the log keeps degrees. */
    readonly contactReading?: {
      readonly method: ContactMethod;
      readonly outcome: 'normal' | 'elevated';
      readonly degreesC?: number;
    };
  };
  readonly decidedBy: string;
  /** The reason typed by the guard who decided; shown inert. */
  readonly note?: string;
  /** A person who left by the exit button; absent for passes and for a guard's order. */
  readonly recognition?: 'pt:REX';
  /** `taken` and `nottaken` only if the door has a contact. */
  readonly passageState: 'pending' | 'taken' | 'nottaken' | 'none' | 'unknown';
}

/** The person who stands at an access point now. */
export interface PassageView {
  readonly accessPoint: string;
  readonly feedback: Feedback;
  readonly passage?: string;
  readonly kind?: PassKind;
  /** As in DecisionView. */
  readonly guest?: true;
  readonly label?: string;
  readonly passId?: string;
  readonly holderRef?: string;
  /** From the directory of this kiosk: shown here and never published. */
  readonly holder?: Holder;
  readonly reasons: readonly Reason[];
  readonly cause?: PassageCause;
  readonly waitSeconds?: number;
}

/** A standing order as the guard sees it. */
export interface OrderView extends StandingOrder {
  /** How often the household reported today; absent if the order is about one pass. */
  readonly reportsToday?: number;
  /** From the directory of this kiosk: shown here and never published. */
  readonly holder?: Holder;
}

/** A visit as the guard sees it. */
export interface VisitorView extends VisitorLine {
  /** The host, from the directory of this kiosk: shown here and never published. */
  readonly host?: Holder;
}

/** Something the guard must look at now. */
export interface AttentionView {
  /** `<kind>:` and the passage's id, the access point or the door; `device-<role>:` and its owner for a device. */
  readonly id: string;
  readonly kind: AttentionKind;
  /** The door if it is about a door, its lid or its devices; the gate if it is about the log. */
  readonly accessPoint: string;
  /** When it happened; the last time if `count` is present. */
  readonly sinceMs: number;
  /** How many equal items are joined in this one; absent for one. */
  readonly count?: number;
  /** Which device, for `device`. */
  readonly role?: DeviceRole;
  readonly passage?: string;
  /** For a lock-out: when it ends by itself. */
  readonly untilMs?: number;
  /** For `dataRequest`: which one, and what is asked for. */
  readonly request?: Pick<DataRequest, 'number' | 'kind'>;
  /** A lock-out that has ended by itself, a call to which nobody came, or a device that came back. */
  readonly over?: true;
}
