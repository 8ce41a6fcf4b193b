import { GatepostError } from '../errors.ts';
import { isVisible } from '../text/visible.ts';
import type { CborValue } from './canonical-cbor.ts';

/** Type and range checks of single fields. Each throws GatepostError `pass.invalid` naming the field. */

export type CborMap = ReadonlyMap<CborValue, CborValue>;

const ID = /^[a-z0-9-]{1,32}$/;
/** 24 bytes of UTF-8 (config/contract/README.md#limits). */
const MAX_LABEL_BYTES = 24;
/** Subtags of a language tag (RFC 5646): whether it names a language that exists is not looked at. */
const LANGUAGE_TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
const MAX_LANGUAGE = 12;

function wrong(message: string): GatepostError {
  return new GatepostError('pass.invalid', message);
}

export function map(value: CborValue, what: string): CborMap {
  if (value instanceof Map) return value;
  throw wrong(`${what} must be a map`);
}

/** A list of at least one item. One reader could take an empty list as "no limit" and another as "never". */
export function array(value: CborValue, what: string): readonly CborValue[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw wrong(`${what} must be a list that is not empty`);
}

export function field(fields: CborMap, key: number, what: string): CborValue {
  const value = fields.get(key);
  if (value === undefined) throw wrong(`${what} is missing`);
  return value;
}

/** `{ [name]: read(value) }`, or `{}` if the field is absent. */
export function optional<Name extends string, T>(
  name: Name,
  value: CborValue | undefined,
  read: (value: CborValue) => T,
): { [N in Name]?: T } {
  if (value === undefined) return {};
  return { [name]: read(value) } as { [N in Name]: T };
}

export function integer(value: CborValue, min: number, max: number, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw wrong(`${what} must be a whole number from ${min} to ${max}`);
}

export function byteString(value: CborValue, length: number, what: string): Uint8Array {
  // A copy, because the decoder returns views of the whole scan.
  if (value instanceof Uint8Array && value.length === length) return value.slice();
  throw wrong(`${what} must be ${length} bytes`);
}

export function gateOrSiteId(value: CborValue, what: string): string {
  if (typeof value === 'string' && ID.test(value)) return value;
  throw wrong(`${what} must be 1 to 32 of the characters a-z, 0-9 and -`);
}

export function labelText(value: CborValue): string {
  if (
    typeof value === 'string' &&
    value.length > 0 &&
    new TextEncoder().encode(value).length <= MAX_LABEL_BYTES &&
    isVisible(value)
  ) {
    return value;
  }
  throw wrong(
    `label must be 1 to ${MAX_LABEL_BYTES} bytes of printable UTF-8, at least one character of it to be seen`,
  );
}

export function languageTag(value: CborValue): string {
  if (typeof value === 'string' && value.length <= MAX_LANGUAGE && LANGUAGE_TAG.test(value)) return value;
  throw wrong(
    `language must be a language tag such as zh-TW, of at most ${MAX_LANGUAGE} letters, digits and hyphens`,
  );
}
