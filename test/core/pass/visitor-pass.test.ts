import { describe, expect, it } from 'vitest';
import { passKeys } from '../../../src/core/bundle/trust-content.ts';
import { checkPass } from '../../../src/core/pass/check-pass.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { ownVisitorKey, visitorPassOf } from '../../../src/core/pass/visitor-pass.ts';
import vectors from '../../data/visitor-passes.json' with { type: 'json' };
import { testSigner } from '../../support/gate/pass-samples.ts';
import { secondOpinion } from './second-verifier.ts';

const publicKey = new Uint8Array(Buffer.from(vectors.key.public_hex, 'hex'));
const BOUNDS = { site: 'c42', gate: 'north', longestS: vectors.longestS };
const own = ownVisitorKey(publicKey, BOUNDS);
const DAY_S = 86_400;

function reasonsOf(text: string, keys = [own], { now, site } = { now: vectors.now, site: 'c42' }) {
  const reading = readPass(text, createTrust(keys));
  if (reading.status === 'unreadable') return [reading.reason];
  return checkPass(reading, {
    ...{ site, gate: 'north', timeZone: '+08:00', longestPassLifeS: 400 * DAY_S, stepSeen: false },
    clock: { wallMs: now * 1000, monotonicMs: 0, quality: 'synced' },
  });
}

describe('passes by the kiosk’s own key', () => {
  it.each(vectors.vectors)(
    '$name: $expect, and a second verifier agrees',
    ({ text, now, site, expect: verdict }) => {
      expect(reasonsOf(text, [own], { now, site })).toEqual(verdict === 'VALID' ? [] : [verdict]);
      const bounds = { kinds: [3], sites: ['c42'], longestS: vectors.longestS };
      const opinion = secondOpinion({ text, now, site, issuer: publicKey, bounds, zoneMinutes: 480 });
      expect(opinion.verdict).toBe(verdict);
    },
  );

  it('are the same for the same visit, with as much of the name as has room', () => {
    const visit = {
      passId: '00112233aabbccdd',
      fromMs: vectors.now * 1000,
      untilMs: vectors.now * 1000 + 7_200_000,
    };
    const [first] = vectors.vectors;
    const pass = visitorPassOf({ ...visit, label: '王师傅，来修三楼的水管和暖气', uses: 1 }, 'c42');
    expect(pass).toMatchObject({ label: '王师傅，来修三楼', kind: 'visitor', uses: 1 });
    expect(signPass(pass, testSigner('issuer'))).toBe(first?.text);
    expect(visitorPassOf({ ...visit, label: '👩‍👩‍👧‍👧👩‍👩‍👧‍👧', uses: 1 }, 'c42').label).toBe('-');
  });

  it('stay within their bounds whatever a list says of the key, and a list can withdraw it', () => {
    const year = visitorPassOf(
      {
        passId: '00112233aabbccdd',
        label: 'x',
        uses: 1,
        fromMs: vectors.now * 1000,
        untilMs: (vectors.now + 300 * DAY_S) * 1000,
      },
      'c42',
    );
    const [valid, ...others] = vectors.vectors;
    const resident = others.find(({ expect: verdict }) => verdict === 'Unauthorized');
    for (const use of ['pass', 'visitor'] as const) {
      const listed = { publicKey, name: 'North', use, status: 'active' } as const;
      expect(reasonsOf(signPass(year, testSigner('issuer')), [...passKeys([listed], [own])])).toEqual([
        'gp:MalformedPass',
      ]);
      expect(reasonsOf(resident?.text ?? '', [...passKeys([listed], [own])])).toEqual(['Unauthorized']);
      const withdrawn = { ...listed, status: 'withdrawn' } as const;
      expect(reasonsOf(valid?.text ?? '', [...passKeys([withdrawn], [own])])).toEqual(['gp:Revoked']);
    }
  });
});
