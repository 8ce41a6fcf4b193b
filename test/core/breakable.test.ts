import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { breakable } from '../../src/screens/prompt/breakable.ts';

type Tree = { readonly [key: string]: string | readonly string[] | Tree };

/** Everything the resident's screen says in a language. */
function sentences(language: string): readonly string[] {
  const { prompt, reason, cause } = JSON.parse(readFileSync(`config/locales/${language}.json`, 'utf8'));
  const found: string[] = [];
  const walk = (tree: Tree) => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === 'string') {
        if (key !== 'guard' && value.length > 1) found.push(...value.split('\n'));
      } else walk(value as Tree);
    }
  };
  for (const part of [prompt, reason, cause]) walk(part);
  return found;
}

const WORDS = {
  'zh-CN': [
    '测温口',
    '测温仪',
    '通行证',
    '通行码',
    '二维码',
    '扫码口',
    '扫码',
    '本小区',
    '保安',
    '物业',
    '额头',
    '住户',
    '保安室',
    '存储卡',
    '这个码',
    '点选',
    '前一位',
  ],
  'zh-TW': [
    '通行證',
    '通行碼',
    '掃描口',
    '掃描',
    '感測器',
    '本社區',
    '警衛處',
    '管理處',
    '額頭',
    '住戶',
    '重新整理',
    '記憶卡',
    '紀錄檔',
    '這個碼',
    '點選',
    '前一位',
  ],
};

describe.each(['zh-CN', 'zh-TW'] as const)('lines of %s', (language) => {
  const all = sentences(language).map((text) => ({ text, parts: breakable(text, language) }));

  it('are the text and nothing else', () => {
    for (const { text, parts } of all)
      expect(parts.join('').replaceAll('\u2060', '').replaceAll('\u00a0', ' ')).toBe(text);
  });

  it('tear no word of this product apart', () => {
    for (const { text, parts } of all) {
      const lines = parts.join('|');
      for (const word of WORDS[language])
        if (text.includes(word)) expect(lines.includes(word), `${word} in ${lines}`).toBe(true);
    }
  });

  it('neither begin nor end with a sign that belongs elsewhere, and none is a single sign', () => {
    for (const { parts } of all) {
      const lines = parts.join('|');
      expect(lines).not.toMatch(/\|[的了着著过過得吗嗎吧呢]/);
      expect(lines).not.toMatch(/[请請将將把给給在还還]\|/);
      expect(lines).not.toMatch(/(^|\|)\p{Script=Han}(\||$)/u);
    }
  });

  it('may break where a display needs it', () => {
    for (const { text, parts } of all) {
      // A telephone number breaks where it has blanks, and nobody has one for the test.
      if (text.includes('{')) continue;
      const longest = Math.max(
        ...parts.flatMap((part) => part.split(/[，。！？；]/)).map(({ length }) => length),
      );
      expect(longest, text).toBeLessThanOrEqual(13);
    }
  });
});

it('breaks English as browsers do, but for a number and its unit', () => {
  expect(breakable('Keep 5 to 10 cm away', 'en')).toEqual(['Keep 5\u00a0to\u00a010\u00a0cm away']);
});
