import type { AttentionKind } from '../core/access/attention.ts';
import type { Reason } from '../core/access/reasons.ts';
import type {
  Decision,
  Direction,
  DoorAlarm,
  DoorMode,
  DoorPhysicalState,
  DoorTamper,
  Feedback,
  PassKind,
  TimeQuality,
} from '../core/access/vocabulary.ts';
import type { BundleType } from '../core/bundle/bundle.ts';
import type { AccessMark } from '../core/decision/decision.ts';
import type { DeviceStatus } from '../core/events/event.ts';
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

export interface DoorView {
  readonly door: string;
  readonly name: string;
  readonly mode: DoorMode;
  readonly physical: DoorPhysicalState;
  readonly alarm: DoorAlarm;
  readonly released: boolean;
  /** Absent where the door has no tamper switch. */
  readonly tamper?: DoorTamper;
  /** The fire alarm has opened the door. Absent where the door has no fire contact. */
  readonly fire?: boolean;
}

export interface DeviceView {
  /** `<role>:<owner>`, e.g. `scanner:main-in`, `lock:main`, `broker`, `log`. */
  readonly id: string;
  readonly role:
    | 'scanner'
    | 'thermometer'
    | 'distance'
    | 'lock'
    | 'contact'
    | 'exitButton'
    | 'tamper'
    | 'fire'
    | 'broker'
    | 'log'
    | 'clock';
  /** Access point or door it belongs to. */
  readonly owner?: string;
  readonly driver: string;
  readonly simulated: boolean;
  readonly status: DeviceStatus;
  readonly cause?: string;
  /** Plain sentence: what is wrong and what to do. */
  readonly detail?: string;
  /** Of a scanner: codes since the start that were not taken because they may have been shown long before. */
  readonly dropped?: number;
  readonly sinceMs: number;
}

/** A signed list and its age. */
export interface ListView {
  readonly type: BundleType;
  /** 0 where there is none. */
  readonly number: number;
  readonly issuedAtMs?: number;
  readonly nextUpdateMs?: number;
  /** `due`: a newer one should be here. `stale`, `damaged` and `missing` send everybody to the guard. */
  readonly state: 'good' | 'due' | 'stale' | 'damaged' | 'missing';
  /** The key that signed it is withdrawn: it stays in force, and the next list takes its place whatever its number. */
  readonly signer?: 'withdrawn';
}

export interface SiteView {
  readonly site: string;
  readonly gate: string;
  readonly name: string;
  readonly timeZone: string;
  readonly software: string;
  readonly simulated: boolean;
  readonly recordsDegrees: boolean;
  readonly policy: { readonly level: string; readonly version: number };
  readonly accessPoints: readonly {
    readonly id: string;
    readonly door: string;
    readonly direction: Direction;
  }[];
}

/** The rules in force, and what the guard may change about them. */
export interface PolicyView {
  readonly level: string;
  readonly version: number;
  readonly gate: 'checked' | 'open';
  /** Names of all levels. */
  readonly levels: readonly string[];
  /** Those of them that hold the gate open for everybody. */
  readonly openLevels: readonly string[];
  /** How many are inside. */
  readonly occupancy: number;
  readonly occupancyLimit?: number;
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
  readonly role?: DeviceView['role'];
  readonly passage?: string;
  /** For a lock-out: when it ends by itself. */
  readonly untilMs?: number;
  /** A lock-out that has ended by itself, a device that came back. */
  readonly over?: true;
}

/** Everything the guard's screen can be told. A topic's newest value replaces its older ones. */
export interface GuardTopics {
  site: SiteView;
  decisions: readonly DecisionView[];
  queue: { readonly pending: number; readonly connected: boolean; readonly detail?: string };
  policy: PolicyView;
  /** Orders that stand, newest first. */
  orders: readonly OrderView[];
  /** Visits that are not over, newest first. */
  visitors: readonly VisitorView[];
  /** Newest first. */
  attention: readonly AttentionView[];
  lists: readonly ListView[];
  clock: { readonly wallMs: number; readonly quality: TimeQuality };
  [door: `door/${string}`]: DoorView;
  [device: `device/${string}`]: DeviceView;
  [passage: `passage/${string}`]: PassageView;
  /** Live reading while somebody stands there; undefined when nobody does. */
  [reading: `thermometer/${string}`]: { readonly objectC: number; readonly ambientC?: number } | null;
}

/** The guard's screens. Never throws and never blocks the gate. */
export interface GuardFeed {
  publish<T extends keyof GuardTopics & string>(topic: T, value: GuardTopics[T]): void;
}
