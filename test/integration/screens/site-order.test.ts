import { expect, it } from 'vitest';
import type { SiteOrderView } from '../../../src/ports/gate-state.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { axeFindings, shot } from '../../support/screens/screen-browser.ts';
import { attentionItem, DOOR } from '../../support/screens/screen-samples.ts';

const NIGHT_MS = Date.UTC(2020, 1, 24, 14, 0, 0);
const BY = { by: 'District desk', keys: ['a1b2c3d4'], note: '台风预警', sinceMs: NIGHT_MS };
const LOCKDOWN: SiteOrderView = {
  ...BY,
  order: 'lockdown',
  holds: 'lockdown',
  counter: 12,
  untilMs: NIGHT_MS + 3_600_000,
  obeyed: true,
};

needs('chromium')("the centre's order to the site on the guard's screen", () => {
  const { start, signedIn } = builtScreens();

  it('says who has locked the site down and until when, and leaves only letting people out', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    feed.publish('door/main', { ...DOOR, mode: 'LockedDown' });
    const page = await signedIn(kiosk);
    feed.publish('siteOrder', LOCKDOWN);
    const banner = page.locator('.site-order');
    await banner.getByText('中心已锁闭整个小区').waitFor();
    await banner.getByText('District desk').waitFor();
    await banner.getByText('台风预警').waitFor();
    expect(await banner.getByRole('button').count()).toBe(0);
    const door = page.locator('.card.door');
    await door.getByRole('button', { name: '放一人出去' }).waitFor();
    expect(await door.getByRole('button', { name: '解除' }).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'guard-site-lockdown');
    feed.publish('siteOrder', { ...LOCKDOWN, guardMayEnd: true });
    await banner.getByRole('button', { name: '在此解除锁闭…' }).waitFor();
    feed.publish('siteOrder', { order: 'none', holds: 'none', counter: 13, obeyed: true });
    await banner.locator('p').waitFor({ state: 'detached' });
  });

  it('asks about an evacuation that the gate does not begin by itself', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    const page = await signedIn(kiosk);
    feed.publish('siteOrder', {
      ...BY,
      order: 'evacuate',
      holds: 'none',
      counter: 12,
      obeyed: false,
      reason: 'clock_untrusted',
      waits: 'evacuate',
    });
    feed.publish('attention', [attentionItem('siteOrder', {})]);
    const banner = page.locator('.site-order');
    await banner.getByText('中心要求开门：紧急疏散。').waitFor();
    expect(await page.locator('.attention li').getByRole('button').count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'guard-site-asks');
    await banner.getByRole('button', { name: '执行…' }).waitFor();
    await banner.getByRole('button', { name: '搁置…' }).waitFor();
  });
});
