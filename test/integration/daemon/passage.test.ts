import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PassageView } from '../../../src/ports/boards.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { EventWatch } from '../../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { enterFirstGuard } from '../../support/screens/first-guard.ts';
import { GUARD } from '../../support/screens/guard-client.ts';
import { closePages, openChromium, openPage, shot } from '../../support/screens/screen-browser.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

const WORDS = JSON.parse(readFileSync('config/locales/en.json', 'utf8'));
/** What the prompt says of each reason, and what the guard reads. */
const SAID: Record<string, { say: string; guard: string }> = WORDS.reason;
const { feedback: PROMPT } = WORDS.prompt;

/** A good pass of which somebody changed one character of the signature. */
function forged(): string {
  const { text } = issuePass();
  const at = text.length - 10;
  return text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
}

const nowS = () => Math.floor(Date.now() / 1000);

needs(
  'chromium',
  'mosquitto',
  'socat',
)('the daemon with real lines, a real broker and real screens', () => {
  let broker: Mosquitto;
  let events: EventWatch;
  let gate: TestGate;
  let browser: Browser;
  let guard: Page;
  let prompt: Page;
  const faults: string[][] = [];

  beforeAll(async () => {
    broker = await Mosquitto.start();
    events = await EventWatch.start(broker.url);
    gate = await TestGate.set({ mqttUrl: broker.url, screening: 'enforce' });
    await gate.start();
    browser = await openChromium();
    guard = await visit('/guard/');
    prompt = await visit('/prompt/?accessPoint=main-in');
    await promptSays(PROMPT.Idle.say);
  });
  afterAll(async () => {
    await closePages(browser);
    await gate?.dispose();
    await events?.stop();
    await broker?.stop();
    expect(faults.flat()).toEqual([]);
  });

  async function visit(path: string): Promise<Page> {
    const viewport = { width: 1280, height: 800 };
    const opened = await openPage(browser, { viewport, locale: 'en-US' });
    faults.push(opened.faults);
    await opened.page.goto(gate.daemon.url + path);
    return opened.page;
  }
  const promptSays = (words: string) => prompt.getByText(words, { exact: true }).first().waitFor();
  /** The newest line of the guard's list has these words. */
  const guardReads = (...words: string[]) =>
    words
      .reduce((line, word) => line.filter({ hasText: word }), guard.locator('.decisions li.row:first-child'))
      .waitFor();

  /** Walks through the released door; the lock is at rest and the gate idle afterwards. */
  async function walkThrough(releases: number): Promise<void> {
    await gate.level.changes.until(() => gate.level.releases === releases);
    gate.setDoor('open');
    await events.next('access.taken');
    gate.setDoor('closed');
    await gate.level.changes.until((levels) => levels.at(-1) === '0');
    await promptSays(PROMPT.Idle.say);
  }

  /** The events of one passage, which must lie in the log with the very bytes that were published. */
  function passageEvents(passage: string): readonly string[] {
    const published = events.recent.filter(({ data }) => data.passage === passage);
    const rows = gate.rows().filter(({ event }) => event.data.passage === passage);
    expect(published.map(({ body }) => body.toString())).toEqual(
      rows.map(({ body }) => Buffer.from(body).toString()),
    );
    return rows.map(({ name }) => name);
  }

  it('shows an empty gate, and takes the first password with the set-up code from its log', async () => {
    expect(gate.level.level).toBe('0');
    await enterFirstGuard(guard, gate.daemon);
    await guard.getByText(WORDS.guard.decisions.empty).waitFor();
    await guard.getByText(WORDS.guard.devices.allWell).waitFor();
  });

  it('opens once for a resident with 36.5 °C, pass first, and says so everywhere', async () => {
    events.mark();
    const { text, passId } = issuePass({ label: '3-502' });
    gate.show(text);
    await promptSays(PROMPT.Measure.say);
    expect(gate.level.releases).toBe(0);
    gate.setForehead(36.5);
    const granted = await events.next('access.granted');
    await promptSays(PROMPT.AccessGranted.say);
    await guardReads(WORDS.vocabulary.decision.Granted, '3-502', '36.5 °C');
    await shot(guard, 'daemon-granted');
    gate.setForehead(undefined);
    await walkThrough(1);
    await guardReads(WORDS.vocabulary.passageState.taken);

    expect(gate.level.changes.items).toEqual(['1', '0']);
    expect(granted.data).toMatchObject({ passId, kind: 'resident', decidedBy: 'auto', reasons: [] });
    // Degrees stay out of log and broker unless the site asks for them.
    expect(granted.data.screening).toEqual({
      mode: 'enforce',
      outcome: 'normal',
      attempts: 1,
      sensor: 'gy-mcu9061x',
    });
    expect(passageEvents(granted.data.passage)).toEqual(['access.granted', 'access.taken']);
  });

  it('opens at once for a pass that comes after the reading', async () => {
    const { url } = gate.daemon;
    const [cookie] = await guard.context().cookies();
    const feed = await WebScreen.open(`${url}/ws/guard`, {
      origin: url,
      cookie: `${cookie?.name}=${cookie?.value}`,
    });
    const told = (topic: string) => feed.messages.flat().filter((update) => update.topic === topic);
    events.mark();
    gate.setForehead(36.5);
    // 300 ms of presence and nine frames.
    await feed.until(() => told('thermometer/main-in').length > 15);
    gate.show(issuePass().text);
    const granted = await events.next('access.granted');
    gate.setForehead(undefined);
    await walkThrough(2);
    expect(passageEvents(granted.data.passage)).toEqual(['access.granted', 'access.taken']);
    const shown = () => told('passage/main-in').map(({ value }) => (value as PassageView).feedback);
    await feed.until(() => shown().includes('AccessGranted') && shown().at(-1) === 'Idle');
    expect(shown()).not.toContain('Measure');
    feed.socket.terminate();
  });

  it.each([
    ['a forged pass', 'gp:SignatureInvalid', forged],
    ['a pass of a stranger', 'gp:UnknownIssuer', () => issuePass({}, 'stranger').text],
    ['a pass of another site', 'gp:WrongSite', () => issuePass({ site: 'other-court' }).text],
    ['an expired pass', 'CredentialExpired', () => issuePass({ expiresAt: nowS() - 60 }).text],
    ['a set-up code of a scanner', 'gp:MalformedPass', () => '~~~{RESET}~~~"; DROP TABLE event; --'],
  ])('refuses %s with %s', async (_, reason, text) => {
    const { releases } = gate.level;
    events.mark();
    gate.show(text());
    const denied = await events.next('access.denied');
    expect(denied.data).toMatchObject({ decision: 'Denied', reason, reasons: [reason] });
    expect(denied.body.toString()).not.toContain('DROP');
    await promptSays(SAID[reason]?.say ?? '');
    await guardReads(WORDS.vocabulary.decision.Denied, SAID[reason]?.guard ?? '');
    expect(passageEvents(denied.data.passage)).toEqual(['access.denied']);
    expect(gate.level.releases).toBe(releases);
  });

  it('refuses 38.2 °C after one repeat', async () => {
    const { releases } = gate.level;
    events.mark();
    gate.setForehead(38.2);
    gate.show(issuePass().text);
    await promptSays(WORDS.cause.repeat.say);
    expect(events.recent.some(({ name }) => name.startsWith('access.'))).toBe(false);
    const denied = await events.next('access.denied');
    gate.setForehead(undefined);
    expect(denied.data).toMatchObject({
      reason: 'gp:TemperatureHigh',
      screening: { outcome: 'elevated', attempts: 2 },
    });
    // Seconds and milliseconds may look like degrees, so the rest is searched without them.
    expect(JSON.stringify({ ...denied.data, latencyMs: 0 })).not.toContain('38.');
    await promptSays(SAID['gp:TemperatureHigh']?.say ?? '');
    await guardReads(SAID['gp:TemperatureHigh']?.guard ?? '', '38.2 °C');
    expect(passageEvents(denied.data.passage)).toEqual(['access.denied']);
    expect(gate.level.releases).toBe(releases);
  });

  it('opens by a guard’s order with its reason', async () => {
    events.mark();
    const reason: string = WORDS.guard.presets.open[0];
    await guard.getByRole('button', { name: WORDS.guard.people.letIn }).click();
    await guard.getByRole('dialog').getByRole('button', { name: reason, exact: true }).click();
    const override = await events.next('operator.override');
    expect(override.data).toMatchObject({ operator: GUARD.operator, action: 'open', note: reason });
    const granted = await events.next('access.granted');
    expect(granted.data).toMatchObject({ decidedBy: GUARD.operator, recognition: 'guard' });
    expect(Number(granted.event.sequence)).toBeGreaterThan(Number(override.event.sequence));
    await walkThrough(3);
    await guardReads(WORDS.vocabulary.decision.Granted, GUARD.operator);
    expect(gate.level.changes.items).toEqual(['1', '0', '1', '0', '1', '0']);
  });
});
