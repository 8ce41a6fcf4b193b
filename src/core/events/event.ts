import type { Reason } from '../access/reasons.ts';
import type {
  Decision,
  Direction,
  DoorAlarm,
  DoorMode,
  DoorPhysicalState,
  DoorTamper,
  PassKind,
  TimeQuality,
} from '../access/vocabulary.ts';
import type { BundleRefusal, BundleType } from '../bundle/bundle.ts';
import type { AccessMark } from '../decision/decision.ts';
import type { PublishedDay } from '../report/day-counts.ts';
import type { ErasedCounts } from '../report/deletion-report.ts';
import type { NotMeasurableCause, ScreeningMode } from '../screening/screening.ts';
import type { AlteredRows } from './chain.ts';

/**
 * `new log`: the first of this store. `lost`: nothing was left of the one before. `restored`: an older copy was put in
 * its place, or what was written last is gone. `damaged`: somebody at the kiosk had a new one begun.
 */
export type LogResetCause = 'new log' | 'lost' | 'restored' | 'damaged';

/** Screening part of an access event. Degrees are present only where the site records values. */
export interface ScreeningRecord {
  readonly mode: ScreeningMode;
  readonly outcome: 'normal' | 'elevated' | 'notMeasurable' | 'skipped';
  readonly cause?: NotMeasurableCause;
  readonly attempts?: number;
  /** Driver name of the sensor. */
  readonly sensor?: string;
  readonly object?: number;
  readonly ambient?: number;
  readonly estimate?: number;
  readonly model?: string;
}

/** Data of every `access.*` event. Never a name, phone number, address or scanned text. */
export interface AccessData {
  readonly accessPoint: string;
  readonly door: string;
  readonly direction: Direction;
  readonly decision?: Decision;
  readonly reason?: Reason;
  readonly reasons: readonly Reason[];
  /** What is said beside a grant; absent where there is nothing. */
  readonly marks?: readonly AccessMark[];
  readonly recognition: 'gp:QRCode' | 'pt:REX' | 'guard';
  /** cti as hex. */
  readonly passId?: string;
  /** Pseudonym of household or person, hex. */
  readonly holderRef?: string;
  readonly kind?: PassKind;
  readonly policy: { readonly level: string; readonly version: number };
  /** Number of the revocation list that was looked at; absent where there is none. */
  readonly revocationVersion?: number;
  readonly keyId?: string;
  readonly screening?: ScreeningRecord;
  /** `auto`, the operator's id, or `server`. */
  readonly decidedBy: string;
  /** Milliseconds from the pass read to the decision. */
  readonly latencyMs?: number;
  /** Joins requested, granted or denied, and taken or nottaken of one passage. */
  readonly passage: string;
  /** For what could not be read as a pass: its length and a salted hash, never the text. */
  readonly unreadable?: { readonly length: number; readonly digest: string };
}

export type DeviceStatus = 'ok' | 'connecting' | 'degraded' | 'missing';

/** Data of `screening.sensor`, `device.scanner`, `door.fault` and `device.storage`. */
export interface DeviceData {
  readonly device: string;
  readonly status: DeviceStatus;
  /** Stable code, e.g. `sensor_silent` or `device.missing`. */
  readonly cause?: string;
  readonly detail?: string;
  /** Of a scanner that sends noise, or in a lock-out: codes without a row of their own since the last such count. */
  readonly unreadable?: number;
  /** Of a scanner: codes that were not taken because they may have been shown long before. */
  readonly dropped?: number;
}

/** A signed list that is in force now. */
export interface ListRecord {
  readonly list: BundleType;
  readonly number: number;
  readonly previousNumber?: number;
  /** RFC 3339. */
  readonly issuedAt: string;
  readonly nextUpdate: string;
  /** kid of its signer. */
  readonly keyId: string;
  /** SHA-256 of its bytes as hex. */
  readonly digest: string;
  /** `apply`, `usb` or `mqtt`. */
  readonly source: string;
}

/** The register of holders on the kiosk itself was changed. Never a name. */
interface RegisterRecord {
  /** `import` replaced the whole of it, `erase` took one holder out. */
  readonly source: 'import' | 'erase';
  readonly holders: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly photographs: number;
}

interface OperatorData {
  readonly operator: string;
  readonly detail?: string;
}

/** What a guard can order beside or against the gate. Values stand in members of their own. */
const OVERRIDE_ACTIONS = [
  'open',
  'refuse',
  'measure',
  'seen',
  'hold',
  'release',
  'block',
  'unblock',
  'lockdown',
  'lockdown-release',
  'order-quarantine',
  'order-health',
  'order-suspension',
  'end-order',
  'self-report',
  'forgive-antipassback',
  'give-back-quota',
  'occupancy',
  'end-lock-out',
  'register-visitor',
  'confirm-host',
] as const;
export type OverrideAction = (typeof OVERRIDE_ACTIONS)[number];

