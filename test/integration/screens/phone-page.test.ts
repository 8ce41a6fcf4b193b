import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import QRCode from 'qrcode';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { checkPass } from '../../../src/core/pass/check-pass.ts';
import { STEP_SECONDS, stepAt } from '../../../src/core/pass/dynamic-code.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import type { HolderKey, PassClaims } from '../../../src/core/pass/pass.ts';
import { parseHolderKey } from '../../../src/core/pass/public-key.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { NOW_S, sampleClaims, testSigner, trustedKey } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import { builtPages } from '../../support/screens/built-screens.ts';
import {
  axeFindings,
  closePages,
  openChromium,
  openPage,
  shot,
} from '../../support/screens/screen-browser.ts';
import { serveFolder } from '../../support/screens/static-server.ts';

const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });

/** A moment in the middle of a step. */
const NOW_MS = (stepAt(NOW_S * 1000) * STEP_SECONDS + 7) * 1000;
const STEP_MS = STEP_SECONDS * 1000;
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  locale: 'zh-CN',
  colorScheme: 'light',
} as const;

/** Runs in the page: tries to read the private key out of the browser. */
const EXPORT_KEY = `new Promise((resolve) => {
  indexedDB.open('gatepost-phone').onsuccess = (opened) => {
    const shelf = opened.target.result.transaction('wallet').objectStore('wallet');
    shelf.get('key').onsuccess = (got) =>
      crypto.subtle.exportKey('pkcs8', got.target.result.privateKey).then(
        () => resolve('exported'),
        (error) => resolve(error.name),
      );
  };
})`;

/** A grey picture (PGM) of several codes in a row. */
function besideOneAnother(texts: readonly string[]): Buffer {
  const [scale, margin] = [4, 6];
  const codes = texts.map((text) => QRCode.create(text, {}).modules);
  const side = Math.max(...codes.map(({ size }) => size)) + 2 * margin;
  const [width, height] = [side * scale * codes.length, side * scale];
  const grey = Buffer.alloc(width * height, 255);
  codes.forEach(({ size, get }, at) => {
    for (let y = 0; y < size * scale; y++)
      for (let x = 0; x < size * scale; x++)
        if (get.call(codes[at], Math.floor(y / scale), Math.floor(x / scale)))
          grey[(y + margin * scale) * width + x + (at * side + margin) * scale] = 0;
  });
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), grey]);
}

