import type { Reason } from '../core/access/reasons.ts';
import type {
  AssistStatus,
  Decision,
  DeviceRole,
  Direction,
  DoorAlarm,
  DoorMode,
  DoorPhysicalState,
  DoorTamper,
  NotObeyed,
  SiteOrder,
  TalkStatus,
  TalkTrouble,
  TimeQuality,
} from '../core/access/vocabulary.ts';
import type { BundleType } from '../core/bundle/bundle.ts';
import type { Shift } from '../core/desk/shift.ts';
import type { DeviceStatus } from '../core/events/event.ts';
import type { ContactSettings } from '../core/screening/contact-reading.ts';
import type { LANGUAGES } from '../core/text/language.ts';
import type { AttentionView, DecisionView, OrderView, PassageView, VisitorView } from './boards.ts';
import type { Cancel } from './clock.ts';
import type { MusterView } from './muster-book.ts';
import type { PromptSite, PromptView } from './resident-prompt.ts';
import type { TalkNews } from './talk.ts';

export interface DoorView {
  readonly door: string;
  readonly name: string;
  readonly mode: DoorMode;
  readonly physical: DoorPhysicalState;
  readonly alarm: DoorAlarm;
  readonly released: boolean;
  /** Absent if the door has no tamper switch. */
  readonly tamper?: DoorTamper;
  /** The fire alarm has opened the door. Absent if the door has no fire contact. */
  readonly fire?: boolean;
}

export interface DeviceView {
  /** `<role>:<owner>`, e.g. `scanner:main-in`, `lock:main`, `broker`, `log`. */
  readonly id: string;
  readonly role: DeviceRole;
  /** Access point or door that it belongs to. */
  readonly owner?: string;
  readonly driver: string;
  readonly simulated: boolean;
  readonly status: DeviceStatus;
  readonly cause?: string;
  /** Plain sentence: what is wrong and what to do. */
  readonly detail?: string;
  /** For a scanner: codes since the start that were dropped because they may have been shown long before. */
  readonly dropped?: number;
  readonly sinceMs: number;
}

/** A signed list and its age. */
export interface ListView {
  readonly type: BundleType;
  /** 0 if there is none. */
  readonly number: number;
  readonly issuedAtMs?: number;
  readonly nextUpdateMs?: number;
  /** `due`: a newer one should have arrived. `stale`, `damaged` and `missing` send everybody to the guard. */
  readonly state: 'good' | 'due' | 'stale' | 'damaged' | 'missing';
  /** The key that signed it is withdrawn: it stays in force, and the next list replaces it whatever its number. */
  readonly signer?: 'withdrawn';
}

/** What the schedule of the levels says. */
export interface ScheduleView {
  /** `held`: a guard's choice stands against it. `waits`: the gate cannot take its level yet. */
  readonly state: 'follows' | 'held' | 'waits';
  /** Its level now. */
  readonly level: string;
  /** Its next other level, and when (Unix milliseconds); absent: none within 400 days. */
  readonly next?: { readonly level: string; readonly atMs: number };
  /** It comes within the hour. */
  readonly soon?: true;
}

/** The rules in force, and what the guard may change about them. */
export interface PolicyView {
  readonly level: string;
  readonly version: number;
  readonly gate: 'checked' | 'open';
  /** Names of all levels. */
  readonly levels: readonly string[];
  /** Those that hold the gate open for everybody. */
  readonly openLevels: readonly string[];
  /** Absent where the policy has none. */
  readonly schedule?: ScheduleView;
  /** Number of people inside. */
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
  /** How loud a guard's page is, 0 to 100, and in which hours of the site it is dim and less loud. */
  readonly desk?: {
    readonly volume: number;
    readonly night?: { readonly hours: string; readonly volume: number };
  };
  /** Shown to everybody at the gate. */
  readonly post?: PromptSite['post'];
  /** For how many hours a visitor's pass of the desk is good at most; absent where the desk makes none. */
  readonly deskPassHours?: number;
  /** The receipt printer of the desk: the width of its paper in dots. */
  readonly printer?: { readonly dots: number };
  /** The thermometers for measuring by hand. */
  readonly contactReading?: ContactSettings;
  /** What is done after an elevated contact reading. */
  readonly elevatedSheet?: ElevatedSheet;
}

