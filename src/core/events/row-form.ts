import { hash } from 'node:crypto';
import { canonicalJson } from '../encoding/canonical-json.ts';
import {
  type DividedData,
  divided,
  dividedBefore,
  putMember,
  type RowClass,
  type RowPart,
} from './row-classes.ts';

/** Random bytes that a part of a row is hashed with. */
export const PART_SALT_BYTES = 16;
/** `dataschema` of a row of which everything personal is gone. */
export const REDUCED_SCHEMA = 'urn:gatepost:event:reduced:v1';

/** Members of the envelope that a reduced row keeps, beside `commitments` and what is left of `data`. */
export interface RowIdentity {
  readonly epoch: string;
  readonly id: string;
  readonly prevhash: string;
  /** 16 digits. */
  readonly sequence: string;
  readonly source: string;
  readonly type: string;
}

/** What a reduced row says beside its identity. */
export interface RowRemainder {
  /** The hour in which it happened, RFC 3339. */
  readonly time: string;
  /** Canonical JSON of the members of `data` that are kept. */
  readonly data: string;
  /** As in the envelope. */
  readonly commitments: string;
}

/** Commitment to a part: SHA-256(salt || its name || canonical JSON of the part), hex. */
export function commitmentOf(salt: Uint8Array, part: RowPart, text: string): string {
  const content = part + text;
  // One buffer for all rows: this runs between every scan and the lock. A character has three bytes at the most.
  const bytes =
    content.length * 3 + salt.length <= SCRATCH.length
      ? SCRATCH
      : Buffer.alloc(content.length * 3 + salt.length);
  bytes.set(salt);
  const end = salt.length + bytes.write(content, salt.length, 'utf8');
  return hash('sha256', bytes.subarray(0, end), 'hex');
}

const SCRATCH = Buffer.alloc(16 * 1024);

/**
 * The text that is hashed as the leaf of a row, which is also the reduced row: canonical JSON. Identity and times
 * must contain nothing that JSON escapes.
 */
export function leafText(identity: RowIdentity, { time, data, commitments }: RowRemainder): string {
  const { epoch, id, prevhash, sequence, source, type } = identity;
  return `{"commitments":"${commitments}","data":${data},"datacontenttype":"application/json","dataschema":"${REDUCED_SCHEMA}","epoch":"${epoch}","id":"${id}","prevhash":"${prevhash}","sequence":"${sequence}","source":"${source}","specversion":"1.0","time":"${time}","type":"${type}"}`;
}

/** Hash of a leaf, hex: SHA-256 over 0x00 (the leaf prefix of RFC 6962) and its text. */
export function leafHash(leaf: string): string {
  return hash('sha256', `\u0000${leaf}`, 'hex');
}

/** The full hour in which a moment lies. @param time RFC 3339 in UTC with milliseconds */
export function hourOf(time: string): string {
  return `${time.slice(0, -'00:00.000Z'.length)}00:00.000Z`;
}

/** `part=value` of each part, as in the extensions `salts` and `commitments`. Parts are given in their order. */
export function partList(parts: readonly (readonly [RowPart, string])[]): string {
  return parts.map(([part, value]) => `${part}=${value}`).join(' ');
}

/** A row read back from its bytes. */
export interface ReadRow {
  readonly sequence: number;
  readonly epoch: string;
  readonly prevhash: string;
  readonly type: string;
  /** Of a reduced row, the hour. */
  readonly timeMs: number;
  /** What else columns of the log repeat; only of a full row with parts. */
  readonly whole?: {
    readonly id: unknown;
    readonly timeQuality: unknown;
    readonly recordedMs: number;
    readonly passage: unknown;
    readonly holderRef: unknown;
  };
  /** Recomputed from the bytes, hex. */
  readonly hash: string;
  readonly rowClass: RowClass;
  /** `full`: nothing is gone but perhaps what is about a reading. */
  readonly form: 'full' | 'reduced';
  /** Whether what is about a reading is still there, was never there, or is gone. */
  readonly screening: 'present' | 'never' | 'gone';
}

