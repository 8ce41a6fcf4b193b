import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ExportOrder, UpkeepDesk, UpkeepView } from '../../../src/ports/upkeep.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { NIGHT_MS } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

const DAY_MS = 86_400_000;
const ENDS: NonNullable<UpkeepView['storage']['ends']> = [
  { part: 'screening', keptMs: 3 * DAY_MS, nextMs: NIGHT_MS + 3_600_000 },
  { part: 'access', keptMs: 14 * DAY_MS, nextMs: NIGHT_MS + DAY_MS },
  { part: 'operator', keptMs: 180 * DAY_MS, nextMs: NIGHT_MS + 9 * DAY_MS },
  { part: 'ended', keptMs: 90 * DAY_MS },
];
const FINDINGS = [
  { check: 'log', grade: 'ok', text: 'The log ends with event 4711.' },
  {
    check: 'clock',
    grade: 'warn',
    text: 'No clock chip is there: after a power cut the time is not known.',
    fix: 'Add a DS3231, then: dtoverlay=i2c-rtc,ds3231',
  },
  {
    check: 'power',
    grade: 'fail',
    text: 'The Pi suffers from under-voltage now.',
    fix: 'Use a short, thick cable.',
  },
  { check: 'heat', grade: 'ok', text: 'The processor has 41 °C.' },
  { check: 'clock-floor', grade: 'warn', text: 'The clock went back.', fix: 'Set it.' },
  { check: 'unheard-of', grade: 'warn', text: 'Something new.', fix: 'Read about it.' },
] as const;

/** A kiosk's keep that does what it is told at once. */
class Keep implements UpkeepDesk {
  readonly asked: object[] = [];
  backupRun: UpkeepView['backup']['run'];
  doctor: UpkeepView['doctor'];
  lacks: UpkeepView['backup']['lacks'];
  view(): UpkeepView {
    return {
      storage: {
        ...{ bytes: 312_400_000, freeBytes: 21_700_000_000, sizeBytes: 31_900_000_000 },
        ...{ rows: 184_201, sinceMs: NIGHT_MS - 171 * DAY_MS, ends: ENDS },
      },
      backup: {
        ...(this.lacks === undefined ? { folder: '/media/backup' } : { lacks: this.lacks }),
        warnAfterDays: 30,
        ...(this.backupRun && { run: this.backupRun }),
      },
      ...(this.doctor && { doctor: this.doctor }),
    };
  }
  examine() {
    this.asked.push({ act: 'examine' });
    this.doctor = { state: 'running', sinceMs: NIGHT_MS };
    return 'done' as const;
  }
  backup(operator: string) {
    this.asked.push({ act: 'backup', operator });
    this.backupRun = { state: 'running', sinceMs: NIGHT_MS };
    return 'done' as const;
  }
  export(order: ExportOrder, operator: string) {
    this.asked.push({ ...order, operator });
    return (async function* () {
      yield new TextEncoder().encode('sequence,epoch\r\n');
    })();
  }
  standDown() {
    return {
      site: 'willow-court',
      commands: [
        'sudo systemctl disable --now gatepost',
        'sudo gatepost stand-down --config /etc/gatepost/gatepost.yaml --confirm willow-court --report willow-court-ended.json',
      ],
    };
  }
}

needs('chromium')("the keep of the kiosk on the guard's screen", () => {
  const { start, signedIn } = builtScreens();

  it('is told and ordered by those who answer for it, and others are not offered it', async () => {
    const upkeep = new Keep();
    const kiosk = await start({ upkeep });
    fillDesk(kiosk);
    kiosk.server.guardFeed.publish('backup', { lastMs: NIGHT_MS - 40 * DAY_MS, isDue: true });
    kiosk.operators.role = 'guard';
    const page = await signedIn(kiosk, { acceptDownloads: true });
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const book = page.locator('.book');
    const dialog = page.getByRole('dialog');
    /** Once the page is live: until then it is inert, and what it shows moves. */
    const shelf = async () => {
      await page.locator('.head .badge.good').first().waitFor();
      await page.locator('.left .person').first().waitFor();
      await chooseTab(page, 2);
    };
    await button('EN').click();
    await shelf();
    await page.locator('.bookshelf').waitFor({ state: 'attached' });
    expect(await page.locator('#book-upkeep').count()).toBe(0);

    // The office looks after data, and ends no checkpoint.
    kiosk.operators.role = 'office';
    await page.reload();
    await shelf();
    await page.locator('#book-upkeep').click();
    await book.getByText('312.4 MB').waitFor();
    await book.getByText('A new one is due', { exact: true }).waitFor();
    expect(await book.getByText('End of the checkpoint').count()).toBe(0);
    kiosk.operators.role = 'supervisor';
    await page.reload();
    await shelf();
    await page.locator('#book-upkeep').click();

    await button('Examine the machine').click();
    await book.getByText(/The examination has been under way/).waitFor();
    upkeep.doctor = { state: 'done', atMs: NIGHT_MS, findings: FINDINGS };
    await book.locator('.findings li').first().waitFor();
    expect(await book.locator('.findings strong').allTextContents()).toEqual([
      'Power supply',
      'Clock',
      'Other',
    ]);
    await button('Make a backup…').click();
    await dialog.locator('.primary').click();
    await dialog.getByText('Type your password.').waitFor();
    await dialog.getByLabel('Your password once more').fill('wrong');
    await dialog.locator('.primary').click();
    await dialog.getByText('Wrong password. Nothing was done.').waitFor();
    expect(upkeep.asked).toEqual([{ act: 'examine' }]);
    await dialog.getByLabel('Your password once more').fill(PASSWORD);
    await dialog.locator('.primary').click();
    await book.getByText(/A backup has been under way/).waitFor();
    expect(upkeep.asked.splice(0)).toEqual([{ act: 'examine' }, { act: 'backup', operator: OPERATOR }]);
    expect(await button('Make a backup…').isDisabled()).toBe(true);
    upkeep.backupRun = {
      state: 'failed',
      atMs: NIGHT_MS,
      detail: 'There is no room for it in /media/backup.',
    };
    await book.getByText(/was not made/).waitFor();

    await button('Export the log…').click();
    await dialog.getByLabel('First day').fill('2026-11-20');
    await dialog.getByLabel('Last day').fill('2026-11-19');
    await dialog.getByLabel('Your password once more').fill(PASSWORD);
    await dialog.locator('.primary').click();
    await dialog.getByText('The last day lies before the first.').waitFor();
    await dialog.getByLabel('Last day').fill('2026-11-21');
    const download = page.waitForEvent('download');
    await dialog.locator('.primary').click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^gatepost-kiosk-[-\d]+\.csv$/);
    expect(readFileSync(await file.path(), 'utf8')).toBe('sequence,epoch\r\n');
    const span = { from: '2026-11-20', to: '2026-11-21' };
    expect(upkeep.asked).toEqual([{ format: 'csv', ...span, operator: OPERATOR }]);
    await book.getByText('The browser is fetching the file.').waitFor();

    await book.locator('summary').last().click();
    await book.getByText(/--confirm willow-court/).waitFor();
    await everyLook(page, 'upkeep', { fullPage: true, axe: true });
    await button('Make a backup…').click();
    await everyLook(page, 'upkeep-backup');
    await dialog.locator('.actions button').last().click();

    upkeep.lacks = 'folder';
    upkeep.backupRun = { state: 'running', sinceMs: NIGHT_MS };
    await page.locator('.book-close').click();
    await page.locator('#book-upkeep').click();
    await book.getByText(/None can be ordered here/).waitFor();
    expect(await button('Make a backup…').count()).toBe(0);
  });
});
