import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { showToGuards } from '../../../src/app/state/guard-screens.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WILLOW_COURT } from '../../support/gate/willow-court.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings, shot } from '../../support/screens/screen-browser.ts';

const ROOM = { room: 22 };
const PAUSE_S = 11;
const LONGEST_WAY = 5;

async function tooWarm(court: Scene): Promise<void> {
  await court.forehead(37.9, ROOM);
  await court.later(PAUSE_S);
  await court.forehead(37.9, ROOM);
}

needs('chromium')('a contact reading at the desk', () => {
  const { start, signedIn } = builtScreens();

  /** A real gate behind the real page. */
  async function atGate(): Promise<{ court: Scene; page: Page }> {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const kiosk = await start({ deskForGuard: { give: (order) => court.gate.desk.give(order) } });
    showToGuards(court.gate.state, kiosk.server.guardFeed);
    const page = await signedIn(kiosk, { viewport: { width: 1024, height: 600 } });
    return { court, page };
  }

  it('from elevated to let through takes five actions at most, and an elevated one is noted and shown what to do', async () => {
    const { court, page } = await atGate();
    await court.person().shows('in');
    await tooWarm(court);
    let actions = 0;
    const press = async (name: string, within: Pick<Page, 'getByRole'> = page) => {
      await within.getByRole('button', { name, exact: true }).click();
      actions += 1;
    };
    const dialog = page.getByRole('dialog');
    const card = page.getByRole('article', { name: '进 main-in' });
    await press('重新测温', card);
    await press('刚才没站稳', dialog);
    await dialogGone(page);
    await tooWarm(court);
    await press('用体温计测', card);
    const degrees = page.getByLabel('体温计显示多少 °C？');
    await degrees.fill('36.8');
    actions += 1;
    await press('体温计测量正常', dialog);
    await dialogGone(page);
    expect(actions).toBeLessThanOrEqual(LONGEST_WAY);
    expect(court.gate.data('access.granted')).toMatchObject([
      { decidedBy: 'Li Mei', screening: { contactReading: { method: 'axillary', outcome: 'normal' } } },
    ]);
    expect(court.gate.actuator.pulses).toHaveLength(1);
    await page.getByText('腋下体温计: 正常 36.8 °C').waitFor();

    await court.gate.walk();
    await court.later(15);
    await court.person().shows('in');
    await tooWarm(court);
    await press('用体温计测', card);
    await degrees.fill('368');
    await press('体温计测量正常', dialog);
    await page.getByText('少了小数点？如果是 36.8，请这样输入。').waitFor();
    await degrees.fill('38.4');
    await page.getByText('偏高（37.3 °C 及以上）。').waitFor();
    const entered = ['体温计测量正常'];
    await everyLook(page, 'contact-elevated', { entered });
    await press('记录，看怎么做', dialog);
    await page.getByRole('region', { name: '体温计读数偏高：怎么做' }).waitFor();
    await page.getByText('021 5550 1234').waitFor();
    await everyLook(page, 'contact-sheet', { entered });
    expect(await axeFindings(page)).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    await shot(page, 'contact-sheet-print');
    await page.getByText('021 5550 1234').waitFor();
    await page.getByRole('article', { includeHidden: true }).first().waitFor({ state: 'hidden' });
    expect(court.gate.data('operator.override').at(-1)).toMatchObject({
      action: 'contact-reading',
      screening: { contactReading: { method: 'axillary', outcome: 'elevated' } },
    });
  });
});
