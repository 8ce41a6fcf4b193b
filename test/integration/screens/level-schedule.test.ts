import { expect, it } from 'vitest';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk, POLICY } from '../../support/screens/desk-samples.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { attentionItem, NIGHT_MS } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

const SIZES = [
  ['EN', { width: 1024, height: 600 }],
  ['繁體', { width: 1920, height: 1080 }],
  ['EN', { width: 390, height: 844 }],
  ['简体', { width: 1024, height: 600 }],
] as const;

needs('chromium')('the schedule of the levels at the desk', () => {
  const { start, signedIn } = builtScreens();

  it('says what comes next, and takes a level back that a guard has chosen', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const next = { level: 'normal', atMs: NIGHT_MS + 3_600_000 };
    const tell = (state: 'follows' | 'held' | 'waits') =>
      kiosk.server.guardFeed.publish('policy', { ...POLICY, schedule: { state, level: 'night', next } });
    tell('follows');
    const page = await signedIn(kiosk);
    await page.getByRole('tab', { name: '登记与规则' }).click();
    await page.getByText('按时间表。').waitFor();
    await page.getByRole('button', { name: '保持“严格”' }).waitFor();
    tell('waits');
    kiosk.server.guardFeed.publish('attention', [attentionItem('levelWaits', { id: 'levelWaits:north' })]);
    await page.getByText('时间表上的级别还没换').waitFor();
    await shot(page, 'schedule-waits');
    expect(await page.getByRole('button', { name: '知道了' }).count()).toBe(0);
    kiosk.server.guardFeed.publish('attention', []);
    tell('held');
    await page.getByText('手动选定，时间表暂停。').waitFor();
    for (const [language, size] of SIZES) {
      await page.setViewportSize(size);
      await page.getByRole('button', { name: language, exact: true }).click();
      await expect.poll(() => overflows(page)).toBe(false);
      await page.locator('.schedule').scrollIntoViewIfNeeded();
      await shot(page, `schedule-${size.width}-${language}`);
    }
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '交还给时间表' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '物业通知', exact: true }).click();
    await dialog.getByLabel('请再输入您的密码').fill(PASSWORD);
    await shot(page, 'schedule-back');
    await dialog.getByRole('button', { name: '确认', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(kiosk.desk.orders).toEqual([{ type: 'follow-schedule', note: '物业通知', operator: OPERATOR }]);
  });
});
