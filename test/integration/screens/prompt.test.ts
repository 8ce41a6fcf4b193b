import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { PromptView } from '../../../src/ports/resident-prompt.ts';
import { freePort } from '../../support/free-port.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { promptView } from '../../support/screens/screen-samples.ts';

needs('chromium')("the resident's screen in a browser", () => {
  const { start, visit } = builtScreens();

  const PROMPTS: [string, Partial<PromptView>, { picture: string; tone: string; zh: string; en: string }][] =
    [
      ['idle', {}, { picture: 'code', tone: 'calm', zh: '请出示二维码', en: 'Please show your code' }],
      [
        'pass',
        { feedback: 'RequireIdentifier' },
        { picture: 'code', tone: 'act', zh: '现在请出示二维码', en: 'Now show your code' },
      ],
      [
        'retry',
        { feedback: 'RetryIdentifier', reason: 'gp:DynamicCodeStale' },
        { picture: 'again', tone: 'act', zh: '二维码已失效', en: 'This code is out of date' },
      ],
      [
        'measure',
        { feedback: 'Measure' },
        { picture: 'forehead', tone: 'act', zh: '请将额头靠近测温口', en: 'Forehead to the sensor' },
      ],
      [
        'granted',
        { feedback: 'AccessGranted' },
        { picture: 'walk', tone: 'go', zh: '请进', en: 'Please go through' },
      ],
      [
        'expired',
        { feedback: 'AccessDenied', reason: 'CredentialExpired' },
        { picture: 'hand', tone: 'stop', zh: '您的通行证已过期', en: 'Please go to the property office' },
      ],
      [
        'guard',
        { feedback: 'GuardCalled', reason: 'gp:TemperatureHigh' },
        { picture: 'guard', tone: 'guard', zh: '保安马上就来', en: 'The guard is coming' },
      ],
      [
        'slow',
        { feedback: 'AccessDenied', reason: 'gp:PassageTimeout' },
        { picture: 'again', tone: 'act', zh: '操作超时', en: 'show your code again' },
      ],
      [
        'not-measured',
        { feedback: 'AccessDenied', reason: 'gp:TemperatureNotMeasured', cause: 'no_subject' },
        { picture: 'again', tone: 'act', zh: '需要再测一次体温', en: 'show your code again' },
      ],
      [
        'queue',
        { feedback: 'Measure', cause: 'one_at_a_time' },
        { picture: 'queue', tone: 'wait', zh: '请一位一位来', en: 'One person at a time' },
      ],
      [
        'full',
        { feedback: 'AccessDenied', reason: 'gp:OccupancyLimit' },
        { picture: 'hourglass', tone: 'wait', zh: '里面人数已满', en: 'It is full inside' },
      ],
      [
        'register',
        { feedback: 'AccessDenied', reason: 'gp:VisitorNotRegistered' },
        { picture: 'guard', tone: 'guard', zh: '您还没有登记', en: 'You are not registered yet' },
      ],
      [
        'forged',
        { feedback: 'AccessDenied', reason: 'gp:SignatureInvalid' },
        { picture: 'hand', tone: 'stop', zh: '通行证核验未通过', en: 'This pass could not be verified' },
      ],
      [
        'closer',
        { feedback: 'Measure', cause: 'too_far' },
        { picture: 'closer', tone: 'act', zh: '请靠近一点', en: 'Please come closer' },
      ],
      [
        'further',
        { feedback: 'Measure', cause: 'too_close' },
        { picture: 'further', tone: 'act', zh: '请退后一点', en: 'Please step back a little' },
      ],
      [
        'still',
        { feedback: 'Measure', cause: 'unstable' },
        { picture: 'still', tone: 'act', zh: '请站稳不要动', en: 'Please hold still' },
      ],
      [
        'uncover',
        { feedback: 'Measure', cause: 'out_of_skin_range' },
        { picture: 'uncover', tone: 'act', zh: '请露出额头', en: 'Please uncover your forehead' },
      ],
      [
        'settling',
        { feedback: 'Measure', cause: 'ambient_drift' },
        { picture: 'hourglass', tone: 'wait', zh: '请稍等一会儿', en: 'The thermometer is settling' },
      ],
      [
        'steady',
        { feedback: 'Measure', cause: 'steady', progress: 0.5 },
        { picture: 'measuring', tone: 'act', zh: '很好，请保持不动', en: 'Good. Stay like this' },
      ],
      [
        'held-open',
        { feedback: 'TextMessage', message: 'HeldOpen' },
        { picture: 'walk', tone: 'go', zh: '门开着，不用扫码', en: 'No code is needed' },
      ],
      [
        'cold',
        { feedback: 'Wait', cause: 'cold_skin', waitSeconds: 300 },
        { picture: 'countdown', tone: 'wait', zh: '请先暖和一下', en: 'Please warm up first' },
      ],
      [
        'wait',
        { feedback: 'Wait', cause: 'environment' },
        { picture: 'clock', tone: 'wait', zh: '现在无法测温', en: 'The guard will help you' },
      ],
      [
        'close',
        { feedback: 'DoorPreAlarmWarning' },
        { picture: 'door', tone: 'guard', zh: '请随手关门', en: 'Please close the door' },
      ],
      [
        'open-too-long',
        { feedback: 'DoorOpenTooLong' },
        { picture: 'door', tone: 'stop', zh: '请关好门', en: 'It has been open too long' },
      ],
      [
        'message',
        { feedback: 'TextMessage' },
        { picture: 'guard', tone: 'guard', zh: '请听保安安排', en: 'Please listen to the guard' },
      ],
      [
        'fire-in',
        { feedback: 'TextMessage', message: 'FireAlarm' },
        { picture: 'noEntry', tone: 'stop', zh: '火警！请勿进入', en: 'Fire alarm: do not go in' },
      ],
      [
        'fire-out',
        { feedback: 'TextMessage', message: 'FireAlarm', direction: 'out' },
        { picture: 'escape', tone: 'go', zh: '火警！马上离开', en: 'Fire alarm: leave now' },
      ],
      [
        'evacuation-in',
        { feedback: 'TextMessage', message: 'Evacuation' },
        { picture: 'noEntry', tone: 'stop', zh: '紧急疏散：请勿进入', en: 'Evacuation: do not go in' },
      ],
      [
        'evacuation-out',
        { feedback: 'TextMessage', message: 'Evacuation', direction: 'out' },
        { picture: 'escape', tone: 'go', zh: '紧急疏散：请立即离开', en: 'Evacuation: leave now' },
      ],
      [
        'site-lockdown',
        { feedback: 'TextMessage', message: 'SiteLockdown' },
        { picture: 'closed', tone: 'off', zh: '奉令关闭', en: 'Closed by order' },
      ],
      [
        'fault',
        { feedback: 'Fault', reason: 'gp:LogUnavailable' },
        { picture: 'broken', tone: 'off', zh: '现在不能自动开门', en: 'The gate cannot open by itself now' },
      ],
      [
        'disabled',
        { feedback: 'Disabled' },
        { picture: 'closed', tone: 'off', zh: '此通道已关闭', en: 'This way is closed' },
      ],
    ];
  const shownAs = (page: Page, tone: string, picture: string) =>
    page.locator(`.stage[data-tone=${tone}] [data-picture=${picture}]`).waitFor();

  it('tells the resident every state in two languages, by colour, shape and words', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    for (const [name, view, { tone, picture, zh, en }] of PROMPTS) {
      kiosk.server.residentPrompt.show(promptView(view));
      await shownAs(page, tone, picture);
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

  it('speaks to whoever stands there as the pass asks, and forgets it with the passage', async () => {
    const kiosk = await start();
    const measure = promptView({ feedback: 'Measure' });
    kiosk.server.residentPrompt.show(measure);
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in', {
      viewport: { width: 800, height: 480 },
    });
    const says = (text: string) => page.locator('.say', { hasText: text }).waitFor();
    const size = (part: string) =>
      page.evaluate<number>(`parseFloat(getComputedStyle(document.querySelector('${part}')).fontSize)`);
    await says('请将额头靠近测温口');
    const usual = { say: await size('.say'), do: await size('.do') };

    kiosk.server.residentPrompt.show({ ...measure, needs: { language: 'en-GB', largeType: true } });
    await says('Forehead to the sensor');
    await page.locator('.second').waitFor({ state: 'detached' });
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await size('.do')).toBeGreaterThan(usual.do);
    for (const viewport of [
      { width: 480, height: 800 },
      { width: 800, height: 480 },
    ]) {
      await page.setViewportSize(viewport);
      await expect.poll(() => overflows(page)).toBe(false);
    }
    expect(await axeFindings(page)).toEqual([]);
    // Nobody's words for this page: the site's language again, and nothing is left of the other.
    kiosk.server.residentPrompt.show({ ...measure, needs: { language: 'qqq' } });
    await says('请将额头靠近测温口');
    kiosk.server.residentPrompt.show({ ...measure, needs: { language: 'en' } });
    await says('Forehead to the sensor');
    kiosk.server.residentPrompt.show(promptView());
    await says('请出示二维码');
    expect(await page.locator('.second').count()).toBe(1);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    // A touch goes before the pass.
    kiosk.server.residentPrompt.show({ ...measure, needs: { language: 'en' } });
    await says('Forehead to the sensor');
    await page.getByRole('button', { name: '简体' }).click();
    await says('请将额头靠近测温口');
  });

  it('sounds the alarm of a fire once, and not again while people show their codes', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    await page.getByRole('button', { name: 'EN' }).click();
    await page.locator('.sound-off').waitFor({ state: 'detached' });
    await page.evaluate(`window.tones = 0;
      const { start } = OscillatorNode.prototype;
      OscillatorNode.prototype.start = function (when) { window.tones += 1; start.call(this, when); };`);
    const tones = () => page.evaluate<number>('window.tones');
    const fire = promptView({ feedback: 'TextMessage', message: 'FireAlarm' });
    kiosk.server.residentPrompt.show(fire);
    await expect.poll(tones).toBe(4);
    kiosk.server.residentPrompt.show(fire);
    kiosk.server.residentPrompt.show({ ...fire, simulated: true });
    await page.locator('.ribbon').waitFor();
    expect(await tones()).toBe(4);
    kiosk.server.residentPrompt.show(promptView({ feedback: 'AccessGranted' }));
    await expect.poll(tones).toBe(6);
  });

  it('asks which reader it belongs to when the address does not say', async () => {
    const kiosk = await start();
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/');
    await page.getByRole('link', { name: /main-in/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'prompt-chooser');
    await page.getByRole('button', { name: 'EN' }).click();
    await page.getByRole('link', { name: 'To the start page' }).waitFor();
    await page.getByRole('link', { name: /main-in/ }).click();
    await page.getByText('Please show your code').first().waitFor();
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
          for (const [name, view, { tone, picture }] of PROMPTS) {
            kiosk.server.residentPrompt.show(promptView({ simulated: width === 1024, ...view }));
            await shownAs(page, tone, picture);
            await shot(page, `prompt-${language}-${width}-${name}`);
          }
        }
    },
  );
});
