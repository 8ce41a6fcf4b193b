import { hash } from 'node:crypto';
import { canonicalJson } from '../encoding/canonical-json.ts';
import type { EventDataByName } from './event.ts';

/** `prevhash` of the very first row. */
export const GENESIS_HASH = '0'.repeat(64);

/** Members of `data` about a person: hashed as salted commitments, so that they can be erased later. */
const PERSONAL_FIELDS = ['passId', 'holderRef', 'screening', 'unreadable'] as const;

/** The replacement of a personal value: SHA-256(salt || name || canonical value), hex. */
function commitment(salt: Uint8Array, name: string, canonicalValue: string): string {
  return hash('sha256', Buffer.concat([salt, Buffer.from(name + canonicalValue)]), 'hex');
}

/**
 * Canonical JSON of an event's data in both forms at once: as it is stored, and with the commitments that are hashed.
 */
export function dataForms(
  data: object,
  salt: Uint8Array,
): { readonly stored: string; readonly hashed: string } {
  const members = data as Readonly<Record<string, unknown>>;
  let stored = '';
  let hashed = '';
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value === undefined) continue;
    const label = `${stored === '' ? '' : ','}${JSON.stringify(name)}:`;
    const text = canonicalJson(value);
    stored += label + text;
    hashed += label + (isPersonal(name) ? `"${commitment(salt, name, text)}"` : text);
  }
  return { stored: `{${stored}}`, hashed: `{${hashed}}` };
}

function isPersonal(name: string): boolean {
  return PERSONAL_FIELDS.some((personal) => personal === name);
}

/** Hash of a canonical event whose personal fields are already commitments. */
export function leafHash(canonicalEvent: string): string {
  return hash('sha256', `\u0000${canonicalEvent}`, 'hex');
}

/**
 * Hash of a log row, hex: SHA-256 over 0x00 (the leaf prefix of RFC 6962) and the canonical event, in which the
 * personal fields are replaced by their commitments (config/contract/README.md#hash-chain).
 */
export function rowHash(event: { readonly data: object }, salt: Uint8Array): string {
  const data: Record<string, unknown> = { ...event.data };
  for (const name of PERSONAL_FIELDS) {
    if (data[name] !== undefined) data[name] = commitment(salt, name, canonicalJson(data[name]));
  }
  return leafHash(canonicalJson({ ...event, data }));
}

/**
 * A row in the form that verification needs. After an erasure only the hash is left; `body` and `salt` are absent.
 */
export interface ChainRow {
  readonly sequence: number;
  readonly body?: Uint8Array;
  readonly salt?: Uint8Array;
  /** Hex. */
  readonly hash: string;
  /** The row's columns beside the body, if they are to be checked: they must agree with the body. */
  readonly columns?: { readonly name: string; readonly timeMs: number };
}

/** A position in the chain: the last row before those to verify, or the last one that must exist. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

export const CHAIN_START: ChainHead = { sequence: 0, hash: GENESIS_HASH };

/**
 * `missing`: rows were deleted before this one; `order`: a number repeats or goes back; `edited`: the content is not
 * what was hashed; `link`: the row does not continue its predecessor; `truncated`: rows were cut off the end.
 */
type ChainProblem = 'missing' | 'order' | 'edited' | 'link' | 'truncated';

export type ChainVerdict =
  | {
      readonly status: 'intact';
      readonly rows: number;
      /** Rows of which only the hash is left. */
      readonly erased: number;
      readonly head: ChainHead | undefined;
    }
  | { readonly status: 'broken'; readonly sequence: number; readonly problem: ChainProblem };

/**
 * Checks rows in order and returns the first broken one.
 * @param bounds `after`: the position before the first row; without it, the first row's link to its predecessor is
 * not checked (a log whose oldest rows were deleted by retention). `last`: where the rows must end.
 */
export function verifyChain(
  rows: Iterable<ChainRow>,
  bounds: { readonly after?: ChainHead; readonly last?: ChainHead } = {},
): ChainVerdict {
  let head = bounds.after;
  let count = 0;
  let erased = 0;
  for (const row of rows) {
    const problem = problemOf(row, head);
    if (problem !== undefined) return { status: 'broken', sequence: row.sequence, problem };
    head = { sequence: row.sequence, hash: row.hash };
    count += 1;
    if (row.body === undefined) erased += 1;
  }
  const { last } = bounds;
  if (last !== undefined && (head?.sequence !== last.sequence || head.hash !== last.hash)) {
    const problem = (head?.sequence ?? 0) < last.sequence ? 'truncated' : 'link';
    return { status: 'broken', sequence: last.sequence, problem };
  }
  return { status: 'intact', rows: count, erased, head };
}