/** A text of the site in some of the languages. */
type SiteText = Readonly<Partial<Record<(typeof LANGUAGES)[number], string>>>;

/** What the guard does after an elevated contact reading, and whom the guard calls. No steps: those of the program. */
export interface ElevatedSheet {
  readonly steps: readonly SiteText[];
  /** Without `who`: the office of the site. */
  readonly calls: readonly { readonly who?: SiteText; readonly telephone: string }[];
}

/** A direction at a place with a reader. */
export interface AccessPointView {
  readonly id: string;
  readonly door: string;
  readonly direction: Direction;
  readonly enabled: boolean;
  /** Who has taken it out of service, and when. */
  readonly outOfService?: { readonly sinceMs: number; readonly by: string; readonly note: string };
}

/** Whether somebody calls the guard at an access point. */
export interface AssistView {
  readonly accessPoint: string;
  readonly status: AssistStatus | 'none';
  /** When the guard was called; absent for `none`. */
  readonly sinceMs?: number;
  /** Who has answered. */
  readonly operator?: string;
  /** Whether a guard can talk with the caller, while it rings or somebody talks; absent where the site wants no talk. */
  readonly talk?: TalkStatus;
  /** A talk has broken off, and it rings again. */
  readonly trouble?: TalkTrouble;
}

/** What the centre orders of the whole site, and what became of it here. */
export interface SiteOrderView {
  /** What is ordered. */
  readonly order: SiteOrder;
  /** What the doors follow. */
  readonly holds: SiteOrder;
  /** The highest that was taken; 0 if there was none. */
  readonly counter: number;
  /** Who has ordered it: what the list of keys called them, the kid of each, and their reason. */
  readonly by?: string;
  readonly keys?: readonly string[];
  readonly note?: string;
  readonly sinceMs?: number;
  /** When a lockdown ends by itself. */
  readonly untilMs?: number;
  readonly obeyed: boolean;
  readonly reason?: NotObeyed;
  /** What the guard is asked to carry out or set aside. */
  readonly waits?: 'evacuate' | 'lockdown-release';
  /** A guard may end the lockdown at this gate. */
  readonly guardMayEnd?: true;
}

/** The transport of events to the central servers. */
export interface QueueView {
  /** Events that the broker has not stored yet. */
  readonly pending: number;
  /** Whether events are being accepted. */
  readonly connected: boolean;
  /** Plain sentence: what is wrong and what to do. */
  readonly detail?: string;
}

/** A server that says what it has stored. */
export interface ServerView {
  readonly server: string;
  /** What it said last; absent before its first receipt. */
  readonly receipt?: { readonly epoch: string; readonly upTo: number };
  /** When the oldest event that it lacks happened, as far as is known; absent if it has everything. */
  readonly lacksSinceMs?: number;
  /** That is longer ago than the site allows. */
  readonly isLate: boolean;
}

/** The newest signed checkpoint of the log. */
export interface CheckpointView {
  readonly epoch: string;
  /** Number of rows. */
  readonly size: number;
  /** The signed text. */
  readonly note: string;
  /** When it was made, Unix milliseconds; absent for one of an earlier run. */
  readonly madeMs?: number;
}

export interface ClockView {
  readonly wallMs: number;
  readonly quality: TimeQuality;
}

/** How old the last backup of the store is. */
export interface BackupView {
  /** The moment whose state is in it; absent if there is none. */
  readonly lastMs?: number;
  /** A new one should be made. */
  readonly isDue: boolean;
}

/** The screens over HTTPS. */
export interface HttpsView {
  /** `missing`: they are not served so. `ended`: they are, and browsers warn. */
  readonly state: 'served' | 'ended' | 'missing';
  /** When the certificate ends, Unix milliseconds. */
  readonly notAfterMs?: number;
  /** Plain sentence: what is wrong and what to do. Absent while all is well. */
  readonly detail?: string;
}

