import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { DemoState } from '../../src/ports/demo-stage.ts';
import type { PromptView } from '../../src/ports/resident-prompt.ts';
import { freePort } from '../support/free-port.ts';
import { needs } from '../support/needs.ts';
import { axeFindings, launchChromium, openPage, shot } from '../support/screen-browser.ts';
import {
  DEMO,
  DOOR,
  decision,
  device,
  NIGHT_MS,
  passage,
  promptView,
  SITE,
} from '../support/screen-samples.ts';
import { type Kiosk, OPERATOR, PASSWORD, RecordingStage, startKiosk } from '../support/web-kiosk.ts';

/** What a pass may carry at worst. */
const HOSTILE = '<img src=x onerror=alert(1)>';

class FilledStage extends RecordingStage {
  override state(): DemoState {
    return DEMO;
  }
}

needs('chromium')('screens in a browser', () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatepost-screens-'));
    await build({ configFile: 'vite.config.ts', logLevel: 'error', build: { outDir: folder } });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function visit(kiosk: Kiosk, path: string, options = {}) {
    const { page, faults } = await openPage(browser, {
      viewport: { width: 1024, height: 600 },
      ...options,
    });
    onTestFinished(async () => {
      await page.context().close();
      expect(faults).toEqual([]);
    });
    await page.goto(kiosk.url + path);
    return page;
  }
  const start = (change: Parameters<typeof startKiosk>[0] = {}) =>
    startKiosk({ screensFolder: folder, clock: new SystemClock(), ...change });

  const PROMPTS: [string, Partial<PromptView>, { tone: string; zh: string; en: string }][] = [
    ['idle', {}, { tone: 'calm', zh: '请出示二维码', en: 'Please show your code' }],
    ['measure', { feedback: 'Measure' }, { tone: 'act', zh: '请靠近额头测温', en: 'Forehead to the sensor' }],
    ['granted', { feedback: 'AccessGranted' }, { tone: 'go', zh: '请进', en: 'Please go through' }],
    [
      'expired',
      { feedback: 'AccessDenied', reason: 'CredentialExpired' },
      { tone: 'stop', zh: '您的通行证已过期', en: 'Please go to the property office' },
    ],
    [
      'guard',
      { feedback: 'GuardCalled', reason: 'gp:TemperatureHigh' },
      { tone: 'guard', zh: '保安马上就来', en: 'The guard is coming' },
    ],
    [
      'wait',
      { feedback: 'Wait', cause: 'cold_skin', waitSeconds: 300 },
      { tone: 'wait', zh: '请先暖和一下', en: 'Please warm up first' },
    ],
    ['fault', { feedback: 'Fault' }, { tone: 'off', zh: '门禁故障', en: 'The gate has a fault' }],
  ];

  it('tells the resident every state in two languages, by colour, shape and words', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    for (const [name, view, { tone, zh, en }] of PROMPTS) {
      kiosk.server.residentPrompt.show(promptView(view));
      await page.locator(`.stage[data-tone=${tone}]`).waitFor();
      await page.getByText(zh).first().waitFor();
      await page.getByText(en).first().waitFor();
      await expect.poll(() => overflows(page), { message: name }).toBe(false);
      expect(await axeFindings(page), name).toEqual([]);
    }
  });

  it('keeps every reason inside a small display in both directions', async () => {
    const kiosk = await start();
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in&language=en', {
      viewport: { width: 800, height: 480 },
    });
    for (const size of [
      { width: 800, height: 480 },
      { width: 480, height: 800 },
    ]) {
      await page.setViewportSize(size);
      kiosk.server.residentPrompt.show(
        promptView({ feedback: 'AccessDenied', reason: 'CredentialNotActive', simulated: true }),
      );
      await page.getByText('Your pass is not valid yet').waitFor();
      await expect.poll(() => overflows(page)).toBe(false);
      const say = await page.evaluate(
        'parseFloat(getComputedStyle(document.querySelector(".say")).fontSize)',
      );
      expect(say).toBeGreaterThan(30);
    }
  });

  it('counts down while the resident waits', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView({ feedback: 'Measure', cause: 'repeat', waitSeconds: 10 }));
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    const timer = page.getByRole('timer');
    await timer.filter({ hasText: '10' }).waitFor();
    await timer.filter({ hasText: '9' }).waitFor();
    await page.getByText('请稍等一会儿').waitFor();
    kiosk.server.residentPrompt.show(promptView({ feedback: 'Measure', cause: 'repeat' }));
    await page.locator('[data-picture=forehead]').waitFor();
    expect(await timer.count()).toBe(0);
  });

  it('forgets what it said when the gate is lost, and comes back by itself', async () => {
    const port = await freePort();
    const kiosk = await start({ port });
    kiosk.server.residentPrompt.show(promptView({ feedback: 'AccessGranted' }));
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    await page.getByText('请进').waitFor();
    await kiosk.server.stop();
    await page.getByText('屏幕未连接').waitFor();
    await page.getByText('Please show your pass to the guard').waitFor();
    expect(await page.getByText('请进').count()).toBe(0);
    await shot(page, 'prompt-lost');
    kiosk.server.residentPrompt.show(promptView());
    await kiosk.server.start(new AbortController().signal);
    await page.getByText('请出示二维码').waitFor();
  });

  it('notices a connection that died without a word', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView({ feedback: 'AccessGranted' }));
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    await page.getByText('请进').waitFor();
    // Emulated loss of the network cuts no open socket: only the missing answers can tell.
    await page.context().setOffline(true);
    await page.getByText('屏幕未连接').waitFor();
    await page.context().setOffline(false);
    await page.getByText('请进').waitFor();
  });

  it('speaks the language somebody touched, and the next page still does', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    await page.getByRole('button', { name: 'EN' }).click();
    await page.locator('.say', { hasText: 'Please show your code' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    // The touch also opened the sound; a tone that failed would be among the page's faults.
    await page.locator('.sound-off').waitFor({ state: 'detached' });
    kiosk.server.residentPrompt.show(promptView({ feedback: 'AccessGranted' }));
    await page.locator('.say', { hasText: 'Please go through' }).waitFor();
    kiosk.server.residentPrompt.show(promptView());
    await page.reload();
    await page.locator('.say', { hasText: 'Please show your code' }).waitFor();
  });

  it('asks which reader it belongs to when the address does not say', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/');
    await page.getByRole('link', { name: /main-in/ }).click();
    await page.getByText('请出示二维码').waitFor();
  });

  async function signedIn(kiosk: Kiosk, options = {}): Promise<Page> {
    const page = await visit(kiosk, '/guard/', { viewport: { width: 1366, height: 768 }, ...options });
    await page.getByLabel('姓名').fill(OPERATOR);
    await page.getByLabel('密码').fill(PASSWORD);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText(OPERATOR, { exact: true }).waitFor();
    return page;
  }

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
    for (const button of ['繁體', 'EN', '中文']) {
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

  it('lets somebody in with two presses and says why', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '放行进门' }).click();
    await shot(page, 'guard-dialog');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '人工测温正常' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(kiosk.desk.orders).toEqual([
      { kind: 'open', accessPoint: 'main-in', note: '人工测温正常', operator: OPERATOR },
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
    kiosk.desk.answer = { status: 'refused', detail: 'Nobody waits there.' };
    await page.getByLabel('自己写原因').fill('走了');
    await confirm.click();
    await page.getByText('Nobody waits there.').waitFor();
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
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(kiosk.desk.orders).toEqual([
      { kind: 'door', door: 'main', verb: 'lockdown', note: '物业通知', operator: OPERATOR },
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

  it('greys out and does nothing while the gate is away', async () => {
    const kiosk = await start();
    fillFeed(kiosk);
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '放行进门' }).click();
    await kiosk.server.stop();
    await page.getByText('03:12 起画面不再更新').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
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
    await shot(page, 'guard-setup');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '设置密码并登录' }).click();
    await page.getByText('两次输入的密码不一样').waitFor();
    await page.getByLabel('再输一次新密码').fill('one long password');
    await page.getByRole('button', { name: '设置密码并登录' }).click();
    await page.getByText('Wang').waitFor();
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByLabel('姓名').fill('Wang');
    await page.getByLabel('密码').fill('wrong');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('姓名或密码不正确').waitFor();
    await shot(page, 'guard-login');
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
    await page.getByLabel(/Thermometer main-in/).check();
    await page.getByLabel(/type any text/).fill('hello');
    await page.getByRole('button', { name: 'Scan this text' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'code.png',
      mimeType: 'image/png',
      buffer: Buffer.from([1, 2, 3]),
    });
    await page.getByText('Read: 7 characters').waitFor();
    expect(stage.orders).toEqual(
      expect.arrayContaining([
        { kind: 'present', accessPoint: 'main-in', sample: 'expired' },
        { kind: 'person', accessPoint: 'main-in', person: { present: true, foreheadC: 38.4, roomC: 21 } },
        { kind: 'unplug', device: 'thermometer:main-in', unplugged: false },
        { kind: 'scan', accessPoint: 'main-in', text: 'hello' },
        { kind: 'picture', accessPoint: 'main-in', bytes: 3 },
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

  it.runIf(process.env.GATEPOST_SHOTS)(
    'takes pictures of the prompt in every state, size and language',
    async () => {
      const kiosk = await start();
      const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
      const sizes = [
        [800, 480],
        [1024, 600],
        [1280, 800],
        [480, 800],
      ] as const;
      for (const language of ['zh-CN', 'zh-TW', 'en'])
        for (const [width, height] of sizes) {
          await page.setViewportSize({ width, height });
          await page.goto(`${kiosk.url}/prompt/?accessPoint=main-in&language=${language}`);
          for (const [name, view, { tone }] of PROMPTS) {
            kiosk.server.residentPrompt.show(promptView({ simulated: width === 1024, ...view }));
            await page.locator(`.stage[data-tone=${tone}]`).waitFor();
            await shot(page, `prompt-${language}-${width}-${name}`);
          }
        }
    },
  );
});

/** Whether anything on the page sticks out of it sideways, or the prompt's words out of their box. */
async function overflows(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`[document.documentElement, ...document.querySelectorAll('.words')].some(
    (box) => box.scrollWidth > box.clientWidth + 1 || (box.matches('.words') && box.scrollHeight > box.clientHeight + 1))`);
}
