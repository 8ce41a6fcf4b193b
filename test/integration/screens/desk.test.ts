import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import {
  CARD,
  DAY_MS,
  fillDesk,
  HOSTILE,
  HOUSEHOLD,
  MIDNIGHT_MS,
  POLICY,
  RESIDENT,
  VISITORS,
} from '../../support/screens/desk-samples.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { attentionItem, NIGHT_MS, passage } from '../../support/screens/screen-samples.ts';
import { type Kiosk, OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

needs('chromium')("the guard's desk in a browser", () => {
  const { start, signedIn } = builtScreens();

  async function atDesk(kiosk: Kiosk, options = {}): Promise<Page> {
    fillDesk(kiosk);
    const page = await signedIn(kiosk, options);
    await chooseTab(page, '登记与规则');
    await page.getByRole('heading', { name: '管控级别' }).waitFor();
    return page;
  }
  /** Chooses a ready-made reason and confirms. */
  async function confirm(page: Page, reason: string): Promise<void> {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: reason, exact: true }).click();
    await dialog.getByRole('button', { name: '确认', exact: true }).click();
  }

  it('shows level, visitors, orders and the age of the lists, beside the people at the gate', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    await page.getByText(HOSTILE).waitFor();
    await page.getByText('里面 118 人，最多 120 人').waitFor();
    await page.getByText('到 3月6日止').waitFor();
    await page.getByText('报平安（今日 1 次）').waitFor();
    await page.getByText('该更新了').waitFor();
    await page.getByRole('article', { name: '进 main-in' }).waitFor();
    expect(await page.getByRole('button', { name: /^结束: / }).count()).toBe(1);
    expect(await page.locator('img').count()).toBe(0);
    for (const button of ['简体', '繁體', 'EN']) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await shot(page, `desk-1366-${button}`);
    }
    expect(await axeFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const button of ['EN', '简体']) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await expect.poll(() => overflows(page)).toBe(false);
      await shot(page, `desk-390-${button}`, { fullPage: true });
    }
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'desk-390-light', { fullPage: true });
  });

  it('changes the level only with a reason and the right password', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    await page.getByRole('button', { name: '开放' }).click();
    await page.getByText('大门将一直开着').waitFor();
    await shot(page, 'desk-level');
    expect(await axeFindings(page)).toEqual([]);
    await confirm(page, '物业通知');
    await page.getByText('请输入您的密码。').waitFor();
    const password = page.getByLabel('请再输入您的密码');
    await password.fill('apricot in snow');
    await page.getByRole('button', { name: '确认', exact: true }).click();
    await page.getByText('密码不对，没有执行。').waitFor();
    kiosk.operators.lockedForMs = 29_500;
    await page.getByRole('button', { name: '确认', exact: true }).click();
    await page.getByText('请 30 秒后再试').waitFor();
    expect(kiosk.desk.orders).toEqual([]);
    kiosk.operators.lockedForMs = 0;
    await password.fill(PASSWORD);
    await page.getByRole('button', { name: '确认', exact: true }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      { type: 'level', level: 'open', note: '物业通知', operator: OPERATOR },
    ]);
    kiosk.server.guardFeed.publish('policy', { ...POLICY, level: 'open', gate: 'open' });
    await page.getByText('大门常开，只计人数').waitFor();
  });

  it('registers a visitor with the card that was just shown', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    await page.getByRole('button', { name: '登记访客' }).click();
    await page.getByLabel(/扫过：V-17/).waitFor();
    await everyLook(page, 'desk-visitor', { entered: ['外地返回'], axe: true });
    await confirm(page, '维修');
    await page.getByText('请写访客是谁。').waitFor();
    await page.getByLabel('访客是谁').fill('王师傅');
    await page.getByLabel('去哪一户').fill('3-502');
    await page.getByLabel('今天之内').check();
    await confirm(page, '维修');
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      {
        type: 'visitor',
        passId: CARD,
        label: '王师傅',
        unit: '3-502',
        purpose: '维修',
        untilMs: MIDNIGHT_MS + DAY_MS,
        note: '维修',
        operator: OPERATOR,
      },
    ]);
  });

  it('takes a typed card number, and no other text for one', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    await page.getByRole('button', { name: '登记访客' }).click();
    await page.getByLabel('访客是谁').fill('王师傅');
    const number = page.getByLabel('或输入卡号');
    await number.fill('GP1:6BFOXN*TS0BI');
    await confirm(page, '送货');
    await page.getByText('请选一张刚扫过的卡').waitFor();
    await number.fill('FFEEDDCCBBAA9988');
    await confirm(page, '送货');
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([{ type: 'visitor', passId: 'ffeeddccbbaa9988' }]);
  });

  it('keeps a household in for 14 days, begun at the line of a decision', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const page = await signedIn(kiosk);
    await page
      .getByRole('button', { name: /处理此人 住户 Zhao Lan/ })
      .first()
      .click();
    await page.getByRole('dialog').getByText('Zhao Lan').waitFor();
    await shot(page, 'desk-person');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '居家或限制通行…' }).click();
    await page.getByText('期间不能外出').waitFor();
    await shot(page, 'desk-order');
    expect(await axeFindings(page)).toEqual([]);
    await confirm(page, '外地返回');
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      {
        type: 'order',
        kind: 'quarantine',
        subject: { holderRef: HOUSEHOLD },
        untilMs: MIDNIGHT_MS + 14 * DAY_MS,
        note: '外地返回',
        operator: OPERATOR,
      },
    ]);
  });

  it('puts a typed pass out of use from a later day without an end', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    await page.getByRole('button', { name: '新增安排' }).click();
    await page.getByLabel('停用', { exact: true }).check();
    await confirm(page, '证件遗失');
    await page.getByText('请输入 12 位住户编号或 16 位证件编号。').waitFor();
    await page.getByLabel('住户编号').fill(RESIDENT);
    await page.getByLabel('从哪天起').fill('2020-03-10');
    await confirm(page, '证件遗失');
    await page.getByText('请检查日期').waitFor();
    await page.getByRole('button', { name: '没有期限' }).click();
    await confirm(page, '证件遗失');
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      {
        type: 'order',
        kind: 'suspension',
        subject: { passId: RESIDENT },
        fromMs: MIDNIGHT_MS + 15 * DAY_MS,
        note: '证件遗失',
        operator: OPERATOR,
      },
    ]);
  });

  it('ends an order, counts a report, confirms a host and corrects the number inside', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    await page.getByRole('button', { name: '结束: Zhao Lan 3-502' }).click();
    await confirm(page, '期满');
    await dialogGone(page);
    await page.getByRole('button', { name: '报平安（今日 1 次）' }).click();
    await page.getByRole('button', { name: '电话报平安' }).click();
    await dialogGone(page);
    await page.getByRole('button', { name: `住户确认了: ${HOSTILE}` }).click();
    await page.getByRole('button', { name: '电话确认' }).click();
    await dialogGone(page);
    await page.getByRole('button', { name: '更正人数' }).click();
    await page.getByLabel('现在里面的人数').fill('');
    await confirm(page, '清点人数');
    await page.getByText('请输入 0 到 100000 的整数。').waitFor();
    await page.getByLabel('现在里面的人数').fill('97');
    await confirm(page, '清点人数');
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      { type: 'end-order', orderId: 'order-1', note: '期满', operator: OPERATOR },
      { type: 'report', holderRef: HOUSEHOLD, note: '电话报平安', operator: OPERATOR },
      { type: 'confirm-host', passId: CARD, note: '电话确认', operator: OPERATOR },
      { type: 'occupancy', value: 97, note: '清点人数', operator: OPERATOR },
    ]);
  });

  it('offers what puts a refusal right beside the refusal, until it is put right', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    kiosk.server.guardFeed.publish('visitors', []);
    kiosk.server.guardFeed.publish('attention', [
      attentionItem('lockOut', { id: 'lockOut:main-in', untilMs: NIGHT_MS + 10 * 60_000 }),
    ]);
    kiosk.server.guardFeed.publish(
      'passage/main-in',
      passage({
        feedback: 'GuardCalled',
        kind: 'visitor',
        label: 'V-17',
        passId: CARD,
        reasons: ['gp:HostNotConfirmed'],
      }),
    );
    const page = await signedIn(kiosk);
    const person = page.getByRole('article', { name: '进 main-in' });
    await person.getByRole('button', { name: '住户已确认' }).click();
    await page.getByText('住户在等“访客 V-17”吗？').waitFor();
    await shot(page, 'desk-remedies');
    await page.getByRole('button', { name: '当面确认' }).click();
    await dialogGone(page);
    await page.getByRole('button', { name: '进出重新算起' }).click();
    await page.getByRole('button', { name: '出门没有扫码' }).click();
    await dialogGone(page);
    await page.getByRole('button', { name: '退还通行次数' }).click();
    await page.getByText('此前用掉的次数不再计算').waitFor();
    await page.getByRole('button', { name: '门没有打开' }).click();
    await dialogGone(page);
    await page.getByRole('button', { name: '解除锁定' }).click();
    await page.getByRole('button', { name: '已查看，无异常' }).click();
    await dialogGone(page);
    await page.locator('.decisions').getByRole('button', { name: '登记访客' }).click();
    await page.getByLabel('访客是谁').waitFor();
    expect(await page.getByLabel('或输入卡号').count()).toBe(0);
    await page.getByRole('button', { name: '取消' }).click();
    kiosk.server.guardFeed.publish(
      'visitors',
      VISITORS.map((visitor) => ({ ...visitor, hostConfirmed: true })),
    );
    await page.locator('.decisions').getByRole('button', { name: '登记访客' }).waitFor({ state: 'hidden' });
    await person.getByRole('button', { name: '住户已确认' }).waitFor({ state: 'hidden' });
    expect(kiosk.desk.orders).toEqual([
      { type: 'confirm-host', passId: CARD, note: '当面确认', operator: OPERATOR },
      { type: 'forgive', subject: { passId: RESIDENT }, note: '出门没有扫码', operator: OPERATOR },
      {
        type: 'give-back-quota',
        subject: { holderRef: HOUSEHOLD },
        note: '门没有打开',
        operator: OPERATOR,
      },
      { type: 'end-lock-out', accessPoint: 'main-in', note: '已查看，无异常', operator: OPERATOR },
    ]);
  });

  it('gives an order to somebody by name, flat or who passed lately', async () => {
    const asked: string[] = [];
    const kiosk = await start({
      registerLooks: {
        photograph: () => undefined,
        search: (text) => {
          asked.push(text);
          const holders = text === '502' ? [{ holderRef: HOUSEHOLD, label: 'Zhao Lan', unit: '3-502' }] : [];
          return { holders, visitors: [] };
        },
      },
    });
    const page = await atDesk(kiosk);
    await page.getByRole('button', { name: '新增安排' }).click();
    await page.getByLabel('姓名、房号').fill('nobody');
    await page.getByText('本机登记册里没有').waitFor();
    await page.getByLabel('姓名、房号').fill('502');
    await page.getByRole('radio', { name: '3-502 Zhao Lan', exact: true }).check();
    await shot(page, 'desk-find-holder');
    expect(await axeFindings(page)).toEqual([]);
    await confirm(page, '外地返回');
    await dialogGone(page);
    await page.getByRole('button', { name: '新增安排' }).click();
    await page.getByLabel('停用', { exact: true }).check();
    await page.getByLabel('姓名、房号').fill('5-101');
    await page.getByRole('radio', { name: /5-101/ }).check();
    await confirm(page, '证件遗失');
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([
      { kind: 'quarantine', subject: { holderRef: HOUSEHOLD } },
      { kind: 'suspension', subject: { passId: '0000000000000005' } },
    ]);
    expect(asked).toEqual(expect.arrayContaining(['nobody', '502']));
  });

  it('can be used with the keyboard alone', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const page = await signedIn(kiosk);
    await page.getByRole('tab', { name: '门口记录' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: '管控级别' }).waitFor();
    const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
    expect(await focused()).toContain('登记与规则');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('登记访客');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await dialogGone(page);
    expect(await focused()).toBe('登记访客');
  });

  it('does nothing while the gate is away', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    await page.getByRole('button', { name: '开放' }).click();
    await kiosk.server.stop();
    await page.getByText('起画面不再更新').waitFor();
    await dialogGone(page);
    expect(await page.locator('main').getAttribute('inert')).not.toBeNull();
    await shot(page, 'desk-lost');
  });
});
