import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { enterFirstGuard } from '../../support/screens/first-guard.ts';
import { GUARD } from '../../support/screens/guard-client.ts';
import { axeFindings, openPage, overflows, shot } from '../../support/screens/screen-browser.ts';
import {
  heard,
  microphones,
  openTalkingChromium,
  WATCH_TALK,
} from '../../support/screens/talking-chromium.ts';

/** What a page of a guard can do by itself, without anybody who pressed at the gate. */
const TRIES = `(async () => {
  const post = (answer) => fetch('/api/guard/answer-assist', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accessPoint: 'main-in', answer }),
  });
  const socket = new WebSocket('ws://' + location.host + '/ws/guard');
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
  const { status } = await post('talking');
  socket.send(JSON.stringify({ type: 'join', accessPoint: 'main-in' }));
  socket.send(JSON.stringify({ type: 'voice', talk: 'talk-1' }));
  await post('coming');
  socket.close();
  return status;
})()`;

needs('chromium', 'socat')('a talk between gate and guard', () => {
  let gate: TestGate;
  let browser: Browser;
  let prompt: Page;
  let guard: Page;
  const faults: string[][] = [];

  async function open(url: string, width: number, height: number): Promise<Page> {
    const watched = await openPage(browser, { viewport: { width, height }, locale: 'en' });
    faults.push(watched.faults);
    await watched.page.addInitScript(WATCH_TALK);
    await watched.page.goto(url);
    return watched.page;
  }

  beforeAll(async () => {
    gate = await TestGate.set({ screening: 'off' });
    const daemon = await gate.start();
    browser = await openTalkingChromium();
    prompt = await open(`${daemon.url}/prompt/?accessPoint=main-in`, 800, 480);
    guard = await open(`${daemon.url}/guard/`, 390, 844);
    await enterFirstGuard(guard, daemon);
    await guard.getByText(GUARD.operator, { exact: true }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await gate?.dispose();
    expect(faults.flat()).toEqual([]);
  });

  const talkButton = () => guard.getByRole('alert').getByRole('button', { name: 'Talk', exact: true });
  const inPrompt = (name: string) => prompt.getByRole('button', { name });

  it('opens the microphone of the gate after a press there alone, carries both voices, and closes it for good', async () => {
    await inPrompt('Call the guard').waitFor();
    expect(await guard.evaluate(TRIES)).toBe(409);
    await inPrompt('Call the guard').click();
    await prompt.getByText('When the guard answers, you can speak here.').waitFor();
    await talkButton().waitFor();
    expect(await axeFindings(guard)).toEqual([]);
    await shot(guard, 'talk-rings-390');
    expect([await microphones(prompt), await microphones(guard)]).toEqual([[], []]);
    await talkButton().click();
    await prompt.getByText('You are talking to the guard').first().waitFor();
    await guard.getByText('You are talking with main-in').waitFor();
    await prompt.getByText('Microphone on').waitFor();
    await guard.getByText('Both microphones are on').waitFor();
    await expect.poll(() => heard(guard)).toBeGreaterThan(0);
    await expect.poll(() => heard(prompt)).toBeGreaterThan(0);
    for (const page of [prompt, guard]) expect(await axeFindings(page)).toEqual([]);
    expect([await overflows(prompt), await overflows(guard)]).toEqual([false, false]);
    await shot(prompt, 'talk-open-800');
    await shot(guard, 'talk-open-390');
    // Somebody else passes meanwhile, and is told so; the light stays.
    gate.show(issuePass().text);
    await prompt.getByText('Please go through').first().waitFor();
    await prompt.getByText('Microphone on').waitFor();
    await shot(prompt, 'talk-beside-800');
    await guard.getByRole('button', { name: 'Mute me' }).click();
    await guard.getByText('You are muted').waitFor();
    expect([await microphones(prompt), await microphones(guard)]).toEqual([['live'], ['muted']]);
    await guard.getByRole('button', { name: 'Hang up' }).click();
    await prompt.getByText('Microphone on').waitFor({ state: 'detached' });
    await guard.getByText('You are muted').waitFor({ state: 'detached' });
    expect([await microphones(prompt), await microphones(guard)]).toEqual([['ended'], ['ended']]);
    await inPrompt('Call the guard').waitFor();
  });

  it('breaks off and rings again when a page is made anew, and is ended at the gate as well', async () => {
    const connect = async () => {
      await talkButton().click();
      await prompt.getByText('Microphone on').waitFor();
      await guard.getByText('You are talking with main-in').waitFor();
    };
    await inPrompt('Call the guard').click();
    await connect();
    await guard.reload();
    await prompt.getByText('The talk broke off').first().waitFor();
    expect((await microphones(prompt)).at(-1)).toBe('ended');
    await shot(prompt, 'talk-broken-800');
    await connect();
    await prompt.reload();
    await guard.getByRole('alert').getByText("the resident's screen was closed").waitFor();
    expect(await microphones(guard)).toEqual(['ended']);
    await connect();
    await inPrompt('Hang up').click();
    await guard.getByText('You are talking with main-in').waitFor({ state: 'detached' });
    expect([await microphones(prompt), (await microphones(guard)).at(-1)]).toEqual([['ended'], 'ended']);
    await inPrompt('Call the guard').waitFor();
    expect(
      gate.rows().flatMap(({ name, event }) => (name === 'assist.talked' ? [event.data.ended] : [])),
    ).toEqual(['guard', 'guard_left', 'screen_left', 'caller']);
  });
});
