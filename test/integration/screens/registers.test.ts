import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { dotPng } from '../../../hardware/simulators/dot-png.ts';
import type { RegisterLine } from '../../../src/core/policy/register-line.ts';
import type { DeskPasses } from '../../../src/ports/desk-passes.ts';
import type { RegisterView } from '../../../src/ports/register-desk.ts';
import visitorPasses from '../../data/visitor-passes.json' with { type: 'json' };
import { deskPrinter } from '../../support/devices/desk-printer.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import { fillDesk, HOSTILE, VISITORS } from '../../support/screens/desk-samples.ts';
import { everyLook, GUARD_SIZES } from '../../support/screens/every-look.ts';
import { codeIn } from '../../support/screens/qr-code.ts';
import { axeFindings, shot } from '../../support/screens/screen-browser.ts';
import { NIGHT_MS, SITE } from '../../support/screens/screen-samples.ts';
import { OPERATOR } from '../../support/screens/web-kiosk.ts';

const HOUR_MS = 3_600_000;
/** Why there is the order that the desk shows. */
const ORDERED = ['外地返回'];
const PASS_ID = '00112233aabbccdd';
const PASS_TEXT = visitorPasses.vectors[0]?.text ?? '';
const VAN: RegisterLine = {
  id: 'line-1',
  register: 'vehicle',
  plate: '京A·88888',
  label: HOSTILE,
  purpose: 'Removal',
  cameMs: NIGHT_MS - 26 * HOUR_MS,
  registeredBy: 'Wang Fang',
};
const COURIER: RegisterLine = {
  id: 'line-2',
  register: 'delivery',
  label: '顺丰 小李',
  unit: '7-201',
  disinfected: true,
  cameMs: NIGHT_MS - 0.5 * HOUR_MS,
  registeredBy: OPERATOR,
};

