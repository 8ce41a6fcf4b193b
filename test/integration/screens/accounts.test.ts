import { expect, it } from 'vitest';
import { TotpCodes } from '../../../src/adapters/crypto/one-time-codes.ts';
import type { Shift } from '../../../src/core/desk/shift.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings } from '../../support/screens/screen-browser.ts';
import { attentionItem, NIGHT_MS } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

/** The one-time code of one account: `123456` is the one that its phone shows. */
function phoneCodes() {
  const arithmetic = new TotpCodes('Willow Court, North gate');
  const recovery = Array.from({ length: 10 }, (_, at) => `7Q4M-02XK-9F3R-K8T${at}`);
  const codes = {
    on: false,
    recovery,
    isOn: () => codes.on,
    view: () => ({ on: codes.on, recovery: codes.on ? recovery.length : 0 }),
    begin: (operator: string) => {
      const secret = arithmetic.newSecret();
      return { secret, uri: arithmetic.enrolment(secret, operator) };
    },
    confirm: ({ code }: { readonly code: string }) => {
      if (code !== '123456') return { status: 'refused', cause: 'code', detail: 'It does not fit.' } as const;
      codes.on = true;
      return { status: 'done', recovery } as const;
    },
    remove: () => {
      codes.on = false;
    },
  };
  return codes;
}

