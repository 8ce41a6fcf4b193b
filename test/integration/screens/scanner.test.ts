import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { scanInto } from '../../support/devices/keyboard-scanner.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { attentionItem, NIGHT_MS, passage } from '../../support/screens/screen-samples.ts';
import { type Kiosk, OPERATOR, PASSWORD, RecordingDemo } from '../../support/screens/web-kiosk.ts';

/** What somebody may hold in front of a scanner: a pass, forged or foreign, and texts made to press buttons. */
const CODES = [
  'GP1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE\n',
  'https://example.org/menu\n',
  'A B C  D\n',
  ' \n',
  '   \n\n',
  '\t\n',
  '\t\t \t\n',
  'x\t \t \n',
  '\x1b \n',
  '→ ↓ \n',
  '12\r\v',
  '12\n\r\v',
  '7\n',
];
/** Longer than a scanner pauses within one code, and enough for whatever was sent to arrive, in milliseconds. */
const LATER_MS = 700;
/** The page's clock is moved on by this when it is held; each hold of a page lies further ahead. */
const HOLD_AHEAD_MS = 60_000;
/** A slow finger, in milliseconds. */
const PACE_MS = 200;

type Dialog = readonly [name: string, open: (page: Page) => Promise<void>];

/** How each dialog of the people and doors is opened, by pointer. */
const AT_THE_GATE: readonly Dialog[] = [
  ['let in', (page) => page.getByRole('button', { name: '放行进门' }).click()],
  ['refuse', (page) => page.getByRole('button', { name: '不予放行' }).click()],
  ['measure', (page) => page.getByRole('button', { name: '重新测温' }).click()],
  ['open a door', (page) => page.getByRole('button', { name: '开门放一人' }).click()],
  [
    'lock down',
    async (page) => {
      const button = page.getByRole('button', { name: '紧急锁闭' });
      if (!(await button.isVisible())) await page.locator('.door summary').click();
      await button.click();
    },
  ],
  ['end of a lock-out', (page) => page.getByRole('button', { name: '解除锁定' }).click()],
  ['forgive', (page) => page.getByRole('button', { name: '进出重新算起' }).first().click()],
  [
    'person',
    (page) =>
      page
        .getByRole('button', { name: /^处理此人/ })
        .last()
        .click(),
  ],
  [
    'suspend',
    async (page) => {
      await page
        .getByRole('button', { name: /^处理此人/ })
        .last()
        .click();
      await page.getByRole('button', { name: '停用通行证…' }).click();
    },
  ],
];

/** Those of the visitors and rules. */
const AT_THE_DESK: readonly Dialog[] = [
  ['level', (page) => onDesk(page, (desk) => desk.getByRole('button', { name: '正常' }))],
  ['occupancy', (page) => onDesk(page, (desk) => desk.getByRole('button', { name: '更正人数' }))],
  ['order', (page) => onDesk(page, (desk) => desk.getByRole('button', { name: '新增安排' }))],
  [
    'end of an order',
    (page) => onDesk(page, (desk) => desk.getByRole('button', { name: /^结束: / }).first()),
  ],
  ['report', (page) => onDesk(page, (desk) => desk.getByRole('button', { name: /^报平安/ }))],
  [
    'visitor',
    (page) => onDesk(page, (desk) => desk.getByRole('button', { name: '登记访客', exact: true }).first()),
  ],
  ['host', (page) => onDesk(page, (desk) => desk.getByRole('button', { name: /^住户确认了/ }))],
];

async function onDesk(page: Page, button: (page: Page) => ReturnType<Page['locator']>): Promise<void> {
  await chooseTab(page, '登记与规则');
  await button(page).click();
}

