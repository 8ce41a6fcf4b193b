import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { LANGUAGES } from '../../../src/core/text/language.ts';
import { axeFindings, shot } from './screen-browser.ts';

/** What guards have: a large display, the smallest at a gate, and a phone. */
export const GUARD_SIZES = [
  { width: 1920, height: 1080 },
  { width: 1024, height: 600 },
  { width: 390, height: 844 },
] as const;

type Language = (typeof LANGUAGES)[number];
type Tree = { readonly [key: string]: string | readonly string[] | Tree };

interface Looks {
  /** The button of the open dialog, a CSS selector: the dialog is opened anew in each language, since its words came with the order. */
  readonly opener?: string;
  /** Words on the page that are not the page's own: entered in the story, or said in the language of that moment. */
  readonly entered?: readonly string[];
  /** What is brought into view before each look, a CSS selector. */
  readonly inView?: string;
  /** Whether axe sees it too, on each display. */
  readonly axe?: boolean;
  /** Whether the picture is of all the page, also of what lies below the display. */
  readonly fullPage?: boolean;
}

interface Seen {
  readonly language: Language;
  /** What does not fit. */
  readonly faults: readonly string[];
  /** Everything that stands on the page or is read aloud. */
  readonly said: readonly string[];
}

const WORDS = new Map(
  LANGUAGES.map((language) => [
    language,
    new Set(texts(JSON.parse(readFileSync(`config/locales/${language}.json`, 'utf8')))),
  ]),
);

/**
 * Shows the page as it is, a dialog with it, on each display in each language, and finds nothing cut off, wider than its place or
 * in another language. Afterwards display and language are as before. One visit shows a display in all languages, because
 * drawing a page costs more than laying it out; where GATEPOST_SHOTS names a folder, each is drawn and a picture of it kept.
 */
export async function everyLook(page: Page, name: string, looks: Looks = {}): Promise<void> {
  const { opener = null, entered = [], inView = null, axe = false, fullPage = false } = looks;
  const size = page.viewportSize();
  const before = await page.evaluate<Language>(PRESENT);
  const languages = presentLast(LANGUAGES, (language) => language === before);
  const visits = process.env.GATEPOST_SHOTS ? languages.map((language) => [language]) : [languages];
  for (const display of presentLast(GUARD_SIZES, ({ width }) => width === size?.width)) {
    await page.setViewportSize(display);
    for (const visit of visits) {
      const what = `(${LOOK})(${JSON.stringify({ languages: visit, opener, inView })})`;
      const faults = async () =>
        (await page.evaluate<Seen[]>(what)).flatMap(({ language, faults: cut, said }) => [
          ...cut.map((fault) => `${language}: ${fault}`),
          ...foreign(said, language, entered).map((words) => `${language}: in another language: ${words}`),
        ]);
      await expect.poll(faults, { message: `${name}, ${display.width} wide` }).toEqual([]);
      await shot(page, `${name}-${display.width}-${visit.join('-')}`, { fullPage });
    }
    if (axe) expect(await axeFindings(page)).toEqual([]);
  }
  if (size !== null && size.width !== page.viewportSize()?.width) await page.setViewportSize(size);
}

function presentLast<T>(all: readonly T[], isPresent: (one: T) => boolean): readonly T[] {
  return [...all.filter((one) => !isPresent(one)), ...all.filter(isPresent)];
}

/** Words that another language has, and the page's own has not. */
function foreign(said: readonly string[], language: Language, entered: readonly string[]): string[] {
  const others = LANGUAGES.filter((other) => other !== language).map((other) => WORDS.get(other));
  return said.filter(
    (words) =>
      WORDS.get(language)?.has(words) === false &&
      !entered.includes(words) &&
      others.some((other) => other?.has(words) === true),
  );
}

/** The language of the page, by its pressed button. */
const PRESENT = `document.querySelector('.languages button[aria-pressed="true"]').lang`;

/** Runs in the page. The buttons of the languages lie under a dialog, so they are pressed by the script. */
const LOOK = `async ({ languages, opener, inView }) => {
  const until = async (isTrue) => { while (!isTrue()) await new Promise((done) => setTimeout(done)); };
  const open = () => document.querySelector('dialog[open]');
  const seen = [];
  // The page has heard of its new width.
  await new Promise(requestAnimationFrame);
  for (const language of languages) {
    if (opener !== null) {
      open()?.close();
      await until(() => document.querySelector('dialog') === null);
    }
    document.querySelector('.languages button[lang="' + language + '"]').click();
    await until(() => ${PRESENT} === language);
    // A chart is drawn after the page, with what else follows it.
    if (document.querySelector('canvas') !== null) await until(() => document.documentElement.lang === language);
    if (opener !== null) {
      document.querySelector(opener).click();
      await until(open);
    }
    if (inView !== null) document.querySelector(inView).scrollIntoView();
    seen.push({ language, faults: faults(), said: said() });
  }
  return seen;

  // An ellipsis is meant, and so is what scrolls, or is for the ear alone.
  function faults() {
    const found = [];
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth + 1) found.push('the page is wider than the display');
    if (open()) {
      const { left, right, top, bottom } = open().getBoundingClientRect();
      if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
        found.push('the dialog is larger than the display');
    }
    for (const box of document.body.getElementsByTagName('*')) {
      const { clientWidth, clientHeight, localName } = box;
      if (clientWidth <= 1 || localName === 'input' || localName === 'textarea') continue;
      const isWide = box.scrollWidth > clientWidth + 1;
      const isHigh = box.scrollHeight > clientHeight + 2;
      if (!isWide && !isHigh) continue;
      const { overflowX, overflowY, textOverflow, clipPath } = getComputedStyle(box);
      if (clipPath !== 'none') continue;
      const cuts = (overflow) =>
        overflow === 'hidden' || overflow === 'clip' || (overflow === 'visible' && localName === 'button');
      const isCut = isWide && textOverflow !== 'ellipsis' && (cuts(overflowX) || localName === 'dialog');
      if (isCut || (isHigh && cuts(overflowY))) found.push('cut off: ' + box.outerHTML.slice(0, 200));
    }
    return found;
  }

  function said() {
    const all = new Set();
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode())
      if (words.currentNode.parentElement.closest('.languages') === null) all.add(words.currentNode.data.trim());
    for (const attribute of ['aria-label', 'placeholder', 'title', 'alt'])
      for (const one of document.querySelectorAll('[' + attribute + ']')) all.add(one.getAttribute(attribute).trim());
    return [...all];
  }
}`;

function texts(tree: Tree | readonly string[]): string[] {
  return Object.values(tree).flatMap((value) => (typeof value === 'string' ? [value.trim()] : texts(value)));
}
