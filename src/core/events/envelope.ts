import { canonicalJson } from '../encoding/canonical-json.ts';
import type { EventDataByName, EventDraft, EventName, StoredEvent } from './event.ts';
import { fieldFate, type RowPart, reasonsLeft, rowClassOf } from './row-classes.ts';
import { commitmentOf, hourOf, leafHash, leafText, PART_SALT_BYTES, partList, saltText } from './row-form.ts';

const ENCODER = new TextEncoder();

/** Random bytes that sealEvent() needs for a row. */
export const ROW_SALT_BYTES = 2 * PART_SALT_BYTES;

/** What the log adds to a draft inside the transaction that stores it. */
interface EventStamp {
  /** UUIDv7 of the hour. */
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
  /** ROW_SALT_BYTES random bytes of this row alone. */
  readonly salts: Uint8Array;
}

interface SealedEvent {
  /** The JSON bytes that are stored, published and replayed: canonical JSON in UTF-8. */
  readonly body: Uint8Array;
  /** Hex. */
  readonly hash: string;
}

/**
 * Makes the published form of an event, its bytes and its row hash (config/contract/README.md#hash-chain). Body, parts
 * and leaf are written in one pass over the data, because this runs between every scan and the lock.
 */
export function sealEvent(draft: EventDraft, stamp: EventStamp): SealedEvent {
  const { name, timeMs, timeQuality } = draft;
  const rowClass = rowClassOf(name);
  const data = dataTexts(name, draft.data);
  const bootId = JSON.stringify(stamp.bootId);
  const subject = JSON.stringify(draft.subject);
  const time = rfc3339(timeMs);
  const recorded = stamp.recordedMs === timeMs ? time : rfc3339(stamp.recordedMs);
  const part = `{"bootid":${bootId},"data":{${data.part}},"recordedtime":"${recorded}","subject":${subject},"time":"${time}","timequality":"${timeQuality}"}`;
  const salts: [RowPart, Uint8Array][] = [[rowClass, stamp.salts.subarray(0, PART_SALT_BYTES)]];
  if (data.reading !== '') salts.push(['reading', stamp.salts.subarray(PART_SALT_BYTES)]);
  const commitments = salts.map(([one, salt]): [RowPart, string] => [
    one,
    commitmentOf(salt, one, one === 'reading' ? `{${data.reading}}` : part),
  ]);
  const identity = {
    epoch: stamp.epoch,
    id: stamp.id,
    prevhash: stamp.prevHash,
    sequence: String(stamp.sequence).padStart(16, '0'),
    source: `/gates/${stamp.site}/${stamp.gate}`,
    type: `io.gatepost.${name}.v1`,
  };
  const { epoch, id, prevhash, sequence, source, type } = identity;
  const published = partList(salts.map(([one, salt]) => [one, saltText(salt)]));
  const body = `{"bootid":${bootId},"data":{${data.whole}},"datacontenttype":"application/json","dataschema":"urn:gatepost:event:${name}:v1","epoch":"${epoch}","id":"${id}","prevhash":"${prevhash}","recordedtime":"${recorded}","salts":"${published}","sequence":"${sequence}","source":"${source}","specversion":"1.0","subject":${subject},"time":"${time}","timequality":"${timeQuality}","type":"${type}"}`;
  const leaf = leafText(identity, {
    time: hourOf(time),
    data: `{${data.kept}}`,
    commitments: partList(commitments),
  });
  return { body: ENCODER.encode(body), hash: leafHash(leaf) };
}

/** Canonical JSON of the members of an event's data: all of them, and by what becomes of them. */
interface DataTexts {
  readonly whole: string;
  readonly kept: string;
  /** Those of the row's own class. */
  readonly part: string;
  /** Empty where there is nothing about a reading. */
  readonly reading: string;
}

function dataTexts(name: string, data: object): DataTexts {
  const members = data as Readonly<Record<string, unknown>>;
  let whole = '';
  let kept = '';
  let part = '';
  let reading = '';
  for (const member of Object.keys(members).sort()) {
    const value = members[member];
    if (value === undefined) continue;
    const text = canonicalJson(value);
    const entry = `"${member}":${text}`;
    whole += whole === '' ? entry : `,${entry}`;
    const fate = fieldFate(name, member, members);
    if (fate === 'reading') reading += reading === '' ? entry : `,${entry}`;
    if (fate === 'kept') kept += kept === '' ? entry : `,${entry}`;
    if (fate === 'reading' && member !== 'reasons') continue;
    const rest = fate === 'reading' ? `"reasons":${canonicalJson(reasonsLeft(members))}` : entry;
    if (fate !== 'kept') part += part === '' ? rest : `,${rest}`;
  }
  return { whole, kept, part, reading };
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
