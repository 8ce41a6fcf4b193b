import { type Browser, chromium } from 'playwright-core';
import { GUARD, GuardClient } from '../support/screens/guard-client.ts';
import { CHROMIUM } from '../support/screens/screen-browser.ts';
import { enterDaemon, withArena } from './arena.ts';
import { emptyStore } from './filled-store.ts';
import { atMost, type Line, median, ms } from './report.ts';

const VISITS = 5;
/** A Raspberry Pi's processor beside the one that this runs on, as Chromium slows a page down. */
const SLOWED_DOWN = 6;
const MOST_BYTES = 150_000;
const MOST_MS = 1_000;

/** What a page has brought over the line, compressed, without the sentences that are loaded once it is painted. */
const WEIGHT = `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter(({ name }) => !name.endsWith('.opus') && !name.includes('/api/') && !name.includes('/voices/'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;
/** When the largest words stood on the page, which are the last it waits for, in milliseconds after its address was given. */
const PAINTED = `new Promise((resolve) => {
  new PerformanceObserver((seen) => resolve(seen.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true });
})`;

interface Visit {
  readonly bytes: number;
  readonly paintMs: number;
}

/** What the resident's and the guard's page weigh, and when their largest words are painted on a processor slowed down six times. */
export async function measurePages(): Promise<readonly Line[]> {
  return withArena('pages', async (arena) => {
    const store = await emptyStore('pages');
    const daemon = await enterDaemon(arena, 'gate', { store, lanes: 1, screened: false });
    const first = await GuardClient.signIn(daemon);
    first.close();
    const browser = await chromium.launch(CHROMIUM);
    arena.closers.push(() => browser.close());
    const lines: Line[] = [];
    for (const [page, path] of [
      ["resident's", '/prompt/?accessPoint=lane-0'],
      ["guard's", '/guard/'],
    ] as const) {
      const visits: Visit[] = [];
      for (let visit = 0; visit < VISITS; visit++) visits.push(await visitPage(browser, daemon.url, path));
      const bytes = Math.max(...visits.map((visit) => visit.bytes));
      const paintMs = median(visits.map((visit) => visit.paintMs));
      lines.push(
        atMost(
          `the ${page} page, compressed`,
          bytes / 1000,
          MOST_BYTES / 1000,
          `${(bytes / 1000).toFixed(1)} kB`,
          ' kB',
        ),
        atMost(`the ${page} page painted, median of ${VISITS}`, paintMs, MOST_MS, ms(paintMs), ' ms'),
      );
    }
    return lines;
  });
}

/** In a browser that has seen nothing yet, but is signed in. */
async function visitPage(browser: Browser, url: string, path: string): Promise<Visit> {
  const context = await browser.newContext({ locale: 'zh-CN' });
  try {
    const answer = await context.request.post(`${url}/api/login`, { data: GUARD, headers: { origin: url } });
    if (!answer.ok()) throw new Error(`signing in failed: ${await answer.text()}`);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED_DOWN });
    await page.goto(url + path);
    await page.waitForLoadState('networkidle');
    return { bytes: await page.evaluate<number>(WEIGHT), paintMs: await page.evaluate<number>(PAINTED) };
  } finally {
    await context.close();
  }
}