needs('chromium')('a scanner in keyboard mode at the guard’s screen', () => {
  const { start, signedIn, visit } = builtScreens();

  async function atDesk(kiosk: Kiosk): Promise<Page> {
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    feed.publish('passage/main-in', passage({ feedback: 'GuardCalled', reasons: ['gp:TemperatureHigh'] }));
    feed.publish('device/thermometer:main-in', {
      id: 'thermometer:main-in',
      role: 'thermometer',
      owner: 'main-in',
      driver: 'simulated',
      simulated: true,
      status: 'ok',
      sinceMs: NIGHT_MS,
    });
    feed.publish('attention', [
      attentionItem('lockOut', { id: 'lockOut:main-in', untilMs: NIGHT_MS + 60_000 }),
      attentionItem('emergency'),
    ]);
    const page = await signedIn(kiosk, { viewport: { width: 1366, height: 900 } });
    await page.getByText('等您处理').waitFor();
    await holdTime(page);
    return page;
  }
  /**
   * From here on time passes in the page only when somebody lets it, that of its events too: no key is late, however
   * busy this machine is.
   */
  const holdTime = async (page: Page) => {
    await page.clock.install();
    // A moment that has not come yet for the page either.
    await page.clock.pauseAt(Date.now() + HOLD_AHEAD_MS);
  };
  /** A code of its own: the scanner has paused before it, and nothing waits behind it. */
  const scan = async (page: Page, code: string) => {
    await scanInto(page, code);
    await page.clock.runFor(LATER_MS);
  };
  const expectNothingSent = (kiosk: Kiosk, after: string) =>
    expect({ after, orders: kiosk.desk.orders }).toEqual({ after, orders: [] });

  it.each([
    ['the people and doors', AT_THE_GATE],
    ['the visitors and rules', AT_THE_DESK],
  ])('sends nothing from any dialog of %s', async (_title, dialogs) => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    const dialog = page.getByRole('dialog');
    for (const [name, open] of dialogs) {
      const opened = async () => {
        if (!(await dialog.isVisible())) await open(page);
        await dialog.waitFor();
      };
      // A person closes it, to begin the next one as it begins.
      const closed = async () => {
        if (await dialog.isVisible()) await page.getByRole('button', { name: '取消' }).click();
        await dialogGone(page);
      };
      // The mechanism is one for all of them: the whole list where one press is enough, letters, spaces and Enter everywhere.
      for (const code of name === 'let in' ? CODES : ['A B C  D\n']) {
        await opened();
        await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H2');
        await scan(page, code);
        expectNothingSent(kiosk, `${name}: ${code}`);
        await closed();
      }
      await opened();
      // Wherever a person has put the focus in.
      const controls = page.locator('dialog button, dialog input');
      for (let index = 0; index < (await controls.count()); index += 1) {
        await opened();
        await controls.nth(index).focus();
        await scan(page, ' \n\n');
      }
      await page.waitForTimeout(LATER_MS);
      expectNothingSent(kiosk, `${name}: each control`);
      await closed();
    }
  });

  it('presses nothing on the desk either, says so, and leaves the focus and the fields as they were', async () => {
    const kiosk = await start();
    const page = await atDesk(kiosk);
    for (const name of ['知道了', '放行进门', '退出'])
      for (const code of CODES.filter((text) => /\w/.test(text))) {
        await page.getByRole('button', { name }).first().focus();
        await scan(page, code);
        expectNothingSent(kiosk, `${name} ${code}`);
      }
    await page.waitForTimeout(LATER_MS);
    expectNothingSent(kiosk, 'each button');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByText(OPERATOR, { exact: true }).waitFor();
    await page.getByRole('button', { name: '不予放行' }).click();
    const field = page.getByLabel('自己写原因');
    await field.fill('等一下');
    await field.focus();
    await scanInto(page, 'https://example.org/menu\n');
    await page.getByText('按键快得像扫码器在打字').waitFor();
    expect(await field.inputValue()).toBe('等一下');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('INPUT');
  });

  it('sends nothing behind what an input method has taken', async () => {
    const kiosk = await start();
    const page = await visit(kiosk, '/guard/');
    await page.getByLabel('密码').fill('x');
    await page.getByLabel('姓名').focus();
    await holdTime(page);
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: '李', selectionStart: 1, selectionEnd: 1 });
    await scanInto(page, 'gp1');
    await session.send('Input.insertText', { text: '李' });
    await scan(page, '\n');
    await page.waitForTimeout(LATER_MS);
    expect(kiosk.operators.calls).toEqual([]);
  });

  it('signs nobody in and sets nothing up', async () => {
    const kiosk = await start();
    const page = await visit(kiosk, '/guard/');
    await page.getByLabel('姓名').fill(OPERATOR);
    await holdTime(page);
    for (const code of CODES) {
      await page.getByLabel('密码').fill('x');
      await page.getByLabel('密码').focus();
      await scan(page, code);
    }
    await page.waitForTimeout(LATER_MS);
    kiosk.operators.account = undefined;
    await page.clock.resume();
    await page.reload();
    await page.getByLabel('设置码').waitFor();
    await holdTime(page);
    for (const label of ['设置码', '姓名', '再输一次新密码']) await page.getByLabel(label).fill('x');
    for (const code of CODES) {
      await page.getByLabel('新密码', { exact: true }).fill('x');
      await page.getByLabel('新密码', { exact: true }).focus();
      await scan(page, code);
    }
    await page.waitForTimeout(LATER_MS);
    expect(kiosk.operators.calls).toEqual([]);
  });

  it('shows no pass at the demo panel', async () => {
    const stage = new RecordingDemo();
    const kiosk = await start({ demo: stage });
    const page = await visit(kiosk, '/demo/', { locale: 'en-GB' });
    await page.getByRole('button', { name: 'EN' }).waitFor();
    await holdTime(page);
    for (const code of CODES) {
      await page.getByRole('button', { name: 'EN' }).focus();
      await scan(page, code);
    }
    await page.waitForTimeout(LATER_MS);
    expect(stage.orders).toEqual([]);
  });

  it('leaves everything to a person with nothing but a keyboard', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    kiosk.server.guardFeed.publish('passage/main-in', passage({ feedback: 'GuardCalled', reasons: [] }));
    const page = await visit(kiosk, '/guard/', { viewport: { width: 1366, height: 768 } });
    const press = async (key: string) => {
      await page.waitForTimeout(PACE_MS);
      await page.keyboard.press(key, { delay: 40 });
    };
    /** Goes on with Tab until the control has the focus. */
    const goTo = async (selector: string) => {
      for (let steps = 0; steps < 60; steps += 1) {
        if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
        await press('Tab');
      }
      throw new Error(`${selector} cannot be reached`);
    };
    const type = (text: string) => page.keyboard.type(text, { delay: PACE_MS });
    await goTo('[name=operator]');
    await type(OPERATOR);
    await press('Tab');
    await type(PASSWORD);
    await press('Enter');
    await page.getByText('等您处理').waitFor();
    await goTo('.person.calls .go');
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await goTo('.presets button');
    await press(' ');
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([{ type: 'open', accessPoint: 'main-in' }]);
    // Back where it was, and it presses nothing that sends.
    await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('go');
    await goTo('.person.calls .stop');
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
    await dialogGone(page);
    await goTo('[role=tab]');
    await press('ArrowRight');
    await goTo('#visitors + .does button');
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await goTo('[name=until]');
    await press('ArrowRight');
    await expect.poll(() => page.getByLabel('4 小时').isChecked()).toBe(true);
    expect(kiosk.desk.orders).toHaveLength(1);
  });
});
