import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** What finds parts of its own (compiled code, a worker, a file) by the place where it lies. */
const STAYS = ['better-sqlite3', '@serialport/bindings-cpp', 'onoff', 'epoll', 'pino', 'zxing-wasm'];

/** Brings the X.509 classes that `gatepost https make` has too; in one chunk those would be loaded before what they need. */
const APART = ['@simplewebauthn/server'];

/** What the web server names and never loads (src/adapters/web/http-app.ts): a third of the program, read at every start. */
const NEVER_LOADED = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler', 'light-my-request'];

/**
 * The program in a few dozen files instead of 1400: finding, reading and linking so many took more than half of the
 * processor time of a start. A command still loads only what it needs. CommonJS, because Node.js 20 keeps compiled code of
 * scripts alone (src/cli/load-bundle.ts).
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  ssr: { noExternal: true, external: [...STAYS, ...APART, ...NEVER_LOADED] },
  build: {
    ssr: 'src/cli/program.ts',
    outDir: 'dist/src/cli/gatepost',
    emptyOutDir: false,
    target: 'node20',
    // Names stay what they are in the sources, for whoever reads a stack trace.
    minify: false,
    rolldownOptions: {
      output: {
        format: 'cjs',
        // Node.js keeps the source of all that runs. One character above U+00FF would make two bytes of each.
        charset: 'ascii',
        comments: { annotation: false, jsdoc: false, legal: true },
        // Code that was kept cannot import.
        dynamicImportInCjs: false,
        entryFileNames: 'program.cjs',
        chunkFileNames: '[name].cjs',
      },
    },
  },
});