needs('chromium')("accounts and rights on the guard's screen", () => {
  const { start, signedIn } = builtScreens();

  it('offer each role what it may do, and accounts to supervisors', async () => {
    const orders: object[] = [];
    const answer = (order: object) => {
      orders.push(order);
      return { status: 'done' } as const;
    };
    const others = [{ name: 'Wang Fang', role: 'guard', code: true } as const];
    const codes = phoneCodes();
    const kiosk = await start({
      codes,
      accounts: {
        list: () => [{ name: OPERATOR, role: 'supervisor' as const }, ...others],
        create: async (order) => answer(order),
        setPassword: async (order) => answer(order),
        setRole: answer,
        remove: () => ({ status: 'refused', cause: 'last-supervisor', detail: 'The last one.' }),
        endSessions: answer,
        removeCode: answer,
        removePasskeys: answer,
      },
    });
    fillDesk(kiosk);
    kiosk.server.guardFeed.publish('attention', [
      attentionItem('recordsUntrusted', { accessPoint: 'north' }),
      attentionItem('lockOut', { accessPoint: 'main-in' }),
    ]);
    kiosk.operators.role = 'guard';
    const page = await signedIn(kiosk);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const open = () => page.getByRole('button', { name: OPERATOR }).click();
    const dialog = page.getByRole('dialog');
    const close = async () => {
      if ((await dialog.locator('form').count()) > 0) await dialog.locator('.actions button').last().click();
      await dialog.locator('.actions button').last().click();
    };
    await page.setViewportSize({ width: 1920, height: 1080 });
    await button('EN').click();

    // A guard works at the gate; the level, orders about persons and accounts are not there.
    const offered = async () => ({
      letIn: await button('Let in').count(),
      endLockOut: await page.locator('.attention li.lockOut').getByRole('button').count(),
      confirm: await page.locator('.attention li.recordsUntrusted').getByRole('button').count(),
    });
    await expect.poll(offered).toMatchObject({ endLockOut: 1, confirm: 0 });
    expect((await offered()).letIn).toBeGreaterThan(0);
    await chooseTab(page, 1);
    await expect.poll(() => page.locator('.rule-desk .inside').count()).toBe(1);
    expect(await page.locator('.rule-desk fieldset').count()).toBe(0);
    await open();
    await dialog.getByRole('button', { name: 'Change my password' }).waitFor();
    expect(await dialog.getByRole('button', { name: 'New account' }).count()).toBe(0);

    // The office has no doors.
    kiosk.operators.role = 'office';
    await page.reload();
    await expect.poll(offered).toEqual({ letIn: 0, endLockOut: 0, confirm: 0 });

    kiosk.operators.role = 'supervisor';
    await page.reload();
    await expect.poll(offered).toMatchObject({ endLockOut: 1, confirm: 1 });
    await open();
    await dialog.getByText('Wang Fang').waitFor();
    await everyLook(page, 'accounts', { axe: true });
    await dialog.locator('.actions .primary').click();
    await dialog.locator('form').waitFor();
    await everyLook(page, 'account-new', { axe: true });

    const fill = async (fields: Readonly<Record<string, string>>) => {
      for (const [name, text] of Object.entries(fields))
        await dialog.getByLabel(name, { exact: true }).fill(text);
    };
    const newPassword = 'rain over the old bridge';
    const again = { 'New password': newPassword, 'New password once more': newPassword };
    await fill({
      Name: 'Zhou Yan',
      ...again,
      'New password once more': 'another one',
      'Your password once more': PASSWORD,
    });
    await dialog.getByLabel(/^Office:/).check();
    await dialog.locator('.actions .primary').click();
    await dialog.getByRole('alert').getByText('The two passwords are not the same.').waitFor();
    expect(orders).toEqual([]);
    await fill(again);
    await dialog.locator('.actions .primary').click();
    await dialog.getByText('Done.').waitFor();
    expect(orders.splice(0)).toEqual([{ operator: 'Zhou Yan', role: 'office', newPassword, by: OPERATOR }]);

    await dialog.getByRole('button', { name: 'Remove account: Wang Fang' }).click();
    await fill({ 'Your password once more': 'wrong' });
    await dialog.locator('.actions .primary').click();
    await expect.poll(() => dialog.getByRole('alert').textContent()).toMatch(/password/i);
    await fill({ 'Your password once more': PASSWORD });
    await dialog.locator('.actions .primary').click();
    await expect.poll(() => dialog.getByRole('alert').textContent()).toMatch(/last supervisor/);
    expect(orders).toEqual([]);
    await close();

    // A one-time code: the password, the QR code, the first code of the phone, and the recovery codes.
    const primary = dialog.locator('.actions .primary');
    const type = (text: string) => dialog.locator('form input').last().fill(text);
    await open();
    await dialog.getByText('Wang Fang').waitFor();
    await dialog.locator('.actions button').nth(1).click();
    await dialog.locator('form').waitFor();
    await everyLook(page, 'code-begin');
    await type(PASSWORD);
    await primary.click();
    await dialog.locator('svg.qr').waitFor();
    await everyLook(page, 'code-scan');
    expect(await axeFindings(page)).toEqual([]);
    await type('000000');
    await primary.click();
    await dialog
      .getByRole('alert')
      .getByText(/does not fit/)
      .waitFor();
    await type('123456');
    await primary.click();
    await dialog.locator('.recovery').waitFor();
    await everyLook(page, 'code-recovery');
    expect(await dialog.locator('.recovery li').allTextContents()).toEqual(codes.recovery);
    await primary.click();
    await dialog.getByText('Done.').waitFor();
    expect(await dialog.locator('.accounts .badge').allTextContents()).toEqual([
      'Supervisor',
      'Guard',
      'one-time code',
    ]);
    // From now on a code counts where the password is asked for again.
    await dialog.getByRole('button', { name: 'Take off one-time code: Wang Fang' }).click();
    await fill({ 'Your password once more, or the code of your phone': PASSWORD });
    await primary.click();
    await expect.poll(() => orders.splice(0)).toEqual([{ operator: 'Wang Fang', by: OPERATOR }]);
    await dialog.locator('.actions button').last().click();

    // And it is asked for after the password.
    kiosk.operators.code = '123456';
    await page.context().clearCookies();
    await page.reload();
    await page.getByLabel('Your name').fill(OPERATOR);
    await page.getByLabel('Password').fill(PASSWORD);
    await button('Sign in').click();
    await page.getByRole('heading', { name: 'One-time code' }).waitFor();
    await everyLook(page, 'sign-in-code');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Code').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('The code does not fit, or was used already.').waitFor();
    await page.getByLabel('Code').fill('123456');
    await button('Sign in').click();
    await page.getByRole('button', { name: OPERATOR }).waitFor();
  });

  it('shows what was handed over with what is open, and sends that it is taken as it was shown', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const open = { waiting: 0, calls: 1, alarms: 2, devices: 0, orders: 3, visitors: 4 };
    const handedOver = { by: 'Chen Guifang', atMs: NIGHT_MS - 60_000, note: 'Keys in the drawer', open };
    const onDuty = { operator: 'Chen Guifang', sinceMs: NIGHT_MS - 8 * 3_600_000 };
    const page = await signedIn(kiosk);
    const banner = page.locator('.handover');
    const show = (shift: Shift) => kiosk.server.guardFeed.publish('shift', shift);
    show({ onDuty, handedOver });
    await banner.getByText('Keys in the drawer').waitFor();
    await everyLook(page, 'handover');
    await page.getByRole('button', { name: 'EN', exact: true }).click();
    expect(await banner.locator('li').allTextContents()).toEqual([
      'Calls: 1',
      'Alarms nobody has seen: 2',
      'Orders that end today: 3',
      'Registered and not left: 4',
    ]);
    await banner.getByRole('button', { name: 'I take over' }).click();
    await expect
      .poll(() => kiosk.desk.orders)
      .toEqual([{ type: 'take-over', atMs: handedOver.atMs, operator: OPERATOR }]);
    show({ onDuty: { operator: OPERATOR, sinceMs: NIGHT_MS } });
    await expect.poll(() => banner.locator('section').count()).toBe(0);

    await page.setViewportSize({ width: 1024, height: 600 });
    await chooseTab(page, 1);
    await page.getByText(`On duty: ${OPERATOR}`).waitFor();
    await page.getByText('Post 3 · Responsible: 张伟').waitFor();
    const entered = ['外地返回'];
    await everyLook(page, 'shift', { inView: '.rule-desk', entered });
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Hand over', exact: true }).click();
    await everyLook(page, 'hand-over', { opener: '[aria-labelledby=shift] [aria-haspopup=dialog]', entered });
    await page.getByRole('dialog').getByRole('button', { name: 'All quiet' }).click();
    await expect
      .poll(() => kiosk.desk.orders.slice(1))
      .toEqual([{ type: 'hand-over', note: 'All quiet', operator: OPERATOR }]);
  });
});
