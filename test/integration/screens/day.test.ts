import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { QuarterCell, SensorDay } from '../../../src/core/report/day-counts.ts';
import { dateOf, siteDay } from '../../../src/core/time/site-time.ts';
import type { DayPage } from '../../../src/ports/day-desk.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { chooseTab } from '../../support/screens/choose-tab.ts';
import { fillDesk, MIDNIGHT_MS } from '../../support/screens/desk-samples.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { axeFindings, shot } from '../../support/screens/screen-browser.ts';
import { OPERATOR } from '../../support/screens/web-kiosk.ts';

const TODAY = siteDay('2020-02-24');

/** Two waves of people, larger or smaller by day. */
function wave(size: number): readonly QuarterCell[] {
  return Array.from({ length: 96 }, (_, quarter) => quarter).flatMap((quarter): QuarterCell[] => {
    const near = (peak: number) => Math.max(0, 1 - Math.abs(quarter - peak) / 10);
    const count = Math.round(size * (near(30) + 0.7 * near(70)));
    const at = { quarter, accessPoint: 'main-in', direction: 'in', counted: 'granted' } as const;
    return count === 0 ? [] : [{ ...at, count }];
  });
}

function pageOf(day: number, review?: DayPage['review']): DayPage {
  const place = { accessPoint: 'main-in', direction: 'in' } as const;
  const sensors = Array.from(
    { length: 8 },
    (_, index): SensorDay => ({
      ...{ siteDay: day - 7 + index, accessPoint: 'main-in', readings: 400 },
      medianC: index === 7 ? 36.9 : 36.4,
    }),
  );
  return {
    ...{ date: dateOf(day), isOver: day < TODAY, quarters: 96, first: '2020-02-01', today: dateOf(TODAY) },
    beginMs: MIDNIGHT_MS - (TODAY - day) * 86_400_000,
    cells: [
      { ...place, counted: 'granted', of: 'resident', count: 812 },
      { ...place, counted: 'denied', of: 'gp:TemperatureHigh', count: 3 },
      { ...place, counted: 'denied', of: 'CredentialExpired', count: 17 },
      { ...place, counted: 'screening', of: 'normal', count: 809 },
      { ...place, counted: 'screening', of: 'elevated', count: 3 },
    ],
    quarterCells: wave(60),
    before: { date: dateOf(day - 1), quarters: 96, quarterCells: wave(45) },
    weekBefore: { date: dateOf(day - 7), quarters: 92, quarterCells: wave(70) },
    sensors,
    devices: [
      { device: 'scanner:main-in', okMs: 86_000_000, downMs: 400_000 },
      { device: 'thermometer:main-in', okMs: 86_400_000, downMs: 0 },
    ],
    ...(review === undefined ? {} : { review }),
  };
}

needs('chromium')('the day in numbers', () => {
  const { start, signedIn } = builtScreens();

  it('shows the curve with its numbers, hides small ones on paper, and is signed off once', async () => {
    let review: DayPage['review'];
    const kiosk = await start({
      days: {
        page: (date) =>
          pageOf(date === undefined ? TODAY : siteDay(date), date === undefined ? undefined : review),
      },
    });
    fillDesk(kiosk);
    const page = await signedIn(kiosk);
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
    await page.setViewportSize({ width: 1024, height: 600 });
    await button('EN').click();
    await chooseTab(page, 'Books');
    await button(/^The day in numbers/).click();
    await page.locator('.day-nav').getByText('24 Feb 2020').waitFor();
    await page.locator('.day-chart canvas').waitFor();
    expect(await button('Day after').isDisabled()).toBe(true);
    expect(await button('Review and sign off').count()).toBe(0);
    await button('Day before').click();
    await page.locator('.day-nav').getByText('23 Feb 2020').waitFor();
    await page.getByText('+0.5 °C').waitFor();
    expect(await page.locator('.day-summary dd').allTextContents()).toEqual(
      expect.arrayContaining(['812', '07:30 · 60', '07:30 · 45', '07:30 · 70']),
    );
    await everyLook(page, 'day', { inView: '.book' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'light' });
    await shot(page, 'day-light-390');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByText('All numbers').click();
    expect(await axeFindings(page)).toEqual([]);

    // The table has the numbers of the curve.
    const rows = page.getByRole('table', { name: 'People in each quarter of an hour' }).locator('tbody tr');
    expect(await rows.first().innerText()).toMatch(/^05:15\s+6\s+4\s+7$/);
    await expect(
      page
        .getByRole('row', { name: /Refused: / })
        .first()
        .innerText(),
    ).resolves.toMatch(/\b3$/);
    await page.emulateMedia({ media: 'print' });
    await expect(
      page
        .getByRole('row', { name: /Refused: / })
        .first()
        .innerText(),
    ).resolves.toMatch(/<5$/);
    await shot(page, 'day-print', { fullPage: true });
    await page.emulateMedia({ media: null });

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Table for a spreadsheet (CSV)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('day-2020-02-23.csv');
    expect(readFileSync(await download.path(), 'utf8')).toContain('denied,main-in,in,gp:TemperatureHigh,<5');

    review = { by: OPERATOR, note: 'All quiet', atMs: MIDNIGHT_MS };
    await button('Review and sign off').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Read through, nothing open' }).click();
    const note = 'Read through, nothing open';
    await expect
      .poll(() => kiosk.desk.orders)
      .toEqual([{ type: 'review-day', date: '2020-02-23', note, operator: OPERATOR }]);
    await page.getByText(`Reviewed by ${OPERATOR}`).waitFor();
    expect(await button('Review and sign off').count()).toBe(0);
  });
});
