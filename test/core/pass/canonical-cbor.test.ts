import { decode as referenceDecode } from 'cbor2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGatepostError } from '../../../src/core/errors.ts';
import {
  type CborValue,
  decodeCanonical,
  encodeCanonical,
  encodeStrings,
} from '../../../src/core/pass/canonical-cbor.ts';

/** The same rules as an independent decoder knows them; it cannot count levels. */
function reference(bytes: Uint8Array): unknown {
  const value: unknown = referenceDecode(bytes, {
    cde: true,
    preferMap: true,
    rejectFloats: true,
    rejectSimple: true,
    rejectUndefined: true,
    ignoreGlobalTags: true,
  });
  refuseTags(value);
  return value;
}

function refuseTags(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (!Array.isArray(value) && !(value instanceof Map)) throw new Error('a tag');
  for (const part of value instanceof Map ? [...value].flat() : value) refuseTags(part);
}

/** The value `read` gives, or `refused`. */
function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch {
    return 'refused';
  }
}

/** Values of every kind that a pass may hold, at most five levels deep. */
const values: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue; key: CborValue }>((tie) => ({
  key: fc.oneof(
    fc.integer(),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }).map((n) => (isSafe(n) ? Number(n) : n)),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    tie('key'),
    fc.constantFrom(true, false, null),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(tie('key'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
})).value;

function isSafe(n: bigint): boolean {
  return n >= BigInt(Number.MIN_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER);
}

const decode = (hex: string) => decodeCanonical(new Uint8Array(Buffer.from(hex, 'hex')), 'The item');

describe('canonical CBOR', () => {
  it.each([
    ['nothing', ''],
    ['an indefinite byte string', '5f41014102ff'],
    ['an indefinite text', '7f6161ff'],
    ['an indefinite array', '9f01ff'],
    ['an indefinite map', 'bf0102ff'],
    ['an indefinite map inside', '81bf0102ff'],
    ['5 in two bytes', '1805'],
    ['255 in three bytes', '1900ff'],
    ['65,535 in five bytes', '1a0000ffff'],
    ['5 in nine bytes', '1b0000000000000005'],
    ['-6 in two bytes', '3805'],
    ['a long byte string length', '580101'],
    ['a long text length', '780161'],
    ['a long array length', '980101'],
    ['a long map length', 'b8010102'],
    ['a duplicate key', 'a201010102'],
    ['a duplicate byte string key', 'a2410101410102'],
    ['a duplicate array key', 'a2810101810102'],
    ['keys out of order', 'a202010102'],
    ['a half float', 'f93c00'],
    ['a single float', 'fa47c35000'],
    ['a double float', 'fb3ff199999999999a'],
    ['an infinite float', 'f97c00'],
    ['a not-a-number', 'f97e00'],
    ['a trailing byte', '0100'],
    ['a truncated string', '4201'],
    ['a huge announced array', '9b00ffffffffffffff'],
    ['a huge announced map', 'bbffffffffffffffff'],
    ['a huge announced string', '5affffffff'],
    ['undefined', 'f7'],
    ['an unassigned simple value', 'e0'],
    ['a two-byte simple value', 'f8ff'],
    ['a break outside', 'ff'],
    ['a reserved length', '1c'],
    ['invalid UTF-8', '62c328'],
    ['a tag at the outside', 'd201'],
    ['a big number tag', 'c24101'],
    ['a big number beyond every integer', 'c249010000000000000000'],
    ['a date tag', 'c11a514b67b0'],
    ['a tag inside an array', '81c24101'],
    ['a tag as a map value', 'a101c24101'],
    ['a tag as a map key', 'a1c2410101'],
    ['arrays seven deep', '81818181818180'],
    ['maps seven deep', 'a101a101a101a101a101a101a0'],
    ['arrays four hundred deep', '81'.repeat(400)],
  ])('refuses %s', (_, hex) => {
    expect(() => decode(hex)).toThrowError(
      expect.objectContaining({ name: 'GatepostError', code: 'pass.invalid' }),
    );
  });

  it.each([
    ['arrays six deep', '818181818180'],
    ['maps six deep', 'a101a101a101a101a101a0'],
    ['an integer above 2^53', '1b0020000000000000'],
    ['keys in order', 'a301010a022003'],
  ])('accepts %s', (_, hex) => {
    expect(() => decode(hex)).not.toThrow();
  });

  it('reads a Buffer like plain bytes', () => {
    expect(decodeCanonical(Buffer.from('4105', 'hex'), 'x')).toEqual(Uint8Array.of(5));
  });

  it('accepts nothing but the one encoding of a value', () => {
    const nearCbor = fc.uint8Array({ minLength: 1, maxLength: 8 });
    let accepted = 0;
    fc.assert(
      fc.property(nearCbor, (bytes) => {
        try {
          const value = decodeCanonical(bytes, 'x');
          accepted += 1;
          expect(encodeCanonical(value)).toEqual(bytes);
        } catch (error) {
          if (!isGatepostError(error, 'pass.invalid')) throw error;
        }
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });

  it('reads back every value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeCanonical(encodeCanonical(value), 'x')).toEqual(value);
      }),
    );
  });

  it('writes lists of strings as cbor2 does', () => {
    const string = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(fc.array(string, { maxLength: 30 }), (strings) => {
        expect(encodeStrings(strings)).toEqual(encodeCanonical(strings));
      }),
    );
  });

  it('agrees with cbor2 on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), (bytes) => {
        expect(outcome(() => decodeCanonical(bytes, 'x'))).toEqual(outcome(() => reference(bytes)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('agrees with cbor2 on good encodings with one byte changed, put in or left out', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(255), fc.constantFrom(0, 1, 2), (value, place, byte, change) => {
        const good = encodeCanonical(value);
        const at = place % good.length;
        const kept = change === 0 ? at : at + 1;
        const bytes = Uint8Array.of(
          ...good.subarray(0, at),
          ...(change === 2 ? [] : [byte]),
          ...good.subarray(kept),
        );
        if (bytes.length === 0) return;
        expect(outcome(() => decodeCanonical(bytes, 'x'))).toEqual(outcome(() => reference(bytes)));
      }),
      { numRuns: 5_000 },
    );
  });
});
