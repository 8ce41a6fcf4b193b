import type {
  Decision,
  DeviceRole,
  Direction,
  DoorAlarm,
  DoorMode,
  DoorPhysicalState,
  DoorTamper,
  TimeQuality,
} from '../core/access/vocabulary.ts';
import type { BundleType } from '../core/bundle/bundle.ts';
import type { DeviceStatus } from '../core/events/event.ts';
import type { AttentionView, DecisionView, OrderView, PassageView, VisitorView } from './boards.ts';
import type { Cancel } from './clock.ts';

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
  readonly role: DeviceRole;
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

/** What does not change while the program runs. */
export interface SiteFacts {
  readonly site: string;
  readonly gate: string;
  readonly name: string;
  readonly timeZone: string;
  readonly software: string;
  readonly simulated: boolean;
  readonly recordsDegrees: boolean;
}

/** A direction at a place with a reader. */
export interface AccessPointView {
  readonly id: string;
  readonly door: string;
  readonly direction: Direction;
  readonly enabled: boolean;
}

/** The way of events to the central servers. */
export interface QueueView {
  /** Events that the broker has not stored yet. */
  readonly pending: number;
  /** Whether events are taken. */
  readonly connected: boolean;
  /** Plain sentence: what is wrong and what to do. */
  readonly detail?: string;
}

export interface ClockView {
  readonly wallMs: number;
  readonly quality: TimeQuality;
}

/** Live reading of a thermometer; undefined while nobody stands there. */
export interface ReadingView {
  readonly accessPoint: string;
  readonly reading: { readonly objectC: number; readonly ambientC?: number } | undefined;
}

/** `ready`: the gate decides by itself. */
export interface GatePhase {
  readonly phase: 'starting' | 'ready';
}

/** A decision that has just been made. */
export interface DecisionMade {
  readonly passage: string;
  readonly accessPoint: string;
  readonly decision: Decision;
}

/** The newest value of one state, or of each of several that have a name of their own. */
export interface State<T> {
  set(value: T): void;
  /** Calls back with what is known already, then with each new value; returns the end of the subscription. */
  follow(listener: (value: T) => void): Cancel;
  /** What is known, in the order in which it first was. */
  readonly values: readonly T[];
}

/** What happens at a moment and is over. Who comes later does not hear of it. */
export interface Happening<T> {
  tell(happened: T): void;
  hear(listener: (happened: T) => void): Cancel;
}

/**
 * The present state of the gate. Whoever owns a fact sets it here; screens, servers, lamps and the guard's list of
 * what to look at follow it. Nothing here waits for a follower, and no follower may throw.
 */
export interface GateState {
  readonly phase: State<GatePhase>;
  readonly site: State<SiteFacts>;
  /** By their id. */
  readonly accessPoints: State<AccessPointView>;
  /** By their id. */
  readonly doors: State<DoorView>;
  /** By their id. */
  readonly devices: State<DeviceView>;
  readonly rules: State<PolicyView>;
  readonly lists: State<readonly ListView[]>;
  readonly clock: State<ClockView>;
  readonly queue: State<QueueView>;
  /** By their access point. */
  readonly readings: State<ReadingView>;
  /** By their access point. */
  readonly passages: State<PassageView>;
  /** The last ones, newest first. */
  readonly decisions: State<readonly DecisionView[]>;
  /** Orders that stand, newest first. */
  readonly orders: State<readonly OrderView[]>;
  /** Visits that are not over, newest first. */
  readonly visitors: State<readonly VisitorView[]>;
  /** Newest first. */
  readonly attention: State<readonly AttentionView[]>;
  readonly decided: Happening<DecisionMade>;
}
