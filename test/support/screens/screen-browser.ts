import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The engine without the windows of a browser, whose own pages cost more than ours, and where it is not, the browser. */
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** For a test that needs one with further arguments. */
export const CHROMIUM = {
  executablePath: PROGRAMS.find((path) => existsSync(path)) ?? '',
  args: ARGUMENTS,
};

let running: Browser | undefined;

/**
 * The Chromium of this worker, which all its test files share: a start costs more than most tests. It ends with the
 * worker. Each page has a profile of its own.
 */
export async function openChromium(): Promise<Browser> {
  if (running?.isConnected() !== true) {
    running = await chromium.launch(CHROMIUM);
  }
  return running;
}

/** Ends what the tests of one file have opened. */
export async function closePages(browser: Browser | undefined): Promise<void> {
  for (const context of browser?.contexts() ?? []) await context.close();
}

interface WatchedPage {
  readonly page: Page;
  /** Uncaught errors and everything the content security policy refused. */
  readonly faults: string[];
}

/** A page in its own profile. */
export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'zh-CN', colorScheme: 'dark', ...options });
  // Long, because it must only end a hanging test: see vitest.config.ts.
  context.setDefaultTimeout(200_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
  return { page, faults };
}

/** The page without its words and values: pages alike in it, in light and in the order of things, are one kind to axe. */
const KIND = `[location.pathname, innerWidth <= 600, innerWidth <= 900, document.documentElement.dataset.theme,
  matchMedia('(prefers-color-scheme: dark)').matches,
  document.body.outerHTML.replace(/<fieldset class="languages">.*?<\\/fieldset>/gs, '').replace(/<svg.*?<\\/svg>/gs, '<svg>')
    .replaceAll('<wbr>', '').replace(/>[^<]+</g, '>.<')
    .replace(/ (style|src|href|lang|datetime|aria-label|aria-valuenow)="[^"]+"/g, ' $1')].join(' ')`;
/** The kinds that this worker has shown to axe, which found nothing. */
const clean = new Set<string>();

/**
 * Serious and critical findings of axe-core (WCAG 2.2 A and AA) on the present page. Axe takes longer than most tests, so it
 * sees each kind of page once, and not on each display and in each language again.
 */
export async function axeFindings(page: Page): Promise<string[]> {
  const kind = await page.evaluate<string>(KIND);
  if (clean.has(kind)) return [];
  if (!(await page.evaluate<boolean>('"axe" in globalThis')))
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
    `axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
      .then((result) => result.violations)`,
  );
  const findings = found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  if (findings.length === 0) clean.add(kind);
  return findings;
}

/** A picture of the page for people to look at, only where GATEPOST_SHOTS names a folder. */
export async function shot(page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> {
  const folder = process.env.GATEPOST_SHOTS;
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled', ...options });
}

/** Counts the tones the page begins to play from now on. */
export async function tones(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`(() => {
    const start = OscillatorNode.prototype.start;
    window.tones = 0;
    OscillatorNode.prototype.start = function (...rest) { window.tones += 1; return start.apply(this, rest); };
  })()`);
  return () => page.evaluate<number>('window.tones');
}

/** Whether anything is wider than the page, or the prompt's words are larger than their box. */
export async function overflows(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`[document.documentElement, ...document.querySelectorAll('.words')].some(
    (box) => box.scrollWidth > box.clientWidth + 1 || (box.matches('.words') && box.scrollHeight > box.clientHeight + 1))`);
}
