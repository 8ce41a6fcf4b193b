import { create } from 'qrcode';
import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../../src/core/encoding/base45.ts';
import { decodeCanonical, encodeCanonical } from '../../../src/core/pass/canonical-cbor.ts';
import { checkPass } from '../../../src/core/pass/check-pass.ts';
import { codeKey } from '../../../src/core/pass/code-key.ts';
import type { GuestClaims } from '../../../src/core/pass/guest-pass.ts';
import { dynamicCode, guestPass, type Signer, signPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims, PassReading } from '../../../src/core/pass/pass.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { hasPassForm, isWholePass } from '../../../src/core/scan/pass-form.ts';
import gg1 from '../../data/gg1.json' with { type: 'json' };
import { NOW_S, sampleClaims, testSigner, trustedKey } from '../../support/gate/pass-samples.ts';
import { seededNumbers } from '../../support/seeded-random.ts';
import { judgeGuest } from './second-guest-verifier.ts';

/** Set it to 100000 for the whole run. */
const MUTANTS = Number(process.env.GATEPOST_MUTANTS ?? 500);
const VERSION_READ_AT_25_MM = 18;

const [issuer, phone, stranger] = [testSigner('issuer'), testSigner('phone'), testSigner('stranger')];
const trust = createTrust([trustedKey()]);
const HOST = { holderKey: phone, holderRef: 'a1b2c3d4e5f6' } as const;
const GUEST: GuestClaims = { issuedAt: NOW_S, expiresAt: NOW_S + 7_200, cti: '1112131415161718', uses: 1 };

function guestOf(host: Partial<PassClaims> = {}, guest: Partial<GuestClaims> = {}, signer: Signer = phone) {
  return guestPass(signPass(sampleClaims({ ...HOST, ...host }), issuer), signer, { ...GUEST, ...guest });
}

function verdictOf(reading: PassReading, site: string, nowS: number): string {
  if (reading.status === 'unreadable') return reading.reason;
  const [reason] = checkPass(reading, {
    site,
    gate: 'north',
    timeZone: '+08:00',
    clock: { wallMs: nowS * 1000, monotonicMs: 0, quality: 'synced' },
    longestPassLifeS: 400 * 86_400,
    stepSeen: false,
  });
  return reason ?? 'VALID';
}

const secondly = (text: string, issuerKey: Uint8Array, site: string, nowS: number) =>
  judgeGuest(text, { issuer: issuerKey, site, gate: 'north', nowS, zoneMinutes: 8 * 60 });

describe('vectors of guest passes', () => {
  const issuerKey = new Uint8Array(Buffer.from(gg1.issuer.public_hex, 'hex'));
  const known = createTrust([{ publicKey: issuerKey, name: 'Vectors', status: 'active' }]);

  it('are all there', () => {
    expect(gg1.vectors).toHaveLength(78);
  });

  it.each(gg1.vectors)('$name: $expect', ({ text, now, site, expect: expected, ...more }) => {
    const reading = readPass(text, known);
    expect(verdictOf(reading, site, now)).toBe(expected);
    const { passId, uses, holderRef, label, flags } = more;
    if (passId !== undefined) {
      const claims = {
        kind: 'visitor',
        passId,
        uses,
        ...(label && { label }),
        ...(holderRef && { holderRef }),
      };
      expect(reading).toMatchObject({ form: 'GG1', claims });
    }
    if (expected === 'VALID') expect(reading).toMatchObject({ form: 'GG1', claims: flags ? { flags } : {} });
    if (!text.startsWith('GG')) return;
    const second = secondly(text, issuerKey, site, now);
    expect(second.verdict).toBe(expected);
    if (passId !== undefined) expect(second).toMatchObject({ passId, uses });
  });
});

describe('a guest pass', () => {
  it('is what the phone of the host has signed, and both verifiers know the guest by the same id', () => {
    const text = guestOf(
      { label: '3-402', windows: [{ dayMask: 127, startMinute: 0, endMinute: 1440 }] },
      { label: '小李' },
    );
    const reading = readPass(text, trust);
    expect(reading).toMatchObject({
      status: 'verified',
      form: 'GG1',
      claims: { site: 'c42', kind: 'visitor', label: '小李', uses: 1, holderRef: HOST.holderRef },
      host: { passId: '0102030405060708', label: '3-402' },
    });
    const passId = reading.status === 'verified' ? reading.claims.passId : '';
    expect(passId).not.toBe('1112131415161718');
    expect(secondly(text, issuer.publicKey, 'c42', NOW_S)).toMatchObject({ verdict: 'VALID', passId });
  });

  it('keeps its id with a renewed pass of the same phone, and never has that of another host’s guest', () => {
    const id = (text: string) => {
      const reading = readPass(text, trust);
      return reading.status === 'verified' ? reading.claims.passId : reading.detail;
    };
    expect(id(guestOf({ passId: 'ffffffffffffffff' }))).toBe(id(guestOf()));
    expect(id(guestOf({ holderKey: stranger }, {}, stranger))).not.toBe(id(guestOf()));
  });

  it('is one code however its host signs, and another than the pass of the host', () => {
    const host = signPass(sampleClaims(HOST), issuer);
    const one = guestPass(host, phone, GUEST);
    const other = guestPass(host, phone, { ...GUEST, label: '小李' });
    const codes = [one, other, host, dynamicCode(host, phone, NOW_S / 15)];
    expect(new Set(codes.map((code) => codeKey(code))).size).toBe(codes.length);
    expect(codes.every(isWholePass)).toBe(true);
    expect(hasPassForm(one)).toBe(true);
  });

  it('of a withdrawn key, or one that may not issue residents, is refused with that reason', () => {
    const read = (key: Parameters<typeof trustedKey>[0]) =>
      verdictOf(readPass(guestOf(), createTrust([trustedKey(key)])), 'c42', NOW_S);
    expect(read({ status: 'withdrawn' })).toBe('gp:Revoked');
    expect(read({ kinds: ['visitor'] })).toBe('Unauthorized');
    expect(read({ kinds: ['resident'] })).toBe('VALID');
    expect(read({ until: NOW_S })).toBe('gp:UnknownIssuer');
  });

  it('cannot be made beyond what a gate takes', () => {
    for (const wrong of [
      { uses: 3 },
      { expiresAt: NOW_S + 86_401 },
      { issuedAt: NOW_S - 90_000 },
      { gates: [] },
    ])
      expect(() => guestOf({}, wrong)).toThrow();
    expect(() => guestPass(signPass(sampleClaims(), issuer), phone, GUEST)).toThrow('not bound');
  });

  it('is readable at 25 mm: the longest text that a gate reads fits the version the contract names', () => {
    const usual = create(guestOf({ label: '王'.repeat(8) }, { label: '李'.repeat(8) }), {
      errorCorrectionLevel: 'M',
    });
    expect(usual.version).toBe(14);
    const longest = create(`GG1:${'A'.repeat(1_020)}`, { errorCorrectionLevel: 'L' });
    expect(longest.version).toBe(VERSION_READ_AT_25_MM);
    expect(25 / longest.modules.size).toBeGreaterThan(0.28);
  });
});

