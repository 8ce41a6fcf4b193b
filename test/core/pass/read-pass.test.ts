import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../../src/core/encoding/base45.ts';
import { decodeCanonical, encodeCanonical } from '../../../src/core/pass/canonical-cbor.ts';
import { createSigner, dynamicCode, type Signer, signPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassReading } from '../../../src/core/pass/pass.ts';
import { createTrust, keyIdOf, readPass } from '../../../src/core/pass/read-pass.ts';
import gp1 from '../../data/gp1.json' with { type: 'json' };
import rfc from '../../data/rfc.json' with { type: 'json' };
import {
  NOW_S,
  privateKeyOf,
  sampleClaims,
  testSigner,
  trustedKey,
} from '../../support/gate/pass-samples.ts';

const STEP = NOW_S / 15;
/** Order of the Ed25519 group (RFC 8032 5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const trust = createTrust([trustedKey()]);
const issuer = testSigner('issuer');
const phone = testSigner('phone');
const bound = signPass(sampleClaims({ holderKey: phone }), issuer);
const valid = [signPass(sampleClaims({ label: '三号楼', uses: 3 }), issuer), dynamicCode(bound, phone, STEP)];

const bodyOf = (text: string): Uint8Array => decodeBase45(text.slice(4)) ?? new Uint8Array();
const reasonOf = (reading: PassReading): string =>
  reading.status === 'verified' ? 'verified' : reading.reason;
const read = (text: string): string => reasonOf(readPass(text, trust));
const littleEndian = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

/** A pass is the same with and without tag 18 in front (config/contract/README.md#passes). */
function untagged(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xd2 ? bytes.subarray(1) : bytes;
}

