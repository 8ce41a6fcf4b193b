import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelText } from '../../../src/core/pass/claim-fields.ts';
import { inert, isVisible, plainForm, withoutUnseen } from '../../../src/core/text/visible.ts';

const HIDDEN = [
  ['a byte order mark', '\ufeff'],
  ['a word joiner', '\u2060'],
  ['a tag character', '\u{e0041}'],
  ['a direction mark of Arabic', '\u061c'],
  ['a noncharacter', '\ufffe'],
  ['another noncharacter', '\u{1ffff}'],
  ['a space of no width', '\u200b'],
  ['a joiner of no width', '\u200d'],
  ['a soft hyphen', '\u00ad'],
  ['a filler of Hangul', '\u3164'],
  ['a filler of half width', '\uffa0'],
  ['an empty braille cell', '\u2800'],
  ['a variation selector', '\ufe0f'],
  ['an override of direction', '\u202e'],
  ['an isolate', '\u2067'],
  ['an annotation mark', '\ufff9'],
  ['a lone surrogate', '\ud800'],
  ['a control character', '\u0007'],
] as const;

describe('text that people read', () => {
  it.each(HIDDEN)('is refused with %s in it, and with nothing else', (_, hidden) => {
    for (const text of [hidden, `Anna${hidden}`, `${hidden}Anna`, `An${hidden}na`]) {
      expect(isVisible(text), JSON.stringify(text)).toBe(false);
      expect(() => labelText(text)).toThrowError(expect.objectContaining({ code: 'pass.invalid' }));
      if (hidden !== '\u2800' && hidden !== '\ud800') expect(inert(text)).not.toContain(hidden);
    }
  });

  it.each(['\ufeff', '\u2060', '\u{e0041}', '\u200b', '\u00ad', '\u3164'])(
    'loses %j, which comes along',
    (hidden) => {
      expect(withoutUnseen(` ${hidden}An${hidden}na ${hidden}`)).toBe('Anna');
      expect(plainForm(`${hidden}`)).toBe('');
    },
  );

  it.each(['\u202e', '\u200e', '\n', '\u0007'])('keeps %j, so that it is refused', (mark) => {
    expect(withoutUnseen(`An${mark}na`)).toBe(`An${mark}na`);
  });

  it.each(['\u0301', '\u0301\u0302', ' ', '\u00a0', '\u3000', ''])(
    'is refused where nobody sees any of it: %j',
    (text) => {
      expect(isVisible(text)).toBe(false);
    },
  );

  it.each([
    '王秀英 3-2-501',
    'EMEV-S 017',
    'Zoë',
    'Zoe\u0308',
    '葛\u{e0100}城',
    'می\u200cخواهم',
    'क\u094d\u200dष',
    '👩\u200d👧',
    '❤\ufe0f',
    '欧阳·娜仁托娅',
    '〇',
    '-',
  ])('may be %s', (text) => {
    expect(isVisible(text)).toBe(true);
    expect(withoutUnseen(text)).toBe(text.normalize('NFC'));
  });

  it('keeps its value when a log line shows what hides in it as \\u', () => {
    const text = 'a\ufeffb\u{e0041}c\u2060';
    expect(JSON.parse(inert(JSON.stringify(text)))).toBe(text);
  });
});

describe('one form for what is written alike', () => {
  it.each([
    ['3-2-501\u200b', '3-2-501'],
    ['３－２－５０１', '3-2-501'],
    ['3\u20112\u2011501', '3-2-501'],
    ['3–2—501', '3-2-501'],
    ['3\u22122\u2212501', '3-2-501'],
    ['3ー2ー501', '3-2-501'],
    ['カード', 'カード'],
    ['\u3000ＡＢ\u00a0Ｃ ', 'AB C'],
  ])('%j is %j', (text, plain) => {
    expect(plainForm(text)).toBe(plain);
  });

  it('leaves plain text as it is, and is the same the second time', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'aZ09 .,-/三号楼王') }).map((text) => text.trim());
    fc.assert(
      fc.property(plain, (text) => {
        expect(plainForm(text)).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainForm(plainForm(text))).toBe(plainForm(text));
      }),
      { numRuns: 500 },
    );
  });
});
