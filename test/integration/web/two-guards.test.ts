import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { enterFirstGuard } from '../../support/screens/first-guard.ts';
import { GUARD } from '../../support/screens/guard-client.ts';
import { closePages, openChromium, openPage, shot } from '../../support/screens/screen-browser.ts';

const {
  guard: WORDS,
  reason: REASON,
  vocabulary: VOCABULARY,
} = JSON.parse(readFileSync('config/locales/en.json', 'utf8'));

/** A visitor who is in nobody's book is refused; one whose host was not asked waits for a guard. */
const POLICY = {
  version: 1,
  levels: { normal: { kinds: { resident: {}, visitor: { registration: 'confirmed' } } } },
};

needs('chromium', 'socat')('two guards at two browsers', () => {
  let gate: TestGate;
  let browser: Browser;
  let pages: readonly Page[];

  beforeAll(async () => {
    gate = await TestGate.set({ screening: 'off', policy: POLICY });
    await gate.start();
    browser = await openChromium();
    const options = { viewport: { width: 1366, height: 768 }, locale: 'en-US' };
    const [{ page: first }, { page: second }] = [
      await openPage(browser, options),
      await openPage(browser, options),
    ];
    await first.goto(`${gate.daemon.url}/guard/`);
    await enterFirstGuard(first, gate.daemon);
    await first.getByText(WORDS.decisions.empty).waitFor();
    await second.goto(`${gate.daemon.url}/guard/`);
    await second.getByLabel(WORDS.signIn.operator).fill(GUARD.operator);
    await second.getByLabel(WORDS.signIn.password).fill(GUARD.password);
    await second.getByRole('button', { name: WORDS.signIn.submit }).click();
    await second.getByText(WORDS.decisions.empty).waitFor();
    pages = [first, second];
  });
  afterAll(async () => {
    await closePages(browser);
    await gate?.dispose();
  });

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const rows = (name: string) => gate.rows().filter((row) => row.name === name);

  /** Writes the visitor into the book, whose host nobody has asked yet. */
  async function register(page: Page, passId: string): Promise<void> {
    const data = { passId, label: 'Plumber', untilMs: Date.now() + 3_600_000, note: 'Repairs' };
    const headers = { origin: gate.daemon.url };
    const answer = await page.request.post(`${gate.daemon.url}/api/guard/visitor`, { data, headers });
    expect(answer.status()).toBe(200);
  }

  it('let the person who waits in once, and the second reads who did it', async () => {
    const [first, second] = pages as [Page, Page];
    const card = issuePass({ kind: 'visitor', label: 'V-17' });
    await register(first, card.passId);
    gate.show(card.text);
    for (const page of pages) await page.locator('.person').getByText('V-17').waitFor();
    for (const page of pages) await button(page, WORDS.people.letIn).click();
    await button(first, WORDS.presets.open[0]).click();
    await dialogGone(first);
    await button(second, WORDS.presets.open[0]).click();
    await second.getByText(WORDS.dialog.already.open.replace('{who}', GUARD.operator)).waitFor();
    await shot(second, 'two-guards-second');
    await button(second, WORDS.dialog.cancel).click();
    await dialogGone(second);
    expect(gate.level.releases).toBe(1);
    const [granted, ...more] = rows('access.granted').map(({ event }) => event.data);
    expect(more).toEqual([]);
    expect(granted).toMatchObject({ passId: card.passId, decidedBy: GUARD.operator });
    const orders = rows('operator.override').map(({ event }) => event.data);
    expect(orders.filter(({ action }) => action === 'open')).toMatchObject([{ passage: granted.passage }]);
  });

  it('see whom a let-in after the refusal was for, and why', async () => {
    const [first, second] = pages as [Page, Page];
    await first.locator('.person').getByText(VOCABULARY.feedback.Idle).waitFor();
    const card = issuePass({ kind: 'visitor', label: 'V-18' });
    gate.show(card.text);
    await first
      .locator('.decisions li.row:first-child')
      .filter({ hasText: REASON['gp:VisitorNotRegistered'].guard })
      .waitFor();
    await first.locator('.decisions').getByRole('button', { name: WORDS.remedies.overrule }).first().click();
    await button(first, WORDS.presets.open[1]).click();
    await dialogGone(first);
    const line = second.locator('.decisions li.row.granted:first-child');
    await line.getByText('V-18').waitFor();
    await line.getByText(WORDS.presets.open[1]).waitFor();
    await shot(second, 'let-in-after-refusal');
    expect(rows('access.granted').at(-1)?.event.data).toMatchObject({ passId: card.passId });
  });
});
