import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { keep, paste, phonePages, samplePass } from '../../support/screens/phone-visit.ts';
import { attentionItem, passage } from '../../support/screens/screen-samples.ts';
import { PASSWORD } from '../../support/screens/web-kiosk.ts';

/** Letters, words and lines as far apart as a reader may want them. */
const WIDE = `const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }');
  document.adoptedStyleSheets = [sheet];`;

/** What is wrong with the element that has the focus, and its name. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { left, top, width, height } = element.getBoundingClientRect();
  const over = document.elementFromPoint(left + width / 2, top + height / 2);
  const name = element.tagName + ' ' + (element.getAttribute('aria-label') ?? element.textContent).slice(0, 30);
  if (element === document.body) return { name: '', wrong: [] };
  return { name, wrong: [
    ...(outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2 ? [name + ' shows no focus'] : []),
    ...(over === null || !(element.contains(over) || over.contains(element) || over.closest('label')?.control === element) ? [name + ' is covered'] : []),
  ] };
})()`;

/** Goes through the page with Tab, once around, and returns what is wrong with the focus. */
async function walk(page: Page): Promise<{ readonly stops: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = [];
  for (let stops = 0; ; stops += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate<{ name: string; wrong: string[] }>(FOCUSED);
    if (stops > 0 && (at.name === '' || stops > 150)) return { stops, wrong };
    wrong.push(...at.wrong);
  }
}

/** What is wider than the page, in letters set wide too. */
async function tooWide(page: Page): Promise<string[]> {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.evaluate(`{ ${WIDE} }`);
  return page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.tagName + '.' + one.className).slice(0, 5)`);
}

needs('chromium')('the pages of guards and phones', () => {
  const { start, visit, signedIn } = builtScreens();

  it("the guard's show the focus, in the open, fit a width of 320 pixels, and say aloud what changes by itself", async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    kiosk.server.guardFeed.publish('attention', [attentionItem('elevated')]);
    kiosk.server.guardFeed.publish('passage/main-in', passage({ feedback: 'GuardCalled', reasons: [] }));
    const page = await signedIn(kiosk);
    await page.locator('.attention li').waitFor();
    const { stops, wrong } = await walk(page);
    expect(stops).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
    expect(await page.locator('[role=alert], [role=status], [aria-live]').count()).toBeGreaterThan(1);
    expect(await tooWide(page)).toEqual([]);
  });

  it('lets a password be pasted and filled in by a program', async () => {
    const kiosk = await start();
    const page = await visit(kiosk, '/guard/');
    const field = page.locator('[name=password]');
    await field.waitFor();
    expect(await field.getAttribute('autocomplete')).toBe('current-password');
    await field.evaluate(
      `(field) => field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true })) || (() => { throw new Error('pasting is forbidden'); })()`,
    );
    await field.fill(PASSWORD);
    expect(await field.inputValue()).toBe(PASSWORD);
  });
});

needs('chromium')("the phone's page", () => {
  const { open, phone } = phonePages();

  it('its steps show the focus, in the open, and fit a width of 320 pixels, and wider letters', async () => {
    const page = await phone();
    await open(page);
    expect((await walk(page)).wrong).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    await paste(page, samplePass());
    await keep(page);
    expect((await walk(page)).wrong).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
  });
});