needs('chromium')('the registers of the desk', () => {
  const { start, signedIn } = builtScreens();

  it('say who is inside, take vehicles and couriers, and note who leaves', async () => {
    let inside: readonly RegisterLine[] = [COURIER, VAN];
    const [hostile, water] = VISITORS;
    if (hostile === undefined || water === undefined) throw new Error('there are two visitors');
    const plumber = {
      ...{ ...water, passId: '00112233445566cc', label: '李师傅', phone: '138 0013 8000', unit: '3-502' },
      ...{ purpose: '维修', confirmedBy: OPERATOR, untilMs: NIGHT_MS - HOUR_MS },
      insideSinceMs: NIGHT_MS - 3 * HOUR_MS,
    };
    const gone = { ...COURIER, id: 'line-3', disinfected: false, leftMs: NIGHT_MS - 0.2 * HOUR_MS };
    const deskPasses: DeskPasses = {
      passOf: () => ({
        ...{ text: PASS_TEXT, label: '王师傅', unit: '3-502', uses: 1 },
        ...{ fromMs: NIGHT_MS, untilMs: NIGHT_MS + 2 * HOUR_MS },
      }),
    };
    const { printing, paper, line } = deskPrinter(deskPasses);
    await printing.start(new AbortController().signal);
    onTestFinished(() => printing.stop());
    const kiosk = await start({
      deskForGuard: {
        give: (order) => {
          if (order.type === 'note-left') inside = [COURIER];
          return kiosk.desk.give(order);
        },
      },
      deskPasses,
      passPrinter: printing,
      registers: {
        inside: () => inside,
        before: (beforeMs) => {
          const all: RegisterView[] = [...inside, gone, { register: 'visitor', ...plumber }];
          return beforeMs > NIGHT_MS
            ? { lines: all.slice(0, 2), isLast: false }
            : { lines: all.slice(2), isLast: true };
        },
      },
    });
    fillDesk(kiosk);
    kiosk.server.guardFeed.publish('site', {
      ...SITE,
      deskPassHours: 12,
      printer: { dots: printing.dots },
    });
    kiosk.server.guardFeed.publish('visitors', [plumber, ...VISITORS]);
    const page = await signedIn(kiosk);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const book = page.locator('.registers');
    const openBook = async (title: string) => {
      await chooseTab(page, 2);
      await page.getByRole('button', { name: title }).click();
      await book
        .getByText(VAN.plate ?? '')
        .first()
        .waitFor();
    };
    await button('EN').click();
    await openBook('Registers');
    // Three visitors who have not left, a vehicle and a courier; the eldest first, and who stays beyond the visit marked.
    await expect.poll(() => book.locator('section').first().locator('li').count()).toBe(5);
    const first = book.locator('section').first().locator('li');
    expect(await first.allInnerTexts()).toEqual([
      expect.stringMatching(/^Vehicle[\s\S]*京A·88888[\s\S]*Inside since 23 Feb 01:12/),
      expect.stringMatching(
        /李师傅[\s\S]*3-502 · 维修 · 138 0013 8000[\s\S]*since 00:12[\s\S]*Visit over since 02:12/,
      ),
      expect.stringMatching(/顺丰 小李[\s\S]*7-201[\s\S]*Disinfected/),
      expect.stringMatching(/Registered at 03:12, not seen at the reader/),
      expect.stringMatching(/Registered at 03:12, not seen at the reader/),
    ]);
    await book.getByRole('button', { name: 'Earlier lines' }).click();
    await expect.poll(() => book.locator('section').nth(1).locator('li').count()).toBe(4);

    // Six fields of a van, and it is one of those inside.
    const dialog = page.getByRole('dialog');
    await button('Vehicle comes in').click();
    await everyLook(page, 'register-vehicle');
    await dialog.getByRole('button', { name: 'Enter' }).click();
    await dialog.getByRole('alert').getByText('number plate').waitFor();
    await dialog.getByLabel('Number plate').fill('沪B 12345');
    await dialog.getByLabel('Who drives').fill('Zhou');
    await dialog.getByLabel('What for').fill('Furniture');
    await dialog.getByRole('button', { name: 'Enter' }).click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([
        { type: 'vehicle', plate: '沪B 12345', label: 'Zhou', purpose: 'Furniture', operator: OPERATOR },
      ]);
    await button('Courier comes in').click();
    await dialog.getByLabel('Which courier').fill('Meituan');
    await dialog.getByLabel('What was brought is disinfected').check();
    await everyLook(page, 'register-courier');
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Enter' }).click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'delivery', disinfected: true, label: 'Meituan', operator: OPERATOR }]);

    await button(`Has left: ${HOSTILE}`).first().click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'note-left', subject: { line: 'line-1' }, operator: OPERATOR }]);
    await expect.poll(() => first.count()).toBe(4);
    await button('Has left: 李师傅').click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'note-left', subject: { passId: plumber.passId }, operator: OPERATOR }]);
    // What another guard's press changes is seen here too.
    kiosk.server.guardFeed.publish('visitors', VISITORS);
    await expect.poll(() => first.count()).toBe(3);
    inside = [COURIER, VAN];
    const withPass = { ...plumber, uses: 1, untilMs: NIGHT_MS + HOUR_MS };
    kiosk.server.guardFeed.publish('visitors', [withPass, ...VISITORS]);

    // From a stranger to a pass in the hand, printed: the tab, the button, who, to whom, asked, why.
    let actions = 0;
    const act = async (done: Promise<void>) => {
      actions += 1;
      await done;
    };
    await page.setViewportSize({ width: 1024, height: 600 });
    await chooseTab(page, 0);
    kiosk.desk.answer = { status: 'done', passId: PASS_ID };
    await act(chooseTab(page, 1));
    await act(button('Make a pass').click());
    await act(dialog.getByLabel('Who is it').fill('王师傅'));
    await act(dialog.getByLabel('Visits whom').fill('3-502'));
    await act(dialog.getByLabel('The host was asked').check());
    await everyLook(page, 'pass-form', { entered: ORDERED });
    expect(await axeFindings(page)).toEqual([]);
    await act(dialog.getByRole('button', { name: 'Repairs' }).click());
    await dialog.getByText('Good until 24 Feb 05:12').waitFor();
    const told = dialog.locator('.printing');
    const said = (words: string) => told.getByText(words).waitFor();
    await said('Printed. Tear the slip off');
    expect(actions).toBeLessThanOrEqual(6);
    const entered = {
      label: '王师傅',
      unit: '3-502',
      purpose: 'Repairs',
      note: 'Repairs',
      hostConfirmed: true,
    };
    expect(kiosk.desk.orders.splice(0)).toEqual([
      { type: 'visitor-pass', ...entered, hours: 2, uses: 1, operator: OPERATOR },
    ]);
    const codeRead = async () => codeIn(await dialog.locator('.qr').screenshot());
    const [slip] = paper.slips;
    if (slip === undefined) throw new Error('nothing was printed');
    if (process.env.GATEPOST_SHOTS) writeFileSync(join(process.env.GATEPOST_SHOTS, 'slip.png'), dotPng(slip));
    expect(await codeIn(dotPng(slip))).toBe(PASS_TEXT);
    // Words stand below the code: black dots in its last third, and none at the edge of the paper.
    const below = slip.dots.subarray(Math.floor(slip.dots.length * 0.75));
    expect(below.some((dots) => dots !== 0)).toBe(true);
    await everyLook(page, 'pass', { entered: ORDERED });
    for (const size of GUARD_SIZES) {
      await page.setViewportSize(size);
      expect([size.width, await codeRead()]).toEqual([size.width, PASS_TEXT]);
    }
    expect(await axeFindings(page)).toEqual([]);
    paper.setPaper(0);
    await button('Print').click();
    await said('out of paper');
    await everyLook(page, 'pass-no-paper', { entered: ORDERED });
    paper.setPaper();
    await button('Print').click();
    await said('Printed. Tear the slip off');
    expect(paper.slips.length).toBe(2);
    line.unplug();
    await button('Print').click();
    await said('does not answer');
    await page.emulateMedia({ media: 'print' });
    await shot(page, 'pass-paper');
    expect(await told.isVisible()).toBe(false);
    expect(await codeRead()).toBe(PASS_TEXT);
    expect(await page.locator('.desk header').isVisible()).toBe(false);
    await page.emulateMedia({ media: null });
    const sheet = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    // One page of 80 mm by 125 mm, in points.
    expect(sheet.match(/MediaBox \[0 0 \d+/g)).toEqual(['MediaBox [0 0 227']);
    await button('Close').click();
    kiosk.desk.answer = { status: 'done' };
    await openBook('Registers');
    await button('Show pass: 李师傅').first().click();
    await dialog.getByText('Good until').waitFor();
    await button('Close').click();
    await button('Withdraw pass: 李师傅').first().click();
    await dialog.getByRole('button', { name: 'Lost' }).click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'withdraw-pass', passId: plumber.passId, note: 'Lost', operator: OPERATOR }]);

    await expect.poll(() => first.count()).toBe(5);
    await everyLook(page, 'registers', { inView: '.book', entered: ['维修'] });
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });
});
