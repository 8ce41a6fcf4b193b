import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { SENTENCES } from '../../../src/screens/prompt/sentences.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { axeFindings } from '../../support/screens/screen-browser.ts';
import { promptView } from '../../support/screens/screen-samples.ts';
import type { startKiosk } from '../../support/screens/web-kiosk.ts';

const PROMPT = {
  accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
  language: 'zh-CN',
  languages: ['zh-CN', 'zh-TW', 'en'],
  timeZone: 'Asia/Shanghai',
  simulated: true,
  speech: { volume: 80, repeatSeconds: 60 },
} as const satisfies NonNullable<Parameters<typeof startKiosk>[0]>['prompt'];

/** Tells what the page's media elements tell: `playing zh-CN scan 0.8`. */
const LISTEN = `for (const kind of ['playing', 'ended', 'pause', 'error'])
    document.addEventListener(kind, ({ target }) => {
      const { lang, dataset, volume } = target;
      globalThis.hear([kind, lang, dataset.sentence, volume].join(' '));
    }, true);`;

/** How long the browser plays a file, and its loudest sample (0 to 1). */
function decoded(page: Page, file: string): Promise<{ readonly seconds: number; readonly peak: number }> {
  const text = JSON.stringify(readFileSync(file).toString('base64'));
  return page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob(${text}), (one) => one.charCodeAt(0));
    const sound = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(bytes.buffer);
    const peak = sound.getChannelData(0).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    return { seconds: sound.duration, peak };
  })()`);
}

needs('chromium')("the voice of the resident's screen", () => {
  const { start, visit } = builtScreens();

  async function speaking(change: Parameters<typeof startKiosk>[0] = {}) {
    const kiosk = await start({ prompt: PROMPT, ...change });
    kiosk.server.residentPrompt.show(promptView({}));
    const page = await visit(kiosk, '/');
    const heard: string[] = [];
    await page.exposeFunction('hear', (one: string) => heard.push(one));
    await page.addInitScript(LISTEN);
    await page.goto(`${kiosk.url}/prompt/?accessPoint=main-in`);
    await page.getByText('请出示二维码').waitFor();
    return { kiosk, page, heard, hears: (one: string) => expect.poll(() => heard).toContain(one) };
  }

  it('shows that the browser refuses to speak, and speaks after a touch', async () => {
    const { kiosk, page, heard, hears } = await speaking();
    kiosk.server.residentPrompt.show(promptView({ feedback: 'RequireIdentifier' }));
    await page.locator('.sound-off').waitFor();
    expect(heard).toEqual([]);
    await page.mouse.click(400, 200);
    await hears('ended zh-CN scan-now 0.8');
    await page.locator('.sound-off').waitFor({ state: 'detached' });
    expect(await axeFindings(page)).toEqual([]);
  });

  it('speaks the language that is chosen, a voice of the site, quietly at night, and without the gate', async () => {
    const voicesFolder = mkdtempSync(join(tmpdir(), 'gatepost-voices-'));
    onTestFinished(() => rmSync(voicesFolder, { recursive: true }));
    mkdirSync(join(voicesFolder, 'en'));
    writeFileSync(join(voicesFolder, 'en/scan.ogg'), readFileSync('config/voices/en/wait.opus'));
    const speech = { ...PROMPT.speech, night: { hours: '00:00-00:00', volume: 20 } };
    const { kiosk, page, hears } = await speaking({ voicesFolder, prompt: { ...PROMPT, speech } });
    const fetched = page.waitForResponse(/\/lost-[^/]*\.opus/);
    await page.getByRole('button', { name: 'EN' }).click();
    await fetched;
    await hears('ended en scan 0.2');
    const { seconds } = await decoded(page, 'config/voices/en/wait.opus');
    expect(await page.evaluate<number>('document.querySelector("audio").duration')).toBeCloseTo(seconds, 1);
    await kiosk.server.stop();
    await hears('playing en lost 0.2');
  });

  it('has something to hear in every file', async () => {
    const { page } = await speaking();
    const silent: string[] = [];
    for (const language of PROMPT.languages)
      for (const sentence of SENTENCES) {
        const { seconds, peak } = await decoded(page, `config/voices/${language}/${sentence}.opus`);
        if (!(peak > 0.1 && seconds > 0.5 && seconds < 12))
          silent.push(`${language}/${sentence} ${peak} ${seconds} s`);
      }
    expect(silent).toEqual([]);
  });
});
