import { describe, expect, it } from 'vitest';
import { signPass } from '../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../src/core/pass/pass.ts';
import { enteredFragment, enteredText } from '../../src/screens/phone/entered-text.ts';
import {
  EMPTY,
  outdates,
  ownPasses,
  renewedBy,
  requestKey,
  shortName,
  withEarlier,
  withKey,
  withName,
  withoutPass,
  withPass,
} from '../../src/screens/phone/kept.ts';
import { type OwnKey, requestText } from '../../src/screens/phone/own-key.ts';
import { isClockBehind, validityOf } from '../../src/screens/phone/validity.ts';
import { NOW_S, sampleClaims, testSigner } from '../support/gate/pass-samples.ts';

const pass = (changes: Partial<PassClaims> = {}) => signPass(sampleClaims(changes), testSigner('issuer'));
const key = (who: Parameters<typeof testSigner>[0], movedPassId?: string): OwnKey => ({
  algorithm: 'Ed25519',
  // Not used here: a browser keeps it.
  privateKey: {} as CryptoKey,
  publicKey: new Uint8Array(testSigner(who).publicKey),
  ...(movedPassId === undefined ? {} : { movedPassId }),
});
const HOLDER_KEY = { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey } as const;
const [first, second] = [key('phone'), key('stranger')];
const bound = (to: OwnKey, changes: Partial<PassClaims> = {}) =>
  pass({ holderKey: { algorithm: 'Ed25519', publicKey: to.publicKey }, ...changes });
const textsOf = ({ passes }: { readonly passes: readonly { readonly text: string }[] }) =>
  passes.map(({ text }) => text);

describe('the passes of a phone', () => {
  it('get a key each, which goes with the last pass that is bound to it', () => {
    // Two requests are open at once, and the office answers the first one first.
    let kept = withKey(withKey(EMPTY, first), second);
    expect(kept.keys).toEqual([first, second]);
    const mine = bound(first);
    kept = withPass(kept, { text: mine, name: 'mine' });
    expect(kept.keys).toEqual([first, second]);
    const hers = bound(second, { passId: 'ffffffffffffffff' });
    kept = withPass(kept, { text: hers, name: 'hers' });
    expect(ownPasses(kept).map((one) => one.key)).toEqual([first, second]);
    expect(withoutPass(kept, mine).keys).toEqual([second]);
    // A renewal by the same key keeps it.
    const renewed = bound(first, { passId: 'aaaaaaaaaaaaaaaa' });
    kept = withPass(kept, { text: renewed, name: 'mine' }, mine);
    expect([textsOf(kept), kept.shown, kept.keys]).toEqual([[renewed, hers], renewed, [first, second]]);
    // The key of an open request stays, whatever is removed.
    kept = withKey(withoutPass(kept, hers), second);
    expect(withoutPass(kept, renewed)).toEqual({ keys: [second], passes: [] });
  });

  it('are asked for with a new key each time, but for the same pass that moves here', () => {
    const [moved, another] = [key('phone', '1'.repeat(16)), key('stranger', '1'.repeat(16))];
    let kept = withKey(withKey(EMPTY, moved), another);
    expect(kept.keys).toEqual([moved]);
    expect(requestKey(kept, '1'.repeat(16))).toBe(moved);
    for (const other of ['2'.repeat(16), undefined]) expect(requestKey(kept, other)).toBeUndefined();
    kept = withPass(kept, { text: bound(moved), name: '' });
    expect(requestKey(kept, '1'.repeat(16))).toBeUndefined();
    // Somebody presses on and on: the keys of passes stay, and the newest requests.
    const many = Array.from({ length: 20 }, (_, at) => ({
      ...first,
      publicKey: new Uint8Array(32).fill(at),
    }));
    expect(many.reduce(withKey, kept).keys).toEqual([moved, ...many.slice(8)]);
  });

  it('stand in the order and under the names that were chosen', () => {
    const texts = ['1', '2', '3'].map((digit) => pass({ passId: digit.repeat(16) }));
    let kept = texts.reduce((all, text) => withPass(all, { text, name: '' }), EMPTY);
    kept = withEarlier(kept, texts[2] ?? '');
    expect(textsOf(kept)).toEqual([texts[0], texts[2], texts[1]]);
    expect(withEarlier(kept, texts[0] ?? '')).toBe(kept);
    expect(withEarlier(kept, 'none')).toBe(kept);
    kept = withName(kept, texts[0] ?? '', `  ${'妈'.repeat(30)}`);
    expect(kept.passes.map(({ name }) => name)).toEqual(['妈'.repeat(24), '', '']);
    expect(shortName('👵🏻'.repeat(13))).toBe('👵🏻'.repeat(12));
    // The one that was shown is gone: none is named, and the page shows the first.
    expect(withoutPass(kept, kept.shown ?? '').shown).toBeUndefined();
  });

  it('are renewed by what is for the same person alone', () => {
    const [old] = ownPasses(
      withPass(EMPTY, { text: pass({ label: 'Wang', holderRef: 'a1b2c3d4e5f6' }), name: '' }),
    );
    const renewal = (changes: Partial<PassClaims>) =>
      ownPasses(
        withPass(EMPTY, {
          text: pass({ label: 'Wang', holderRef: 'a1b2c3d4e5f6', passId: 'f'.repeat(16), ...changes }),
          name: '',
        }),
      ).map((one) => renewedBy(one, old === undefined ? [] : [old]));
    expect(renewal({})).toEqual([old]);
    for (const other of [
      { label: 'Li' },
      { holderRef: 'ffffffffffff' },
      { kind: 'worker' },
      { site: 'c43' },
      { passId: old?.claims.passId ?? '' },
    ] as const)
      expect(renewal(other)).toEqual([undefined]);
  });

  it.each<[which: string, made: Partial<PassClaims>, before: Partial<PassClaims>, goes: boolean]>([
    ['made later', { issuedAt: NOW_S }, { issuedAt: NOW_S - 1 }, true],
    ['made as early', { issuedAt: NOW_S }, { issuedAt: NOW_S }, false],
    ['made before', { issuedAt: NOW_S - 1 }, { issuedAt: NOW_S }, false],
    ['that begins now', { issuedAt: NOW_S, notBefore: NOW_S }, { issuedAt: NOW_S - 1 }, true],
    ['that begins later', { issuedAt: NOW_S, notBefore: NOW_S + 1 }, { issuedAt: NOW_S - 1 }, false],
    ['bound, over paper', { issuedAt: NOW_S, holderKey: HOLDER_KEY }, { issuedAt: NOW_S - 1 }, true],
    ['of paper, over bound', { issuedAt: NOW_S }, { issuedAt: NOW_S - 1, holderKey: HOLDER_KEY }, false],
  ])('of which one %s is offered to take the place of another: %j, %j', (_which, made, before, goes) => {
    const [one, other] = [made, before].map((claims) => ({
      ...{ text: '', bytes: new Uint8Array() },
      claims: { ...sampleClaims(), ...claims },
    }));
    expect(one && other && outdates(one, other, NOW_S * 1000)).toBe(goes);
  });
});

