import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/version.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { DAY_MS, fillDesk } from '../../support/screens/desk-samples.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { attentionItem, device, NIGHT_MS } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

/** The small screens at a gate, upright and lying, and a phone. */
const SIZES = [
  { width: 1024, height: 600 },
  { width: 800, height: 480 },
  { width: 480, height: 800 },
  { width: 390, height: 844 },
];
const TAGS = { 简体: 'zh-CN', 繁體: 'zh-TW', EN: 'en' } as const;
const LANGUAGES = ['简体', '繁體', 'EN'] as const;

/** What the guard reads about each trouble of a device, in this language. */
function deviceCauses(tag: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(packageRoot(), `config/locales/${tag}.json`), 'utf8')).vocabulary
    .deviceCause;
}

needs('chromium')("the guard's screen, about records and the card they are on", () => {
  const { start, signedIn } = builtScreens();

  /** Looks at the page in each size and language. */
  async function inAll(page: Page, name: string, look: (screen: string) => Promise<void>): Promise<void> {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const language of LANGUAGES) {
        await page.getByRole('button', { name: language, exact: true }).click();
        const screen = `${name}-${size.width}-${language}`;
        await look(screen);
        await expect.poll(() => overflows(page), { message: screen }).toBe(false);
        await shot(page, screen);
      }
      expect(await axeFindings(page)).toEqual([]);
    }
  }

  it('says of records that went back what is uncertain, and where to confirm them', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const ofGate = { accessPoint: 'north' };
    kiosk.server.guardFeed.publish('attention', [
      attentionItem('logReset', ofGate),
      attentionItem('recordsUntrusted', ofGate),
    ]);
    const page = await signedIn(kiosk);
    const item = page.locator('.attention li.recordsUntrusted');
    await inAll(page, 'records', async (screen) => {
      await item.scrollIntoViewIfNeeded();
      const [words, button] = await Promise.all([
        item.locator('p').boundingBox(),
        item.getByRole('button').boundingBox(),
      ]);
      if (words === null || button === null) throw new Error(`${screen}: not in sight`);
      // The button squeezes the words nowhere, and lies over nothing of them.
      expect([screen, words.width]).toEqual([screen, expect.any(Number)]);
      expect(words.width, screen).toBeGreaterThan(200);
      const isBelow = button.y >= words.y + words.height;
      expect(isBelow || button.x >= words.x + words.width, screen).toBe(true);
    });
  });

  it('lets the records count again for a reason and the password, and says what that does', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    feed.publish('attention', [attentionItem('recordsUntrusted', { accessPoint: 'north' })]);
    const page = await signedIn(kiosk);
    const dialog = page.getByRole('dialog');
    for (const size of SIZES.filter(({ width }) => width === 800 || width === 390)) {
      await page.setViewportSize(size);
      for (const language of LANGUAGES) {
        await page.getByRole('button', { name: language, exact: true }).click();
        await page.locator('.attention li.recordsUntrusted button').click();
        const screen = `records-confirm-${size.width}-${language}`;
        await expect.poll(() => overflows(page), { message: screen }).toBe(false);
        await shot(page, screen);
        await page.keyboard.press('Escape');
        await dialogGone(page);
      }
    }
    await page.setViewportSize({ width: 800, height: 480 });
    await page.getByRole('button', { name: '简体', exact: true }).click();
    await page.getByRole('button', { name: '确认通行记录' }).click();
    await dialog.getByText('旧记录之后用完的通行证，可以再用一次').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: '物业通知' }).click();
    await dialog.getByRole('button', { name: '确认', exact: true }).click();
    await dialog.getByText('请输入您的密码。').waitFor();
    expect(kiosk.desk.orders).toEqual([]);
    await page.getByLabel('请再输入您的密码').fill(PASSWORD);
    await dialog.getByRole('button', { name: '确认', exact: true }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([{ type: 'confirm-records', note: '物业通知', operator: OPERATOR }]);
    feed.publish('attention', []);
    await page.locator('.attention li').waitFor({ state: 'detached' });
  });

  it('tells how long there was no backup, with the year where it is long ago', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const page = await signedIn(kiosk, { viewport: { width: 1024, height: 600 } });
    await page.getByRole('button', { name: 'EN', exact: true }).click();
    const backup = (view: { lastMs?: number; isDue: boolean }) =>
      kiosk.server.guardFeed.publish('backup', view);
    const badges = page.locator('.badges');
    backup({ isDue: false });
    backup({ lastMs: NIGHT_MS - 2 * DAY_MS, isDue: false });
    await badges.getByText('Backup of 22 Feb', { exact: true }).waitFor();
    backup({ lastMs: NIGHT_MS - 45 * DAY_MS, isDue: true });
    await badges.getByText('No backup since 10 Jan', { exact: true }).waitFor();
    expect(await badges.locator('.warn', { hasText: 'No backup' }).count()).toBe(1);
    backup({ lastMs: NIGHT_MS - 400 * DAY_MS, isDue: true });
    await badges.getByText('No backup since 20 Jan 2019', { exact: true }).waitFor();
    backup({ isDue: true });
    await badges.getByText('No backup yet', { exact: true }).waitFor();
  });

  it('says of a card in trouble what it means for the people at the gate, and whom to call', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    const page = await signedIn(kiosk, { viewport: { width: 800, height: 480 } });
    feed.publish('attention', [attentionItem('device', { accessPoint: 'log', role: 'log' })]);
    for (const cause of ['log.low', 'log.full', 'log.readonly', 'log.failed', 'log.damaged'] as const) {
      feed.publish('device/log', device('log', { status: 'degraded', cause }));
      for (const language of LANGUAGES) {
        await page.getByRole('button', { name: language, exact: true }).click();
        const words = deviceCauses(TAGS[language])[cause];
        const line = page.locator('.attention li', { hasText: words ?? 'no words' });
        await line.waitFor();
        // In sight without scrolling.
        const box = await line.boundingBox();
        expect((box?.y ?? 480) + (box?.height ?? 0), `${cause} ${language}`).toBeLessThan(480);
        await expect.poll(() => overflows(page)).toBe(false);
        await shot(page, `records-${cause}-${language}`);
      }
    }
    expect(await axeFindings(page)).toEqual([]);
  });
});
