import { expect, it } from 'vitest';
import type { Muster, MusterTick } from '../../../src/core/report/muster.ts';
import type { MusterPerson, MusterSheet } from '../../../src/ports/muster-book.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk, HOSTILE, HOUSEHOLD } from '../../support/screens/desk-samples.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings, shot } from '../../support/screens/screen-browser.ts';
import { DOOR, NIGHT_MS } from '../../support/screens/screen-samples.ts';
import { OPERATOR } from '../../support/screens/web-kiosk.ts';

const PEOPLE = 140;
/** A photograph of one colour. */
const PICTURE = {
  type: 'image/png',
  bytes: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mM4YWP1HwAFrQJfQ0yx2QAAAABJRU5ErkJggg==',
    'base64',
  ),
} as const;
const BEGAN: Muster = {
  ...{ number: 2, cause: 'fire', startedMs: NIGHT_MS, people: PEOPLE },
  doubts: { counted: 143, inUnnamed: 4, outUnnamed: 1, whileOpen: 0, long: 12, doubted: false },
};

/** A few of whom little is known, then households in no order. */
function people(): readonly MusterPerson[] {
  const at = { accessPoint: 'main-in', sinceMs: NIGHT_MS - 3_600_000 };
  const first: readonly MusterPerson[] = [
    {
      ...at,
      line: 1,
      kind: 'resident',
      holderRef: HOUSEHOLD,
      holder: { label: '赵兰', unit: '1-101', hasPhotograph: true },
    },
    { ...at, line: 2, kind: 'visitor', label: HOSTILE, holder: { label: '李强', unit: '1-102' } },
    {
      ...at,
      line: 3,
      kind: 'visitor',
      isGuest: true,
      holderRef: HOUSEHOLD,
      holder: { label: '赵兰', unit: '1-101' },
    },
    { ...at, line: 4 },
  ];
  const rest = Array.from({ length: PEOPLE - first.length }, (_, index): MusterPerson => {
    const unit = `${(index % 9) + 2}-${101 + index}`;
    return { ...at, line: index + 5, kind: 'resident', holder: { label: `王 ${index}`, unit } };
  });
  return [...first, ...rest];
}

