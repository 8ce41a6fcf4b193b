import { expect, it } from 'vitest';
import { databasePath } from '../../../src/adapters/sqlite/database.ts';
import { replaceDirectory } from '../../../src/adapters/sqlite/directory-file.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { History } from '../../../src/app/desk/history.ts';
import { LookUpRecords } from '../../../src/app/desk/look-up-records.ts';
import { RecordedLooks } from '../../../src/app/desk/register-looks.ts';
import { EventWriter } from '../../../src/app/log/event-writer.ts';
import type { AccessData, EventDraft } from '../../../src/core/events/event.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted } from '../../support/gate/event-samples.ts';
import { KEPT } from '../../support/gate/retention-settings.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import { fillDesk, HOSTILE } from '../../support/screens/desk-samples.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings } from '../../support/screens/screen-browser.ts';
import { SITE } from '../../support/screens/screen-samples.ts';
import { OPERATOR } from '../../support/screens/web-kiosk.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { changeTables, openStore, temporaryFolder } from '../../support/store/store-folder.ts';

/** A site whose clock was put back at three o'clock yesterday. */
const ZONE = 'Europe/Berlin';
const NOW_MS = Date.parse('2026-10-26T09:00:00+01:00');
const FIRST_MS = Date.parse('2026-10-25T02:28:00+02:00');
const SECOND_MS = Date.parse('2026-10-25T02:31:00+01:00');
const ZHAO = { holderRef: 'a1b2c3d4e5f6', label: '赵兰 Zhao Lan', unit: '3-502' };
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mM4YWP1HwAFrQJfQ0yx2QAAAABJRU5ErkJggg==',
  'base64',
);

const TOO_WARM: Partial<AccessData> = {
  decision: 'Denied',
  reason: 'gp:TemperatureHigh',
  reasons: ['gp:TemperatureHigh'],
  screening: { mode: 'enforce', outcome: 'elevated', attempts: 2, object: 37.9, ambient: 22.4 },
};

function row(
  name: 'access.granted' | 'access.denied',
  data: Partial<AccessData>,
  timeMs: number,
): EventDraft {
  return { ...accessGranted(data, timeMs), name } as EventDraft;
}

/** What happened in the night of the two hours: the same household twice, a stranger, a visitor, the exit button. */
function write({ log, rows }: Store): void {
  const {
    passId: _passId,
    holderRef: _holderRef,
    kind: _kind,
    ...nobody
  } = accessGranted().data as AccessData;
  const opened: EventDraft = {
    ...{ name: 'operator.override', subject: 'main-in', timeMs: SECOND_MS + 40_000, timeQuality: 'synced' },
    data: { operator: 'Chen Guifang', action: 'open', passage: 'p-2', note: 'Contact reading 36.8' },
  };
  const stranger: Partial<AccessData> = {
    decision: 'Denied',
    reason: 'gp:MalformedPass',
    reasons: ['gp:MalformedPass'],
    counted: 12,
    unreadable: { length: 40, digest: '9f86d081884c7d65' },
    passage: 'p-3',
  };
  const visitor = { kind: 'visitor', passId: '00112233445566aa', passage: 'p-4' } as const;
  log.commit({
    events: [
      row('access.granted', { passage: 'p-1' }, FIRST_MS),
      row('access.denied', { ...TOO_WARM, passage: 'p-2' }, SECOND_MS),
      opened,
      row('access.granted', { passage: 'p-2', decidedBy: 'Chen Guifang' }, SECOND_MS + 41_000),
      { ...accessGranted({}, SECOND_MS + 300_000), name: 'access.denied', data: { ...nobody, ...stranger } },
      row('access.granted', visitor, SECOND_MS + 360_000),
      {
        ...accessGranted({}, SECOND_MS + 420_000),
        data: { ...nobody, passage: 'p-5', direction: 'out', accessPoint: 'main-out', recognition: 'pt:REX' },
      } as EventDraft,
    ],
    effects: [
      {
        kind: 'registerVisitor',
        visitor: {
          ...{ passId: visitor.passId, label: HOSTILE, registeredBy: OPERATOR },
          ...{ fromMs: SECOND_MS, untilMs: NOW_MS },
        },
      },
    ],
  });
  const before = Array.from({ length: 3 }, (_, at) =>
    row('access.granted', { passage: `p-1${at}` }, FIRST_MS - 600_000),
  );
  const erased = log.commit({ events: before });
  rows.reduceRows(erased.map(({ sequence }) => sequence));
}

