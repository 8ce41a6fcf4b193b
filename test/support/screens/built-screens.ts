import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { packageRoot } from '../../../src/version.ts';
import { newerThanBuild } from '../gate/daemon.ts';
import { launchChromium, openPage } from './screen-browser.ts';
import { type Kiosk, OPERATOR, PASSWORD, startKiosk } from './web-kiosk.ts';

/** The present screens, built, and one Chromium for all tests of a suite. Call it inside `describe`. */
export function builtScreens() {
  let folder: string;
  let isBuilt = false;
  let browser: Browser;

  beforeAll(async () => {
    isBuilt = newerThanBuild(['src/screens', 'src/core', 'src/ports', 'config/locales'], /./) === undefined;
    folder = isBuilt ? join(packageRoot(), 'dist/screens') : mkdtempSync(join(tmpdir(), 'gatepost-screens-'));
    if (!isBuilt) await build({ configFile: 'vite.config.ts', logLevel: 'error', build: { outDir: folder } });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    if (!isBuilt) rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a page of the kiosk; the test fails when the page failed or broke the content security policy. */
  async function visit(kiosk: Kiosk, path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const { page, faults } = await openPage(browser, { viewport: { width: 1024, height: 600 }, ...options });
    onTestFinished(async () => {
      await page.context().close();
      expect(faults).toEqual([]);
    });
    await page.goto(kiosk.url + path);
    return page;
  }

  return {
    visit,
    /** The real web server with the built pages and recording desks. */
    start: (change: Parameters<typeof startKiosk>[0] = {}): Promise<Kiosk> =>
      startKiosk({ screensFolder: folder, clock: new SystemClock(), ...change }),
    /** The guard's page in Chinese on a common desk screen, signed in. */
    signedIn: async (kiosk: Kiosk, options: BrowserContextOptions = {}): Promise<Page> => {
      const page = await visit(kiosk, '/guard/', { viewport: { width: 1366, height: 768 }, ...options });
      await page.getByLabel('姓名').fill(OPERATOR);
      await page.getByLabel('密码').fill(PASSWORD);
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByText(OPERATOR, { exact: true }).waitFor();
      return page;
    },
  };
}
