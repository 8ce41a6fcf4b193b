import { expect, it } from 'vitest';
import type { OutOfOrderNotice } from '../../../src/adapters/web/server-deps.ts';
import { localeOf } from '../../../src/screens/shared/all-words.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import { type Kiosk, RecordingDemo } from '../../support/screens/web-kiosk.ts';

/** What the kiosk sends to a browser that takes these encodings; the text is unpacked. */
async function fetched(kiosk: Kiosk, path: string, accepted: string) {
  const response = await fetch(kiosk.url + path, { headers: { 'accept-encoding': accepted } });
  const { status, headers } = response;
  const [encoding, caching] = [headers.get('content-encoding'), headers.get('cache-control')];
  return {
    status,
    encoding,
    caching,
    bytes: Number(headers.get('content-length')),
    text: await response.text(),
  };
}

/** What is said in each language of a store that cannot be written or read. */
const TROUBLES: Partial<Record<OutOfOrderNotice['trouble'], readonly string[]>> = {
  'log.full': ['存储卡已满', '記憶卡已滿', 'card is full'],
  'log.readonly': ['存储卡无法写入', '記憶卡無法寫入', 'The card takes no writes'],
  'log.damaged': ['日志文件损坏', '紀錄檔毀損', 'damaged'],
  'log.empty': ['日志文件是空的', '紀錄檔是空的', 'empty'],
};

needs('chromium')('the built pages, as the kiosk serves them', () => {
  const { start, visit } = builtScreens();

  it.each(['/', '/guard/', '/prompt/', '/demo/'])(
    'sends what %s loads compressed and to be kept for ever, and the page itself anew',
    async (path) => {
      const kiosk = await start({ demo: new RecordingDemo() });
      const page = await fetched(kiosk, path, 'identity');
      expect([page.status, page.caching]).toEqual([200, 'no-cache']);
      const assets = [...page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
        ([, asset = '']) => asset,
      );
      expect(assets.length).toBeGreaterThan(1);
      let bytes = (await fetched(kiosk, path, 'br')).bytes;
      let program = '';
      for (const asset of assets) {
        const plain = await fetched(kiosk, asset, 'identity');
        program += plain.text;
        expect([asset, plain.status, plain.encoding]).toEqual([asset, 200, null]);
        expect([asset, plain.caching]).toEqual([asset, 'public, max-age=31536000, immutable']);
        for (const encoding of ['br', 'gzip']) {
          const packed = await fetched(kiosk, asset, encoding);
          expect([asset, packed.caching]).toEqual([asset, plain.caching]);
          expect(packed.text === plain.text, `${asset} in ${encoding}`).toBe(true);
          if (encoding === 'br') bytes += packed.bytes;
          // Less than a kilobyte gains nothing, and drawings are small.
          if (plain.bytes < 1024) continue;
          expect([asset, packed.encoding]).toEqual([asset, encoding]);
          expect(packed.bytes).toBeLessThan(plain.bytes);
        }
      }
      // What is not needed at once is loaded when it is.
      expect(bytes).toBeLessThan(150_000);
      // The words of the guard are more than all that the resident's page has.
      const { guard, prompt } = localeOf('zh-CN');
      const has = [prompt.lost.say, guard.signIn.waiting].map((words) => program.includes(words));
      if (path === '/prompt/') expect(has).toEqual([true, false]);
    },
  );

  it('tells the guard in words what to do while the store is out of order', async () => {
    const kiosk = await start();
    const file = `/var/lib/gatepost/${'long-'.repeat(12)}events.sqlite`;
    const page = await visit(kiosk, '/guard/');
    const notice = page.getByRole('alert');
    for (const [trouble, words] of Object.entries(TROUBLES) as [OutOfOrderNotice['trouble'], string[]][]) {
      kiosk.server.outOfOrderIs({ trouble, detail: `${file}: inner matter`, file });
      await page.reload();
      for (const [number, button] of ['简体', '繁體', 'EN'].entries()) {
        await page.getByRole('button', { name: button, exact: true }).click();
        await notice
          .getByText(words[number] ?? '')
          .first()
          .waitFor();
        await notice.getByText(file, { exact: false }).first().waitFor();
        // The daemon's own English is for the installer, who unfolds it.
        expect(await notice.getByText('inner matter').isVisible()).toBe(false);
        expect(await page.getByRole('textbox').count()).toBe(0);
        for (const [width, height] of [
          [1024, 600],
          [390, 844],
        ] as const) {
          await page.setViewportSize({ width, height });
          expect(await overflows(page), `${trouble} ${button} ${width}`).toBe(false);
          await shot(page, `guard-${trouble}-${width}-${button}`);
        }
      }
      expect(await axeFindings(page)).toEqual([]);
    }
    await notice.getByText('For the installer').click();
    await notice.getByText('inner matter').waitFor();
    kiosk.server.outOfOrderIs(undefined);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});
