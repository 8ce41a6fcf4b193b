import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { attentionItem, DOOR, NIGHT_MS, passage, SITE } from '../../support/screens/screen-samples.ts';
import { OPERATOR } from '../../support/screens/web-kiosk.ts';

/** Notes every tone that the page begins to play: `[hertz, loudness]`. */
const LISTEN = `(() => {
  window.tones = [];
  const { linearRampToValueAtTime } = AudioParam.prototype;
  AudioParam.prototype.linearRampToValueAtTime = function (value, ...when) {
    if (value > 0) window.gain = value;
    return linearRampToValueAtTime.call(this, value, ...when);
  };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    window.tones.push([this.frequency.value, Number(window.gain.toFixed(3))]);
    return start.apply(this, when);
  };
})()`;

/** Keys at a person's pace, as the page demands it (src/screens/shared/paced-keys.ts). */
async function press(page: Page, key: string): Promise<void> {
  await page.waitForTimeout(250);
  await page.keyboard.press(key);
}

needs('chromium')("the guard's page by day and by night", () => {
  const { start, signedIn } = builtScreens();
  const night = { hours: '21:30-06:00', volume: 30 };

  it('is dim and quiet in the hours of the site, and otherwise as somebody chose, but for fire', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    feed.publish('site', { ...SITE, desk: { volume: 80, night } });
    const page = await signedIn(kiosk, { viewport: { width: 1024, height: 600 } });
    const theme = () => page.evaluate<string | undefined>('document.documentElement.dataset.theme');
    const heard = () => page.evaluate<[number, number][]>('window.tones');
    const hears = (tone: [number, number]) => expect.poll(heard).toContainEqual(tone);
    const dialog = page.getByRole('dialog');
    await expect.poll(theme).toBe('night');
    feed.publish('attention', [attentionItem('assist'), attentionItem('elevated')]);
    await page.locator('.attention li').nth(1).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await everyLook(page, 'night');

    await page.evaluate(LISTEN);
    feed.publish('attention', [attentionItem('assist', { sinceMs: NIGHT_MS + 1000 })]);
    await hears([587, 0.075]);
    feed.publish('door/main', { ...DOOR, alarm: 'DoorForcedOpen' });
    await hears([880, 0.075]);
    feed.publish('door/main', { ...DOOR, fire: true });
    await hears([520, 0.25]);
    feed.publish('door/main', DOOR);
    feed.publish('attention', []);

    // By keyboard alone: to the button, into the choice, to another one, and out again.
    const name = page.getByRole('button', { name: OPERATOR });
    const open = dialog.getByRole('button', { name: '亮度与声音' });
    await name.focus();
    await press(page, 'Enter');
    await open.focus();
    await press(page, 'Enter');
    await dialog.getByRole('heading', { name: '亮度与声音' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await everyLook(page, 'night-dialog');
    await press(page, 'Tab');
    await press(page, 'ArrowDown');
    await expect.poll(theme).toBe('light');
    await dialog.getByLabel('大声').check();
    await press(page, 'Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain(OPERATOR);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'light-1024');
    feed.publish('attention', [attentionItem('assist', { sinceMs: NIGHT_MS + 2000 })]);
    await hears([587, 0.25]);

    // The choice belongs to this browser; by day the hours have nothing to say.
    await page.reload();
    await expect.poll(theme).toBe('light');
    await name.click();
    await open.click();
    await dialog.getByLabel('按本站点的时段').first().check();
    await expect.poll(theme).toBe('night');
    feed.publish('clock', { wallMs: NIGHT_MS + 8 * 3_600_000, quality: 'synced' });
    await expect.poll(theme).toBe(undefined);
  });

  it('has the work of the moment on 1024 by 600 without scrolling, and everything at twice the size', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    feed.publish(
      'passage/main-in',
      passage({ feedback: 'GuardCalled', reasons: ['gp:HostNotConfirmed'], label: 'V-17' }),
    );
    feed.publish('attention', [attentionItem('elevated')]);
    const page = await signedIn(kiosk, { viewport: { width: 1024, height: 600 } });
    for (const language of ['简体', '繁體', 'EN'] as const) {
      await page.getByRole('button', { name: language, exact: true }).click();
      await shot(page, `moment-1024-${language}`);
      const below = await page.evaluate<string[]>(`[
        ...document.querySelectorAll('.attention li, .left .person'),
        ...document.querySelectorAll('.left .person button, .attention li button'),
      ].filter((one) => one.getBoundingClientRect().bottom > innerHeight).map((one) => one.textContent)`);
      expect([language, below]).toEqual([language, []]);
    }
    // 1366 by 768 at 200 %: nothing is cut off at the side, so nobody scrolls in two directions.
    await page.setViewportSize({ width: 683, height: 384 });
    for (const tab of ['At the gate', 'Desk', 'Books']) {
      const choice = page.getByRole('tab', { name: tab });
      if ((await choice.count()) === 0) continue;
      await choice.click();
      await expect.poll(() => overflows(page)).toBe(false);
    }
    await shot(page, 'moment-683', { fullPage: true });
  });
});
