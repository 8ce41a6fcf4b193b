import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { PushTimes } from '../../core/desk/push-plan.ts';
import type { InputKind } from '../../core/door/door-mode.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import type { Signer } from '../../core/pass/issue-pass.ts';
import type { Policy, UntrustedAnswer } from '../../core/policy/policy.ts';
import type { ContactSettings } from '../../core/screening/contact-reading.ts';
import type { DistanceWindow } from '../../core/screening/nearness.ts';
import type { ScreeningSettings } from '../../core/screening/screening.ts';
import type { Broker } from '../../ports/broker.ts';
import type { BundleShelf } from '../../ports/bundles.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReader } from '../../ports/code-reader.ts';
import type { CommandBook } from '../../ports/command-book.ts';
import type { DataRequestBook, Eraser, PassRecords } from '../../ports/data-requests.ts';
import type { DistanceSensor } from '../../ports/distance-sensor.ts';
import type { DoorActuator, DoorContact } from '../../ports/door-devices.ts';
import type {
  EventLog,
  EventOutbox,
  LogRehearsal,
  LogRenewal,
  RowReplay,
  StoreHealth,
} from '../../ports/event-log.ts';
import type { GateState, SiteFacts } from '../../ports/gate-state.ts';
import type { HolderPhotos, HolderRegister, HolderSearch } from '../../ports/holder-register.ts';
import type { CheckpointBook, LogTree } from '../../ports/log-tree.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MusterBook } from '../../ports/muster-book.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { PassageHistory } from '../../ports/passage-history.ts';
import type { ReceiptBook } from '../../ports/receipt-book.ts';
import type { PurgeBook, RecordPurge } from '../../ports/retention.ts';
import type { RowReducer } from '../../ports/row-reducer.ts';
import type {
  HolderState,
  PassMemory,
  PolicyStore,
  RecordsOfThePast,
  RegisterBook,
  SiteOrderStore,
  StandingOrders,
  VisitorBook,
} from '../../ports/rule-store.ts';
import type { ShiftBook } from '../../ports/shift-book.ts';
import type { AttentionBook, BackupBook, DayCounts } from '../../ports/site-store.ts';
import type { Thermometer } from '../../ports/thermometer.ts';
import type { TicketPrinter } from '../../ports/ticket-printer.ts';
import type { ToldTopics } from '../../ports/told-topics.ts';
import type { Signals } from '../door/door-signals.ts';
import type { BundleCheckTools } from '../lists/bundle-check.ts';
import type { BundlesInForceSettings } from '../lists/bundles-in-force.ts';
import type { RetentionSettings } from '../log/retention.ts';
import type { GuardCallSettings } from '../passage/guard-call.ts';
import type { MusterSettings } from '../rules/muster-keeper.ts';
import type { SiteOrderSettings } from '../rules/site-order-keeper.ts';
import type { BackupSettings } from '../site/backup-watch.ts';
import type { PushSenders } from '../site/push-watch.ts';
import type { ReceiptSettings } from '../uplink/receipts.ts';

/** What a gate stores. The store is open before the gate starts. */
interface GateStore extends StoreHealth {
  readonly log: EventLog & LogRenewal;
  readonly outbox: EventOutbox &
    RowReplay & {
      /** The listener is called about rows that differ from what was written. */
      onAltered(listener: (rows: AlteredRows) => void): void;
    };
  readonly passMemory: PassMemory;
  readonly holders: HolderRegister & HolderSearch & HolderPhotos;
  readonly holderState: HolderState;
  readonly orders: StandingOrders;
  readonly visitors: VisitorBook;
  readonly registers: RegisterBook;
  readonly policy: PolicyStore;
  readonly siteOrders: SiteOrderStore;
  readonly shifts: ShiftBook;
  readonly records: RecordsOfThePast;
  readonly bundles: BundleShelf;
  readonly attention: AttentionBook;
  readonly backups: BackupBook;
  readonly requests: DataRequestBook;
  readonly passRecords: PassRecords;
  readonly passages: PassageHistory;
  readonly commands: CommandBook;
  readonly dayCounts: DayCounts;
  readonly musters: MusterBook;
  readonly tree: LogTree;
  readonly checkpoints: CheckpointBook;
  readonly recordPurge: RecordPurge;
  readonly rows: RowReducer;
  readonly purges: PurgeBook;
  readonly receipts: ReceiptBook;
  readonly toldTopics: ToldTopics;
  readonly endedUncleanly: boolean;
  /** Starts of this store so far, this one included. */
  readonly starts: number;
}

