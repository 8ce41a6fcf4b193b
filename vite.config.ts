import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin, runnerImport } from 'vite';

const screens = fileURLToPath(new URL('./src/screens/', import.meta.url));

/** Files below gain less than the headers cost, in bytes. */
const LEAST_BYTES = 1024;

/** Compresses every text once, here: the kiosk has better things to do, and its server sends what lies beside a file. */
function compressedBeside(): Plugin {
  let folder = '';
  return {
    name: 'compressed-beside',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg|json)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const bytes = readFileSync(file);
        if (bytes.length < LEAST_BYTES) continue;
        writeFileSync(`${file}.br`, brotliCompressSync(bytes));
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

const SHARED = /\/(node_modules\/preact|src\/screens\/shared\/(?!all-words))/;

/** What follows from files of the project alone: the pages get the values, and not what they were made from. */
const WRITTEN_OUT = ['shared/language-names.ts', 'prompt/resident-words.ts', 'prompt/known-breaks.ts'];

function writtenOut(): Plugin {
  return {
    name: 'written-out',
    apply: 'build',
    enforce: 'pre',
    load: async (id) => {
      if (!WRITTEN_OUT.some((path) => id === screens + path)) return undefined;
      const { module } = await runnerImport<Readonly<Record<string, unknown>>>(id);
      // Browsers read JSON in half the time that the same takes them as a program.
      return Object.entries(module)
        .map(
          ([name, value]) => `export const ${name} = JSON.parse(${JSON.stringify(JSON.stringify(value))});`,
        )
        .join('\n');
    },
  };
}

export default defineConfig({
  root: screens,
  base: '/',
  publicDir: 'public',
  plugins: [preact(), writtenOut(), compressedBeside()],
  build: {
    outDir: fileURLToPath(new URL('./dist/screens/', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome109',
    // The server's content security policy is 'self' without data: addresses, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // What most pages have in common is one file: each file more costs a slow kiosk as much as a page of program.
      output: { codeSplitting: { groups: [{ name: 'shared', test: SHARED }] } },
      input: {
        home: `${screens}index.html`,
        guard: `${screens}guard/index.html`,
        gates: `${screens}gates/index.html`,
        prompt: `${screens}prompt/index.html`,
        demo: `${screens}demo/index.html`,
        trust: `${screens}trust/index.html`,
      },
    },
  },
});