needs('chromium')('who is inside', () => {
  const { start, signedIn } = builtScreens();

  it('is listed at a fire, ticked by touch and at the reader, printed, ended, and gone in its time', async () => {
    let sheet: MusterSheet | undefined;
    let ticks: readonly MusterTick[] = [];
    const looks: string[] = [];
    const kiosk = await start({
      registerLooks: { search: () => ({ holders: [], visitors: [] }), photograph: () => PICTURE },
      muster: {
        look: (operator) => {
          looks.push(operator);
          return sheet && { ...sheet, ticks };
        },
        ticks: () => sheet && { muster: sheet.muster.number, ticks },
      },
    });
    fillDesk(kiosk);
    const tell = (change: object = {}) => {
      const { doubts: _doubts, ...head } = { ...BEGAN, ...change };
      kiosk.server.guardFeed.publish('muster', { ...head, ticked: ticks.length, changes: ticks.length });
    };
    const page = await signedIn(kiosk);
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
    await page.setViewportSize({ width: 1024, height: 600 });
    await button('EN').click();
    // The banner of a fire leads to it.
    kiosk.server.guardFeed.publish('door/main', { ...DOOR, fire: true });
    await page.getByRole('alert').getByRole('button', { name: 'Who is inside' }).waitFor();
    await everyLook(page, 'muster-fire');
    await page.getByRole('alert').getByRole('button', { name: 'Who is inside' }).click();
    kiosk.server.guardFeed.publish('door/main', DOOR);
    await page.getByText('Inside by the counter: 118.').waitFor();
    expect(await page.locator('.muster-people').count()).toBe(0);
    await button('Make the list now').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drill' }).click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'begin-muster', note: 'Drill', operator: OPERATOR }]);

    sheet = { muster: BEGAN, people: people(), ticks };
    tell();
    const list = page.locator('.muster-people li');
    await page.getByText(`Missing: ${PEOPLE}`).waitFor();
    await expect.poll(() => list.count()).toBe(60);
    // Nobody is looked at again for a tick.
    const looked = looks.length;
    await page.getByText('How sure the list is: not quite').click();
    await page.getByText('so not on the list: 4.').waitFor();
    const doubts = await page.locator('.muster-doubts li').allTextContents();
    expect(doubts.flatMap((words) => words.match(/\d+\./g) ?? [])).toEqual([
      '143.',
      '140.',
      '4.',
      '1.',
      '12.',
    ]);
    await page.getByText('How sure the list is: not quite').click();
    await page.getByRole('searchbox').fill('1-10');
    await page.getByText(HOSTILE).waitFor();
    await button('Is here: 赵兰').click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'tick-muster', muster: 2, line: 1, here: true, operator: OPERATOR }]);
    ticks = [
      { line: 1, atMs: NIGHT_MS + 60_000, by: OPERATOR },
      { line: 2, atMs: NIGHT_MS + 61_000, at: 'main-out' },
    ];
    tell();
    await page.getByText(`Missing: ${PEOPLE - 2}`).waitFor();
    expect(looks).toHaveLength(looked);

    await everyLook(page, 'muster', { inView: '.book', axe: true });
    await page.getByLabel('Seen', { exact: true }).check();
    await expect.poll(() => list.count()).toBe(2);
    expect(await list.allTextContents()).toEqual([
      expect.stringMatching(/赵兰.*1-101.*seen \d\d:\d\d \(Li Mei\)/),
      expect.stringMatching(/onerror.*seen \d\d:\d\d \(main-out\)/),
    ]);
    await button('Take back: 赵兰').click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'tick-muster', muster: 2, line: 1, here: false, operator: OPERATOR }]);

    // On paper stands everybody, whatever is shown; drawn for the printer alone.
    const paper = page.locator('.muster-print tbody tr');
    expect(await paper.count()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await paper.count()).toBe(PEOPLE);
    expect(await paper.locator('img').count()).toBe(1);
    expect(await page.evaluate("document.querySelector('.muster-print img').decode().then(() => true)")).toBe(
      true,
    );
    await shot(page, 'muster-print', { fullPage: true });
    if (process.env.GATEPOST_SHOTS) await page.pdf({ path: `${process.env.GATEPOST_SHOTS}/muster.pdf` });
    expect(await page.locator('.left').isVisible()).toBe(false);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await page.emulateMedia({ media: null });
    expect(await paper.count()).toBe(0);
    // By the button it is drawn before, so that the photographs are there.
    await page.evaluate(
      "print = () => { document.body.dataset.lines = document.querySelectorAll('.muster-print img').length }",
    );
    await button('Print the list').click();
    await expect.poll(() => page.evaluate('document.body.dataset.lines')).toBe('1');
    await page.evaluate("dispatchEvent(new Event('afterprint'))");

    await button('End the list').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Everybody is here' }).click();
    await expect
      .poll(() => kiosk.desk.orders.splice(0))
      .toEqual([{ type: 'end-muster', muster: 2, note: 'Everybody is here', operator: OPERATOR }]);
    const ended = { endedMs: NIGHT_MS + 900_000, endedBy: OPERATOR };
    tell({ ...ended, eraseMs: NIGHT_MS + 87_300_000 });
    await page.getByText('The people on it are erased after').waitFor();
    expect(await button(/^Is here/).count()).toBe(0);
    sheet = {
      muster: { ...BEGAN, erasedMs: NIGHT_MS + 87_300_000 },
      people: [],
      ticks: [],
      receipt: {
        receipt: {
          ...{ site: 'willow-court', gate: 'north', muster: 2, cause: 'fire', people: PEOPLE, ticked: 2 },
          ...{ startedAt: '', endedAt: '', erasedAt: '' },
        },
        algorithm: 'Ed25519',
        publicKey: '0'.repeat(64),
        signature: 'A'.repeat(86),
      },
    };
    tell({ endedMs: ended.endedMs, erasedMs: NIGHT_MS + 87_300_000 });
    await page.getByText(`The people on it (${PEOPLE}) were erased`).waitFor();
    await page.getByText('Receipt of the erasure').click();
    await page.getByText('"algorithm": "Ed25519"').waitFor();
    await everyLook(page, 'muster-erased', { inView: '.book' });
    expect(await axeFindings(page)).toEqual([]);
  });
});