needs('chromium')('the phone page', () => {
  let pages: Awaited<ReturnType<typeof builtPages>>;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    pages = await builtPages('phone');
    server = await serveFolder(pages.folder);
    browser = await openChromium();
  });
  afterAll(async () => {
    await closePages(browser);
    await server?.stop();
    pages?.dispose();
  });

  async function phone(options: BrowserContextOptions = {}, prepare?: string): Promise<Page> {
    const { page, faults } = await openPage(browser, { ...PHONE, ...options });
    onTestFinished(async () => {
      await page.context().close();
      expect(faults).toEqual([]);
    });
    if (prepare !== undefined) await page.addInitScript(prepare);
    await page.clock.install({ time: NOW_MS });
    return page;
  }

  async function open(page: Page, fragment = ''): Promise<void> {
    await page.goto(server.url + fragment);
    await page.locator('.card, .what, .ask').first().waitFor();
  }

  /** The public key the phone shows, as text and as code alike. */
  async function makeKey(page: Page): Promise<HolderKey> {
    await page.getByRole('button', { name: '把通行证绑定到这部手机' }).click();
    const text = await page.locator('.key').innerText();
    expect(await shownCode(page)).toBe(text);
    await shot(page, 'phone-key');
    await page.getByRole('button', { name: '返回' }).click();
    return parseHolderKey(text);
  }

  async function enter(page: Page, text: string): Promise<void> {
    await page.locator('textarea').fill(text);
    await page.getByRole('button', { name: '使用这张通行证' }).click();
  }

  /** The time of the page, which goes on while a busy machine makes its picture. */
  function nowOf(page: Page): Promise<number> {
    return page.evaluate<number>('Date.now()');
  }

  async function shownCode(page: Page): Promise<string | undefined> {
    await page.locator('.code .qr').waitFor();
    const [code] = await readBarcodes(new Uint8Array(await page.screenshot()), { formats: ['QRCode'] });
    return code?.text;
  }

  /** What the gate says to a code at a moment. */
  function verdict(text: string | undefined, wallMs: number): readonly string[] {
    const reading = readPass(text ?? '', createTrust([trustedKey()]));
    if (reading.status !== 'verified') return [reading.reason];
    return checkPass(reading, {
      site: 'c42',
      gate: 'north',
      timeZone: 'Asia/Shanghai',
      clock: { wallMs, monotonicMs: 0, quality: 'synced' },
      longestPassLifeS: 400 * 86_400,
      stepSeen: false,
    });
  }

  const pass = (changes: Partial<PassClaims> = {}) =>
    signPass(sampleClaims({ label: '王秀英 3-2-501', ...changes }), testSigner('issuer'));

  const NO_ED25519 = `{
    const made = crypto.subtle.generateKey.bind(crypto.subtle);
    crypto.subtle.generateKey = (algorithm, ...rest) =>
      algorithm === 'Ed25519' ? Promise.reject(new DOMException('no', 'NotSupportedError')) : made(algorithm, ...rest);
  }`;

  it.each([
    ['Ed25519', undefined],
    ['P-256', NO_ED25519],
  ])('makes a key with %s, keeps it in, and shows codes that live for a step', async (algorithm, prepare) => {
    const page = await phone({}, prepare);
    await open(page);
    const holderKey = await makeKey(page);
    expect(holderKey.algorithm).toBe(algorithm);
    await enter(page, pass({ holderKey }));
    const first = await shownCode(page);
    expect(first).toMatch(/^GR1:/);
    const firstMs = await nowOf(page);
    expect(verdict(first, firstMs)).toEqual([]);
    // A picture of the screen, shown a minute later.
    expect(verdict(first, firstMs + 60_000)).toEqual(['gp:DynamicCodeStale']);
    await shot(page, `phone-bound-${algorithm}`);

    await page.clock.runFor(STEP_MS);
    await expect.poll(() => shownCode(page)).not.toBe(first);
    const second = await shownCode(page);
    const secondMs = await nowOf(page);
    expect(verdict(second, secondMs)).toEqual([]);
    expect(verdict(second, secondMs - STEP_MS)).toEqual([]);

    const exported = await page.evaluate(EXPORT_KEY);
    expect(exported).toBe('InvalidAccessError');
  });

  it.each([
    ['Ed25519', undefined],
    ['P-256', NO_ED25519],
  ])('signs a code for a guest with %s, and hands it over as a picture', async (_algorithm, prepare) => {
    const page = await phone({}, prepare);
    await open(page);
    const holderKey = await makeKey(page);
    await enter(page, pass({ holderKey, holderRef: 'a1b2c3d4e5f6' }));
    await page.getByRole('button', { name: '邀请访客' }).click();
    await page.locator('input[type=text]').fill('李叔叔和他的两个孩子');
    await page.getByRole('button', { name: '24 小时' }).click();
    await page.getByRole('button', { name: '两次' }).click();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'phone-guest-wishes');
    await page.getByRole('button', { name: '生成访客码' }).click();
    const code = await shownCode(page);
    const madeMs = await nowOf(page);
    expect(verdict(code, madeMs)).toEqual([]);
    expect(verdict(code, madeMs + 24 * 3_600_000)).toEqual(['CredentialExpired']);
    expect(readPass(code ?? '', createTrust([trustedKey()]))).toMatchObject({
      form: 'GG1',
      claims: { kind: 'visitor', label: '李叔叔和他的两个', uses: 2 },
    });
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'phone-guest');
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: '发送图片' }).click();
    const picture = readFileSync(await (await downloading).path());
    const [read] = await readBarcodes(new Uint8Array(picture), { formats: ['QRCode'] });
    expect(read?.text).toBe(code);
  });

  it('offers no guest code with a pass that may not invite', async () => {
    const page = await phone();
    await open(page);
    const holderKey = await makeKey(page);
    for (const changes of [{ kind: 'worker', holderRef: 'a1b2c3d4e5f6' }, {}] as const) {
      await page.goto(`${server.url}#pass=${encodeURIComponent(pass({ holderKey, ...changes }))}`);
      await page.locator('.ask, .what').first().waitFor();
      if (await page.locator('.ask').isVisible()) await page.locator('.ask .primary').click();
      await page.locator('.renewal').waitFor();
      expect(await page.getByRole('button', { name: '邀请访客' }).count()).toBe(0);
    }
  });

  it('shows a paper pass as it is, and has no serious findings on any of its views', async () => {
    const page = await phone();
    await open(page);
    await shot(page, 'phone-start');
    expect(await axeFindings(page)).toEqual([]);
    const text = pass({ kind: 'worker' });
    await enter(page, `  ${text}\n`);
    expect(await shownCode(page)).toBe(text);
    expect(verdict(await shownCode(page), NOW_MS)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'phone-paper');
    await page.locator('button[lang=en]').click();
    expect(await page.locator('.what').innerText()).toContain('Worker');
    await shot(page, 'phone-paper-en');
  });

  it('reads the pass from a picture, and says so when there is none in it', async () => {
    const page = await phone();
    await open(page);
    const put = async (text: string) => {
      const buffer = await QRCode.toBuffer(text, { scale: 5 });
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'card.png', mimeType: 'image/png', buffer });
    };
    await put('https://example.org');
    await page.getByText('这不是通行证').waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'card.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
    await page.getByText('没有找到二维码').waitFor();
    await put(pass());
    expect(await shownCode(page)).toBe(pass());
  });

  it('prefers the pass to stickers beside it', async () => {
    const page = await phone();
    await open(page);
    const buffer = besideOneAnother(['https://example.org/menu', pass(), 'https://example.org/map']);
    await page.locator('input[type=file]').setInputFiles({ name: 'wall.pgm', mimeType: 'image/png', buffer });
    expect(await shownCode(page)).toBe(pass());
  });

  it('takes a pass from a link, leaves none in the address, and asks before it replaces one', async () => {
    const page = await phone();
    await open(page, `#pass=${encodeURIComponent(pass())}`);
    expect(await shownCode(page)).toBe(pass());
    expect(page.url()).toBe(server.url);
    const other = pass({ passId: 'ffffffffffffffff' });
    await page.evaluate(`location.hash = ${JSON.stringify(`pass=${encodeURIComponent(other)}`)}`);
    await page.getByRole('button', { name: '保留现在的' }).click();
    expect(await shownCode(page)).toBe(pass());
    await page.evaluate(`location.hash = ${JSON.stringify(`pass=${encodeURIComponent(other)}`)}`);
    await page.getByRole('button', { name: '代替', exact: true }).click();
    expect(await shownCode(page)).toBe(other);
  });

  it.each([
    ['garbage', 'GP1:NOT A PASS'],
    ['a phone code', 'GR1:ABC'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['a text beyond any pass', `GP1:${'A'.repeat(1900)}`],
  ])('refuses %s', async (_, text) => {
    const page = await phone();
    await open(page);
    await enter(page, text);
    await page.getByText('这不是通行证').waitFor();
  });

  it('names a pass of another phone, an expired one and one of tomorrow', async () => {
    const page = await phone();
    const { publicKey } = testSigner('phone');
    await open(page, `#pass=${encodeURIComponent(pass({ holderKey: { algorithm: 'Ed25519', publicKey } }))}`);
    await page.getByText('绑定的是另一部手机').waitFor();
    expect(await page.locator('.qr').count()).toBe(0);
    await shot(page, 'phone-other');
    const late = await phone();
    await open(late, `#pass=${encodeURIComponent(pass({ expiresAt: NOW_S }))}`);
    await late.getByText('已过期').waitFor();
    const early = await phone();
    await open(early, `#pass=${encodeURIComponent(pass({ notBefore: NOW_S + 86_400 }))}`);
    await early.getByText('起才有效').waitFor();
  });

  it('says by how much the clock of the phone is wrong', async () => {
    const page = await phone();
    await open(page, `#pass=${encodeURIComponent(pass())}`);
    // The faked clock of the page stands in 2020, the server's does not.
    await page.getByText('手机时间差了约').waitFor();
  });

  it('works without a network once it was opened, reading pictures included', async () => {
    const page = await phone();
    await open(page, `#pass=${encodeURIComponent(pass())}`);
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await page.context().setOffline(true);
    await server.stop();
    try {
      await page.goto(server.url);
      expect(await shownCode(page)).toBe(pass());
      await page.getByRole('button', { name: '换一张通行证' }).click();
      const other = pass({ passId: 'ffffffffffffffff' });
      const buffer = await QRCode.toBuffer(other, { scale: 5 });
      await page.locator('input[type=file]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
      await page.getByRole('button', { name: '代替', exact: true }).click();
      expect(await shownCode(page)).toBe(other);
    } finally {
      server = await serveFolder(pages.folder);
    }
  });

  it('works opened as a file', async () => {
    const page = await phone();
    await page.goto(pathToFileURL(join(pages.folder, 'index.html')).href);
    await page.getByText('直接打开文件时不能读图片').waitFor();
    const holderKey = await makeKey(page);
    await enter(page, pass({ holderKey }));
    expect(verdict(await shownCode(page), NOW_MS)).toEqual([]);
  });

  it('forgets the pass when told to, and keeps the key', async () => {
    const page = await phone();
    await open(page);
    const before = await makeKey(page);
    await enter(page, pass());
    await shownCode(page);
    await page.getByRole('button', { name: '删除通行证' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: '删除通行证' }).click();
    await page.locator('textarea').waitFor();
    await page.reload();
    await page.locator('textarea').waitFor();
    expect(await makeKey(page)).toEqual(before);
  });
});
