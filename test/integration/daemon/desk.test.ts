import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { enterFirstGuard } from '../../support/screens/first-guard.ts';
import { GUARD } from '../../support/screens/guard-client.ts';
import { closePages, openChromium, openPage, shot } from '../../support/screens/screen-browser.ts';

const WORDS = JSON.parse(readFileSync('config/locales/en.json', 'utf8'));
const { guard: GUARD_WORDS, vocabulary: VOCABULARY } = WORDS;

/** Everybody is checked, and visitors need a host; or nobody is. */
const POLICY = {
  version: 5,
  initialLevel: 'strict',
  levels: {
    strict: {
      kinds: { resident: {}, visitor: { registration: 'confirmed' } },
      lockOut: { attempts: 2, minutes: 10 },
    },
    open: { gate: 'open' },
  },
};

needs('chromium', 'socat')("the guard's desk at the running daemon", () => {
  let gate: TestGate;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    gate = await TestGate.set({ screening: 'off', policy: POLICY });
    await gate.start();
    browser = await openChromium();
    ({ page, faults } = await openPage(browser, { viewport: { width: 1366, height: 768 }, locale: 'en-US' }));
    await page.goto(`${gate.daemon.url}/guard/`);
    await enterFirstGuard(page, gate.daemon);
    await page.getByText(GUARD_WORDS.decisions.empty).waitFor();
  });
  afterAll(async () => {
    await closePages(browser);
    await gate?.dispose();
    expect(faults).toEqual([]);
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const tab = (name: string) => page.getByRole('tab', { name }).click();
  const rows = (name: string) => gate.rows().filter((row) => row.name === name);
  /** The newest line of the guard's list. */
  const line = (words: string) => page.locator('.decisions li.row:first-child').filter({ hasText: words });
  /** Nobody is being attended to, so the next code is looked at. */
  const idle = () => page.locator('.person').getByText(VOCABULARY.feedback.Idle).waitFor();

  async function changeLevel(to: 'strict' | 'open'): Promise<void> {
    await tab(GUARD_WORDS.tabs.desk);
    await button(GUARD_WORDS.level.names[to]).click();
    await page.getByLabel(GUARD_WORDS.dialog.password).fill(GUARD.password);
    await button(GUARD_WORDS.presets.level[0]).click();
    await button(GUARD_WORDS.dialog.do).click();
    await dialogGone(page);
  }

  it('holds the gate open while the level is open, and locks it again', async () => {
    expect(gate.level.level).toBe('0');
    await changeLevel('open');
    await gate.level.changes.until((levels) => levels.at(-1) === '1');
    await page.getByText(GUARD_WORDS.level.gate.open).waitFor();
    await page.getByText(VOCABULARY.doorMode.LockedOpen, { exact: true }).waitFor();
    await shot(page, 'daemon-desk-open');
    await changeLevel('strict');
    await gate.level.changes.until((levels) => levels.at(-1) === '0');
    await page.getByText(GUARD_WORDS.level.gate.checked).waitFor();
    expect(gate.level.changes.items).toEqual(['1', '0']);

    const by = { by: GUARD.operator, note: GUARD_WORDS.presets.level[0] };
    const [strict, open] = [
      { level: 'strict', version: 5 },
      { level: 'open', version: 5 },
    ];
    expect(rows('policy.applied').map(({ event }) => event.data)).toEqual([
      { ...open, previous: strict, ...by },
      { ...strict, previous: open, ...by },
    ]);
    expect(JSON.stringify([gate.rows(), gate.daemon.log.items])).not.toContain(GUARD.password);
  });

  it('leaves the level as it is for a wrong password, and writes that down', async () => {
    await button(GUARD_WORDS.level.names.open).click();
    await page.getByLabel(GUARD_WORDS.dialog.password).fill('not the password');
    await button(GUARD_WORDS.presets.level[0]).click();
    await button(GUARD_WORDS.dialog.do).click();
    await page.getByText(GUARD_WORDS.dialog.wrongPassword).waitFor();
    await button(GUARD_WORDS.dialog.cancel).click();
    await dialogGone(page);
    expect(rows('operator.authfailed')).toMatchObject([{ event: { data: { operator: GUARD.operator } } }]);
    expect(rows('policy.applied')).toHaveLength(2);
    expect(gate.level.level).toBe('0');
  });

  it('lets a visitor in who was registered with the card at the reader and whose host confirmed', async () => {
    await tab(GUARD_WORDS.tabs.gate);
    const card = issuePass({ kind: 'visitor', label: 'V-17' });
    gate.show(card.text);
    await line(WORDS.reason['gp:VisitorNotRegistered'].guard).waitFor();
    await page.locator('.decisions').getByRole('button', { name: GUARD_WORDS.remedies.register }).click();
    await page.getByLabel(GUARD_WORDS.visitors.who).fill('Plumber');
    await button(GUARD_WORDS.presets.visitor[2]).click();
    await button(GUARD_WORDS.dialog.do).click();
    await dialogGone(page);
    await tab(GUARD_WORDS.tabs.desk);
    await page.getByRole('region', { name: GUARD_WORDS.visitors.title }).getByText('Plumber').waitFor();
    await shot(page, 'daemon-desk-visitor');
    await tab(GUARD_WORDS.tabs.gate);

    await idle();
    gate.show(card.text);
    const person = page.locator('.person');
    await person.getByText(WORDS.reason['gp:HostNotConfirmed'].guard).waitFor();
    const { releases } = gate.level;
    await person.getByRole('button', { name: GUARD_WORDS.remedies.confirmHost }).click();
    await button(GUARD_WORDS.presets.host[0]).click();
    // Whoever waits already goes in at once, and from now on without waiting.
    await dialogGone(page);
    await gate.level.changes.until(() => gate.level.releases === releases + 1);
    await idle();
    gate.show(card.text);
    await gate.level.changes.until(() => gate.level.releases === releases + 2);
    expect(rows('access.granted').map(({ event }) => event.data.decidedBy)).toEqual(['auto', 'auto']);
    const told = JSON.stringify(gate.rows().map(({ event }) => event));
    expect(rows('visitor.registered').map(({ event }) => event.data.confirmed)).toEqual([false, true]);
    expect(told).not.toContain('Plumber');
  });

  it('ends the lock-out of a reader from the alarm', async () => {
    await idle();
    gate.show('no pass at all');
    await line(WORDS.reason['gp:MalformedPass'].guard).waitFor();
    await idle();
    gate.show('nor is this');
    const alarm = page.locator('.attention').getByText(GUARD_WORDS.attention.kinds.lockOut.title);
    await alarm.waitFor();
    await page.locator('.attention').getByRole('button', { name: GUARD_WORDS.attention.endLockOut }).click();
    await button(GUARD_WORDS.presets.lockOut[0]).click();
    await dialogGone(page);
    await alarm.waitFor({ state: 'hidden' });
    expect(rows('operator.override').at(-1)?.event.data).toMatchObject({
      action: 'end-lock-out',
      accessPoint: 'main-in',
      operator: GUARD.operator,
    });
  });

  it('has the machine examined, and gives the log away on record', async () => {
    const words = GUARD_WORDS.upkeep;
    await tab(GUARD_WORDS.tabs.books);
    await page.locator('#book-upkeep').click();
    await page.getByRole('region', { name: words.storage.title }).waitFor();
    await button(words.doctor.examine).click();
    await button(words.export.make).click();
    await page.getByLabel(GUARD_WORDS.dialog.password).fill(GUARD.password);
    const download = page.waitForEvent('download');
    await button(words.confirm).click();
    const table = readFileSync(await (await download).path(), 'utf8')
      .trimEnd()
      .split(/\r?\n/);
    const [order] = rows('operator.upkeep');
    expect(order?.event.data).toEqual({ operator: GUARD.operator, act: 'export', format: 'csv' });
    expect(table[0]).toMatch(/^sequence,epoch,/);
    expect(table.length - 1).toBeGreaterThanOrEqual(Number(order?.event.sequence));
    await page.locator('.upkeep summary').getByText(words.doctor.fine.replace('{count} ', '')).waitFor();
    await shot(page, 'daemon-desk-upkeep', { fullPage: true });
  });
});
