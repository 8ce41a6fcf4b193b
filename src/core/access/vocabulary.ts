/**
 * The words of the gate: ONVIF Access Control / Door Control names (IEC 60839-11-3x), used unchanged in code,
 * log, MQTT, screens and documentation.
 */

export const DIRECTIONS = ['in', 'out'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const DECISIONS = ['Granted', 'Denied'] as const;
export type Decision = (typeof DECISIONS)[number];

export const DOOR_MODES = [
  'Unknown',
  'Locked',
  'Unlocked',
  'Accessed',
  'Blocked',
  'LockedDown',
  'LockedOpen',
] as const;
export type DoorMode = (typeof DOOR_MODES)[number];

export const DOOR_PHYSICAL_STATES = ['Unknown', 'Open', 'Closed', 'Fault'] as const;
export type DoorPhysicalState = (typeof DOOR_PHYSICAL_STATES)[number];

export const DOOR_ALARMS = ['Normal', 'DoorForcedOpen', 'DoorOpenTooLong'] as const;
export type DoorAlarm = (typeof DOOR_ALARMS)[number];

export const DOOR_TAMPERS = ['Unknown', 'NotInTamper', 'TamperDetected'] as const;
export type DoorTamper = (typeof DOOR_TAMPERS)[number];

/** What the resident's screen shows. */
export const FEEDBACKS = [
  'Idle',
  'RequireIdentifier',
  'RetryIdentifier',
  'AccessGranted',
  'AccessDenied',
  'DoorOpenTooLong',
  'DoorPreAlarmWarning',
  'TextMessage',
  'Fault',
  'Disabled',
  'Measure',
  'Wait',
  'GuardCalled',
] as const;
export type Feedback = (typeof FEEDBACKS)[number];

export const PASS_KINDS = ['resident', 'worker', 'visitor', 'vehicle', 'delivery', 'emergency'] as const;
export type PassKind = (typeof PASS_KINDS)[number];

/** How far the wall clock can be trusted (config/contract/README.md#vocabulary). */
export const TIME_QUALITIES = ['synced', 'holdover', 'unsynced'] as const;
export type TimeQuality = (typeof TIME_QUALITIES)[number];

/** The function of a device at the gate. */
export const DEVICE_ROLES = [
  'scanner',
  'thermometer',
  'distance',
  'lock',
  'contact',
  'exitButton',
  'callButton',
  'tamper',
  'fire',
  'broker',
  'log',
  'clock',
  /** One person at the notifier of the site. */
  'push',
  /** What prints visitors' passes at the desk. */
  'printer',
] as const;
export type DeviceRole = (typeof DEVICE_ROLES)[number];

/** Whom the notifier of the site can tell that the gate needs somebody. */
export const PUSH_PERSONS = ['first', 'second'] as const;
export type PushPerson = (typeof PUSH_PERSONS)[number];

/**
 * What log.purged says is gone of a row (config/contract/README.md#reduced-rows): the outcome of the screening,
 * everything about persons in a row of passages or of what operators and devices did, or the rest of the row.
 */
export const PURGE_CLASSES = ['screening', 'access', 'operator', 'ended'] as const;
export type PurgeClass = (typeof PURGE_CLASSES)[number];
/** The parts of a row that end, each after a time of its own. */
export type RetentionClass = Exclude<PurgeClass, 'ended'>;

/** What the centre orders of all doors of a site. */
export const SITE_ORDERS = ['none', 'lockdown', 'evacuate'] as const;
export type SiteOrder = (typeof SITE_ORDERS)[number];
/** A guard carries out what waits, or sets it aside, or ends the site's lockdown at this gate. */
export const SITE_ANSWERS = ['carry-out', 'set-aside', 'end-lockdown'] as const;
export type SiteAnswer = (typeof SITE_ANSWERS)[number];
/** Why a gate does not do what is ordered of the site. */
export const NOT_OBEYED = [
  /** The order opens, and the guard is asked: the clock cannot be believed, or the log went back. */
  'clock_untrusted',
  'log_reset',
  /** Nothing opens without a record. */
  'log_unavailable',
  'lock_disobeys',
  /** The fire alarm has cut the power of a lock that should be shut. */
  'fire_alarm',
  /** Ended at this gate alone: by the end of its fire alarm, or by a guard. */
  'fire_over',
  'guard',
] as const;
export type NotObeyed = (typeof NOT_OBEYED)[number];

/** What an operator is; what each may do is in core/desk/rights.ts. */
export const ROLES = ['guard', 'supervisor', 'office'] as const;
export type Role = (typeof ROLES)[number];
/**
 * What somebody at the desk has looked up: who came in a span of time, a pass, a holder, one passage as a whole, the list of
 * who was inside.
 */
export const LOOK_UPS = ['period', 'pass', 'holder', 'passage', 'muster', 'register'] as const;
export type LookUp = (typeof LOOK_UPS)[number];
/** What somebody at the desk has had done with what the kiosk keeps. */
export const UPKEEP_ACTS = ['backup', 'export'] as const;
/** The forms of an exported log: a table, or each event as JSON on a line of its own. */
export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/**
 * What can happen to an account. `sessions-ended`: it was signed out everywhere by somebody else; `code-on`, `code-off`: a
 * one-time code is asked for at the sign-in from now on, or is not any more; `passkey-on`, `passkey-off`: a device signs in by
 * itself from now on, or does not any more.
 */
export const ACCOUNT_CHANGES = [
  'created',
  'password',
  'role',
  'removed',
  'sessions-ended',
  'code-on',
  'code-off',
  'passkey-on',
  'passkey-off',
] as const;
export type AccountChange = (typeof ACCOUNT_CHANGES)[number];

/** How somebody called the guard: by a wired button, or at the resident's screen. */
export const ASSIST_SOURCES = ['button', 'screen'] as const;
export type AssistSource = (typeof ASSIST_SOURCES)[number];
/** What is pressed at the resident's screen: calls the guard, or takes that back. */
export const ASSIST_ORDERS = ['call', 'end'] as const;
export type AssistOrder = (typeof ASSIST_ORDERS)[number];
/** How a guard answers a call; `talking`: by voice. */
export const GUARD_ANSWERS = ['coming', 'refused', 'talking'] as const;
/** What a call came to; `opened`: a guard has let somebody through there. */
export const ASSIST_ANSWERS = [...GUARD_ANSWERS, 'opened'] as const;
export type AssistAnswer = (typeof ASSIST_ANSWERS)[number];
/** How far a call is. */
export const ASSIST_STATUSES = ['ringing', 'unanswered', ...GUARD_ANSWERS] as const;
export type AssistStatus = (typeof ASSIST_STATUSES)[number];
/** Why voices do not reach each other, or do so no more, though nobody has hung up. */
export const TALK_TROUBLES = [
  'no_microphone',
  'microphone_refused',
  /** Kiosk and guard's device found no way to each other, or lost it. */
  'no_path',
  /** The page of the guard, or of the resident, was closed, made anew or lost its connection. */
  'guard_left',
  'screen_left',
] as const;
export type TalkTrouble = (typeof TALK_TROUBLES)[number];
/** What ended a talk; `answered`: the guard has said meanwhile what becomes of the call. */
export const TALK_ENDS = ['guard', 'caller', 'answered', 'time', ...TALK_TROUBLES] as const;
export type TalkEnd = (typeof TALK_ENDS)[number];
/**
 * Whether a call can be answered by voice (`ready`), and why not: no resident's screen is open at the kiosk itself, that screen
 * has no microphone, or nobody has pressed at the gate itself. While somebody talks: whether voices go yet.
 */
export type TalkStatus = 'ready' | 'no_screen' | 'no_microphone' | 'not_pressed_here' | 'connecting' | 'open';