describe('what is entered', () => {
  const text = pass();
  it.each([
    ['  \n', { wrong: 'nothing' }],
    ['GR1:ABC', { wrong: 'phoneCode' }],
    ['GG1:ABC', { wrong: 'guestCode' }],
    [text.slice(0, -3), { wrong: 'damaged' }],
    ['GP2:ABC', { wrong: 'newer' }],
    ['https://example.org/menu', { wrong: 'address' }],
    ['https://example.org/#pass=%E0%A4%A', { wrong: 'damaged' }],
    [requestText(first), { wrong: 'request' }],
    [requestText(first, '0102030405060708'), { wrong: 'request' }],
    ['hello', { wrong: 'other' }],
    ['x'.repeat(2_001), { wrong: 'other' }],
    ['https://office.example/pass/#move=0102030405060708', { movedPassId: '0102030405060708' }],
  ])('%s is called what it is', (written, found) => {
    expect(enteredText(written)).toEqual(found);
  });

  it('is a pass as text, broken by a messenger, and in a link', () => {
    for (const written of [
      ` ${text}\n`,
      `${text.slice(0, 40)}\r\n${text.slice(40)}`,
      `https://office.example/pass/#pass=${encodeURIComponent(text)}`,
    ])
      expect(enteredText(written)).toMatchObject({ pass: { text } });
    for (const hash of ['', '#', '#move=1', '#other=1']) expect(enteredFragment(hash)).toBeUndefined();
  });
});

describe('the validity of a pass on a phone', () => {
  const DAY_MS = 86_400_000;
  const nowMs = NOW_S * 1000;
  /** Midnight after today, where the tests run. */
  const midnight = new Date(nowMs).setHours(24, 0, 0, 0);
  it.each([
    [midnight, { state: 'ending', days: 0 }],
    [midnight + 1_000, { state: 'ending', days: 1 }],
    [midnight + DAY_MS, { state: 'ending', days: 1 }],
    [midnight + 14 * DAY_MS, { state: 'ending', days: 14 }],
    [midnight + 15 * DAY_MS, { state: 'good' }],
    [nowMs, { state: 'over' }],
    [nowMs + 1_000, { state: 'ending', days: 0 }],
  ])('that ends at %d', (endMs, found) => {
    expect(validityOf({ expiresAt: Math.floor(endMs / 1000) }, nowMs)).toEqual(found);
  });

  it('has not begun, and knows of a clock that is behind the office', () => {
    expect(validityOf({ notBefore: NOW_S + 1, expiresAt: NOW_S + 9 }, nowMs)).toEqual({ state: 'early' });
    expect(isClockBehind({ issuedAt: NOW_S + 31 }, nowMs)).toBe(true);
    expect(isClockBehind({ issuedAt: NOW_S + 30 }, nowMs)).toBe(false);
  });
});
