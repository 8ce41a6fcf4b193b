import type { TimeQuality } from '../access/vocabulary.ts';
import type { Access } from '../contract/access-data.ts';
import type { ENVELOPE, EVENT_DATA } from '../contract/events.ts';
import type { Value } from '../contract/fields.ts';

/** Name of each event and the type of its data; the schemas describe the fields. */
export type EventDataByName = {
  readonly [Name in keyof typeof EVENT_DATA]: Value<(typeof EVENT_DATA)[Name]>;
};

/** Data of every `access.*` event. Never a name, phone number, address or scanned text. */
export type AccessData = Value<typeof Access>;
/** Screening part of it. Degrees are present only where the site records values. */
export type ScreeningRecord = NonNullable<AccessData['screening']>;

/** Data of `screening.sensor`, `device.scanner`, `door.fault` and `device.storage`. */
export type DeviceData = EventDataByName['door.fault'];
export type DeviceStatus = DeviceData['status'];

/** A signed list that is in force now. */
export type ListRecord = Extract<EventDataByName['policy.applied'], { list: unknown }>;

export type OverrideData = EventDataByName['operator.override'];

export type LogResetCause = EventDataByName['log.reset']['cause'];

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
export interface EventEnvelope extends Omit<Value<typeof ENVELOPE>, 'data'> {
  readonly data: EventDataByName[EventName];
}

/** A row of the log. `body` contains the exact bytes that are hashed, published and replayed. */
export interface StoredEvent {
  readonly sequence: number;
  readonly epoch: string;
  readonly name: EventName;
  /** First word of the name: the MQTT topic below `evt/`. */
  readonly group: string;
  readonly timeMs: number;
  readonly body: Uint8Array;
}
