import { expect, it } from 'vitest';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import { fillDesk, POLICY } from '../../support/screens/desk-samples.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings } from '../../support/screens/screen-browser.ts';
import { attentionItem, NIGHT_MS } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

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
    await chooseTab(page, '登记与规则');
    await page.getByText('按时间表。').waitFor();
    await page.getByRole('button', { name: '保持“严格”' }).waitFor();
    tell('waits');
    kiosk.server.guardFeed.publish('attention', [attentionItem('levelWaits', { id: 'levelWaits:north' })]);
    await page.getByText('时间表上的级别还没换').waitFor();
    const entered = ['外地返回'];
    await everyLook(page, 'schedule-waits', { entered });
    expect(await page.getByRole('button', { name: '知道了' }).count()).toBe(0);
    kiosk.server.guardFeed.publish('attention', []);
    tell('held');
    await page.getByText('手动选定，时间表暂停。').waitFor();
    await everyLook(page, 'schedule', { inView: '.schedule', entered });
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '交还给时间表' }).click();
    await everyLook(page, 'schedule-back', { opener: '.schedule button', entered });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '物业通知', exact: true }).click();
    await dialog.getByLabel('请再输入您的密码').fill(PASSWORD);
    await dialog.getByRole('button', { name: '确认', exact: true }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([{ type: 'follow-schedule', note: '物业通知', operator: OPERATOR }]);
  });
});