/** The devices of one door. */
export interface DoorDevices {
  readonly actuator: DoorActuator;
  readonly contact?: DoorContact;
  readonly inputs?: Readonly<Partial<Record<InputKind, DoorContact>>>;
  readonly signals?: Signals;
}

/** The devices of one access point. */
export interface AccessPointDevices {
  readonly reader: CodeReader;
  readonly thermometer?: Thermometer;
  readonly distance?: { readonly sensor: DistanceSensor; readonly window: DistanceWindow };
}

/** Everything outside of the gate that it uses. */
export interface GatePorts {
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
  /** Where the gate reports its present state, and sees whether a guard's page is open. */
  readonly state: GateState;
  readonly store: GateStore;
  readonly notifier: Notifier;
  /** Whom the notifier of the site tells that somebody is needed; without it nobody. */
  readonly push?: { readonly senders: PushSenders; readonly times: PushTimes } | undefined;
  /** By door. */
  readonly doors: ReadonlyMap<string, DoorDevices>;
  /** By access point. */
  readonly accessPoints: ReadonlyMap<string, AccessPointDevices>;
  readonly bundleTools: BundleCheckTools;
  /** @throws GatepostError `config.invalid` where it is not a valid policy for this gate */
  readonly readPolicy: (json: string) => Policy;
  /** Without it nothing is published. `second`: for as long as it cannot be used; `protocol`: its name for people. */
  readonly broker?: { readonly broker: Broker; readonly second?: Broker; readonly protocol: string };
  /** For dry runs of a passage before the gate is ready; without it the first person waits longer than the next. */
  readonly rehearsal?: LogRehearsal;
  /** Without it a command has to erase what was confirmed. */
  readonly eraser?: Eraser;
  /** The key with which the gate signs what it says of itself. @throws GatepostError `key.invalid` */
  readonly gateKey: () => Signer;
  /** The key with which the desk makes passes for visitors; without it, it makes none. @throws GatepostError `key.invalid` */
  readonly visitorKey?: () => Signer;
  /** Prints visitors' passes at the desk; without it pages and phones show them. */
  readonly printer?: TicketPrinter | undefined;
  /** Ends the program in order, so that the service manager starts it again; without it no command can. */
  readonly restart?: () => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A new id. */
  readonly newId: () => string;
  /** Random, 32 bytes, only in memory, new at each start. */
  readonly digestSalt: Uint8Array;
}

interface GateDoorSettings {
  readonly name: string;
  /** Durations in milliseconds. */
  readonly releaseMs: number;
  readonly heldOpenMs: number;
  readonly passageMs: number;
  /**
   * True: the exit button is not an emergency exit, and the gate releases the lock for it. False: it is in the wire of
   * the lock.
   */
  readonly exitReleases?: boolean;
  /** The access point at which the button that calls the guard is. */
  readonly callsFrom?: string;
}

export interface GateSettings {
  readonly site: SiteFacts;
  /** Digest of the config in use. */
  readonly configDigest: string;
  readonly policy: Policy;
  /** What becomes of a pass that depends on records of earlier passages while these are not trusted. */
  readonly untrustedRecords: UntrustedAnswer;
  readonly screening: ScreeningSettings;
  /** What guards may enter as measured by hand. */
  readonly contactReading: ContactSettings;
  /** By door. */
  readonly doors: ReadonlyMap<string, GateDoorSettings>;
  readonly accessPoints: readonly AccessPointFacts[];
  readonly lists: BundlesInForceSettings;
  readonly siteOrders: SiteOrderSettings;
  /** The list of who is inside. */
  readonly muster: MusterSettings;
  /** How long a visitor's pass of the desk may live, in milliseconds; default: not at all. */
  readonly deskPassMs?: number;
  readonly retention: RetentionSettings & { readonly countDays: number };
  readonly backups: BackupSettings;
  /** `requestMs`: how long a request waits for its answer, and the answer is kept. */
  readonly privacy: { readonly selfService: boolean; readonly requestMs: number };
  /** Calls of the guard. */
  readonly assist: GuardCallSettings;
  /** The servers behind the broker. */
  readonly uplink: Pick<ReceiptSettings, 'servers' | 'lateAfterMs'> & {
    /** Events that are sent again in a second, at most. */
    readonly replayPerSecond: number;
  };
  /** Home Assistant; undefined: it is told nothing. */
  readonly homeAssistant?: { readonly prefix: string; readonly unlock: boolean };
  /** How often the gate looks at its clock and its log, in milliseconds. */
  readonly lookEveryMs: number;
}
