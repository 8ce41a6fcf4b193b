import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { axeFindings, overflows, shot, tones } from '../../support/screens/screen-browser.ts';
import { attentionItem, DOOR, passage } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

const LANGUAGES = ['简体', '繁體', 'EN'] as const;
/** The smallest button that a finger meets, in CSS pixels. */
const FINGER = 44;

/** Width and height of every button that can be seen without scrolling. */
function buttons(page: Page): Promise<{ words: string; width: number; height: number }[]> {
  return page.evaluate(`[...document.querySelectorAll('button, summary')]
    .map((button) => ({ words: button.textContent, ...button.getBoundingClientRect().toJSON() }))
    .filter(({ width, top }) => width > 1 && top < innerHeight)`);
}

needs('chromium')('the guard’s page on a phone', () => {
  const { start, signedIn } = builtScreens();

  it('has first what is needed, and its buttons at the thumb; says when it is cut off', async () => {
    const kiosk = await start({ gateName: '北门' });
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    const page = await signedIn(kiosk, { viewport: { width: 390, height: 844 }, hasTouch: true });
    const bar = page.locator('.thumb-bar');
    expect(await bar.count()).toBe(0);
    expect((await page.locator('.head').boundingBox())?.height).toBeLessThan(100);
    const top = async (words: string) => (await page.getByText(words).first().boundingBox())?.y ?? -1;
    expect(await top('现在在门口')).toBeLessThan(await top('设备全部正常'));

    feed.publish(
      'passage/main-in',
      passage({ feedback: 'GuardCalled', passage: 'p9', kind: 'visitor', reasons: ['gp:HostNotConfirmed'] }),
    );
    feed.publish('call/main-out', {
      accessPoint: 'main-out',
      status: 'ringing',
      sinceMs: Date.now(),
      talk: 'ready',
    });
    feed.publish('attention', [
      attentionItem('assist', { accessPoint: 'main-out' }),
      attentionItem('forced'),
    ]);
    await bar.getByText('另有 1 处').waitFor();
    for (const language of LANGUAGES) {
      await page.getByRole('button', { name: language, exact: true }).click();
      for (const [width, height] of [
        [390, 844],
        [360, 640],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.evaluate('scrollTo(0, 0)');
        const box = await bar.boundingBox();
        expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBe(height);
        expect(box?.y).toBeGreaterThan(height / 2);
        const small = (await buttons(page)).filter((one) => one.width < FINGER || one.height < FINGER);
        expect([language, width, small]).toEqual([language, width, []]);
        expect(await overflows(page)).toBe(false);
        await shot(page, `guard-phone-${width}-${language}`);
      }
      expect(await axeFindings(page)).toEqual([]);
    }
    await page.getByRole('button', { name: '简体', exact: true }).click();

    // Two touches let somebody in.
    await bar.getByRole('button', { name: '放行进门' }).tap();
    await page.getByRole('button', { name: '本人认识的住户' }).tap();
    await expect.poll(() => kiosk.desk.orders).toMatchObject([{ type: 'open', passage: 'p9' }]);
    feed.publish('passage/main-in', passage());
    await bar.getByRole('button', { name: '通话' }).waitFor();
    await bar.getByRole('button', { name: '马上去' }).tap();
    await expect
      .poll(() => kiosk.desk.orders.at(-1))
      .toMatchObject({ type: 'answer-assist', accessPoint: 'main-out', answer: 'coming' });
    await shot(page, 'guard-phone-call');

    // Cut off: it says so where the guard looks, and offers nothing.
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await page.context().setOffline(true);
    const banner = page.locator('.stale-banner');
    await banner.waitFor();
    expect((await banner.boundingBox())?.y).toBeGreaterThanOrEqual(0);
    expect(await bar.count()).toBe(0);
    await shot(page, 'guard-phone-cut-off');
    await page.context().setOffline(false);
    await banner.waitFor({ state: 'detached' });
    await bar.waitFor();

    // Out of the pocket after a minute: what is shown is asked for anew.
    const another = page.waitForEvent('websocket');
    await page.evaluate(`(() => {
      const now = Date.now;
      Date.now = () => now() + 60_000;
      document.dispatchEvent(new Event('visibilitychange'));
      Date.now = now;
    })()`);
    await another;
    await bar.waitFor();
    feed.publish('call/main-out', { accessPoint: 'main-out', status: 'none' });
    await page.goto(`${kiosk.url}/`);
    await page.goBack();
    await page.getByText(OPERATOR, { exact: true }).waitFor();
    await page.locator('.head').getByText('实时').waitFor();
    expect(await bar.count()).toBe(0);
  });

  it('can be kept beside other apps under the name of its gate, with nothing of it stored', async () => {
    const kiosk = await start({ gateName: '北门' });
    fillDesk(kiosk);
    const page = await signedIn(kiosk);
    const devtools = await page.context().newCDPSession(page);
    const { url, errors } = await devtools.send('Page.getAppManifest');
    expect([url, errors]).toEqual([`${kiosk.url}/guard/manifest.webmanifest`, []]);
    // What browsers ask of a page that is to be installed.
    const { icons, ...manifest } = (await (await page.request.get(url)).json()) as {
      icons: { src: string; sizes: string }[];
    };
    expect(manifest).toMatchObject({
      ...{ name: '北门', short_name: '北门', start_url: '/guard/', scope: '/guard/', display: 'standalone' },
    });
    expect(icons.map(({ sizes }) => sizes)).toEqual(['192x192', '512x512']);
    for (const { src, sizes } of icons) {
      const icon = await page.request.get(kiosk.url + src);
      const bytes = await icon.body();
      expect([icon.status(), icon.headers()['content-type']]).toEqual([200, 'image/png']);
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
    }
    expect(await page.evaluate('navigator.serviceWorker.getRegistrations().then((all) => all.length)')).toBe(
      0,
    );
    expect(await page.evaluate('caches.keys()')).toEqual([]);
  });
});

needs('chromium')('several gates at one desk', () => {
  const { start, signedIn } = builtScreens();

  it('shows each by its own word, asks there for leave, rings, and never calls a lost one alive', async () => {
    const [ownPort, otherPort] = [await freePort(), await freePort()];
    // Two host names: no cookie of the one goes to the other.
    const [own, other] = [`http://127.0.0.1:${ownPort}`, `http://localhost:${otherPort}`];
    const north = await start({
      port: ownPort,
      gateName: '北门',
      gates: { others: [{ name: '南门', url: other }], watchedBy: [] },
    });
    const south = await start({ port: otherPort, gates: { others: [], watchedBy: [own] } });
    for (const kiosk of [north, south]) fillDesk(kiosk);
    const page = await signedIn(north, { viewport: { width: 1024, height: 600 } });
    await page.goto(`${own}/gates/`);
    const card = (name: string) => page.getByRole('article', { name });
    await card('北门').getByText('无人等候').waitFor();
    await card('南门').getByText('尚未查看').waitFor();
    await shot(page, 'gates-asking');

    // The other gate is asked on its own page, by whoever signs in there.
    const opening = page.waitForEvent('popup');
    await card('南门').getByRole('button', { name: '查看此门岗' }).click();
    const popup = await opening;
    await popup.getByLabel('姓名').fill(OPERATOR);
    await popup.getByLabel('密码').fill(PASSWORD);
    await popup.getByRole('button', { name: '登录' }).click();
    await popup.getByText(`允许 ${own} 查看此门岗吗？`).waitFor();
    expect(await axeFindings(popup)).toEqual([]);
    await shot(popup, 'gates-allow');
    await popup.getByRole('button', { name: '允许', exact: true }).click();
    await popup.getByText('那个页面现在可以查看此门岗').waitFor();
    expect(popup.url()).toBe(`${other}/guard/`);
    await card('南门').getByText('无人等候').waitFor();

    const heard = await tones(page);
    await page.mouse.click(5, 5);
    south.server.guardFeed.publish(
      'passage/main-in',
      passage({ feedback: 'GuardCalled', passage: 'p9', kind: 'visitor', label: '<b>送水工</b>' }),
    );
    north.server.guardFeed.publish('door/main', { ...DOOR, alarm: 'DoorForcedOpen' });
    await card('南门').getByText('有 1 件事等您处理').waitFor();
    await card('南门').getByText('<b>送水工</b>').waitFor();
    await card('北门').getByText('门报警').waitFor();
    await expect.poll(heard).toBeGreaterThan(0);
    for (const language of LANGUAGES) {
      await page.getByRole('button', { name: language, exact: true }).click();
      for (const [width, height] of [
        [390, 844],
        [1024, 600],
        [1920, 1080],
      ] as const) {
        await page.setViewportSize({ width, height });
        expect(await overflows(page)).toBe(false);
        const small = (await buttons(page)).filter((one) => one.width < FINGER || one.height < FINGER);
        expect([language, width, small]).toEqual([language, width, []]);
        await shot(page, `gates-${width}-${language}`);
      }
      expect(await axeFindings(page)).toEqual([]);
    }
    await page.getByRole('button', { name: '简体', exact: true }).click();

    // A press brings the page of that gate to the front, as it stands there.
    await card('南门').getByRole('button', { name: '进入该岗页面' }).click();
    await popup.locator('.person.calls').waitFor();
    expect(page.context().pages()).toHaveLength(2);

    // After a pause nothing is taken for now before the gate has said it anew.
    const another = page.waitForEvent('websocket');
    await page.evaluate(`(() => {
      const now = Date.now;
      Date.now = () => now() + 60_000;
      document.dispatchEvent(new Event('visibilitychange'));
      Date.now = now;
    })()`);
    await another;
    await card('南门').getByText('有 1 件事等您处理').waitFor();

    await card('北门').getByText('门报警').waitFor();

    await south.server.stop();
    await card('南门').getByText('起失去联系').waitFor();
    expect(await card('南门').textContent()).not.toContain('件事等您处理');
    await shot(page, 'gates-lost');
    await south.server.start(new AbortController().signal);
    await card('南门').getByText('在该门岗的登录已结束').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});