describe('readPass', () => {
  it('reads the samples the other tests break', () => {
    expect(valid.map(read)).toEqual(['verified', 'verified']);
  });

  it('refuses a pass with any single bit flipped', () => {
    for (const text of valid) {
      const bytes = bodyOf(text);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(read(text.slice(0, 4) + encodeBase45(flipped)), `bit ${bit}`).not.toBe('verified');
      }
    }
  });

  it('refuses every truncation', () => {
    for (const text of valid) {
      for (let length = 0; length < text.length; length++) {
        expect(read(text.slice(0, length)), `${length} characters`).not.toBe('verified');
      }
    }
  });

  const character = fc.oneof(
    fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
  );

  it('refuses every edit of its characters', () => {
    const edit = fc.record({
      text: fc.constantFrom(...valid),
      at: fc.nat({ max: 400 }),
      remove: fc.nat({ max: 4 }),
      insert: fc.array(character, { maxLength: 4 }).map((parts) => parts.join('')),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const original = edits[0]?.text ?? '';
        const changed = edits.reduce((text, { at, remove, insert }) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + insert + text.slice(place + remove);
        }, original);
        fc.pre(changed !== original);
        expect(read(changed)).not.toBe('verified');
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses every edit of its bytes', () => {
    const edit = fc.record({
      text: fc.constantFrom(...valid),
      at: fc.nat({ max: 400 }),
      remove: fc.nat({ max: 4 }),
      insert: fc.uint8Array({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(edit, ({ text, at, remove, insert }) => {
        const bytes = bodyOf(text);
        const place = at % (bytes.length + 1);
        const changed = Uint8Array.of(...bytes.slice(0, place), ...insert, ...bytes.slice(place + remove));
        fc.pre(Buffer.compare(untagged(changed), untagged(bytes)) !== 0);
        expect(read(text.slice(0, 4) + encodeBase45(changed))).not.toBe('verified');
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws and never verifies, whatever the text', () => {
    const prefix = fc.constantFrom('', 'GP1:', 'GR1:', 'GP2:', 'HC1:', 'gp1:');
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 1100 }),
      fc.array(character, { maxLength: 300 }).map((parts) => parts.join('')),
      fc.uint8Array({ maxLength: 700 }).map(encodeBase45),
      fc.anything().map((value) => encodeBase45(Buffer.from(String(JSON.stringify(value))))),
    );
    fc.assert(
      fc.property(prefix, body, (start, rest) => {
        expect(['gp:MalformedPass', 'gp:UnsupportedVersion']).toContain(read(start + rest));
      }),
      { numRuns: 2000 },
    );
  });

  it('never repeats the scanned text in its detail', () => {
    const secret = 'SECRETSECRET';
    for (const text of [secret, `GP1:${secret}`, `GR1:${secret}`, `XX1:${secret}`]) {
      const reading = readPass(text, trust);
      expect(JSON.stringify(reading)).not.toContain('SECRET');
    }
  });

  it.each([
    ['1,024 characters of nothing', `GP1:${'0'.repeat(1020)}`, 'gp:MalformedPass'],
    ['1,025 characters with a prefix of another kind', `GP2:${'0'.repeat(1021)}`, 'gp:MalformedPass'],
    ['1,024 characters with a prefix of another kind', `GP2:${'0'.repeat(1020)}`, 'gp:UnsupportedVersion'],
    ['a megabyte', `GP1:${'0'.repeat(1_000_000)}`, 'gp:MalformedPass'],
    ['a later phone code', 'GR2:ABC', 'gp:UnsupportedVersion'],
    ['an address', 'https://example.org/', 'gp:MalformedPass'],
    ['a line end behind a pass', `${valid[0]}\n`, 'gp:MalformedPass'],
    ['a space before a pass', ` ${valid[0]}`, 'gp:MalformedPass'],
    ['full-width letters', 'ＧＰ１:ABC', 'gp:MalformedPass'],
  ])('%s', (_, text, reason) => {
    expect(read(text)).toBe(reason);
  });

  it('takes a COSE of 512 bytes at most', () => {
    const gates = [...Array.from({ length: 11 }, () => 'g'.repeat(32)), 'g'.repeat(18)];
    const cose = bodyOf(signPass(sampleClaims({ gates }), issuer));
    expect(cose).toHaveLength(512);
    expect(read(`GP1:${encodeBase45(cose)}`)).toBe('verified');
    expect(read(`GP1:${encodeBase45(Uint8Array.of(0xd2, ...cose))}`)).toBe('gp:MalformedPass');
  });

  it('refuses the same signature in another form (S + L)', () => {
    for (const text of valid.slice(0, 1)) {
      const cose = bodyOf(text);
      const s = littleEndian(cose.slice(-32)) + L;
      const malleable = cose.slice();
      malleable.set(Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(), cose.length - 32);
      expect(malleable).not.toEqual(cose);
      expect(read(`GP1:${encodeBase45(malleable)}`)).toBe('gp:SignatureInvalid');
    }
  });

  it('calls a pass malformed even when a stranger signed it', () => {
    const parts = decodeCanonical(bodyOf(valid[0] ?? ''), 'x');
    if (!Array.isArray(parts)) throw new Error('no COSE_Sign1');
    const broken = encodeCanonical([parts[0], parts[1], Uint8Array.of(0xa0), new Uint8Array(64)]);
    expect(read(`GP1:${encodeBase45(broken)}`)).toBe('gp:MalformedPass');
  });

  it('refuses a header in the unprotected part, even with a valid signature', () => {
    const parts = decodeCanonical(bodyOf(valid[0] ?? ''), 'x');
    if (!Array.isArray(parts)) throw new Error('no COSE_Sign1');
    const extra = encodeCanonical([parts[0], new Map([[5, 1]]), parts[2], parts[3]]);
    expect(read(`GP1:${encodeBase45(extra)}`)).toBe('gp:MalformedPass');
  });
});

describe('phone codes (GR1)', () => {
  const p256 = createSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

  it.each([
    ['Ed25519', phone],
    ['P-256', p256],
  ])('a %s phone proves its step', (_, holder) => {
    const pass = signPass(sampleClaims({ holderKey: holder }), issuer);
    expect(readPass(dynamicCode(pass, holder, STEP), trust)).toMatchObject({
      status: 'verified',
      form: 'GR1',
      step: STEP,
      claims: { holderKey: { algorithm: holder.algorithm, publicKey: holder.publicKey } },
    });
    expect(read(dynamicCode(pass, testSigner('stranger'), STEP))).toBe('gp:SignatureInvalid');
  });

  it('a proof holds for its own pass and step only', () => {
    const other = signPass(sampleClaims({ holderKey: phone, passId: 'ffffffffffffffff' }), issuer);
    const parts = decodeCanonical(bodyOf(valid[1] ?? ''), 'x');
    if (!Array.isArray(parts)) throw new Error('no phone code');
    const [pass, step, proof] = parts;
    const text = (...items: typeof parts) => `GR1:${encodeBase45(encodeCanonical(items))}`;
    expect(read(text(pass, step, proof))).toBe('verified');
    expect(read(text(pass, STEP + 1, proof))).toBe('gp:SignatureInvalid');
    expect(read(text(bodyOf(other), step, proof))).toBe('gp:SignatureInvalid');
    expect(read(text(pass, step, new Uint8Array(63)))).toBe('gp:MalformedPass');
    expect(read(text(pass, -1, proof))).toBe('gp:MalformedPass');
    expect(read(text(pass, 2n ** 60n, proof))).toBe('gp:MalformedPass');
    expect(read(text(pass, step, proof, 0))).toBe('gp:MalformedPass');
    expect(read(text(valid[1] ?? '', step, proof))).toBe('gp:MalformedPass');
  });

  it('are the same as the ones the vectors were made with', () => {
    const vector = gp1.vectors.find(({ name }) => name === 'dynamic, current step');
    const pass = `GP1:${encodeBase45(Buffer.from(vector?.cose_hex ?? '', 'hex'))}`;
    const device = createSigner(privateKeyOf(rfc.ed25519.vectors[2]?.secret ?? ''));
    expect(Buffer.from(device.publicKey).toString('hex')).toBe(gp1.device_public_hex);
    expect(dynamicCode(pass, device, vector?.step ?? 0)).toBe(vector?.text);
  });

  it('are made from a GP1 text only', () => {
    expect(() => dynamicCode('GR1:ABC', phone, STEP)).toThrowError(
      expect.objectContaining({ code: 'pass.invalid' }),
    );
  });
});

/** A pair among SHA-256("gatepost test key <n>") as secrets whose kids are the same, found by search. */
const [first, second] = [35_924, 81_330].map((n) =>
  createSigner(privateKeyOf(createHash('sha256').update(`gatepost test key ${n}`).digest('hex'))),
) as [Signer, Signer];

describe('createTrust', () => {
  it('knows no issuer without keys', () => {
    expect(reasonOf(readPass(valid[0] ?? '', createTrust([])))).toBe('gp:UnknownIssuer');
  });

  it('tries every key with the same id', () => {
    const both = createTrust([first, second].map((signer) => trustedKey({ publicKey: signer.publicKey })));
    expect(keyIdOf(first.publicKey)).toBe(keyIdOf(second.publicKey));
    for (const signer of [first, second]) {
      expect(readPass(signPass(sampleClaims(), signer), both)).toMatchObject({
        status: 'verified',
        issuer: { publicKey: signer.publicKey },
      });
    }
    const onlyFirst = createTrust([trustedKey({ publicKey: first.publicKey })]);
    expect(reasonOf(readPass(signPass(sampleClaims(), second), onlyFirst))).toBe('gp:SignatureInvalid');
  });

  it('refuses a key of the wrong length and a key given twice', () => {
    for (const keys of [
      [trustedKey({ publicKey: new Uint8Array(31) })],
      [trustedKey(), trustedKey({ name: 'B' })],
    ]) {
      expect(() => createTrust(keys)).toThrowError(expect.objectContaining({ code: 'key.invalid' }));
    }
  });
});
