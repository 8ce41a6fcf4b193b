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
      const built = Object.entries(bundle).map(
        ([name, file]) => [name, sha256('code' in file ? file.code : file.source)] as const,
      );
      const fixed = readdirSync(join(phone, 'public')).map(
        (name) => [name, sha256(readFileSync(join(phone, 'public', name)))] as const,
      );
      const files = [...built, ...fixed].sort(([one], [other]) => (one < other ? -1 : 1));
      const source = readFileSync(join(phone, 'service-worker.js'), 'utf8')
        .replace("'FILES'", JSON.stringify(files))
        .replace("'BUILD'", JSON.stringify(sha256(JSON.stringify(files))));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

/** In the form in which browsers check what they load. */
function sha256(content: string | Uint8Array): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
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