/** Live reading of a thermometer; undefined while nobody stands there. */
export interface ReadingView {
  readonly accessPoint: string;
  readonly reading: { readonly objectC: number; readonly ambientC?: number } | undefined;
}

/** Whether a guard could answer: a signed-in guard's page is open and answers. */
export interface GuardsView {
  readonly isThere: boolean;
}

/** `ready`: the gate decides alone. */
export interface GatePhase {
  readonly phase: 'starting' | 'ready';
}

/** A decision that has just been made. It names no person and no pass. */
export interface DecisionMade {
  readonly passage: string;
  readonly accessPoint: string;
  readonly direction: Direction;
  /** `Referred`: a guard is asked, and a decision follows. */
  readonly outcome: Decision | 'Referred';
  /** The first of the reasons. */
  readonly reason?: Reason;
  /** How long it took; absent where a person decided. */
  readonly latency?: DecisionLatency;
}

/** Milliseconds from the complete code. */
export interface DecisionLatency {
  readonly decisionMs: number;
  /** Until the lock was told to move; absent where it was not. */
  readonly outputMs?: number;
  /** Whether a forehead was measured meanwhile, for which a person takes seconds. */
  readonly measured: boolean;
}

/** The newest value of one state, or of each item if the state has several with ids. */
export interface State<T> {
  set(value: T): void;
  /** Calls back with the present values, then with each new one; returns the end of the subscription. */
  follow(listener: (value: T) => void): Cancel;
  /** The present values, in the order in which they first appeared. */
  readonly values: readonly T[];
}

/** An event without a lasting value. Later subscribers do not receive it. */
export interface Happening<T> {
  tell(happened: T): void;
  hear(listener: (happened: T) => void): Cancel;
}

/**
 * The present state of the gate. The owner of a fact sets it here; screens, servers, lamps and the guard's attention
 * list subscribe to it. It never waits for a subscriber, and no subscriber may throw.
 */
export interface GateState {
  readonly phase: State<GatePhase>;
  readonly site: State<SiteFacts>;
  /** By id. */
  readonly accessPoints: State<AccessPointView>;
  /** By access point. */
  readonly assists: State<AssistView>;
  /** By id. */
  readonly doors: State<DoorView>;
  /** By id. */
  readonly devices: State<DeviceView>;
  readonly rules: State<PolicyView>;
  readonly lists: State<readonly ListView[]>;
  readonly clock: State<ClockView>;
  readonly queue: State<QueueView>;
  /** Without a value where the site names no servers. */
  readonly servers: State<readonly ServerView[]>;
  readonly siteOrder: State<SiteOrderView>;
  readonly shift: State<Shift>;
  /** Without a value before the first list of who is inside. */
  readonly muster: State<MusterView>;
  /** Without a value where no backups are asked for and none was made. */
  readonly backup: State<BackupView>;
  /** Without a value where the site asks for none. */
  readonly https: State<HttpsView>;
  readonly checkpoint: State<CheckpointView>;
  /** The last counter of each key that has signed a command, by its kid. */
  readonly commands: State<Readonly<Record<string, number>>>;
  /** By access point. */
  readonly readings: State<ReadingView>;
  /** By access point. */
  readonly passages: State<PassageView>;
  /** What residents are told, by access point. */
  readonly prompts: State<PromptView>;
  /** Before it is known somebody is taken to be there. */
  readonly guards: State<GuardsView>;
  /** The latest ones, newest first. */
  readonly decisions: State<readonly DecisionView[]>;
  /** Standing orders, newest first. */
  readonly orders: State<readonly OrderView[]>;
  /** Visits that are not over, newest first. */
  readonly visitors: State<readonly VisitorView[]>;
  /** Newest first. */
  readonly attention: State<readonly AttentionView[]>;
  readonly decided: Happening<DecisionMade>;
  /** What single screens are told while a guard talks with a caller. */
  readonly talkNews: Happening<TalkNews>;
  /** The centre asks which gate it is: for so many seconds everything that can shows it. */
  readonly identify: Happening<{ readonly seconds: number }>;
}
