import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { toldAs } from '../../../src/core/access/advice.ts';
import { REASONS } from '../../../src/core/access/reasons.ts';
import { KEPT_KINDS, noticeOf } from '../../../src/core/report/privacy-notice.ts';
import { localeOf } from '../../../src/screens/shared/locale.ts';
import { COUNT_DAYS, KEPT } from '../../support/gate/retention-settings.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { promptView } from '../../support/screens/screen-samples.ts';

const LANGUAGES = ['zh-CN', 'zh-TW', 'en'] as const;
const SIZES = [
  { width: 800, height: 480 },
  { width: 1024, height: 600 },
  { width: 480, height: 800 },
] as const;
const OFFICE = {
  telephone: '021 5550 1234',
  hours: '8:00 - 18:00',
  address: 'Building 3, ground floor',
  link: 'https://willow-court.example/office',
};
const NOTICE = noticeOf(
  { ...KEPT, countDays: COUNT_DAYS },
  {
    measures: true,
    recordsDegrees: true,
    simulated: true,
    copies: ['backup', 'servers'],
    selfService: true,
    controller: 'Willow Court Management',
    office: OFFICE,
    more: { en: 'Legal ground: the contract with the residents.', 'zh-CN': '依据：物业服务合同。' },
  },
);
const WORDS = {
  'zh-CN': { privacy: '隐私', next: /^下一页/, back: '返回', own: '请带上旧证和身份证', degrees: '记录体温' },
  'zh-TW': {
    privacy: '個資告知',
    next: /^下一頁/,
    back: '返回',
    own: '請帶舊證和身分證',
    degrees: '記錄溫度',
  },
  en: {
    privacy: 'Privacy',
    next: /^Next/,
    back: 'Back',
    own: 'Bring your old card',
    degrees: 'Temperatures are recorded',
  },
} as const;

/** One reason for each text that a person can read. */
const TOLD = [...new Set(REASONS.map(toldAs))];

/** Places whose letters stand out by less than 7:1. The page must know axe already. */
function faint(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `axe.run(document, { runOnly: ['color-contrast-enhanced'] })
      .then(({ violations }) => violations.flatMap(({ nodes }) => nodes.map(({ html }) => html)))`,
  );
}

