import { type DecodeOptions, decode, encode } from 'cbor2';
import { GatepostError } from '../errors.ts';

/** What canonical CBOR of a pass may hold. Integers beyond 2^53 come as bigint. */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborValue, CborValue>;

/** Arrays and maps inside one another (contract section 4). */
const MAX_DEPTH = 6;

const STRICT: DecodeOptions = {
  // RFC 8949 4.2.1: definite lengths, shortest forms, map keys sorted bytewise and therefore unique.
  cde: true,
  preferMap: true,
  rejectFloats: true,
  rejectSimple: true,
  rejectUndefined: true,
  // Tags stay visible as objects of their own, so that requirePlain() finds them.
  ignoreGlobalTags: true,
  // cbor2 counts an array twice and a map once; this only bounds its recursion, requirePlain() counts exactly.
  maxDepth: 2 * MAX_DEPTH,
};

/**
 * Reads exactly one item of canonical CBOR: no indefinite lengths, no long forms, no duplicate or unsorted keys, no
 * floats, no tags, nothing after the item, at most 6 levels. `what` names the item in the error.
 * @throws GatepostError `pass.invalid`; its message never repeats the input
 */
export function decodeCanonical(bytes: Uint8Array, what: string): CborValue {
  let value: unknown;
  try {
    // A Buffer is read as a plain Uint8Array, so that byte strings inside are plain too.
    value = decode(Buffer.isBuffer(bytes) ? new Uint8Array(bytes) : bytes, STRICT);
  } catch (error) {
    throw new GatepostError('pass.invalid', `${what} is not canonical CBOR`, { cause: error });
  }
  requirePlain(value, what, 0);
  return value;
}

/** Writes canonical CBOR (RFC 8949 4.2.1). Byte strings must be Uint8Array, not Buffer. */
export function encodeCanonical(value: CborValue): Uint8Array {
  return encode(value, { cde: true });
}

function requirePlain(value: unknown, what: string, depth: number): asserts value is CborValue {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (depth === MAX_DEPTH) throw new GatepostError('pass.invalid', `${what} is nested too deeply`);
  if (Array.isArray(value)) {
    for (const item of value) requirePlain(item, what, depth + 1);
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      requirePlain(key, what, depth + 1);
      requirePlain(item, what, depth + 1);
    }
  } else {
    throw new GatepostError('pass.invalid', `${what} holds a tag where none is allowed`);
  }
}