export interface ParsedRow extends ReadRow {
  /** The reduced row. */
  readonly leaf: string;
  /** What is left of a full row without what is about a reading: its data, its salts, and the commitment to what goes. */
  readonly withoutReading?:
    | (() => { readonly data: Members; readonly salts: string; readonly commitments: string })
    | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** Whether these bytes have the form with `salts` or `commitments`; rows of the form before have neither. */
export function isSplit(envelope: Members): boolean {
  return 'salts' in envelope || 'commitments' in envelope;
}

/**
 * Reads a row from an envelope whose bytes were canonical JSON. The hash is that of the bytes: every member is either
 * in the leaf or in a part.
 * @returns undefined for anything that the log would not have written
 */
export function readSplit(envelope: Members): ParsedRow | undefined {
  const identity = identityOf(envelope);
  if (identity === undefined || envelope.specversion !== '1.0') return undefined;
  if (envelope.datacontenttype !== 'application/json') return undefined;
  return 'salts' in envelope ? readFull(envelope, identity) : readReduced(envelope, identity);
}

function readFull(envelope: Members, identity: RowIdentity): ParsedRow | undefined {
  const name = nameOf(identity.type);
  const { salts, commitments = '', data, dataschema, time } = envelope;
  if (name === undefined || dataschema !== `urn:gatepost:event:${name}:v1`) return undefined;
  const own = listOf(salts, SALT);
  const gone = listOf(commitments, COMMITMENT);
  const timeMs = momentOf(time);
  if (own === undefined || gone === undefined || !isObject(data)) return undefined;
  const recordedMs = momentOf(envelope.recordedtime);
  if (timeMs === undefined || typeof time !== 'string' || recordedMs === undefined) return undefined;
  const rowClass = own.has('access') ? 'access' : 'operator';
  // What ends with the screening. In rows of the form before it is the outcome alone, under that name.
  const part: RowPart = own.has('reading') || gone.has('reading') ? 'reading' : 'screening';
  const members = part === 'reading' ? divided(name, data) : dividedBefore(name, data);
  const has = {
    salted: own.has(part),
    gone: gone.has(part),
    data: Object.keys(members.reading).length > 0,
  };
  // Exactly one salt for the row, and one for the other part where that is there. Only that goes before the row.
  if (!own.has(rowClass) || own.size !== (has.salted ? 2 : 1) || gone.size !== (has.gone ? 1 : 0))
    return undefined;
  if ('commitments' in envelope !== has.gone || has.salted !== has.data || (has.salted && has.gone))
    return undefined;
  const text = rowText(envelope, members.row);
  const parts: [RowPart, string][] = [[rowClass, commitmentOf(saltBytes(own.get(rowClass)), rowClass, text)]];
  const taken = has.salted
    ? commitmentOf(saltBytes(own.get(part)), part, readingText(part, members))
    : gone.get(part);
  if (taken !== undefined) parts.push([part, taken]);
  const remainder = {
    time: hourOf(time),
    data: canonicalJson(members.kept),
    commitments: partList(parts),
  };
  const leaf = leafText(identity, remainder);
  const otherwise = has.gone ? 'gone' : 'never';
  return {
    ...readIdentity(identity),
    timeMs,
    whole: {
      id: envelope.id,
      timeQuality: envelope.timequality,
      recordedMs,
      passage: data.passage,
      holderRef: data.holderRef,
    },
    hash: leafHash(leaf),
    rowClass,
    form: 'full',
    screening: has.salted ? 'present' : otherwise,
    leaf,
    withoutReading: has.salted
      ? () => ({
          data: { ...members.kept, ...members.row },
          salts: `${rowClass}=${own.get(rowClass)}`,
          commitments: `${part}=${taken}`,
        })
      : undefined,
  };
}

/** What is hashed as the part of the class of a row: its members outside of the leaf, its data of that class, its time. */
function rowText(envelope: Members, data: Members): string {
  const own: Record<string, unknown> = {};
  for (const member of Object.keys(envelope))
    if (member === 'data') own.data = data;
    else if (member !== 'salts' && (member === 'time' || !LEAF_MEMBERS.has(member)))
      putMember(own, member, envelope[member]);
  return canonicalJson(own);
}

function readingText(part: RowPart, { reading }: DividedData): string {
  return canonicalJson(part === 'reading' ? reading : reading.screening);
}

function readReduced(envelope: Members, identity: RowIdentity): ParsedRow | undefined {
  const { commitments, data, dataschema, time } = envelope;
  const gone = listOf(commitments, COMMITMENT);
  const timeMs = momentOf(time);
  if (Object.keys(envelope).some((member) => !LEAF_MEMBERS.has(member))) return undefined;
  if (gone === undefined || dataschema !== REDUCED_SCHEMA || timeMs === undefined || !isObject(data))
    return undefined;
  const rowClass = gone.has('access') ? 'access' : 'operator';
  if (typeof time !== 'string' || hourOf(time) !== time || !gone.has(rowClass)) return undefined;
  const hasReading = gone.has('reading') || gone.has('screening');
  if (gone.size !== (hasReading ? 2 : 1)) return undefined;
  const leaf = leafText(identity, { time, data: canonicalJson(data), commitments: String(commitments) });
  return {
    ...readIdentity(identity),
    timeMs,
    hash: leafHash(leaf),
    rowClass,
    form: 'reduced',
    screening: hasReading ? 'gone' : 'never',
    leaf,
  };
}

const LEAF_MEMBERS: ReadonlySet<string> = new Set([
  'commitments',
  'data',
  'datacontenttype',
  'dataschema',
  'epoch',
  'id',
  'prevhash',
  'sequence',
  'source',
  'specversion',
  'time',
  'type',
]);

function identityOf(envelope: Members): RowIdentity | undefined {
  const { epoch, id, prevhash, sequence, source, type } = envelope;
  if (!isWord(epoch, PLAIN) || !isWord(id, PLAIN) || !isWord(prevhash, HASH)) return undefined;
  if (!isWord(sequence, SEQUENCE) || !isWord(source, PLAIN) || !isWord(type, PLAIN)) return undefined;
  return { epoch, id, prevhash, sequence, source, type };
}

function readIdentity({ epoch, prevhash, sequence, type }: RowIdentity) {
  return { epoch, prevhash, sequence: Number(sequence), type };
}

/** Text that JSON writes as it is. */
const PLAIN = /^[\w./:-]{1,128}$/;
const HASH = /^[0-9a-f]{64}$/;
const SEQUENCE = /^[0-9]{16}$/;
/** The last character of a salt has bits that say nothing; only one writing of it is ours. */
const SALT = /^(access|operator|reading|screening)=([\w-]{21}[AQgw])$/;
const COMMITMENT = /^(access|operator|reading|screening)=([0-9a-f]{64})$/;

function isWord(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

/** The event's name in its type. */
function nameOf(type: string): string | undefined {
  return /^io\.gatepost\.([a-z]+\.[a-z]+)\.v1$/.exec(type)?.[1];
}

/** A list made by partList(); undefined if it is anything else. */
function listOf(list: unknown, form: RegExp): ReadonlyMap<string, string> | undefined {
  const parts = new Map<string, string>();
  if (list === '') return parts;
  if (typeof list !== 'string') return undefined;
  let before = '';
  for (const entry of list.split(' ')) {
    const [, part = '', value = ''] = form.exec(entry) ?? [];
    if (part <= before) return undefined;
    parts.set(part, value);
    before = part;
  }
  return parts;
}

/** A salt as it stands in the envelope. */
export function saltText(salt: Uint8Array): string {
  return Buffer.from(salt.buffer, salt.byteOffset, salt.byteLength).toString('base64url');
}

function saltBytes(text = ''): Uint8Array {
  return Buffer.from(text, 'base64url');
}

function momentOf(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) || new Date(ms).toISOString() !== time ? undefined : ms;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
