import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/core/encoding/hex.ts';
import { isP256Point } from '../../../src/core/pass/curve-points.ts';
import { holderKeyObject, holderKeyOf } from '../../../src/core/pass/public-key.ts';

/** What OpenSSL says of the same point. */
function takenByOpenSsl(x: Uint8Array, y: Uint8Array): boolean {
  try {
    holderKeyObject({ algorithm: 'P-256', publicKey: Uint8Array.of(4, ...x, ...y) });
    return true;
  } catch {
    return false;
  }
}

describe('a point on P-256', () => {
  it('is one for every key that is made, and none with any bit of it turned', () => {
    for (let round = 0; round < 20; round += 1) {
      const { publicKey } = holderKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
      const [x, y] = [publicKey.slice(1, 33), publicKey.slice(33)];
      expect(isP256Point(x, y)).toBe(true);
      for (const part of [x, y]) {
        part[round] = (part[round] ?? 0) ^ 1;
        expect(isP256Point(x, y)).toBe(takenByOpenSsl(x, y));
        part[round] = (part[round] ?? 0) ^ 1;
      }
    }
  });

  it('is none outside the field and at the origin', () => {
    const [zero, largest] = [new Uint8Array(32), new Uint8Array(32).fill(0xff)];
    for (const [x, y] of [
      [zero, zero],
      [largest, largest],
      [zero, largest],
    ] as const) {
      expect(isP256Point(x, y)).toBe(false);
    }
  });
});

describe('hex', () => {
  it('reads back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });
});
