import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { packageRoot } from '../../../src/version.ts';
import { newerThanBuild } from '../gate/daemon.ts';
import { closePages, openChromium, openPage } from './screen-browser.ts';
import { type Kiosk, OPERATOR, PASSWORD, startKiosk } from './web-kiosk.ts';

const SOURCES = ['src/screens', 'src/core', 'src/ports', 'config/locales', 'config/voices'];

/** Pages as the sources are now: those that scripts/build made if they are fresh, else made for this suite alone. */
export async function builtPages(
  pages: 'screens' | 'phone',
): Promise<{ readonly folder: string; readonly dispose: () => void }> {
  const configFile = pages === 'phone' ? 'vite.phone.config.ts' : 'vite.config.ts';
  if (newerThanBuild(SOURCES, /./, [configFile, 'package-lock.json']) === undefined)
    return { folder: join(packageRoot(), 'dist', pages), dispose: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), `gatepost-${pages}-`));
  await build({ configFile, logLevel: 'error', build: { outDir: folder } });
  return { folder, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The present screens, built, and one Chromium for all tests of a suite. Call it inside `describe`. */
export function builtScreens() {
  let pages: Awaited<ReturnType<typeof builtPages>>;
  let browser: Browser;

  beforeAll(async () => {
    pages = await builtPages('screens');
    browser = await openChromium();
  });
  afterAll(async () => {
    await closePages(browser);
    pages?.dispose();
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
      startKiosk({ screensFolder: pages.folder, clock: new SystemClock(), ...change }),
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