/** Sizes of letters, as parts of the height of the display. */
function partsOfHeight(page: Page, selector: string): Promise<number[]> {
  return page.evaluate<number[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})]
      .map((one) => parseFloat(getComputedStyle(one).fontSize) / innerHeight)`,
  );
}

needs('chromium')('what refused people read', () => {
  const { start, visit } = builtScreens();

  const site = () =>
    start({
      prompt: {
        accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
        language: 'zh-CN',
        languages: LANGUAGES,
        timeZone: 'Asia/Shanghai',
        simulated: false,
        office: OFFICE,
        advice: {
          office: Object.fromEntries(LANGUAGES.map((language) => [language, WORDS[language].own])),
          'gp:MaxUses': { en: 'Ask your host for a new code' },
        },
        notice: NOTICE,
      },
      selfService: { take: () => true },
    });

  it.each(LANGUAGES)(
    'is large, complete and within every display in %s',
    async (language) => {
      const kiosk = await site();
      const page = await visit(kiosk, `/prompt/?accessPoint=main-in&language=${language}`);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        for (const reason of TOLD) {
          kiosk.server.residentPrompt.show(
            promptView({ feedback: 'AccessDenied', reason, simulated: true, recordsDegrees: true }),
          );
          await page.locator('.say', { hasText: localeOf(language).reason[reason].say }).waitFor();
          const at = `${language} ${size.width} ${reason}`;
          await expect.poll(() => overflows(page), { message: at }).toBe(false);
          for (const part of await partsOfHeight(page, '.say, .do, .contact'))
            expect(part, at).toBeGreaterThanOrEqual(0.0499);
          await page.getByText(WORDS[language].degrees).waitFor();
        }
        for (const reason of ['CredentialExpired', 'gp:QuarantineOrder', 'gp:GuardDenied'] as const) {
          kiosk.server.residentPrompt.show(promptView({ feedback: 'AccessDenied', reason }));
          await page.locator(`.tone-${reason === 'gp:GuardDenied' ? 'guard' : 'stop'}`).waitFor();
          await page.getByText('5550').first().waitFor();
          expect(await page.locator('.code svg.qr').count()).toBe(reason === 'gp:GuardDenied' ? 0 : 1);
          expect(await page.getByText(WORDS[language].own).count()).toBe(reason === 'gp:GuardDenied' ? 0 : 1);
          expect(await axeFindings(page)).toEqual([]);
          expect(await faint(page)).toEqual([]);
          await shot(page, `advice-${language}-${size.width}-${reason.replace('gp:', '')}`);
        }
        kiosk.server.residentPrompt.show(
          promptView({ feedback: 'Measure', simulated: true, recordsDegrees: true }),
        );
        await page.getByText(WORDS[language].degrees).waitFor();
        await shot(page, `measure-${language}-${size.width}`);
      }
    },
    120_000,
  );

  it.each(LANGUAGES)(
    'tells about privacy one touch away, in pages that can be read, in %s',
    async (language) => {
      const words = WORDS[language];
      const kiosk = await site();
      kiosk.server.residentPrompt.show(promptView());
      const page = await visit(kiosk, `/prompt/?accessPoint=main-in&language=${language}`);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        // The pages are cut for the size there is when they are opened.
        await expect
          .poll(() => page.evaluate('[innerWidth, innerHeight]'))
          .toEqual([size.width, size.height]);
        await page.getByRole('button', { name: words.privacy }).click();
        const frame = page.locator('[data-step=notice]');
        await frame.waitFor();
        const rows = new Set<string>();
        let pages = 0;
        for (let first = ''; ; pages += 1) {
          const text = await frame.locator('.words').innerText();
          if (text === first) break;
          if (first === '') first = text;
          for (const row of await frame.locator('.row').allInnerTexts()) rows.add(row);
          const at = `${language} ${size.width} page ${pages}`;
          await expect.poll(() => overflows(page), { message: at }).toBe(false);
          for (const part of await partsOfHeight(page, '.notice .words p'))
            expect(part, at).toBeGreaterThanOrEqual(0.0499);
          if (pages === 0) {
            expect(await axeFindings(page)).toEqual([]);
            expect(await faint(page)).toEqual([]);
          }
          await shot(page, `notice-${language}-${size.width}-${pages}`);
          await page.getByRole('button', { name: words.next }).click();
          await expect.poll(() => frame.locator('.words').innerText()).not.toBe(text);
        }
        expect(rows.size).toBe(KEPT_KINDS.length);
        await page.getByRole('button', { name: words.back, exact: true }).click();
        await frame.waitFor({ state: 'detached' });
      }
    },
    120_000,
  );

  it('gives the screen back to whoever shows a code, and to everybody by Escape', async () => {
    const kiosk = await site();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in&language=en');
    const open = page.getByRole('button', { name: 'Privacy' });
    await open.click();
    await page.locator('[data-step=notice]').waitFor();
    kiosk.server.residentPrompt.show(promptView({ feedback: 'Measure' }));
    await page.locator('[data-picture=forehead]').waitFor();
    expect(await open.count()).toBe(0);
    kiosk.server.residentPrompt.show(promptView());
    await page.locator('[data-picture=code]').waitFor();
    await open.click();
    await page.locator('[data-step=notice]').waitFor();
    await page.waitForTimeout(300);
    await page.keyboard.press('Escape');
    await page.locator('[data-picture=code]').waitFor();
    kiosk.server.residentPrompt.show(promptView({ feedback: 'AccessDenied', reason: 'gp:MaxUses' }));
    await page.getByText('Ask your host for a new code').waitFor();
  });
});
