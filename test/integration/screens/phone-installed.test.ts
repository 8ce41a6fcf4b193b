import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import type { Page } from 'playwright-core';
import QRCode from 'qrcode';
import { expect, it, onTestFinished, vi } from 'vitest';
import { registerKeygen } from '../../../src/cli/keygen.ts';
import { registerPassIssue } from '../../../src/cli/pass/issue.ts';
import { registerPassLeaflet } from '../../../src/cli/pass/leaflet.ts';
import { registerPassMove } from '../../../src/cli/pass/move.ts';
import { RevokedPasses, revocationsContent } from '../../../src/core/bundle/revocations.ts';
import { parsePublicKey } from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { SOUND_CONFIG } from '../../config/sound-config.ts';
import { needs } from '../../support/needs.ts';
import {
  keep,
  NOW_MS,
  newKey,
  samplePass as pass,
  paste,
  phonePages,
  requestOf,
  shownCode,
  verdict,
  verdictOf,
} from '../../support/screens/phone-visit.ts';
import { codeIn } from '../../support/screens/qr-code.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { serveFolder } from '../../support/screens/static-server.ts';

/**
 * Asks the server for a newer version, and waits for what became of it. After a navigation the browser asks by itself, too:
 * that one may have found it already, or be under way with the bytes of before, and then nothing new is found.
 */
const UPDATE = `navigator.serviceWorker.getRegistration().then(async (registration) => {
  let found;
  registration.addEventListener('updatefound', () => { found = registration.installing; });
  for (;;) {
    await registration.update().catch(() => undefined);
    const coming = found ?? registration.installing ?? registration.waiting;
    if (coming) return new Promise((resolve) => {
      const look = () => { if (coming.state !== 'installing') resolve(coming.state); };
      coming.addEventListener('statechange', look);
      look();
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
})`;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-phone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const integrityOf = (content: string) => `sha256-${createHash('sha256').update(content).digest('base64')}`;

