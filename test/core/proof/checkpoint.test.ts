import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../../src/core/pass/issue-pass.ts';
import {
  cosignaturesOf,
  isCheckpointOf,
  originOf,
  parseCheckpoint,
  readOrigin,
  signCheckpoint,
} from '../../../src/core/proof/checkpoint.ts';
import { isSignedBy, parseNote, signNote } from '../../../src/core/proof/signed-note.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const key = (typeAndKey: string): Uint8Array => new Uint8Array(Buffer.from(typeAndKey, 'base64').subarray(1));

/** The example of Go's package golang.org/x/mod/sumdb/note. */
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;
const GO_KEY = key('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');

/** A checkpoint that a log of Certificate Transparency published, with cosignatures of public witnesses. */
const PUBLIC = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

\u2014 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
\u2014 arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
\u2014 witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
`;
const PUBLIC_KEY = key('AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f');
const WITNESS = {
  name: 'remora.n621.de',
  publicKey: key('BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2'),
};
const OTHER_WITNESS = {
  name: 'witness1.smartit.nu/witness1',
  publicKey: key('BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO'),
};

const gate = createSigner(generateKeyPairSync('ed25519').privateKey);
const stranger = createSigner(generateKeyPairSync('ed25519').privateKey);
const origin = originOf({
  site: 'willow-court',
  gate: 'north',
  epoch: '0170761a-a007-7fff-8000-000000000000',
});
const root = new Uint8Array(32).fill(7);
const text = signCheckpoint({ origin, size: 4711, root }, gate);

describe('a signed note', () => {
  it('is that of other programs', () => {
    expect(isSignedBy(parseNote(utf8(GO_NOTE)), 'PeterNeumann', GO_KEY)).toBe(true);
    const edited = GO_NOTE.replace('answer', 'Answer');
    expect(isSignedBy(parseNote(utf8(edited)), 'PeterNeumann', GO_KEY)).toBe(false);
    expect(isSignedBy(parseNote(utf8(GO_NOTE)), 'PeterNeuman', GO_KEY)).toBe(false);
  });

  it('is worthless where one of two signatures of a key is forged', () => {
    const other = signNote('another text\n', 'north', gate).split('\n').at(-2);
    const both = `${signNote('a text\n', 'north', gate)}${other}\n`;
    expect(parseNote(utf8(both)).signatures).toHaveLength(2);
    expect(isSignedBy(parseNote(utf8(both)), 'north', gate.publicKey)).toBe(false);
  });

  it('takes 16 signatures of the largest kind, and bounds what it takes', () => {
    const line = `\u2014 witness ${Buffer.alloc(4 + 5000).toString('base64')}\n`;
    expect(parseNote(utf8(`text\n\n${line.repeat(16)}`)).signatures).toHaveLength(16);
    expect(() => parseNote(utf8(`text\n\n${'\u2014 w AAAAAAA=\n'.repeat(65)}`))).toThrow(/64 signatures/);
    expect(() => parseNote(new Uint8Array(10_000_000).fill(10))).toThrow(/131072 bytes/);
  });

  it('may have empty lines in its text: the signatures are behind the last one', () => {
    const note = parseNote(utf8(signNote('one\n\ntwo\n', 'north', gate)));
    expect(note.text).toBe('one\n\ntwo\n');
    expect(isSignedBy(note, 'north', gate.publicKey)).toBe(true);
  });

  it('is refused with one named error for any bytes that are none', () => {
    const refused = (bytes: Uint8Array) => {
      try {
        parseCheckpoint(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'checkpoint.invalid' });
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), refused));
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = utf8(text);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
        let isGood = false;
        try {
          const read = parseCheckpoint(bytes);
          isGood = isCheckpointOf(read, gate.publicKey) && read.origin === origin;
        } catch (error) {
          expect(error).toMatchObject({ code: 'checkpoint.invalid' });
        }
        expect(isGood).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a checkpoint', () => {
  it('is read as it was written, and proved by the key of its gate alone', () => {
    const read = parseCheckpoint(utf8(text));
    expect(read).toMatchObject({ origin, size: 4711, root });
    expect(isCheckpointOf(read, gate.publicKey)).toBe(true);
    expect(isCheckpointOf(read, stranger.publicKey)).toBe(false);
    expect(readOrigin(read.origin)).toEqual({
      site: 'willow-court',
      gate: 'north',
      epoch: '0170761a-a007-7fff-8000-000000000000',
    });
    expect(readOrigin('example.com/log')).toBeUndefined();
  });

  it('of a public log is proved, signatures of unknown kinds beside it', () => {
    const read = parseCheckpoint(utf8(PUBLIC));
    expect(read).toMatchObject({ origin: 'arche2025h1.staging.ct.transparency.dev', size: 1_432_088_532 });
    expect(isCheckpointOf(read, PUBLIC_KEY)).toBe(true);
    const bigger = parseCheckpoint(utf8(PUBLIC.replace('1432088532', '1432088533')));
    expect(isCheckpointOf(bigger, PUBLIC_KEY)).toBe(false);
  });

  it.each([
    ['a size with a leading zero', '4711', '04711'],
    ['a negative size', '4711', '-1'],
    ['a size beyond what can be counted', '4711', '9999999999999999'],
    ['a root that is too short', Buffer.from(root).toString('base64'), 'AAAA'],
    ['base64 that is not canonical', 'Bwc=\n', 'Bwd=\n'],
    ['no origin', origin, ''],
    ['a carriage return', `${origin}\n`, `${origin}\r\n`],
  ])('is refused with %s', (_title, from, to) => {
    expect(text).toContain(from);
    expect(() => parseCheckpoint(utf8(text.replace(from, to)))).toThrow(/no checkpoint/);
  });
});

describe('a cosignature', () => {
  it('of a public witness is proved, with its time', () => {
    const { note } = parseCheckpoint(utf8(PUBLIC));
    expect(cosignaturesOf(note, [WITNESS])).toEqual([{ witness: WITNESS.name, timeS: 0x6a122120 }]);
    expect(cosignaturesOf(note, [WITNESS, OTHER_WITNESS])).toHaveLength(2);
    const edited = parseCheckpoint(utf8(PUBLIC.replace('1432088532', '1432088533')));
    expect(cosignaturesOf(edited.note, [WITNESS, OTHER_WITNESS])).toEqual([]);
  });

  it('counts by name and key, not by one of them', () => {
    const { note } = parseCheckpoint(utf8(PUBLIC));
    expect(cosignaturesOf(note, [{ ...WITNESS, name: OTHER_WITNESS.name }])).toEqual([]);
    expect(cosignaturesOf(note, [{ ...WITNESS, publicKey: gate.publicKey }])).toEqual([]);
  });

  it('is not a signature over the text alone', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const witness = { name: 'centre', publicKey: createSigner(privateKey).publicKey };
    const line =
      signNote(parseNote(utf8(text)).text, 'centre', createSigner(privateKey))
        .split('\n')
        .at(-2) ?? '';
    expect(cosignaturesOf(parseNote(utf8(`${text}${line}\n`)), [witness])).toEqual([]);
  });
});
