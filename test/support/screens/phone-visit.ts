import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { checkPass } from '../../../src/core/pass/check-pass.ts';
import { STEP_SECONDS, stepAt } from '../../../src/core/pass/dynamic-code.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import type { HolderKey, PassClaims, PassReading } from '../../../src/core/pass/pass.ts';
import { parseHolderKey } from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { NOW_S, sampleClaims, testSigner, trustedKey } from '../gate/pass-samples.ts';
import { builtPages } from './built-screens.ts';
import { codeIn } from './qr-code.ts';
import { closePages, openChromium, openPage } from './screen-browser.ts';
import { serveFolder } from './static-server.ts';

/** A moment in the middle of a step, in Unix milliseconds. */
export const NOW_MS = (stepAt(NOW_S * 1000) * STEP_SECONDS + 7) * 1000;
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  colorScheme: 'light',
} as const;

/** A pass of the office. */
export function samplePass(changes: Partial<PassClaims> = {}): string {
  return signPass(sampleClaims({ label: '王秀英 3-2-501', ...changes }), testSigner('issuer'));
}

/** What the gate says to a code at a moment. */
export function verdict(text: string | undefined, wallMs: number): readonly string[] {
  return verdictOf(readPass(text ?? '', createTrust([trustedKey()])), wallMs);
}

export function verdictOf(reading: PassReading, wallMs: number): readonly string[] {
  if (reading.status !== 'verified') return [reading.reason];
  return checkPass(reading, {
    site: 'c42',
    gate: 'north',
    timeZone: 'Asia/Shanghai',
    clock: { wallMs, monotonicMs: 0, quality: 'synced' },
    longestPassLifeS: 400 * 86_400,
    stepSeen: false,
  });
}

/** The text of the code that a person would see on the screen. */
export async function shownCode(page: Page): Promise<string | undefined> {
  await page.locator('.code .qr').waitFor();
  return codeIn(await page.screenshot());
}

/** The request that the phone shows, as text and as code alike. */
export async function requestOf(page: Page): Promise<string> {
  await page.getByRole('button', { name: '生成申请码给物业' }).click();
  const text = await page.locator('.key').innerText();
  expect(await shownCode(page)).toBe(text);
  return text;
}

/** The public key of a new request; the page then waits for the pass. */
export async function newKey(page: Page): Promise<HolderKey> {
  const text = await requestOf(page);
  await page.getByRole('button', { name: '我已拿到通行证' }).click();
  return parseHolderKey(text);
}

export async function paste(page: Page, text: string): Promise<void> {
  await page.locator('textarea').fill(text);
  await page.getByRole('button', { name: '使用这段文字' }).click();
}

/** The second step: the pass is the right one. */
export async function keep(page: Page, name = ''): Promise<void> {
  await page.getByRole('heading', { name: '第 2 步' }).waitFor();
  if (name !== '') await page.locator('input[type=text]').fill(name);
  await page.getByRole('button', { name: '是，保存在这部手机' }).click();
  await page.locator('.done').waitFor();
}

/** The built page on a static server, and phones that open it. Call it inside `describe`. */
export function phonePages() {
  let pages: Awaited<ReturnType<typeof builtPages>>;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    pages = await builtPages('phone');
    server = await serveFolder(pages.folder);
    browser = await openChromium();
  });
  afterAll(async () => {
    await closePages(browser);
    await server?.stop();
    pages?.dispose();
  });

  return {
    folder: () => pages.folder,
    url: () => server.url,
    /** Another phone; the test fails when its page failed, or asked anybody but its own server for anything. */
    phone: async (options: BrowserContextOptions = {}, prepare?: string): Promise<Page> => {
      const { page, faults } = await openPage(browser, { ...PHONE, ...options });
      const foreign: string[] = [];
      page.context().on('request', (request) => {
        const { protocol, origin } = new URL(page.url());
        const own = protocol === 'file:' ? 'file:///' : `${origin}/`;
        if (!request.isNavigationRequest() && !request.url().startsWith(own)) foreign.push(request.url());
      });
      onTestFinished(async () => {
        await page.context().close();
        expect(faults).toEqual([]);
        expect(foreign).toEqual([]);
      });
      if (prepare !== undefined) await page.addInitScript(prepare);
      await page.clock.install({ time: NOW_MS });
      return page;
    },
    open: async (page: Page, fragment = ''): Promise<void> => {
      await page.goto(server.url + fragment);
      await page.locator('.card, .what').first().waitFor();
    },
  };
}
