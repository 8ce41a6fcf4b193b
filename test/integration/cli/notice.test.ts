import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SENSORS } from '../../../hardware/sensors.ts';
import { registerNotice } from '../../../src/cli/site/notice.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { noticeText } from '../../../src/core/report/privacy-notice.ts';
import { LANGUAGES } from '../../../src/core/text/language.ts';
import { noticeSettings } from '../../../src/daemon/settings.ts';
import { SOUND_CONFIG } from '../../config/sound-config.ts';

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-notice-'));
  const office = 'office: { telephone: 010-5550, hours: 8-18, address: "Block <2> & 3" }';
  const site = SOUND_CONFIG.replace('name: Willow,', `name: Willow, ${office},`);
  writeFileSync(file('gate.yaml'), `${site}retention: { accessDays: 11 }\nprivacy: { selfService: true }\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words: string[]) => {
  const program = new Command('gatepost').exitOverride();
  registerNotice(program);
  return program.parseAsync(['notice', '--config', file('gate.yaml'), ...words], { from: 'user' });
};
const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

describe('gatepost notice', () => {
  it('prints, a page for each language, what the screen says, with the durations of the config', async () => {
    await run('--out', file('notice.html'));
    const page = readFileSync(file('notice.html'), 'utf8');
    const [, ...articles] = page.split('<article ');
    expect(articles.map((article) => /^lang="([\w-]+)"/.exec(article)?.[1])).toEqual([...LANGUAGES]);
    const notice = noticeSettings(loadConfig(file('gate.yaml'), SENSORS).config);
    for (const [at, language] of LANGUAGES.entries()) {
      const { privacy } = JSON.parse(readFileSync(`config/locales/${language}.json`, 'utf8'));
      const parts = noticeText(privacy, notice, language);
      expect(parts.length).toBeGreaterThan(2);
      for (const { title, lines, rows } of parts)
        for (const text of [title, ...lines, ...rows.flat()]) expect(articles[at]).toContain(escaped(text));
      expect(articles[at]).toContain('11');
      for (const text of ['010-5550', 'Block &lt;2&gt; &amp; 3']) expect(articles[at]).toContain(text);
    }
    // What a printer or a thin browser shows is all there is, and nothing is fetched.
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:/);
    expect(page).toContain("default-src 'none'");
  });

  it('takes the place of no file, and goes to standard output in one language', async () => {
    const { mtimeMs } = statSync(file('notice.html'));
    await expect(run('--out', file('notice.html'))).rejects.toMatchObject({ code: 'usage' });
    expect(statSync(file('notice.html')).mtimeMs).toBe(mtimeMs);
    const written: string[] = [];
    const spy = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => written.push(String(text)) > 0);
    await run('--language', 'zh-TW').finally(() => spy.mockRestore());
    expect(written.join('').match(/<article lang="[^"]+"/g)).toEqual(['<article lang="zh-TW"']);
  });
});
