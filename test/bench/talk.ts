import type { Browser, Page } from 'playwright-core';
import { GUARD, GuardClient } from '../support/screens/guard-client.ts';
import { openTalkingChromium, WATCH_TALK } from '../support/screens/talking-chromium.ts';
import { enterDaemon, enterFloor, withArena } from './arena.ts';
import { contest } from './contest.ts';
import { emptyStore } from './filled-store.ts';
import { atMost, type Line, median, ms, percentile, printTable, ratio } from './report.ts';

/** Without and with a talk in turn, so that whatever else the machine does hits both. */
const BLOCKS = 3;
const DECISIONS = 30;
const WARM_UP = 2;
const DEADLINE_MS = 60_000;

/** Resolves once the page plays something of the other: with the first sound, not with a connection. */
const HEARS = `new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('Nothing is heard.')), 30_000);
  const look = async () => {
    const stats = await window.peers.at(-1)?.getStats();
    const voice = [...(stats?.values() ?? [])].find(({ type }) => type === 'inbound-rtp');
    if ((voice?.totalAudioEnergy ?? 0) > 0) resolve(undefined);
    else setTimeout(look, 20);
  };
  void look();
})`;

interface Waits {
  /** From the press at the gate to the guard's page that rings. */
  readonly ringMs: number[];
  /** From the guard's press until each has heard the other. */
  readonly voiceMs: number[];
}

/**
 * A daemon, a resident's and a guard's page in Chromium with played microphones, on this machine alone: how long a call
 * takes to ring, how long an answer by voice takes to be heard, and what decisions cost meanwhile.
 */
export async function measureTalk(): Promise<readonly Line[]> {
  const waits: Waits = { ringMs: [], voiceMs: [] };
  const samples = await inTurn(waits);
  const [quiet, talking] = halves(samples.get('gate'));
  const [bareQuiet, bareTalking] = halves(samples.get('floor'));
  printTable([
    ['pass to lock', 'median', 'p95'],
    ...(
      [
        ['gate without a talk', quiet],
        ['gate during a talk', talking],
        ['bare script without', bareQuiet],
        ['bare script during', bareTalking],
      ] as const
    ).map(([name, us]) => [name, ms(median(us) / 1000), ms(percentile(us, 0.95) / 1000)]),
  ]);
  const [ring, voice] = [Math.max(...waits.ringMs), Math.max(...waits.voiceMs)];
  const slower = median(talking) / median(quiet);
  const cost = slower / (median(bareTalking) / median(bareQuiet));
  return [
    atMost(`press at the gate to the guard's ring, the longest of ${BLOCKS}`, ring, 1_000, ms(ring), ' ms'),
    atMost(`answer to voices both ways, the longest of ${BLOCKS}`, voice, 2_000, ms(voice), ' ms'),
    atMost(
      'a decision during a talk against one without, beside the bare script',
      cost,
      1.25,
      ratio(cost),
      ' x',
    ),
  ];
}

/** Shows passes to the gate and to the bare script, without and with a talk in turn. */
function inTurn(waits: Waits): Promise<ReadonlyMap<string, readonly number[]>> {
  return withArena('talk', async (arena) => {
    const store = await emptyStore('talk');
    const daemon = await enterDaemon(arena, 'gate', { store, lanes: 1, screened: false });
    await enterFloor(arena, store);
    const first = await GuardClient.signIn(daemon);
    first.close();
    const browser = await openTalkingChromium();
    arena.closers.push(() => browser.close());
    const prompt = await open(browser, `${daemon.url}/prompt/?accessPoint=lane-0`);
    const guard = await open(browser, `${daemon.url}/guard/`);
    await guard.locator('input[name=operator]').fill(GUARD.operator);
    await guard.locator('input[name=password]').fill(GUARD.password);
    await guard.locator('button[type=submit]').click();
    const turn = async (round: number) => {
      if (round % (2 * DECISIONS) === DECISIONS) return begin(prompt, guard, waits);
      if (round % (2 * DECISIONS) !== 0 || round === 0) return;
      await guard.getByRole('button', { name: 'Hang up' }).click();
      await guard.locator('.talk').waitFor({ state: 'detached' });
    };
    const rounds = 2 * BLOCKS * DECISIONS;
    return contest({ ...arena, rounds, warmUpRounds: WARM_UP, beforeRound: turn });
  });
}

/** The samples of the rounds without a talk, and of those with one. */
function halves(samples: readonly number[] = []): readonly [readonly number[], readonly number[]] {
  const isQuiet = (round: number) => round % (2 * DECISIONS) < DECISIONS;
  return [samples.filter((_, round) => isQuiet(round)), samples.filter((_, round) => !isQuiet(round))];
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en' });
  context.setDefaultTimeout(DEADLINE_MS);
  const page = await context.newPage();
  await page.addInitScript(WATCH_TALK);
  await page.goto(url);
  return page;
}

async function begin(prompt: Page, guard: Page, { ringMs, voiceMs }: Waits): Promise<void> {
  const press = prompt.locator('.call-guard');
  const talk = guard.locator('.attention .primary', { hasText: 'Talk' });
  await press.waitFor();
  const pressedMs = performance.now();
  await press.click();
  await talk.waitFor();
  ringMs.push(performance.now() - pressedMs);
  const answeredMs = performance.now();
  await talk.click();
  await guard.locator('.talk.own').waitFor();
  await prompt.locator('.mic-light').waitFor();
  await Promise.all([prompt.evaluate(HEARS), guard.evaluate(HEARS)]);
  voiceMs.push(performance.now() - answeredMs);
  console.log(
    `  rings after ${ms(ringMs.at(-1) ?? 0)}, heard both ways ${ms(voiceMs.at(-1) ?? 0)} after the answer`,
  );
}
