/**
 * The words of the gate: ONVIF Access Control / Door Control names (IEC 60839-11-3x), used unchanged in code,
 * log, MQTT, screens and documentation.
 */

export type Direction = 'in' | 'out';
export type Decision = 'Granted' | 'Denied';

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

export type DoorPhysicalState = 'Unknown' | 'Open' | 'Closed' | 'Fault';
export type DoorAlarm = 'Normal' | 'DoorForcedOpen' | 'DoorOpenTooLong';
export type DoorTamper = 'Unknown' | 'NotInTamper' | 'TamperDetected';

/** What the resident's screen shows. */
export type Feedback =
  | 'Idle'
  | 'RequireIdentifier'
  | 'Processing'
  | 'RetryIdentifier'
  | 'AccessGranted'
  | 'AccessDenied'
  | 'DoorOpenTooLong'
  | 'DoorPreAlarmWarning'
  | 'TextMessage'
  | 'Fault'
  | 'Disabled'
  | 'Measure'
  | 'Wait'
  | 'GuardCalled';

export const PASS_KINDS = ['resident', 'worker', 'visitor', 'vehicle', 'delivery', 'emergency'] as const;
export type PassKind = (typeof PASS_KINDS)[number];

/** How far the wall clock can be believed (config/contract/README.md#vocabulary). */
export type TimeQuality = 'synced' | 'holdover' | 'unsynced';

/** What a device does for the gate. */
export type DeviceRole =
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
