import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { ed25519PublicKey, verifySignature } from '../../src/core/pass/public-key.ts';
import { isDue, type Muster, MusterTicks } from '../../src/core/report/muster.ts';
import { type MusterReceipt, signMusterReceipt } from '../../src/core/report/muster-receipt.ts';
import { receiptDigest } from '../../src/core/report/signed-receipt.ts';
import { testSigner } from '../support/gate/pass-samples.ts';

const DAY_MS = 86_400_000;
const LIST: Muster = {
  number: 3,
  cause: 'fire',
  startedMs: 10 * DAY_MS,
  people: 2,
  doubts: { counted: 2, inUnnamed: 0, outUnnamed: 0, whileOpen: 0, long: 0, doubted: false },
};

describe('the ticks of a list', () => {
  it('count everybody once, by the first sight, whatever is ticked and taken back in which order', () => {
    const step = fc.record({ line: fc.integer({ min: -1, max: 9 }), here: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ticks = new MusterTicks(7);
        const seen = new Map<number, number>();
        steps.forEach(({ line, here }, atMs) => {
          const isKnown = line >= 1 && line <= 7;
          const changes = here ? isKnown && !seen.has(line) : seen.has(line);
          expect(here ? ticks.tick({ line, atMs }) : ticks.untick(line)).toBe(changes);
          if (!changes) return;
          if (here) seen.set(line, atMs);
          else seen.delete(line);
        });
        expect(ticks.count).toBe(seen.size);
        expect(ticks.all).toEqual(
          [...seen].map(([line, atMs]) => ({ line, atMs })).sort((one, other) => one.line - other.line),
        );
        // What was kept is what goes on after a restart.
        expect(new MusterTicks(7, ticks.all).all).toEqual(ticks.all);
      }),
    );
  });
});

describe('a list', () => {
  it.each<[string, Partial<Muster>, number, boolean]>([
    ['is kept while it is under way', {}, 1_000 * DAY_MS, false],
    ['is kept for its time', { endedMs: 11 * DAY_MS }, 12 * DAY_MS - 1, false],
    ['goes when its time is over', { endedMs: 11 * DAY_MS }, 12 * DAY_MS, true],
    ['goes by no clock that nobody confirmed', { endedMs: 11 * DAY_MS }, 0, false],
    ['is kept while the confirmed time is behind', { endedMs: 11 * DAY_MS }, 9 * DAY_MS, false],
    ['goes if a wrong clock dated its end', { endedMs: 500 * DAY_MS }, 11 * DAY_MS, true],
    ['goes once', { endedMs: 11 * DAY_MS, erasedMs: 12 * DAY_MS }, 13 * DAY_MS, false],
  ])('%s', (_what, change, nowMs, isOver) => {
    expect(isDue({ ...LIST, ...change }, DAY_MS, nowMs)).toBe(isOver);
  });

  it('leaves a receipt that the key of the gate has signed', () => {
    const receipt: MusterReceipt = {
      ...{ site: 'c42', gate: 'north', muster: 3, cause: 'fire', people: 2, ticked: 1 },
      startedAt: '2020-02-24T00:00:00.000Z',
      endedAt: '2020-02-24T01:00:00.000Z',
      erasedAt: '2020-02-25T01:00:00.000Z',
    };
    const signed = signMusterReceipt(receipt, testSigner('phone'));
    const isGenuine = (text: string) =>
      verifySignature(
        ed25519PublicKey(new Uint8Array(Buffer.from(signed.publicKey, 'hex'))),
        new TextEncoder().encode(`gatepost-muster/1\n${text}`),
        new Uint8Array(Buffer.from(signed.signature, 'base64url')),
      );
    expect(isGenuine(canonicalJson(receipt))).toBe(true);
    expect(isGenuine(canonicalJson({ ...receipt, people: 3 }))).toBe(false);
    expect(receiptDigest(receipt)).toMatch(/^[0-9a-f]{64}$/);
  });
});
