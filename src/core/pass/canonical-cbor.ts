import { encode } from 'cbor2';
import { GatepostError } from '../errors.ts';

/** The values that canonical CBOR of a pass may contain. Integers beyond 2^53 are bigint. */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborValue, CborValue>;

/** Deepest nesting of arrays and maps (config/contract/README.md#limits). */
const MAX_DEPTH = 6;

/** Major types (RFC 8949 3.1). */
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

/** First bytes of the permitted simple values. */
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

const TO_UTF8 = new TextEncoder();
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes exactly one item of canonical CBOR: no indefinite lengths, no long forms, no duplicate or unsorted keys, no
 * floats, no tags, nothing after the item, at most 6 levels. `what` names the item in the error. Byte strings are
 * views of `bytes`.
 *
 * It runs between every scan and the lock, so it supports the canonical form alone and takes a tenth of the time of
 * cbor2, against which the tests compare it.
 * @throws GatepostError `pass.invalid`; its message never repeats the input
 */
export function decodeCanonical(bytes: Uint8Array, what: string): CborValue {
  // A Buffer is read as a plain Uint8Array, so that the byte strings in it are plain too.
  return new CanonicalReader(bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes), what).read();
}

/** Writes canonical CBOR (RFC 8949 4.2.1). Byte strings must be Uint8Array, not Buffer. */
export function encodeCanonical(value: CborValue): Uint8Array {
  return encode(value, { cde: true });
}

/** Canonical CBOR of an array of texts and byte strings, for signed bytes, which are built at every scan. */
export function encodeStrings(strings: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [head(ARRAY, strings.length)];
  for (const string of strings) {
    const bytes = typeof string === 'string' ? TO_UTF8.encode(string) : string;
    parts.push(head(typeof string === 'string' ? TEXT : BYTES, bytes.length), bytes);
  }
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Major type and length (below 2^32) in the shortest form. */
function head(type: number, length: number): Uint8Array {
  const first = type << 5;
  if (length < 24) return Uint8Array.of(first | length);
  if (length <= 0xff) return Uint8Array.of(first | 24, length);
  if (length <= 0xffff) return Uint8Array.of(first | 25, length >> 8, length & 0xff);
  return Uint8Array.of(first | 26, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

/** Whether `a` comes before `b` in bytewise order. */
function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return a.length < b.length;
}

class CanonicalReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  read(): CborValue {
    const value = this.#item(0);
    if (this.#at !== this.#bytes.length) throw this.#wrong();
    return value;
  }

  #item(depth: number): CborValue {
    const first = this.#byte();
    switch (first >> 5) {
      case UNSIGNED:
        return this.#argument(first);
      case NEGATIVE:
        return this.#negative(first);
      case BYTES:
        return this.#string(first);
      case TEXT:
        return this.#text(first);
      case ARRAY:
        return this.#array(first, depth);
      case MAP:
        return this.#map(first, depth);
      case TAG:
        throw this.#invalid('holds a tag where none is allowed');
      default:
        return this.#simple(first);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw this.#wrong();
    this.#at += 1;
    return byte;
  }

  /** The number in or after a first byte, in its shortest form only. Indefinite and reserved lengths are refused. */
  #argument(first: number): number | bigint {
    const info = first & 0x1f;
    if (info < 24) return info;
    if (info > 27) throw this.#wrong();
    const size = 1 << (info - 24);
    let value = 0;
    for (let i = 0; i < Math.min(size, 4); i++) value = value * 256 + this.#byte();
    if (size === 8) return this.#longArgument(value);
    const shortest = size === 1 ? value >= 24 : value > (size === 2 ? 0xff : 0xffff);
    if (!shortest) throw this.#wrong();
    return value;
  }

  #longArgument(high: number): number | bigint {
    let low = 0;
    for (let i = 0; i < 4; i++) low = low * 256 + this.#byte();
    if (high === 0) throw this.#wrong();
    const value = (BigInt(high) << 32n) | BigInt(low);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? value : Number(value);
  }

  #negative(first: number): number | bigint {
    const argument = this.#argument(first);
    const value = typeof argument === 'bigint' ? -1n - argument : -1 - argument;
    return Number.isSafeInteger(value) ? value : BigInt(value);
  }

  #length(first: number): number {
    const length = this.#argument(first);
    // Every element has at least one byte, so a length beyond the end is wrong.
    if (typeof length === 'bigint' || length > this.#bytes.length - this.#at) throw this.#wrong();
    return length;
  }

  #string(first: number): Uint8Array {
    const length = this.#length(first);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #text(first: number): string {
    const bytes = this.#string(first);
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      throw this.#wrong(cause);
    }
  }

  #array(first: number, depth: number): readonly CborValue[] {
    if (depth === MAX_DEPTH) throw this.#invalid('is nested too deeply');
    const length = this.#length(first);
    const items: CborValue[] = [];
    for (let i = 0; i < length; i++) items.push(this.#item(depth + 1));
    return items;
  }

  #map(first: number, depth: number): ReadonlyMap<CborValue, CborValue> {
    if (depth === MAX_DEPTH) throw this.#invalid('is nested too deeply');
    const length = this.#length(first);
    const entries = new Map<CborValue, CborValue>();
    let lastKey: Uint8Array | undefined;
    for (let i = 0; i < length; i++) {
      const begin = this.#at;
      const key = this.#item(depth + 1);
      const keyBytes = this.#bytes.subarray(begin, this.#at);
      // Keys must be sorted bytewise, which also excludes duplicates (RFC 8949 4.2.1).
      if (lastKey !== undefined && !isBefore(lastKey, keyBytes)) throw this.#wrong();
      lastKey = keyBytes;
      entries.set(key, this.#item(depth + 1));
    }
    return entries;
  }

  #simple(first: number): CborValue {
    switch (first) {
      case FALSE:
        return false;
      case TRUE:
        return true;
      case NULL:
        return null;
      default:
        throw this.#wrong();
    }
  }

  #wrong(cause?: unknown): GatepostError {
    return this.#invalid('is not canonical CBOR', cause);
  }

  #invalid(why: string, cause?: unknown): GatepostError {
    return new GatepostError('pass.invalid', `${this.#what} ${why}`, { cause });
  }
}
