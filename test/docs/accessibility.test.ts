import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clause } from './accessibility/clause.ts';
import { EN_301_549 } from './accessibility/en301549.ts';
import { accessibilityReport, testNamed } from './accessibility/report.ts';
import { WCAG } from './accessibility/wcag.ts';
import { ROOT, textFiles } from './markdown.ts';

const ALL: readonly Clause[] = [...WCAG, ...Object.values(EN_301_549).flat()];
const GIVEN = ALL.flatMap(([number, , , shown]) => shown.map((one) => ({ number, one })));
const of = (kind: string) =>
  GIVEN.filter(({ one }) => one.startsWith(`${kind}: `)).map(({ number, one }) => ({
    number,
    text: one.slice(kind.length + 2),
  }));

/** The standards' own numbers. */
const A = `1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4
  2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.2`;
const AA = `1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 3.1.2
  3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3`;
const CHAPTER_5 = `5.1.2.1 5.1.2.2 5.1.3.1 5.1.3.2 5.1.3.3 5.1.3.4 5.1.3.5 5.1.3.6 5.1.3.7 5.1.3.8 5.1.3.9 5.1.3.10 5.1.3.11 5.1.3.12
  5.1.3.13 5.1.3.14 5.1.3.15 5.1.3.16 5.1.4 5.1.5 5.1.6.1 5.1.6.2 5.1.7 5.2 5.3 5.4 5.5.1 5.5.2 5.6.1 5.6.2 5.7 5.8 5.9`;
const words = (text: string): string[] => text.split(/\s+/);

interface AxeRule {
  readonly ruleId: string;
  readonly tags: readonly string[];
}
const axe: { getRules(): AxeRule[] } = createRequire(import.meta.url)('axe-core');

/** The names of the tests in a file, with those of their groups. */
function fileOf(name: string): string | undefined {
  return [`test/${name}.test.ts`, `test/integration/${name}.test.ts`].find((path) =>
    existsSync(join(ROOT, path)),
  );
}

describe('the accessibility report', () => {
  it('names each criterion of WCAG 2.2 and each clause once', () => {
    const numbers = (level: string) => WCAG.filter(([, of]) => of === level).map(([number]) => number);
    expect(numbers('A').toSorted()).toEqual(words(A).toSorted());
    expect(numbers('AA').toSorted()).toEqual(words(AA).toSorted());
    const [five = [], nine = [], eleven = []] = Object.values(EN_301_549).map((clauses) =>
      clauses.map(([number]) => number),
    );
    expect(five.toSorted()).toEqual(words(CHAPTER_5).toSorted());
    // WCAG 2.1 has 50 criteria of A and AA; chapter 9 has one clause more, chapter 11 leaves out six, splits fifteen into two
    // and has 26 of its own.
    expect([nine.length, eleven.length]).toEqual([51, 50 - 6 + 15 + 26]);
    for (const list of [nine, eleven]) expect(new Set(list).size).toBe(list.length);
    expect(ALL.filter(([, , , shown]) => shown.length === 0)).toEqual([]);
  });

  it('is made of what it may be made of', () => {
    expect(GIVEN.filter(({ one }) => !/^(axe|test|as|not ours|fails): \S/.test(one))).toEqual([]);
    const numbers = new Set(ALL.map(([number]) => number));
    expect(of('as').filter(({ text }) => !numbers.has(text))).toEqual([]);
  });

  it('names tests that are there', () => {
    const missing = of('test').filter(({ text }) => {
      const [name, title] = testNamed(text);
      const path = fileOf(name);
      return (
        path === undefined || !readFileSync(join(ROOT, path), 'utf8').replaceAll("\\'", "'").includes(title)
      );
    });
    expect(missing).toEqual([]);
  });

  it('names rules of axe that are about the criterion, and run on each of the three pages', () => {
    const rules = new Map(axe.getRules().map(({ ruleId, tags }) => [ruleId, tags]));
    const foreign = of('axe').flatMap(({ number, text }) =>
      text.split(', ').filter((rule) => !rules.get(rule)?.includes(`wcag${number.replaceAll('.', '')}`)),
    );
    expect(foreign).toEqual([]);
    for (const page of ['stories', 'screens', 'phone-page'])
      expect(readFileSync(join(ROOT, `test/integration/screens/${page}.test.ts`), 'utf8')).toContain(
        'axeFindings(page)',
      );
  });

  it('is the page in the tree', async () => {
    await expect(accessibilityReport(WCAG, EN_301_549)).toMatchFileSnapshot(
      join(ROOT, 'src/screens/ACCESSIBILITY.md'),
    );
  });
});

describe('no page', () => {
  const SCREENS = textFiles().filter(({ path }) => /^src\/screens\/(?!demo).*\.(tsx?|css|html)$/.test(path));
  const using = (what: RegExp) => SCREENS.filter(({ text }) => what.test(text)).map(({ path }) => path);

  it('asks for dragging, shaking, several fingers, or a pointer that hovers', () => {
    expect(using(/onDrag|draggable=|'drag|onTouchMove|devicemotion|deviceorientation|gesture/)).toEqual([]);
    expect(using(/:hover[^{]*\{[^}]*(display|visibility|content)\s*:/)).toEqual([]);
  });

  it('answers before the finger is lifted', () => {
    expect(using(/onPointerDown|onMouseDown|onTouchStart/)).toEqual([]);
  });

  it('has a picture of text', () => {
    expect(using(/<img(?! src=\{`\/api\/guard\/photo\/)/)).toEqual([]);
  });

  it('takes the order of reading from the looks, or the focus', () => {
    expect(using(/tabIndex=\{[1-9]|tabindex="[1-9]|^\s*order:/m)).toEqual([]);
  });

  it('flashes more than once a second, or for whoever wants less motion', () => {
    const animated = SCREENS.filter(({ path, text }) => path.endsWith('.css') && /animation:/.test(text));
    const wrong = animated.flatMap(({ path, text }) => {
      const safe = [...text.matchAll(/@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}/gs)].join(
        '\n',
      );
      const outside = text.match(/animation:/g)?.length !== safe.match(/animation:/g)?.length;
      const fast = [...text.matchAll(/animation:[^;]*?([\d.]+)(m?s)\b/g)].filter(
        ([, time = '0', unit]) => Number(time) * (unit === 'ms' ? 1 : 1000) < 1000,
      );
      return outside || fast.length > 0 ? [path] : [];
    });
    expect(wrong).toEqual([]);
  });
});
