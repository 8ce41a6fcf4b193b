import { GatepostError } from '../errors.ts';
import type { CborValue } from '../pass/canonical-cbor.ts';
import { gateOrSiteId, integer } from '../pass/claim-fields.ts';
import { isVisible } from '../text/visible.ts';
import { MAX_UINT32 } from './bundle.ts';

/** The fields of a map with text keys, each read once and by name. */
export class Fields {
  readonly #values: ReadonlyMap<CborValue, CborValue>;
  readonly #what: string;

  /** @throws GatepostError `bundle.refused` if `value` is not a map, or has a key that is not in `names` */
  constructor(value: CborValue | undefined, what: string, names: readonly string[]) {
    if (!(value instanceof Map)) throw wrong(`${what} must be a map`);
    for (const key of value.keys()) {
      if (typeof key !== 'string' || !names.includes(key)) throw wrong(`${what} has a field nobody knows`);
    }
    this.#values = value;
    this.#what = what;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  any(name: string): CborValue {
    const value = this.#values.get(name);
    if (value === undefined) throw wrong(`${this.#what} has no ${name}`);
    return value;
  }

  /** Whole number from `min` to 2^32 - 1. */
  number(name: string, min = 0): number {
    return integer(this.any(name), min, MAX_UINT32, name);
  }

  id(name: string): string {
    return gateOrSiteId(this.any(name), name);
  }

  bytes(name: string): Uint8Array {
    const value = this.any(name);
    if (value instanceof Uint8Array) return value;
    throw wrong(`${name} must be a byte string`);
  }

  text(name: string, maxCharacters: number): string {
    return printable(this.any(name), maxCharacters, name);
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T {
    return word(this.any(name), words, name);
  }

  /** A list of 1 to `max` items. */
  list<T>(name: string, max: number, read: (item: CborValue) => T): readonly T[] {
    const value = this.any(name);
    if (!Array.isArray(value) || value.length === 0 || value.length > max)
      throw wrong(`${name} must be a list of 1 to ${max}`);
    return value.map(read);
  }
}

export function word<T extends string>(value: CborValue, words: readonly T[], what: string): T {
  const found = words.find((one) => one === value);
  if (found === undefined) throw wrong(`${what} must be one of ${words.join(', ')}`);
  return found;
}

/** Text for a screen: it has visible characters, and no invisible ones. */
export function printable(value: CborValue, maxCharacters: number, what: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= maxCharacters) {
    if (isVisible(value)) return value;
  }
  throw wrong(`${what} must be 1 to ${maxCharacters} printable characters, at least one of them to be seen`);
}

export function wrong(message: string): GatepostError {
  return new GatepostError('bundle.refused', message);
}
