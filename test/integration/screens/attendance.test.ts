import type { Page, Request } from 'playwright-core';
import { expect, it } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { scanInto } from '../../support/devices/keyboard-scanner.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { axeFindings, shot } from '../../support/screens/screen-browser.ts';
import { attentionItem, DOOR } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

const MINUTE_MS = 60_000;
/** A slow finger, in milliseconds. */
const PACE_MS = 300;

/** The system's clock, which a test may put forward. */
function forwardClock() {
  let aheadMs = 0;
  const clock = new SystemClock({ monotonicMs: () => performance.now() + aheadMs });
  const pass = (minutes: number): void => {
    aheadMs += minutes * MINUTE_MS;
  };
  return { clock, pass };
}

const isReport = (request: Request) => request.method() === 'POST' && request.url().endsWith('/api/session');
/** What the page says of hands in its next report. */
async function nextReport(page: Page): Promise<boolean> {
  const request = await page.waitForRequest(isReport);
  await (await request.response())?.finished();
  return (JSON.parse(request.postData() ?? '{}') as { attended?: boolean }).attended === true;
}

needs('chromium')('a desk and whoever sits at it, in a browser', () => {
  const { start, signedIn } = builtScreens();

  async function desk(change: Parameters<typeof start>[0] = {}) {
    const { clock, pass } = forwardClock();
    const kiosk = await start({ clock, ...change });
    fillDesk(kiosk);
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '开门放一人' }).waitFor();
    // The click of the sign-in was a hand of the page before.
    await nextReport(page);
    return { kiosk, page, pass };
  }
  const away = (page: Page) => page.getByRole('region', { name: /15 分钟无人操作/ });

  it('tells a hand from a scanner and from its own reports', async () => {
    const { page } = await desk();
    expect(await nextReport(page)).toBe(false);
    await scanInto(page, 'GP1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE\n');
    expect(await nextReport(page)).toBe(false);
    await page.keyboard.press('Tab');
    await page.waitForTimeout(PACE_MS);
    expect(await nextReport(page)).toBe(true);
    expect(await nextReport(page)).toBe(false);
    await page.mouse.move(300, 300);
    await page.mouse.move(500, 400, { steps: 4 });
    expect(await nextReport(page)).toBe(true);
  });

  it('asks for the password where nobody was for 15 minutes, and is then as before', async () => {
    const { kiosk, page, pass } = await desk();
    pass(15);
    await away(page).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'desk-away');
    await away(page).getByRole('button', { name: '输入密码' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('请再输入您的密码').fill('apricot in snow');
    await dialog.getByRole('button', { name: '继续值班' }).click();
    await dialog.getByText('密码不对，没有执行。').waitFor();
    await shot(page, 'desk-away-password');
    await dialog.getByLabel('请再输入您的密码').fill(PASSWORD);
    await dialog.getByRole('button', { name: '继续值班' }).click();
    await away(page).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: '放行进门' }).click();
    await page.getByRole('button', { name: '紧急情况' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([{ type: 'open', operator: OPERATOR }]);
  });

  it('takes the password with the order itself, and says why nothing was done without', async () => {
    const { kiosk, page, pass } = await desk();
    await page.getByRole('button', { name: '放行进门' }).click();
    pass(15);
    await page.getByRole('button', { name: '紧急情况' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('值班台已有 15 分钟无人操作，没有执行。').waitFor();
    expect(kiosk.desk.orders).toEqual([]);
    await dialog.getByLabel('请再输入您的密码').fill(PASSWORD);
    await page.getByRole('button', { name: '紧急情况' }).click();
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([{ type: 'open' }]);
    await away(page).waitFor({ state: 'hidden' });
  });

  it('takes nothing off the list alone, and still locks down and turns away', async () => {
    const { kiosk, page, pass } = await desk();
    kiosk.server.guardFeed.publish('attention', [attentionItem('duress')]);
    pass(15);
    await away(page).waitFor();
    await page.getByRole('button', { name: '知道了' }).click();
    await page.getByText('值班台已有 15 分钟无人操作，没有执行。').waitFor();
    const lockdown = page.getByRole('button', { name: '紧急锁闭' });
    if (!(await lockdown.isVisible())) await page.locator('.door summary').click();
    await lockdown.click();
    await page.getByRole('dialog').getByRole('button').first().click();
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([{ type: 'door', verb: 'lockdown' }]);
  });

  it('holds a door with the password, and in a fire without', async () => {
    let isFire = false;
    const { kiosk, page } = await desk({ isFire: () => isFire });
    const hold = async () => {
      const button = page.getByRole('button', { name: '保持常开' });
      if (!(await button.isVisible())) await page.locator('.door summary').click();
      await button.click();
      await page.getByRole('dialog').getByRole('button').first().click();
    };
    await hold();
    await page.getByRole('button', { name: '确认' }).click();
    await page.getByText('请输入您的密码。').waitFor();
    expect(kiosk.desk.orders).toEqual([]);
    await shot(page, 'desk-hold-password');
    await page.getByRole('dialog').getByLabel('请再输入您的密码').fill(PASSWORD);
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    isFire = true;
    kiosk.server.guardFeed.publish('door/main', { ...DOOR, fire: true });
    await page.getByText('消防报警，门锁已松开').first().waitFor();
    await hold();
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([{ verb: 'hold' }, { verb: 'hold' }]);
  });
});