needs('chromium')('the phone page that is kept', () => {
  const { phone, open, folder, url } = phonePages();

  it('works without a network, and takes a newer version as a whole and when it is told to', async () => {
    const host = newFolder();
    const served = join(host, 'phone');
    for (const name of ['phone', 'other']) cpSync(folder(), join(host, name), { recursive: true });
    const first = await serveFolder(host);
    const [own, other] = ['phone', 'other'].map((name) => `${first.url}${name}/`) as [string, string];
    const page = await phone();
    // Another office has a page at the same host name.
    await page.goto(other);
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await page.goto(own);
    const holderKey = await newKey(page);
    await paste(page, pass({ holderKey }));
    await keep(page);
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await page.reload();
    expect(verdict(await shownCode(page), NOW_MS)).toEqual([]);

    // A newer build, of which the server has only a half yet.
    const [worker, index] = ['sw.js', 'index.html'].map((name) => readFileSync(join(served, name), 'utf8'));
    const newer = index?.replace('<meta ', '<meta name="newer" /><meta ') ?? '';
    writeFileSync(
      join(served, 'sw.js'),
      worker?.replace(integrityOf(index ?? ''), integrityOf(newer)).replace(/(?<=`\$\{OURS\})/, '2') ?? '',
    );
    expect(await page.evaluate(UPDATE)).toBe('redundant');
    await page.getByRole('button', { name: '全部通行证' }).click();
    await page.locator('.passes').waitFor();
    expect(await page.getByRole('button', { name: '页面有新版本' }).count()).toBe(0);
    writeFileSync(join(served, 'index.html'), newer);
    expect(await page.evaluate(UPDATE)).toBe('installed');
    // It waits: what is shown at a gate is not changed under way.
    await page.reload();
    expect(await page.locator('meta[name=newer]').count()).toBe(0);
    await page.getByRole('button', { name: '全部通行证' }).click();
    await page.getByText('没有网络也能打开').waitFor();
    await page.getByText(/浏览器没有答应一直保存|浏览器会一直保存/).waitFor();
    const reloaded = page.waitForEvent('load');
    await page.getByRole('button', { name: '页面有新版本' }).click();
    await reloaded;
    expect(await page.locator('meta[name=newer]').count()).toBe(1);
    expect(verdict(await shownCode(page), NOW_MS)).toEqual([]);

    await page.context().setOffline(true);
    await first.stop();
    // It took nothing from the other office's page, which knows none of its passes.
    await page.goto(other);
    await page.getByRole('heading', { name: '第 1 步' }).waitFor();
    await page.goto(own);
    expect(verdict(await shownCode(page), NOW_MS)).toEqual([]);
    await page.getByRole('button', { name: '全部通行证' }).click();
    await page.getByRole('button', { name: '再添加一张通行证' }).click();
    const child = pass({ passId: 'ffffffffffffffff', label: '小宝' });
    const buffer = await QRCode.toBuffer(child, { scale: 5 });
    await page.locator('input[type=file]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
    await keep(page);
    await expect.poll(() => shownCode(page)).toBe(child);
  });

  it('moves a pass to a new phone with the help of the office', async () => {
    const office = newFolder();
    const file = (name: string): string => join(office, name);
    const run = async (...words: string[]): Promise<{ printed: string; told: string }> => {
      const program = new Command('gatepost').exitOverride();
      for (const register of [registerKeygen, registerPassIssue, registerPassLeaflet, registerPassMove])
        register(program);
      const lines: Record<'log' | 'error', string[]> = { log: [], error: [] };
      const spies = (['log', 'error'] as const).map((name) =>
        vi.spyOn(console, name).mockImplementation((line = '') => {
          lines[name].push(String(line));
        }),
      );
      try {
        await program.parseAsync(words, { from: 'user' });
      } finally {
        for (const spy of spies) spy.mockRestore();
      }
      return { printed: lines.log.join('\n'), told: lines.error.join('\n') };
    };
    /** A phone whose clock is right. */
    const newPhone = async (): Promise<Page> => {
      const page = await phone();
      await page.clock.setSystemTime(Date.now());
      return page;
    };

    const old = await newPhone();
    await open(old);
    const { printed } = await run('keygen', '--out', file('office.pem'));
    const publicKey = parsePublicKey(/[0-9a-f]{64}/.exec(printed)?.[0] ?? '');
    const trust = createTrust([{ publicKey, name: 'Office', status: 'active' }]);
    const gate = async (page: Page) => {
      const reading = readPass((await shownCode(page)) ?? '', trust);
      const reasons = verdictOf(reading, await page.evaluate<number>('Date.now()'));
      return { reasons, claims: reading.status === 'verified' ? reading.claims : undefined };
    };
    const key = ['--key', file('office.pem')];
    writeFileSync(
      file('people.csv'),
      `name,unit,label,holder,bind\n王秀英,3-2-501,王秀英,a1b2c3d4e5f6,${await requestOf(old)}\n`,
    );
    const table = ['--csv', file('people.csv'), '--out', file('cards'), '--valid-days', '30'];
    await run('pass', 'issue', ...key, '--site', 'c42', '--kind', 'resident', ...table);
    const passes = join(file('cards'), 'passes.csv');
    const text = /GP1:[^\r\n]*/.exec(readFileSync(passes, 'utf8'))?.[0] ?? '';
    await open(old, `#pass=${encodeURIComponent(text.replace(/"$/, ''))}`);
    await keep(old);
    const before = await gate(old);
    expect(before.reasons).toEqual([]);

    await old.getByRole('button', { name: '全部通行证' }).click();
    await old.getByRole('button', { name: '换到新手机' }).click();
    expect(await axeFindings(old)).toEqual([]);
    for (const language of ['zh-TW', 'en', 'zh-CN']) {
      await old.locator(`button[lang=${language}]`).click();
      expect(await overflows(old)).toBe(false);
      await shot(old, `phone-move-${language}`, { fullPage: true });
    }
    const link = (await shownCode(old)) ?? '';
    expect(link).toMatch(new RegExp(`^${url()}#move=`));
    const young = await newPhone();
    await young.goto(link);
    await young.getByText('要换到这部手机').waitFor();
    const request = await young.locator('.key').innerText();
    expect(await axeFindings(young)).toEqual([]);
    await shot(young, 'phone-request', { fullPage: true });

    const list = ['--passes', passes, '--revocations', file('revoked.txt')];
    const order = ['--yes', ...list, '--phone-page', url()];
    const moved = await run('pass', 'move', request, ...key, ...order, '--qr', file('new.png'));
    const code = await codeIn(readFileSync(file('new.png')));
    expect(moved.told).toContain(code);
    await young.goto(code ?? '');
    await keep(young);
    const after = await gate(young);
    expect(after.reasons).toEqual([]);
    const { passId, issuedAt, holderKey, ...same } = after.claims ?? {};
    expect({ ...before.claims, ...same }).toEqual(before.claims);
    expect(holderKey).not.toEqual(before.claims?.holderKey);

    // What the office signs from its list ends the old pass at the gates, and no other.
    const ids = readFileSync(file('revoked.txt'), 'utf8').match(/^[0-9a-f]{16}/gm) ?? [];
    const reading = RevokedPasses.read(revocationsContent(ids, []));
    let step = reading.next();
    while (step.done !== true) step = reading.next();
    expect(step.value.isRevoked(before.claims?.passId ?? '', 'a1b2c3d4e5f6', 0)).toBe(true);
    expect(step.value.isRevoked(passId ?? '', 'a1b2c3d4e5f6', 0)).toBe(false);
    // The new one is on record, and asked for again it is the same one.
    expect(readFileSync(passes, 'utf8')).toContain(moved.printed);
    expect((await run('pass', 'move', request, ...key, ...order)).printed).toBe(moved.printed);

    // What the office hangs up: a page of paper for each language, with a code that is the way to the page for phones.
    const contact = 'office: { telephone: 010-5550, hours: 8-18 }';
    writeFileSync(
      file('gate.yaml'),
      SOUND_CONFIG.replace('name: Willow,', `name: "Willow <b>Court", ${contact},`),
    );
    const hung = ['--phone-page', url(), '--config', file('gate.yaml'), '--out', file('leaflet.html')];
    await run('pass', 'leaflet', ...hung);
    await young.goto(pathToFileURL(file('leaflet.html')).href);
    await young.setViewportSize({ width: 794, height: 1123 });
    const way = await codeIn(await young.screenshot());
    expect(way).toBe(url());
    await young.getByText('Willow <b>Court').first().waitFor();
    await young.getByText('Tell the office at once: 010-5550 (8-18)').waitFor();
    expect(await axeFindings(young)).toEqual([]);
    await shot(young, 'phone-leaflet', { fullPage: true });
    const paper = (await young.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(paper.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(3);

    await old.getByRole('button', { name: '删除' }).click();
    await old.getByRole('alertdialog').getByRole('button', { name: '删除' }).click();
    await old.locator('textarea').waitFor();
  });
});
