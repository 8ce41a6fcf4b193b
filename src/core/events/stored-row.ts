import { hash } from 'node:crypto';
import type { RetentionClass } from '../access/vocabulary.ts';
import { canonicalJson } from '../encoding/canonical-json.ts';
import { rowClassOf } from './row-classes.ts';
import { isSplit, leafHash, type ReadRow, readSplit } from './row-form.ts';

/** Members of `data` about a person in the form before parts: hashed as commitments under one salt of the row. */
const PERSONAL_FIELDS = ['passId', 'holderRef', 'screening', 'unreadable'] as const;

/**
 * Reads a row and recomputes its hash, of either form.
 * @param salt of the form before parts, whose rows have it beside the body
 * @returns undefined if the bytes are not exactly what the log would have written
 */
export function readRow(body: Uint8Array, salt?: Uint8Array): ReadRow | undefined {
  const envelope = canonicalObject(body);
  if (envelope === undefined) return undefined;
  if (isSplit(envelope)) return salt === undefined ? readSplit(envelope) : undefined;
  return salt === undefined ? undefined : readBefore(envelope, salt);
}

/** The hash of the row before, as a body names it; undefined if it names none. */
export function prevHashOf(body: Uint8Array): string | undefined {
  const prevhash = canonicalObject(body)?.prevhash;
  return typeof prevhash === 'string' ? prevhash : undefined;
}

/**
 * Takes a part from the published bytes of a row. The hash of the row stays.
 * @returns the bytes that are left, or the same object where there is nothing to take
 * @throws GatepostError never; bytes that are no row with parts are returned as they are
 */
export function reduceBody(body: Uint8Array, part: RetentionClass): Uint8Array {
  const envelope = canonicalObject(body);
  const row = envelope === undefined || !isSplit(envelope) ? undefined : readSplit(envelope);
  if (envelope === undefined || row === undefined || row.form === 'reduced') return body;
  if (part !== 'screening') return part === row.rowClass ? new TextEncoder().encode(row.leaf) : body;
  if (row.withoutReading === undefined) return body;
  return new TextEncoder().encode(canonicalJson({ ...envelope, ...row.withoutReading() }));
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The object in `body`, or undefined if the bytes are no canonical JSON. */
function canonicalObject(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = UTF8.decode(body);
    const value: unknown = JSON.parse(text);
    if (canonicalJson(value) !== text) return undefined;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function readBefore(envelope: Readonly<Record<string, unknown>>, salt: Uint8Array): ReadRow | undefined {
  const { data, epoch, sequence, prevhash, type, time } = envelope;
  if (typeof data !== 'object' || data === null || typeof type !== 'string' || typeof time !== 'string')
    return undefined;
  if (typeof sequence !== 'string' || typeof prevhash !== 'string') return undefined;
  return {
    sequence: Number(sequence),
    epoch: String(epoch),
    prevhash,
    type,
    timeMs: Date.parse(time),
    hash: hashBefore(envelope, salt),
    rowClass: rowClassOf(type.slice('io.gatepost.'.length, -'.v1'.length)),
    form: 'full',
    screening: 'screening' in data ? 'present' : 'never',
  };
}

/** Hash of a row of the form before parts: the whole event, personal fields replaced by commitments. */
function hashBefore(envelope: Readonly<Record<string, unknown>>, salt: Uint8Array): string {
  const data: Record<string, unknown> = { ...(envelope.data as object) };
  for (const name of PERSONAL_FIELDS) {
    if (data[name] === undefined) continue;
    const text = Buffer.from(name + canonicalJson(data[name]));
    data[name] = hash('sha256', Buffer.concat([salt, text]), 'hex');
  }
  return leafHash(canonicalJson({ ...envelope, data }));
}
