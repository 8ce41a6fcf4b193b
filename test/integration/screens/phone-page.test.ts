import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import QRCode from 'qrcode';
import { expect, it } from 'vitest';
import { readBarcodes } from 'zxing-wasm/reader';
import { STEP_SECONDS } from '../../../src/core/pass/dynamic-code.ts';
import { createTrust, readPass } from '../../../src/core/pass/read-pass.ts';
import { NOW_S, testSigner, trustedKey } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import {
  keep,
  NOW_MS,
  newKey,
  samplePass as pass,
  paste,
  phonePages,
  shownCode,
  verdict,
} from '../../support/screens/phone-visit.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';

const STEP_MS = STEP_SECONDS * 1000;
const DAY_S = 86_400;
const SMALL = { width: 360, height: 640 };

/** Runs in the page: tries to read the private keys out of the browser. */
const EXPORT_KEYS = `indexedDB.databases().then(([{ name }]) => new Promise((resolve) => {
  indexedDB.open(name).onsuccess = (opened) => {
    const shelf = opened.target.result.transaction('wallet').objectStore('wallet');
    shelf.get('kept').onsuccess = (got) =>
      Promise.all(got.target.result.keys.map(({ privateKey }) => crypto.subtle.exportKey('pkcs8', privateKey).then(
        () => 'exported',
        (error) => error.name,
      ))).then(resolve);
  };
}))`;

const NO_ED25519 = `{
  const made = crypto.subtle.generateKey.bind(crypto.subtle);
  crypto.subtle.generateKey = (algorithm, ...rest) =>
    algorithm === 'Ed25519' ? Promise.reject(new DOMException('no', 'NotSupportedError')) : made(algorithm, ...rest);
}`;

/** The screen's lock as it stands, in window.lit; a phone with a low battery refuses it while window.low is set. */
const WAKE_LOCK = `{
  window.lit = 0;
  navigator.wakeLock.request = async () => {
    if (window.low) throw new DOMException('low battery', 'NotAllowedError');
    window.lit += 1;
    return { release: async () => { window.lit -= 1; } };
  };
}`;

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

/** Runs in the page before it: a camera that looks at a code. It is a real stream, of a canvas instead of a lens. */
function cameraBefore(text: string): string {
  const { size, data } = QRCode.create(text, {}).modules;
  return `navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    const scale = 6;
    canvas.width = canvas.height = (${size} + 8) * scale;
    const context = canvas.getContext('2d');
    const draw = () => {
      context.fillStyle = '#fff';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = '#000';
      ${JSON.stringify(Array.from(data))}.forEach((dark, at) => {
        if (dark) context.fillRect((at % ${size} + 4) * scale, (Math.floor(at / ${size}) + 4) * scale, scale, scale);
      });
    };
    draw();
    window.stream = canvas.captureStream(10);
    setInterval(draw, 100);
    return window.stream;
  };`;
}