/** Name of each event and the type of its data. */
export interface EventDataByName {
  'access.requested': AccessData;
  'access.granted': AccessData;
  'access.denied': AccessData;
  'access.taken': AccessData;
  'access.nottaken': AccessData;
  'access.timeout': AccessData;
  /** A pass with the duress flag was shown; says what was decided about it. */
  'access.duress': AccessData;
  /** Let through although anti-passback was violated (mode soft). */
  'credential.apbviolation': {
    readonly accessPoint: string;
    readonly direction: Direction;
    readonly passId: string;
    readonly holderRef?: string;
    readonly passage: string;
  };
  /** A level, or a new set of rules, is in force. */
  'policy.applied':
    | ListRecord
    | {
        readonly level: string;
        readonly version: number;
        readonly previous: { readonly level: string; readonly version: number };
        /** The operator's id, or `server`. */
        readonly by: string;
        readonly note?: string;
      };
  /** A list was not taken. Its type and number are what it says of itself, not proved. */
  'policy.rejected': {
    readonly cause: BundleRefusal;
    readonly detail: string;
    readonly source: string;
    /** Bytes. */
    readonly length: number;
    readonly list?: BundleType;
    readonly number?: number;
  };
  'directory.applied': ListRecord | RegisterRecord;
  /** A visitor was written down, or confirmed by the host. Never a name. */
  'visitor.registered': {
    readonly passId: string;
    readonly hostRef?: string;
    readonly confirmed: boolean;
    readonly operator: string;
    /** RFC 3339, when the visit is over. */
    readonly until: string;
  };
  'door.mode': {
    readonly door: string;
    readonly mode: DoorMode;
    readonly previous: DoorMode;
    readonly by: string;
  };
  'door.physical': { readonly door: string; readonly state: DoorPhysicalState };
  'door.alarm': { readonly door: string; readonly alarm: DoorAlarm };
  'door.tamper': { readonly door: string; readonly tamper: DoorTamper };
  'door.fault': DeviceData;
  'screening.sensor': DeviceData;
  'device.scanner': DeviceData;
  'device.storage': DeviceData;
  /** How far the clock is believed has changed, or a person has set its floor. */
  'device.clock': {
    readonly quality: TimeQuality;
    readonly previous?: TimeQuality;
    /** RFC 3339; the latest time that counts as over from now on, and the one that did before. */
    readonly floor?: string;
    readonly previousFloor?: string;
    /** The account of the computer under which the floor was set. */
    readonly by?: string;
  };
  'device.started': { readonly software: string; readonly configDigest: string; readonly unclean: boolean };
  'device.stopping': { readonly cause: string };
  'operator.login': OperatorData;
  'operator.logout': OperatorData;
  'operator.authfailed': OperatorData;
  /** A command has made an account, changed its password or removed it. */
  'operator.changed': {
    readonly operator: string;
    readonly change: 'created' | 'password' | 'removed';
  };
  /**
   * A guard acted against or beside the automatic decision. `note` is the reason the guard typed; where an item was
   * marked as seen, its kind.
   */
  'operator.override': {
    readonly operator: string;
    readonly action: OverrideAction;
    readonly accessPoint?: string;
    readonly door?: string;
    readonly passage?: string;
    /** Whom it concerns, hex. */
    readonly passId?: string;
    readonly holderRef?: string;
    /** The standing order it is about. */
    readonly order?: string;
    /** How many are inside. */
    readonly value?: number;
    readonly note: string;
  };
  /** A new epoch begins with this row. */
  'log.reset': {
    readonly cause: LogResetCause;
    /** How far the log before had come, as far as the gate has noted it; absent where nothing is known. */
    readonly previousEpoch?: string;
    readonly previousSequence?: number;
  };
  /** Rows of the log, both ends included, are not what was written, or are gone. They are not published. */
  'log.altered': AlteredRows;
  /** The counts of a day that is over. */
  'stats.daily': PublishedDay;
  /** The checkpoint was ended for good and its personal records erased: the last event of a log. */
  'site.stooddown': {
    /** SHA-256 of the canonical JSON of the report, hex. */
    readonly reportDigest: string;
    /** The Ed25519 key that signed the report, hex. */
    readonly publicKey: string;
    readonly erased: ErasedCounts;
  };
}

export type EventName = keyof EventDataByName;

/** An event before the log gives it identity and order. */
export type EventDraft = {
  [N in EventName]: {
    readonly name: N;
    /** Access point or door id; the gate's id for events of the whole kiosk. */
    readonly subject: string;
    readonly data: EventDataByName[N];
    /** When it happened, Unix milliseconds. */
    readonly timeMs: number;
    readonly timeQuality: TimeQuality;
  };
}[EventName];

/** The published form: structured-mode CloudEvents 1.0 (config/contract/README.md#events). */
export interface EventEnvelope {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly recordedtime: string;
  readonly sequence: string;
  readonly epoch: string;
  readonly bootid: string;
  readonly timequality: TimeQuality;
  readonly prevhash: string;
  readonly data: EventDataByName[EventName];
}

/** A row of the log. `body` holds the very bytes that are hashed, published and replayed. */
export interface StoredEvent {
  readonly sequence: number;
  readonly epoch: string;
  readonly name: EventName;
  /** First word of the name: the MQTT topic below `evt/`. */
  readonly group: string;
  readonly timeMs: number;
  readonly body: Uint8Array;
}
