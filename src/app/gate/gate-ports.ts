import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { InputKind } from '../../core/door/door-mode.ts';
import type { AlteredRows } from '../../core/events/chain.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { DistanceWindow } from '../../core/screening/nearness.ts';
import type { ScreeningSettings } from '../../core/screening/screening.ts';
import type { Broker } from '../../ports/broker.ts';
import type { BundleShelf } from '../../ports/bundles.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReader } from '../../ports/code-reader.ts';
import type { DistanceSensor } from '../../ports/distance-sensor.ts';
import type { DoorActuator, DoorContact } from '../../ports/door-devices.ts';
import type { EventLog, EventOutbox, StoreHealth } from '../../ports/event-log.ts';
import type { GateState, SiteFacts } from '../../ports/gate-state.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type {
  HolderState,
  PassMemory,
  PolicyStore,
  StandingOrders,
  VisitorBook,
} from '../../ports/rule-store.ts';
import type { AttentionBook, DayCounts } from '../../ports/site-store.ts';
import type { Thermometer } from '../../ports/thermometer.ts';
import type { Signals } from '../door/door-signals.ts';
import type { BundleCheckTools } from '../lists/bundle-check.ts';
import type { BundlesInForceSettings } from '../lists/bundles-in-force.ts';

/** What a gate keeps. It is open when the gate is started. */
interface GateStore extends StoreHealth {
  readonly log: EventLog;
  readonly outbox: EventOutbox & {
    /** Calls back about rows that are found to be other than they were written. */
    onAltered(listener: (rows: AlteredRows) => void): void;
  };
  readonly passMemory: PassMemory;
  readonly holders: HolderRegister;
  readonly holderState: HolderState;
  readonly orders: StandingOrders;
  readonly visitors: VisitorBook;
  readonly policy: PolicyStore;
  readonly bundles: BundleShelf;
  readonly attention: AttentionBook;
  readonly dayCounts: DayCounts;
  readonly endedUncleanly: boolean;
}

/** What hangs on one door. */
export interface DoorDevices {
  readonly actuator: DoorActuator;
  readonly contact?: DoorContact;
  readonly inputs?: Readonly<Partial<Record<InputKind, DoorContact>>>;
  readonly signals?: Signals;
}

/** What stands at one access point. */
export interface AccessPointDevices {
  readonly reader: CodeReader;
  readonly thermometer?: Thermometer;
  readonly distance?: { readonly sensor: DistanceSensor; readonly window: DistanceWindow };
}

/** The world as a gate meets it. */
export interface GatePorts {
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
  /** Where the gate tells how it is, and hears whether a guard could answer. */
  readonly state: GateState;
  readonly store: GateStore;
  readonly notifier: Notifier;
  /** By door. */
  readonly doors: ReadonlyMap<string, DoorDevices>;
  /** By access point. */
  readonly accessPoints: ReadonlyMap<string, AccessPointDevices>;
  readonly bundleTools: BundleCheckTools;
  /** @throws GatepostError `config.invalid` where it is no policy of this gate */
  readonly readPolicy: (json: string) => Policy;
  /** Without it nothing is published. `protocol`: as people call it. */
  readonly broker?: { readonly broker: Broker; readonly protocol: string };
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A new id. */
  readonly newId: () => string;
  /** Random, 32 bytes: in memory alone, and another one after each start. */
  readonly digestSalt: Uint8Array;
}

interface GateDoorSettings {
  readonly name: string;
  /** Durations in milliseconds. */
  readonly releaseMs: number;
  readonly heldOpenMs: number;
  readonly passageMs: number;
  /** Whether the exit button is no escape and has the lock released; false: it stands in the wire of the lock. */
  readonly exitReleases?: boolean;
}

export interface GateSettings {
  readonly site: SiteFacts;
  /** Which config it runs with. */
  readonly configDigest: string;
  readonly policy: Policy;
  readonly screening: ScreeningSettings;
  /** By door. */
  readonly doors: ReadonlyMap<string, GateDoorSettings>;
  readonly accessPoints: readonly AccessPointFacts[];
  readonly lists: BundlesInForceSettings;
  /** How often the gate looks at its clock and its log, in milliseconds. */
  readonly lookEveryMs: number;
}