describe('a changed guest pass', () => {
  const host = sampleClaims(HOST);
  const valid = [
    guestOf(),
    guestOf({ label: '3-402', uses: 9 }, { label: '小李', uses: 2, gates: ['north'] }),
  ];
  const foreign = guestOf({ holderKey: stranger, passId: '00000000000000aa' }, {}, stranger);
  const phoneCode = dynamicCode(signPass(host, issuer), phone, NOW_S / 15);
  const partsOf = (text: string) =>
    decodeCanonical(decodeBase45(text.slice(4)) ?? new Uint8Array(), 'x') as Uint8Array[];
  const below = seededNumbers(20_200_224);

  function edited(bytes: Uint8Array): Uint8Array {
    const at = below(bytes.length);
    switch (below(5)) {
      case 0:
        return bytes.map((byte, index) => (index === at ? byte ^ (1 << below(8)) : byte));
      case 1:
        return Uint8Array.of(...bytes.slice(0, at), below(256), ...bytes.slice(at));
      case 2:
        return Uint8Array.of(...bytes.slice(0, at), ...bytes.slice(at + 1 + below(4)));
      case 3:
        return bytes.slice(0, at);
      default:
        return bytes.map((byte, index) => (index >= at && index < at + 8 ? below(256) : byte));
    }
  }

  /** A member of a COSE_Sign1 replaced, by one of another or an edited one. */
  function spliced(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const [mine, theirs] = [decodeCanonical(bytes, 'x'), decodeCanonical(other, 'x')] as [
      unknown[],
      unknown[],
    ];
    const at = [0, 2, 3][below(3)] ?? 0;
    mine[at] = below(2) === 0 ? theirs[at] : edited(mine[at] as Uint8Array);
    return encodeCanonical(mine as never);
  }

  function mutant(): string {
    const text = valid[below(valid.length)] ?? '';
    const [pass = new Uint8Array(), part = new Uint8Array()] = partsOf(text);
    const [otherPass = pass, otherPart = part] = partsOf(foreign);
    const wrap = (parts: readonly Uint8Array[]) => `GG1:${encodeBase45(encodeCanonical(parts))}`;
    switch (below(8)) {
      case 0:
        return `GG1:${encodeBase45(edited(decodeBase45(text.slice(4)) ?? pass))}`;
      case 1: {
        const at = below(text.length);
        return text.slice(0, at) + String.fromCharCode(32 + below(64)) + text.slice(at + below(3));
      }
      case 2:
        return wrap([edited(pass), part]);
      case 3:
        return wrap([pass, edited(part)]);
      case 4:
        return wrap([spliced(pass, otherPass), part]);
      case 5:
        return wrap([pass, spliced(part, below(2) === 0 ? otherPart : pass)]);
      case 6:
        return wrap([
          [pass, otherPass, otherPart, part][below(4)] ?? pass,
          [otherPart, otherPass, pass][below(3)] ?? pass,
        ]);
      default:
        return `${['GP1:', 'GR1:', 'GG2:', 'GG1:'][below(4)]}${phoneCode.slice(4 + below(2))}`;
    }
  }

  it(`is never accepted (${MUTANTS} of them), and a second verifier accepts none either`, () => {
    const originals = new Set([...valid, foreign, phoneCode]);
    const accepted: string[] = [];
    for (let made = 0; made < MUTANTS; ) {
      const text = mutant();
      if (originals.has(text)) continue;
      made += 1;
      const isTaken = verdictOf(readPass(text, trust), 'c42', NOW_S) === 'VALID';
      const isTakenToo = secondly(text, issuer.publicKey, 'c42', NOW_S).verdict === 'VALID';
      if (isTaken || isTakenToo) accepted.push(text);
    }
    expect(accepted).toEqual([]);
    expect(valid.map((text) => verdictOf(readPass(text, trust), 'c42', NOW_S))).toEqual(['VALID', 'VALID']);
  });
});
