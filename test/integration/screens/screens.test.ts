import { expect, it } from 'vitest';
import { GatepostError } from '../../../src/core/errors.ts';
import type { DemoState } from '../../../src/ports/demo-panel.ts';
import type { DoorView } from '../../../src/ports/gate-state.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import {
  DEMO,
  DOOR,
  decision,
  device,
  NIGHT_MS,
  passage,
  promptView,
  SITE,
} from '../../support/screens/screen-samples.ts';
import {
  type Kiosk,
  OPERATOR,
  RecordingDemo,
  type RecordingGuardDesk,
} from '../../support/screens/web-kiosk.ts';

/** What a pass may carry at worst. */
const HOSTILE = '<img src=x onerror=alert(1)>';

class FilledStage extends RecordingDemo {
  override state(): DemoState {
    return DEMO;
  }
}

needs('chromium')("the guard's screen and the demo panel in a browser", () => {
  const { start, visit, signedIn } = builtScreens();

  function fillFeed(kiosk: Kiosk): void {
    const feed = kiosk.server.guardFeed;
    feed.publish('site', SITE);
    feed.publish('clock', { wallMs: NIGHT_MS, quality: 'holdover' });
    feed.publish('queue', { pending: 12, connected: false });
    feed.publish('door/main', DOOR);
    feed.publish(
      'passage/main-in',
      passage({
        feedback: 'GuardCalled',
        kind: 'visitor',
        label: HOSTILE,
        reasons: ['gp:TemperatureHigh'],
      }),
    );
    feed.publish('passage/main-out', passage({ accessPoint: 'main-out' }));
    feed.publish('thermometer/main-in', { objectC: 37.84, ambientC: 21.3 });
    feed.publish('device/scanner:main-in', device('scanner:main-in'));
    feed.publish('device/lock:main', device('lock:main'));
    feed.publish(
      'device/thermometer:main-in',
      device('thermometer:main-in', {
        status: 'missing',
        cause: 'device.lost',
        detail: '/dev/ttyUSB0 went away.',
      }),
    );
    feed.publish('decisions', [
      decision(1, { label: HOSTILE }),
      decision(2, {
        decision: 'Denied',
        reason: 'CredentialExpired',
        reasons: ['CredentialExpired'],
        passageState: 'none',
      }),
      decision(3, { direction: 'out', decidedBy: 'Li Mei', passageState: 'nottaken' }),
      ...[4, 5, 6, 7, 8, 9, 10, 11].map((number) => decision(number, { kind: 'worker' })),
    ]);
  }

  it('shows the guard who stands there and why, with foreign text inert', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    const person = page.getByRole('article', { name: '进 main-in' });
    await person.getByText('等您处理').waitFor();
    await person.getByText(HOSTILE).waitFor();
    await person.getByText('37.8 °C').waitFor();
    await page.getByText('设备被拔出或断电').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'guard-1366');
    for (const button of ['繁體', 'EN', '简体']) {
      await page.getByRole('button', { name: button }).click();
      await shot(page, `guard-1366-${button}`);
    }
    await page.setViewportSize({ width: 1920, height: 1080 });
    await shot(page, 'guard-1920');
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => overflows(page)).toBe(false);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'guard-390');
  });

  it('keeps a small screen for the people: a low header, short lines, the orders of a door in sight', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    kiosk.server.guardFeed.publish('queue', { pending: 0, connected: true });
    kiosk.server.guardFeed.publish('passage/main-in', passage());
    const long = { label: '欧阳·娜仁托娅 / 司马相如', unit: '12号楼2单元1203室' };
    kiosk.server.guardFeed.publish(
      'decisions',
      [1, 2, 3, 4, 5, 6].map((number) => decision(number, { passId: '1'.repeat(16), holder: long })),
    );
    const page = await signedIn(kiosk, { viewport: { width: 1024, height: 600 } });
    await page.getByText('12号楼2单元1203室').first().waitFor();
    const heightOf = async (selector: string) =>
      (await page.locator(selector).first().boundingBox())?.height ?? 0;
    for (const button of ['简体', '繁體', 'EN']) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await shot(page, `guard-1024-${button}`);
      expect(await heightOf('.head')).toBeLessThanOrEqual(72);
      expect(await heightOf('.row')).toBeLessThanOrEqual(80);
      const fold = await page.locator('.door summary').boundingBox();
      expect((fold?.y ?? 600) + (fold?.height ?? 0)).toBeLessThanOrEqual(600);
      expect(await overflows(page)).toBe(false);
    }
    for (const [width, height] of [
      [1366, 768],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await shot(page, `guard-long-${width}`);
      expect(await heightOf('.row')).toBeLessThanOrEqual(90);
    }
  });

  it('lets somebody in with two presses and says why', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '放行进门' }).click();
    await shot(page, 'guard-dialog');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '人工测温正常' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      { type: 'open', accessPoint: 'main-in', note: '人工测温正常', operator: OPERATOR },
    ]);
  });

  it('sends no order without a reason, none that a scanner typed, and shows a refusal', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '不予放行' }).click();
    const confirm = page.getByRole('button', { name: '确认' });
    await confirm.click();
    await page.getByText('请选一个原因').last().waitFor();
    await page.getByLabel('自己写原因').fill('GP1:6BFOXN*TS0BI');
    await page.keyboard.press('Enter');
    await confirm.click();
    await page.getByText('扫到的码不能当作原因').waitFor();
    expect(kiosk.desk.orders).toEqual([]);
    kiosk.desk.answer = { status: 'refused', cause: 'nobody_waits', detail: 'Nobody waits there.' };
    await page.getByLabel('自己写原因').fill('走了');
    await confirm.click();
    await page.getByText('这里现在没有人在等').waitFor();
    expect(await page.getByText('Nobody waits there.').count()).toBe(0);
  });

  it('says why an order was not carried out in the language of the page', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    const answers: readonly [answer: RecordingGuardDesk['answer'], ...words: string[]][] = [
      [
        { status: 'refused', cause: 'in_lockdown', detail: 'The door is in lockdown.' },
        '只能先解除锁闭',
        '只能先解除緊急上鎖',
        'Only the end of the lock-down ends that',
      ],
      [
        new GatepostError('log.unavailable', 'The card is full.'),
        '日志写不进去',
        '無法寫入紀錄',
        'The log cannot be written',
      ],
      [new Error('inner matter'), '门禁出错', '門禁出錯', 'The gate failed and did nothing'],
      [new GatepostError('usage', 'Not accepted: note.'), '看不见的字符', '看不見的字元', 'that nobody sees'],
    ];
    for (const [number, button] of ['简体', '繁體', 'EN'].entries()) {
      await page.getByRole('button', { name: button, exact: true }).click();
      for (const [answer, ...words] of answers) {
        kiosk.desk.answer = answer;
        await page.locator('.person .actions button').first().click();
        await page.locator('dialog .presets button').first().click();
        await page
          .locator('dialog')
          .getByText(words[number] ?? '')
          .waitFor();
        await page.keyboard.press('Escape');
        await dialogGone(page);
      }
    }
  });

  it('locks a door down only after a confirmation that says what it means', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    await page.getByText('常开、封闭、锁闭').click();
    await page.getByRole('button', { name: '紧急锁闭' }).click();
    await page.getByText('什么都打不开').waitFor();
    await shot(page, 'guard-lockdown');
    await page.getByRole('button', { name: '物业通知' }).click();
    expect(kiosk.desk.orders).toEqual([]);
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      { type: 'door', door: 'main', verb: 'lockdown', note: '物业通知', operator: OPERATOR },
    ]);
  });

  it('raises an alarm nobody can overlook', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    kiosk.server.guardFeed.publish('door/main', { ...DOOR, physical: 'Open', alarm: 'DoorForcedOpen' });
    const page = await signedIn(kiosk);
    await page.getByRole('alert').getByText('门被强行打开').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'guard-alarm');
    await page.getByRole('button', { name: '关闭响声' }).click();
    await page.getByRole('button', { name: '关闭响声' }).waitFor({ state: 'hidden' });
    await page.getByRole('alert').getByText('门被强行打开').waitFor();
  });

  it('says what to do about an opened lid and in a fire, until they are over', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const feed = kiosk.server.guardFeed;
    const { kind: _kind, screening: _screening, ...anybody } = decision(0, { direction: 'out' });
    feed.publish('decisions', [
      { ...anybody, accessPoint: 'main-out', recognition: 'pt:REX' },
      decision(1),
      decision(2),
    ]);
    const lidOpen: DoorView = { ...DOOR, tamper: 'TamperDetected', fire: false };
    feed.publish('door/main', lidOpen);
    const page = await signedIn(kiosk);
    await page.setViewportSize({ width: 1280, height: 800 });
    const banner = page.getByRole('alert');
    await banner.getByText('设备外盖被打开').waitFor();
    await page.getByText('出门按钮').waitFor();
    for (const button of ['EN', '简体']) {
      await page.getByRole('button', { name: button }).click();
      await shot(page, `guard-tamper-${button}`);
    }
    feed.publish('door/main', { ...DOOR, physical: 'Open', tamper: 'NotInTamper', fire: true });
    await banner.getByText('消防报警，门锁已松开').waitFor();
    await banner.getByText('设备外盖被打开').waitFor({ state: 'detached' });
    // A door that burns is not shown as locked.
    expect(await page.locator('.door').getByText('已锁', { exact: true }).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    for (const button of ['EN', '繁體', '简体']) {
      await page.getByRole('button', { name: button }).click();
      await shot(page, `guard-fire-${button}`);
    }
    await page.getByRole('button', { name: '关闭响声' }).click();
    feed.publish('door/main', { ...lidOpen, fire: true });
    // Another trouble sounds again.
    await page.getByRole('button', { name: '关闭响声' }).waitFor();
    await shot(page, 'guard-fire-and-tamper');
    feed.publish('door/main', { ...DOOR, mode: 'Accessed', tamper: 'NotInTamper', fire: false });
    await page.getByText('有人按按钮出门').waitFor();
    expect(await banner.locator('.alarm').count()).toBe(0);
    await shot(page, 'guard-exit-button');
  });

  it('greys out and does nothing while the gate is away', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '放行进门' }).click();
    await kiosk.server.stop();
    await page.getByText('03:12 起画面不再更新').waitFor();
    await dialogGone(page);
    expect(await page.locator('main').getAttribute('inert')).not.toBeNull();
    await shot(page, 'guard-lost');
  });

  it('asks for the set-up code and the first password, then for a sign-in', async () => {
    const kiosk = await start();
    kiosk.operators.account = undefined;
    kiosk.server.guardFeed.publish('site', SITE);
    const page = await visit(kiosk, '/guard/');
    await page.getByLabel('设置码').fill('0000-0000');
    await page.getByLabel('姓名').fill('Wang');
    await page.getByLabel('新密码', { exact: true }).fill('one long password');
    await page.getByLabel('再输一次新密码').fill('another password');
    await everyLook(page, 'guard-setup');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '设置密码并登录' }).click();
    await page.getByText('两次输入的密码不一样').waitFor();
    await page.getByLabel('再输一次新密码').fill('one long password');
    await page.getByRole('button', { name: '设置密码并登录' }).click();
    await page.getByText('Wang').waitFor();
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByLabel('姓名').fill('Wang');
    await everyLook(page, 'guard-login');
    await page.getByLabel('密码').fill('wrong');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('姓名或密码不正确').waitFor();
  });

  it('has a drawing for the tab of each page', async () => {
    const kiosk = await start({ demo: new FilledStage() });
    const page = await visit(kiosk, '/');
    const drawn = new Set<string>();
    for (const path of ['/', '/guard/', '/prompt/', '/demo/']) {
      const text = (await kiosk.send('GET', path)).text;
      drawn.add(/<link rel="icon" type="image\/svg\+xml" href="([^"]+)"/.exec(text)?.[1] ?? path);
    }
    for (const path of drawn) {
      expect(path).toMatch(/^\/assets\/[\w-]+\.svg$/);
      const width = await page.evaluate<number>(`(async () => {
        const image = new Image();
        image.src = '${path}';
        await image.decode();
        return image.naturalWidth;
      })()`);
      expect(width).toBeGreaterThan(0);
      const answer = await kiosk.send('GET', path);
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'image/svg+xml']);
    }
  });

  it('lets a stranger play the simulated gate', async () => {
    const stage = new FilledStage();
    const kiosk = await start({ demo: stage });
    kiosk.server.residentPrompt.show(promptView({ simulated: true }));
    const page = await visit(kiosk, '/demo/', {
      viewport: { width: 1366, height: 768 },
      locale: 'en-GB',
    });
    await page.getByText('Everything here is simulated').waitFor();
    const card = page.getByRole('listitem').filter({ hasText: 'Expired pass' });
    await card.getByText('Pass expired').waitFor();
    await page.getByText('Please show your code').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'demo-1366');
    await card.getByRole('button', { name: 'Present' }).click();
    await page.getByRole('slider', { name: 'Forehead' }).fill('38.4');
    // A click: the box itself follows the stage, which stays as it is here.
    await page.getByLabel(/Thermometer main-in/).click();
    await page.getByLabel(/type any text/).fill('hello');
    await page.getByRole('button', { name: 'Scan this text' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'code.png',
      mimeType: 'image/png',
      buffer: Buffer.from([1, 2, 3]),
    });
    await page.getByText('Read: 7 characters').waitFor();
    await page.getByText('Somebody changed one character of a pass').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByLabel('Move it to').fill('03:50');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('gates/v1/willow-court/north/evt/access').click();
    await page.getByText('"type": "io.gatepost.access.granted.v1"').waitFor();
    const inputs = page.getByRole('region', { name: /fire alarm/ });
    await inputs.getByText('Fire alarm: on').waitFor();
    for (const name of ['Press the button', 'Open the lid', 'End the fire alarm'])
      await inputs.getByRole('button', { name }).click();
    await expect
      .poll(() => stage.orders)
      .toEqual(
        expect.arrayContaining([
          { kind: 'input', door: 'main', input: 'exitButton', active: true },
          { kind: 'input', door: 'main', input: 'tamper', active: true },
          { kind: 'input', door: 'main', input: 'fire', active: false },
          { kind: 'present', accessPoint: 'main-in', sample: 'expired' },
          { kind: 'person', accessPoint: 'main-in', person: { present: true, foreheadC: 38.4, roomC: 21 } },
          { kind: 'unplug', device: 'thermometer:main-in', unplugged: false },
          { kind: 'scan', accessPoint: 'main-in', text: 'hello' },
          { kind: 'picture', accessPoint: 'main-in', bytes: 3 },
          { kind: 'story', running: false },
          { kind: 'clock', time: '03:50' },
        ]),
      );
    await page.setViewportSize({ width: 390, height: 844 });
    await shot(page, 'demo-390');
    await expect.poll(() => overflows(page)).toBe(false);
    await page.goto(`${kiosk.url}/`);
    await page.getByRole('link', { name: /Demo panel/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'home');
  });
});