function problemOf(row: ChainRow, head: ChainHead | undefined): ChainProblem | undefined {
  if (head !== undefined && row.sequence <= head.sequence) return 'order';
  if (head !== undefined && row.sequence > head.sequence + 1) return 'missing';
  if (row.body === undefined && row.salt === undefined) return undefined;
  const event = soundEvent(row);
  if (event === undefined) return 'edited';
  if (head !== undefined && event.prevhash !== head.hash) return 'link';
  return undefined;
}

/**
 * Rows that differ from what the log wrote: `edited`, which includes unreadable ones, or `missing`. Both ends are
 * included.
 */
export type AlteredRows = EventDataByName['log.altered'];

/**
 * Checks each row by itself and by its successor's link: an edited row with a recomputed hash no longer matches the
 * next one.
 * @param bounds `after`: the number before the first row, after which none may be missing. `last`: the end of the
 * log, which proves its newest row; rows up to there count as missing only if `complete`.
 */
export function findAltered(
  rows: readonly ChainRow[],
  bounds: { readonly after: number; readonly last?: ChainHead; readonly complete: boolean },
): readonly AlteredRows[] {
  const { last } = bounds;
  const found: AlteredRows[] = [];
  const events = rows.map((row) => (row.body === undefined ? undefined : soundEvent(row)));
  let before = bounds.after;
  for (const [index, row] of rows.entries()) {
    if (row.sequence > before + 1)
      found.push({ first: before + 1, last: row.sequence - 1, problem: 'missing' });
    before = row.sequence;
    const next = rows[index + 1]?.sequence === row.sequence + 1 ? events[index + 1]?.prevhash : undefined;
    const vouched = row.sequence === last?.sequence ? last.hash : next;
    const isErased = row.body === undefined && row.salt === undefined;
    const isSound = isErased || events[index] !== undefined;
    if (!isSound || (vouched !== undefined && vouched !== row.hash)) {
      found.push({ first: row.sequence, last: row.sequence, problem: 'edited' });
    }
  }
  if (bounds.complete && last !== undefined && last.sequence > before) {
    found.push({ first: before + 1, last: last.sequence, problem: 'missing' });
  }
  return found.reduce<readonly AlteredRows[]>(join, []);
}

/** Joins neighbours with the same problem into one finding. */
function join(done: readonly AlteredRows[], next: AlteredRows): readonly AlteredRows[] {
  const before = done.at(-1);
  return before !== undefined && before.problem === next.problem && before.last + 1 === next.first
    ? [...done.slice(0, -1), { ...before, last: next.last }]
    : [...done, next];
}

/** The event of a row whose own hash is correct. */
function soundEvent(row: ChainRow): ReadEvent | undefined {
  const event = row.body === undefined || row.salt === undefined ? undefined : readEvent(row.body);
  if (event === undefined || row.salt === undefined || event.sequence !== row.sequence) return undefined;
  if (row.columns !== undefined && !fitsColumns(event.value, row.columns)) return undefined;
  return rowHash(event.value, row.salt) === row.hash ? event : undefined;
}

function fitsColumns(event: object, { name, timeMs }: NonNullable<ChainRow['columns']>): boolean {
  const { type, time } = event as { readonly type?: unknown; readonly time?: unknown };
  return type === `io.gatepost.${name}.v1` && typeof time === 'string' && Date.parse(time) === timeMs;
}

/** Whether a row by itself is as the log wrote it. */
export function isSoundRow(row: ChainRow): boolean {
  return soundEvent(row) !== undefined;
}

/** The hash of the row before, as a body names it; undefined if it names none. */
export function prevHashOf(body: Uint8Array): string | undefined {
  return readEvent(body)?.prevhash;
}

interface ReadEvent {
  readonly value: { readonly data: object };
  readonly sequence: number;
  readonly prevhash: string;
}

/** The event in `body`, or undefined if the bytes are not exactly what the log would have written. */
function readEvent(body: Uint8Array): ReadEvent | undefined {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    value = JSON.parse(text);
    if (canonicalJson(value) !== text) return undefined;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('data' in value && 'sequence' in value && 'prevhash' in value)) return undefined;
  const { data, sequence, prevhash } = value;
  if (typeof data !== 'object' || data === null) return undefined;
  if (typeof sequence !== 'string' || typeof prevhash !== 'string') return undefined;
  return { value: { ...value, data }, sequence: Number(sequence), prevhash };
}