needs('chromium')("who came by, on the guard's screen", () => {
  const { start, signedIn } = builtScreens();

  it('is found at 02:30 of yesterday, in both hours of that name, and opened as a whole', async () => {
    const folder = temporaryFolder();
    const clock = new VirtualClock(NOW_MS);
    const logger = new SilentLogger();
    const store = await openStore(folder, { clock });
    const place = { folder, site: 'willow-court', gate: 'north', clock, logger };
    const photograph = () => ({ type: 'image/png', bytes: PICTURE }) as const;
    await replaceDirectory(place, [{ ...ZHAO, photograph }], () => undefined);
    write(store);
    const notes = new EventWriter({ log: store.log, clock, logger });
    const lookUps = new LookUpRecords({ notes, clock, gate: 'north' });
    const history = new History({
      ...{ history: store.passages, register: store.holders, visitors: store.visitors, lookUps, clock },
      ...{ timeZone: ZONE, bounds: KEPT },
    });
    const registerLooks = new RecordedLooks({
      holders: store.holders,
      visitors: store.visitors,
      lookUps,
      isShown: () => false,
    });
    const kiosk = await start({ history, registerLooks });
    kiosk.operators.role = 'guard';
    fillDesk(kiosk);
    kiosk.server.guardFeed.publish('site', { ...SITE, timeZone: ZONE });
    kiosk.server.guardFeed.publish('clock', { wallMs: NOW_MS, quality: 'synced' });
    const looks = () =>
      store.log.recent(['operator.lookup'], 20).map(({ body }) => {
        const { operator, of, passId } = JSON.parse(new TextDecoder().decode(body)).data;
        return { operator, of, ...(passId && { passId }) };
      });
    const page = await signedIn(kiosk, { viewport: { width: 1024, height: 600 } });
    const button = (name: string | RegExp) =>
      page.getByRole('button', { name, exact: typeof name === 'string' });
    await button('EN').click();
    await chooseTab(page, 'Books');
    await button(/^Who came by/).click();
    await page.locator('.question').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(looks()).toEqual([]);

    // Yesterday, 02:30: three actions from the opened book.
    await page.locator('input[type=date]').fill('2026-10-25');
    await page.locator('input[type=time]').fill('02:30');
    await button('Search').click();
    const lines = page.locator('.passages .passage');
    await expect.poll(() => lines.count()).toBe(6);
    const words = (await lines.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    expect(words[0]).toMatch(/02:38:00 Granted Out main-out exit button after the clock change/);
    expect(words[1]).toContain(HOSTILE);
    expect(words[2]).toMatch(/02:36:00 .*Refused.*12 times: they were counted together/);
    expect(words[4]).toMatch(/02:31:00 Refused .*Resident 赵兰 Zhao Lan 3-502 after the clock change/);
    expect(words[5]).toMatch(/02:28:00 Granted .*before the clock change/);
    expect(await page.locator('.passages .erased').innerText()).toMatch(
      /02:00–02:59 \(before the clock change\) · 3 × Granted · who it was/,
    );
    expect(looks()).toEqual([{ operator: OPERATOR, of: 'period' }]);
    await everyLook(page, 'history', { inView: '.passages', axe: true });

    // A line opens the whole passage; the way back leads to the line.
    await lines.nth(4).click();
    const card = page.locator('.opened');
    await card.waitFor();
    const steps = (await card.locator('.steps li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    expect(steps).toHaveLength(3);
    expect(steps[0]).toMatch(/02:31:00 Refused .*37\.9 °C.*22\.4 °C.*The gate decided/);
    expect(steps[1]).toMatch(/Chen Guifang let them through “?Contact reading 36.8/);
    expect(steps[2]).toMatch(/Let through .*by Chen Guifang/i);
    const wide = "document.querySelector('.opened img').decode().then(() => true)";
    expect(await page.evaluate(wide)).toBe(true);
    const zhao = { operator: OPERATOR, passId: '00112233aabbccdd' };
    expect(looks()[0]).toEqual({ ...zhao, of: 'passage' });
    await everyLook(page, 'history-opened', { inView: '.opened', axe: true });
    await button('Back to the list').click();
    const focused = "document.activeElement === document.querySelectorAll('.passages .passage')[4]";
    await expect.poll(() => page.evaluate(focused)).toBe(true);

    // A person, by what is known of them; nothing is searched before somebody presses.
    await page.locator('.question summary').click();
    await page.locator('.filters select').nth(1).selectOption('Denied');
    await page.locator('.whom input[type=text]').fill('3-502');
    await page.locator('.whom').getByText('3-502 赵兰 Zhao Lan').first().click();
    await everyLook(page, 'history-narrowed', { inView: '.question' });
    expect(await axeFindings(page)).toEqual([]);
    await button('All that is kept').click();
    await expect.poll(() => lines.count()).toBe(1);
    expect(looks()[0]).toEqual({ ...zhao, of: 'holder' });
    await button('Clear all of it').click();
    // A visitor, by the name that a guard has entered.
    await page.locator('.whom input[type=text]').fill('onerror');
    await page.locator('.whom').getByText(HOSTILE).first().click();
    await button('All that is kept').click();
    await expect.poll(() => lines.count()).toBe(1);
    expect(looks()[0]).toEqual({ operator: OPERATOR, passId: '00112233445566aa', of: 'pass' });
    await button('Clear all of it').click();
    await button('Today').click();
    await page.getByText('Nobody came by then, as far as the log tells.').waitFor();

    // Whoever changed the file is told on, and what cannot be recorded is not shown.
    changeTables(
      databasePath(folder),
      "UPDATE event SET body = CAST(replace(body, 'resident', 'visitor') AS BLOB) WHERE passage = 'p-1'",
    );
    await button('Yesterday').click();
    await page.getByText('This entry is not as the gate wrote it').waitFor();
    await store.stop();
    await button('Last hour').click();
    await expect
      .poll(() => page.getByRole('status').allTextContents())
      .toContainEqual(expect.stringMatching(/log/));
  });
});
