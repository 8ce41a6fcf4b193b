import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

const phone = fileURLToPath(new URL('./src/screens/phone/', import.meta.url));

/** One classic script and no crossorigin attributes: a browser then opens the page as a file, too. */
function opensAsFile(): Plugin {
  return {
    name: 'opens-as-file',
    enforce: 'post',
    transformIndexHtml: (html) =>
      html.replace('<script type="module" crossorigin', '<script defer').replaceAll(' crossorigin', ''),
  };
}

/** The program that reads pictures, under the name read-picture.ts asks for. */
function readsPictures(): Plugin {
  return {
    name: 'reads-pictures',
    generateBundle() {
      const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
      this.emitFile({ type: 'asset', fileName: 'zxing_reader.wasm', source: readFileSync(path) });
    },
  };
}

/** The service worker: keeps all files of this build, and serves them whether or not there is a network. */
function worksOffline(): Plugin {
  return {
    name: 'works-offline',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const fixed = readdirSync(join(phone, 'public'));
      const files = [...Object.keys(bundle), ...fixed].filter((file) => file !== 'sw.js').sort();
      const digest = createHash('sha256');
      for (const file of Object.values(bundle)) digest.update('code' in file ? file.code : file.source);
      for (const file of fixed) digest.update(readFileSync(join(phone, 'public', file)));
      const source = readFileSync(join(phone, 'service-worker.js'), 'utf8')
        .replace("'FILES'", JSON.stringify(files))
        .replace("'BUILD'", JSON.stringify(digest.digest('hex').slice(0, 16)));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

/** The page for the holder's phone: a folder for any static server, or to be opened as a file. */
export default defineConfig({
  root: phone,
  base: './',
  publicDir: 'public',
  plugins: [preact(), opensAsFile(), readsPictures(), worksOffline()],
  build: {
    outDir: fileURLToPath(new URL('./dist/phone/', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome80',
    assetsInlineLimit: 0,
    modulePreload: false,
    // Else the script would add its styles inline, which the page's content security policy refuses.
    cssCodeSplit: false,
    rolldownOptions: { input: `${phone}index.html`, output: { format: 'iife' } },
  },
});
