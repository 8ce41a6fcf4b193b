import { expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { promptView } from '../../support/screens/screen-samples.ts';

needs('chromium')("the resident's screen in a browser", () => {
  const { start, visit } = builtScreens();

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
});
