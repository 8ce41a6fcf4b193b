import { dataForms, leafHash } from './chain.ts';
import type { EventDataByName, EventDraft, EventEnvelope, EventName, StoredEvent } from './event.ts';

/** What the log adds to a draft inside the transaction that stores it. */
interface EventStamp {
  /** UUIDv7. */
  readonly id: string;
  readonly site: string;
  readonly gate: string;
  /** 1 to 2^53 - 1, contiguous within the epoch. */
  readonly sequence: number;
  readonly epoch: string;
  readonly bootId: string;
  /** When the row was written, Unix milliseconds. */
  readonly recordedMs: number;
  /** Hash of the row before, hex; 64 zeros for the first. */
  readonly prevHash: string;
  /** Random bytes of this row alone. */
  readonly salt: Uint8Array;
}

interface SealedEvent {
  readonly envelope: EventEnvelope;
  /** The JSON bytes that are stored, published and replayed: canonical JSON in UTF-8. */
  readonly body: Uint8Array;
  /** Hex. */
  readonly hash: string;
}

/**
 * Makes the published form of an event, its bytes and its row hash (config/contract/README.md#hash-chain). Body and
 * hashed text differ only in their data and are made in one pass, because this runs between every scan and the lock.
 */
export function sealEvent(draft: EventDraft, stamp: EventStamp): SealedEvent {
  // In the order of names that canonical JSON requires; only `bootid` and `data` come before.
  const rest = {
    datacontenttype: 'application/json',
    dataschema: `urn:gatepost:event:${draft.name}:v1`,
    epoch: stamp.epoch,
    id: stamp.id,
    prevhash: stamp.prevHash,
    recordedtime: rfc3339(stamp.recordedMs),
    sequence: String(stamp.sequence).padStart(16, '0'),
    source: `/gates/${stamp.site}/${stamp.gate}`,
    specversion: '1.0',
    subject: draft.subject,
    time: rfc3339(draft.timeMs),
    timequality: draft.timeQuality,
    type: `io.gatepost.${draft.name}.v1`,
  } as const;
  const before = `{"bootid":${JSON.stringify(stamp.bootId)},"data":`;
  const after = `,${JSON.stringify(rest).slice(1)}`;
  const { stored, hashed } = dataForms(draft.data, stamp.salt);
  return {
    envelope: { bootid: stamp.bootId, data: draft.data, ...rest },
    body: new TextEncoder().encode(before + stored + after),
    hash: leafHash(before + hashed + after),
  };
}

/** First word of an event name: the MQTT topic below `evt/`. */
export function eventGroup(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

/** The data of an event of this log; only for rows that were not altered. @param _name name of the event */
export function dataOf<N extends EventName>(event: Pick<StoredEvent, 'body'>, _name: N): EventDataByName[N] {
  return bodyOf(event).data;
}

/** The subject of an event. */
export function subjectOf(event: Pick<StoredEvent, 'body'>): string {
  return bodyOf(event).subject;
}

function bodyOf({ body }: Pick<StoredEvent, 'body'>) {
  return JSON.parse(new TextDecoder().decode(body));
}
