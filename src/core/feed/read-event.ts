import type { EventDataByName } from '../events/event.ts';
import type { ReadRow } from '../events/row-form.ts';
import { objectIn } from '../events/row-view.ts';
import { readRow } from '../events/stored-row.ts';

/** A larger event is not kept; the gate's largest have some kilobytes. */
export const MOST_EVENT_BYTES = 256 * 1024;
/** Beyond this even the number of an event is not looked for. */
const MOST_READ_BYTES = 1024 * 1024;
const DEEPEST = 32;
/** What is repeated beside an event, so that it can be looked for. */
const LONGEST_WORD = 256;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SEQUENCE = /^\d{16}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Why what came on `evt/…` is no event, or cannot be kept as it is. */
export type AsideReason =
  | 'too_large'
  | 'not_json'
  | 'not_an_event'
  | 'foreign_source'
  | 'bad_text'
  | 'bad_time'
  | 'too_deep';

/** An event of a gate as its feed is judged by. */
export interface FeedRow {
  readonly epoch: string;
  readonly sequence: number;
  readonly id: string;
  readonly prevhash: string;
  /** Row hash, hex. Undefined where nobody but the gate can compute it: rows of other versions. */
  readonly hash?: string;
  /** It has salts or commitments, and is not what was hashed. */
  readonly isUnsound: boolean;
  /** Boot of the machine; not in a reduced row. */
  readonly boot?: string;
  /** When it was written, Unix milliseconds; not in a reduced row. */
  readonly recordedMs?: number;
  readonly isUnsynced: boolean;
  /** Sent when it happened, as far as the message says so. */
  readonly isLive: boolean;
  readonly reset?: EventDataByName['log.reset'];
  readonly altered?: Pick<EventDataByName['log.altered'], 'first' | 'last'>;
}

/** The event beside that, for whoever stores it. */
export interface ReadEvent extends FeedRow {
  /** The JSON value. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Without `io.gatepost.` and the version, where it has that form. */
  readonly name: string;
  /** Unix milliseconds; of a reduced row, the hour. */
  readonly timeMs: number;
}

export type ReadResult =
  | { readonly event: ReadEvent }
  | { readonly aside: AsideReason; readonly epoch?: string; readonly sequence?: number };

/**
 * Reads what came on an event topic of a gate. Members, types and reasons that nobody knows are taken as they are.
 * @param source `/gates/<site>/<gate>` of the topic
 */
export function readEvent(
  payload: Uint8Array,
  { source, isLive }: { readonly source: string; readonly isLive: boolean },
): ReadResult {
  if (payload.length > MOST_READ_BYTES) return { aside: 'too_large' };
  const body = jsonObject(payload);
  if (body === undefined) return { aside: 'not_json' };
  if (body.source !== source) return { aside: 'foreign_source' };
  const { epoch, sequence: digits, id, prevhash, type, time } = body;
  const sequence = typeof digits === 'string' && SEQUENCE.test(digits) ? Number(digits) : 0;
  if (typeof epoch !== 'string' || !UUID.test(epoch) || sequence < 1 || !Number.isSafeInteger(sequence))
    return { aside: 'not_an_event' };
  const place = { epoch, sequence };
  if (typeof id !== 'string' || !UUID.test(id)) return { aside: 'not_an_event', ...place };
  if (typeof prevhash !== 'string' || !/^[0-9a-f]{64}$/.test(prevhash))
    return { aside: 'not_an_event', ...place };
  if (typeof type !== 'string' || type.length > LONGEST_WORD) return { aside: 'not_an_event', ...place };
  if (payload.length > MOST_EVENT_BYTES) return { aside: 'too_large', ...place };
  const trouble = troubleIn(body, 0);
  if (trouble !== undefined) return { aside: trouble, ...place };
  const timeMs = momentMs(time);
  if (timeMs === undefined) return { aside: 'bad_time', ...place };
  const name = /^io\.gatepost\.(.+)\.v\d+$/.exec(type)?.[1] ?? type;
  return { event: { ...place, ...judged(payload, body, type), id, prevhash, isLive, body, name, timeMs } };
}

/** What the hash of the row and its own words tell of the log. */
function judged(payload: Uint8Array, body: Readonly<Record<string, unknown>>, type: string) {
  const row = hashed(payload);
  // Rows of a version that is not known are hashed in a way that is not known.
  const isOurs =
    ('salts' in body || 'commitments' in body) && /^io\.gatepost\.[a-z]+\.[a-z]+\.v1$/.test(type);
  const recordedMs = momentMs(body.recordedtime);
  const data = objectIn(body.data) ?? {};
  return {
    ...(row !== undefined && { hash: row.hash }),
    isUnsound: isOurs && row === undefined,
    ...(typeof body.bootid === 'string' && UUID.test(body.bootid) && { boot: body.bootid }),
    ...(recordedMs !== undefined && { recordedMs }),
    isUnsynced: body.timequality === 'unsynced',
    ...aboutLog(type, data),
  };
}

function hashed(payload: Uint8Array): ReadRow | undefined {
  try {
    return readRow(payload);
  } catch {
    return undefined;
  }
}

function aboutLog(
  type: string,
  { cause, previousEpoch, previousSequence, first, last }: Readonly<Record<string, unknown>>,
): Pick<FeedRow, 'reset' | 'altered'> {
  if (type === 'io.gatepost.log.reset.v1')
    return {
      reset: {
        cause: cause === 'new log' || cause === 'lost' || cause === 'damaged' ? cause : 'restored',
        ...(typeof previousEpoch === 'string' && UUID.test(previousEpoch) && { previousEpoch }),
        ...(isNumber(previousSequence) && { previousSequence }),
      },
    };
  if (type === 'io.gatepost.log.altered.v1' && isNumber(first) && isNumber(last) && first <= last)
    return { altered: { first, last } };
  return {};
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function jsonObject(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectIn(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch {
    return undefined;
  }
}

/** Text that databases do not take, numbers that are none, and nesting without end. */
function troubleIn(value: unknown, depth: number): AsideReason | undefined {
  if (depth > DEEPEST) return 'too_deep';
  if (typeof value === 'string') return isPlain(value) ? undefined : 'bad_text';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'bad_text';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!isPlain(name)) return 'bad_text';
    const trouble = troubleIn(member, depth + 1);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

/** No NUL, and no half of a surrogate pair. */
function isPlain(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

function momentMs(value: unknown): number | undefined {
  const ms = typeof value === 'string' && MOMENT.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
