import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../../src/core/encoding/base45.ts';
import rfc from '../../data/rfc.json' with { type: 'json' };

const { valid, invalid } = rfc.base45;

describe('base45 (RFC 9285)', () => {
  it.each(valid)('writes and reads $b45', ({ b45, text, hex }) => {
    const bytes = text === undefined ? Buffer.from(hex ?? '', 'hex') : Buffer.from(text);
    expect(encodeBase45(bytes)).toBe(b45);
    expect(decodeBase45(b45)).toEqual(new Uint8Array(bytes));
  });

  it.each(invalid)('refuses $b45: $why', ({ b45 }) => {
    expect(decodeBase45(b45)).toBeUndefined();
  });

  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeBase45(encodeBase45(bytes))).toEqual(bytes);
      }),
    );
  });

  it('has one text for each byte string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (text) => {
        const bytes = decodeBase45(text);
        if (bytes !== undefined) expect(encodeBase45(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
