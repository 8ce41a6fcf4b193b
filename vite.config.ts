import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const screens = fileURLToPath(new URL('./src/screens/', import.meta.url));

export default defineConfig({
  root: screens,
  base: '/',
  publicDir: false,
  plugins: [preact()],
  build: {
    outDir: fileURLToPath(new URL('./dist/screens/', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome109',
    // The server's content security policy is 'self' without data: addresses, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        home: `${screens}index.html`,
        guard: `${screens}guard/index.html`,
        prompt: `${screens}prompt/index.html`,
        demo: `${screens}demo/index.html`,
      },
    },
  },
});
