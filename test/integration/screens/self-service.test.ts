import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { SelfServiceOrder } from '../../../src/core/report/data-request.ts';
import type { AccountView, SelfServiceView } from '../../../src/ports/resident-prompt.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { shot } from '../../support/screens/screen-browser.ts';
import { attentionItem, promptView } from '../../support/screens/screen-samples.ts';
import type { Kiosk } from '../../support/screens/web-kiosk.ts';

const SIZE = { width: 800, height: 480 };

const ACCOUNT: AccountView = {
  rows: 61,
  since: '2020-02-11',
  lines: [
    { kind: 'granted', count: 28, until: '2020-03-09' },
    { kind: 'denied', count: 2, until: '2020-03-01' },
    { kind: 'details', count: 31, until: '2020-03-09' },
    { kind: 'ledger', count: 28 },
    { kind: 'codes', count: 3, until: '2020-02-25' },
  ],
  copies: ['backup', 'servers'],
  mayAsk: true,
};
/** A desk that shows what a gate would. */
class Desk {
  readonly presses: SelfServiceOrder[] = [];
  kiosk: Kiosk | undefined;
  willing = true;

  readonly take = (accessPoint: string, order: SelfServiceOrder): boolean => {
    this.presses.push(order);
    if (!this.willing) return false;
    const request = { number: 1002, kind: order as 'export', state: 'open' as const };
    if (order === 'begin') this.show({ step: 'code', seconds: 25 }, accessPoint);
    else if (order === 'end') this.kiosk?.server.residentPrompt.show(promptView({ accessPoint }));
    else
      this.show(
        { step: 'account', seconds: 60, account: { ...ACCOUNT, mayAsk: false, request } },
        accessPoint,
      );
    return true;
  };

  show(selfService: SelfServiceView, accessPoint = 'main-in'): void {
    const told = { feedback: 'TextMessage', message: 'SelfService', selfService } as const;
    this.kiosk?.server.residentPrompt.show(promptView({ accessPoint, ...told }));
  }
}

needs('chromium')("what is kept about a pass, on the resident's screen in a browser", () => {
  const { start, visit, signedIn } = builtScreens();

  async function opened(): Promise<Desk> {
    const desk = new Desk();
    desk.kiosk = await start({ selfService: desk });
    desk.kiosk.server.residentPrompt.show(promptView());
    return desk;
  }

  const at = (desk: Desk): Promise<Page> =>
    visit(desk.kiosk as Kiosk, '/prompt/?accessPoint=main-in&language=en', { viewport: SIZE });

  it('is begun, asked and ended by one press each, and asks twice before a request', async () => {
    const desk = await opened();
    const page = await at(desk);
    await page.getByRole('button', { name: 'My data' }).click();
    await page.getByText("Show your phone's code").waitFor();
    await page.getByRole('button', { name: /^Back \(\d+\)$/ }).click();
    await page.getByText('Please show your code').waitFor();
    desk.show({ step: 'account', seconds: 60, account: ACCOUNT });
    await page.getByRole('button', { name: 'Ask for deletion' }).click();
    await page.getByText('Ask for deletion?').waitFor();
    await shot(page, 'self-sure-en-800');
    await page.getByRole('button', { name: 'No' }).click();
    await page.getByRole('button', { name: 'Ask for a copy' }).click();
    await page.getByRole('button', { name: 'Yes, ask' }).click();
    await page.getByText('Your request 1002 (copy) waits for an answer').waitFor();
    await shot(page, 'self-asked-en-800');
    await expect(page.getByRole('button', { name: 'Ask for a copy' }).count()).resolves.toBe(0);
    await page.keyboard.press('Escape');
    await page.getByText('Please show your code').waitFor();
    await expect.poll(() => desk.presses).toEqual(['begin', 'end', 'export', 'end']);
  });

  it('says so when a request was not taken', async () => {
    const desk = await opened();
    const page = await at(desk);
    desk.show({ step: 'account', seconds: 60, account: ACCOUNT });
    desk.willing = false;
    await page.getByRole('button', { name: 'Ask for a copy' }).click();
    await page.getByRole('button', { name: 'Yes, ask' }).click();
    await page.getByText('That did not work').waitFor();
  });

  it('has no button where the site does not want it', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in&language=en');
    await page.getByText('Please show your code').waitFor();
    await expect(page.locator('.self-service').count()).resolves.toBe(0);
  });

  it('is answered by a guard with the password, or refused with a reason', async () => {
    const kiosk = await start();
    const request = { number: 1001, kind: 'erasure' as const };
    const item = attentionItem('dataRequest', { id: 'dataRequest:1001', request });
    const other = attentionItem('dataRequest', {
      id: 'dataRequest:1002',
      request: { number: 1002, kind: 'export' },
    });
    kiosk.server.guardFeed.publish('attention', [other, item]);
    const page = await signedIn(kiosk);
    const line = page.locator('.attention li', { hasText: '申请 1001：删除通行证的资料' });
    await line.waitFor();
    await page.getByText('申请 1002：索取通行证资料的副本').waitFor();
    await shot(page, 'self-guard-zh-CN');
    await line.getByRole('button', { name: '同意…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '已看身份证件' }).click();
    await dialog.getByLabel('密码').fill('plum tree in rain');
    await shot(page, 'self-guard-dialog-zh-CN');
    await dialog.locator('button.primary').click();
    await dialog.waitFor({ state: 'detached' });
    await line.getByRole('button', { name: '拒绝…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '未能证明身份' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const told = { type: 'answer-request', request: 1001 };
    expect(kiosk.desk.orders).toMatchObject([
      { ...told, answer: 'confirmed', note: '已看身份证件' },
      { ...told, answer: 'refused', note: '未能证明身份' },
    ]);
  });
});