needs('chromium')('the phone page', () => {
  const { phone, open, url, folder } = phonePages();

  it.each([
    ['Ed25519', undefined],
    ['P-256', NO_ED25519],
  ])(
    'makes a key with %s, keeps it in, shows codes of now, and signs for guests',
    async (algorithm, prepare) => {
      const page = await phone({}, prepare);
      await open(page);
      const holderKey = await newKey(page);
      expect(holderKey.algorithm).toBe(algorithm);
      await paste(page, pass({ holderKey, holderRef: 'a1b2c3d4e5f6' }));
      await keep(page);
      const first = await shownCode(page);
      expect(first).toMatch(/^GR1:/);
      const firstMs = await page.evaluate<number>('Date.now()');
      expect(verdict(first, firstMs)).toEqual([]);
      // A picture of the screen, shown a minute later.
      expect(verdict(first, firstMs + 60_000)).toEqual(['gp:DynamicCodeStale']);

      await page.clock.runFor(STEP_MS);
      await expect.poll(() => shownCode(page)).not.toBe(first);
      const second = await shownCode(page);
      const secondMs = await page.evaluate<number>('Date.now()');
      expect(verdict(second, secondMs)).toEqual([]);
      expect(verdict(second, secondMs - STEP_MS)).toEqual([]);
      // The gate still takes the old one when the new one is there.
      expect(verdict(first, firstMs + STEP_MS)).toEqual([]);
      expect(await page.evaluate(EXPORT_KEYS)).toEqual(['InvalidAccessError']);

      await page.getByRole('button', { name: '邀请访客' }).click();
      await page.locator('input[type=text]').fill('李叔叔和他的两个孩子');
      await page.getByRole('button', { name: '24 小时' }).click();
      await page.getByRole('button', { name: '两次' }).click();
      expect(await axeFindings(page)).toEqual([]);
      await shot(page, 'phone-guest-wishes');
      await page.getByRole('button', { name: '生成访客码' }).click();
      const code = await shownCode(page);
      const madeMs = await page.evaluate<number>('Date.now()');
      expect(verdict(code, madeMs)).toEqual([]);
      expect(verdict(code, madeMs + 24 * 3_600_000)).toEqual(['CredentialExpired']);
      expect(readPass(code ?? '', createTrust([trustedKey()]))).toMatchObject({
        form: 'GG1',
        claims: { kind: 'visitor', label: '李叔叔和他的两个', uses: 2 },
      });
      await shot(page, 'phone-guest');
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: '发送图片' }).click();
      const picture = readFileSync(await (await downloading).path());
      const [read] = await readBarcodes(new Uint8Array(picture), { formats: ['QRCode'] });
      expect(read?.text).toBe(code);
    },
  );

  it('takes a pass in three steps from a picture, in three languages and on a small phone', async () => {
    const page = await phone({}, `localStorage.clear()`);
    await open(page);
    const inAll = async (name: string): Promise<void> => {
      for (const language of ['zh-TW', 'en', 'zh-CN']) {
        await page.locator(`button[lang=${language}]`).click();
        for (const viewport of [SMALL, { width: 390, height: 844 }]) {
          await page.setViewportSize(viewport);
          expect(await overflows(page)).toBe(false);
          await shot(page, `phone-${name}-${language}-${viewport.width}`, { fullPage: true });
        }
      }
      expect(await axeFindings(page)).toEqual([]);
    };
    await inAll('1-get');
    const put = async (name: string, buffer: Buffer) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'image/png', buffer });
    await put('card.png', Buffer.from('not a picture'));
    await page.getByText('没有找到二维码').waitFor();
    await put('address.png', await QRCode.toBuffer('https://example.org', { scale: 5 }));
    await page.getByText('这是一个网址').waitFor();
    const text = pass({ kind: 'worker', expiresAt: NOW_S + 200 * DAY_S });
    await put('wall.pgm', besideOneAnother(['https://example.org/menu', text, 'https://example.org/map']));
    await page.getByRole('heading', { name: '第 2 步' }).waitFor();
    await inAll('2-check');
    await keep(page);
    await inAll('3-done');
    await expect.poll(() => shownCode(page)).toBe(text);
    expect(verdict(await shownCode(page), NOW_MS)).toEqual([]);
    // Nobody has to scroll at the gate.
    await page.getByRole('button', { name: '全部通行证' }).click();
    await page.getByRole('button', { name: /^出示/ }).click();
    await page.setViewportSize(SMALL);
    const box = await page.locator('.code .qr').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(SMALL.height);
  });

  it('says of a wrong text what it is, and of a pass for others what to do', async () => {
    const page = await phone();
    await open(page);
    for (const [text, says] of [
      ['你好', '这不是通行证'],
      ['<img src=x onerror=alert(1)>', '这不是通行证'],
      ['GR1:ABC', '15 秒一换'],
      [`GP1:${'A'.repeat(1900)}`, '内容缺了或错了'],
      ['GP2:ABC', '不认识这种码'],
    ] as const) {
      await paste(page, text);
      await page.getByRole('alert').getByText(says).waitFor();
    }
    // This machine has no camera, or may not use it.
    await page.getByRole('button', { name: '用相机扫二维码' }).click();
    await page
      .getByRole('alert')
      .getByText(/没有允许使用相机|相机打不开/)
      .waitFor();
    await page.getByRole('button', { name: '关闭相机' }).click();
    const { publicKey } = testSigner('phone');
    await paste(page, pass({ holderKey: { algorithm: 'Ed25519', publicKey } }));
    await page.getByText('是给另一部手机的').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'phone-other');
    await page.getByRole('button', { name: '返回' }).click();
    await paste(page, pass({ expiresAt: NOW_S }));
    await page.getByText('到期，请到物业办理新的').waitFor();
    expect(await page.getByRole('button', { name: '是，保存在这部手机' }).count()).toBe(0);
    await page.getByRole('button', { name: '返回' }).click();
    await paste(page, pass({ notBefore: NOW_S + DAY_S }));
    await keep(page);
    await page.getByText('起才有效').waitFor();
    // The page's clock is in 2020, its server's is not.
    await page.getByText('手机时间不对').waitFor();
  });

  it('takes a pass from the camera, and from links that leave nothing in the address', async () => {
    const [first, second] = [pass(), pass({ passId: 'ffffffffffffffff', issuedAt: NOW_S })];
    const page = await phone({}, cameraBefore(first));
    await open(page);
    await page.getByRole('button', { name: '用相机扫二维码' }).click();
    await page.getByRole('heading', { name: '第 2 步' }).waitFor();
    expect(
      await page.evaluate('window.stream.getTracks().every(({ readyState }) => readyState === "ended")'),
    ).toBe(true);
    await keep(page);
    const link = (text: string) =>
      page.evaluate(`location.hash = ${JSON.stringify(`pass=${encodeURIComponent(text)}`)}`);
    await link(second.slice(0, -2));
    await page.getByText('内容缺了或错了').waitFor();
    expect(page.url()).toBe(url());
    // The office has renewed the pass: the old one is offered to go.
    await link(second);
    expect(await page.getByRole('button', { name: '代替旧的' }).getAttribute('aria-pressed')).toBe('true');
    await keep(page);
    await expect.poll(() => shownCode(page)).toBe(second);
    expect(await page.locator('.tabs').count()).toBe(0);
    // An older one is not.
    await link(first);
    const both = page.getByRole('button', { name: '两张都留' });
    await expect.poll(() => both.getAttribute('aria-pressed')).toBe('true');
    await keep(page);
    await expect.poll(() => page.locator('.tabs button').count()).toBe(2);
    await expect.poll(() => shownCode(page)).toBe(first);
  });

  it('keeps passes of several people, each with a key of its own, and the screen on for a code alone', async () => {
    const page = await phone({}, WAKE_LOCK);
    await open(page);
    const keys = [];
    for (const [name, holderRef] of [
      ['妈妈', 'a1b2c3d4e5f6'],
      ['小宝', 'ffeeddccbbaa'],
    ] as const) {
      if (keys.length > 0) {
        await page.getByRole('button', { name: '全部通行证' }).click();
        await page.getByRole('button', { name: '再添加一张通行证' }).click();
      }
      const holderKey = await newKey(page);
      keys.push(holderKey);
      const expiresAt = NOW_S + (3 - keys.length) * DAY_S;
      await paste(
        page,
        pass({ holderKey, holderRef, label: name, expiresAt, passId: `${keys.length}`.repeat(16) }),
      );
      await keep(page, name);
    }
    expect(keys[0]).not.toEqual(keys[1]);
    await expect.poll(() => page.evaluate('window.lit')).toBe(1);
    const holderOf = async (): Promise<unknown> => {
      const reading = readPass((await shownCode(page)) ?? '', createTrust([trustedKey()]));
      return reading.status === 'verified'
        ? [reading.form, (reading.host ?? reading.claims).holderRef]
        : reading;
    };
    await expect.poll(holderOf).toEqual(['GR1', 'ffeeddccbbaa']);
    await page.getByText('明天到期').waitFor();
    await shot(page, 'phone-two');
    await page.getByRole('button', { name: '妈妈' }).click();
    await expect.poll(holderOf).toEqual(['GR1', 'a1b2c3d4e5f6']);
    await page.getByText('还有 2 天到期').waitFor();
    expect(await axeFindings(page)).toEqual([]);

    await page.getByRole('button', { name: '邀请访客' }).click();
    await page.getByText('邀请人：妈妈').waitFor();
    await expect.poll(() => page.evaluate('window.lit')).toBe(0);
    await page.getByRole('button', { name: '生成访客码' }).click();
    expect(await holderOf()).toEqual(['GG1', 'a1b2c3d4e5f6']);
    await page.getByRole('button', { name: '返回' }).click();

    await page.evaluate('window.low = true');
    await page.getByRole('button', { name: '小宝' }).click();
    await page.getByText('屏幕可能会自己变黑').waitFor();

    await page.getByRole('button', { name: '全部通行证' }).click();
    await page.getByRole('button', { name: '往上移: 小宝' }).click();
    await page.locator('.passes li').first().getByRole('button', { name: '出示“小宝”' }).waitFor();
    await page.locator('.passes input').first().fill('孙子');
    await page.locator('.passes input').first().blur();
    await page.getByRole('button', { name: '出示“孙子”' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    for (const language of ['zh-TW', 'en', 'zh-CN']) {
      await page.locator(`button[lang=${language}]`).click();
      expect(await overflows(page)).toBe(false);
      await shot(page, `phone-list-${language}`, { fullPage: true });
    }
    await page.getByRole('button', { name: '删除: 妈妈' }).click();
    await page.getByRole('alertdialog').getByText('需要物业重新办理').waitFor();
    await shot(page, 'phone-remove');
    await page.getByRole('alertdialog').getByRole('button', { name: '删除' }).click();
    await page.locator('.passes').waitFor();
    await page.reload();
    await page.locator('.what').getByText('孙子').waitFor();
    await expect.poll(holderOf).toEqual(['GR1', 'ffeeddccbbaa']);
    // The key of the pass that is gone is gone too.
    expect(await page.evaluate(EXPORT_KEYS)).toEqual(['InvalidAccessError']);
  });

  it('offers no guest code with a pass that may not invite, and sends people out of a messenger', async () => {
    const page = await phone({ userAgent: 'Mozilla/5.0 (Linux; Android 10) MicroMessenger/8.0' });
    await open(page);
    await page.getByText('在浏览器打开').waitFor();
    for (const changes of [{ kind: 'worker', holderRef: 'a1b2c3d4e5f6' }, {}] as const) {
      const holderKey = await newKey(page);
      await paste(page, pass({ holderKey, ...changes }));
      await keep(page);
      await page.locator('.renewal').waitFor();
      expect(await page.getByRole('button', { name: '邀请访客' }).count()).toBe(0);
      await page.getByRole('button', { name: '全部通行证' }).click();
      await page.getByRole('button', { name: '再添加一张通行证' }).click();
    }
  });

  it('works opened as a file, and says there and at an address without https what it cannot do', async () => {
    const page = await phone();
    await page.goto(pathToFileURL(join(folder(), 'index.html')).href);
    await page.getByText('直接打开文件时不能读图片').waitFor();
    await page.getByText('页面是作为文件打开的').waitFor();
    const holderKey = await newKey(page);
    await paste(page, pass({ holderKey }));
    await keep(page);
    expect(verdict(await shownCode(page), NOW_MS)).toEqual([]);

    await page.route('http://office.example/**', (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(folder(), pathname === '/' ? 'index.html' : pathname) });
    });
    await page.goto('http://office.example/');
    await page.getByText('不是 https 开头').waitFor();
    expect(await page.getByRole('button', { name: '生成申请码给物业' }).count()).toBe(0);
    await page.evaluate(`location.hash = 'move=0102030405060708'`);
    await page.getByRole('alert').getByText('这里做不了申请码').waitFor();
    await paste(page, pass());
    await keep(page);
    await expect.poll(() => shownCode(page)).toBe(pass());
  });
});
