// What scripts/dev does: the demo from the sources, started again at every change of them, and Vite for the screens.
//
// usage: dev.mjs [--config FILE] [--port PORT] [--screens-port PORT]
// When the demo ends by itself, its words stay on the terminal and it starts again at the next change. Types are not
// checked here: the editor does that, and scripts/check.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** An editor writes a file in pieces, and git many files. */
const SETTLED_MS = 200;
/** Longer than the demo itself takes at the most to stop. */
const STOP_LIMIT_MS = 10_000;

const { values: options } = parseArgs({
  options: {
    config: { type: 'string', default: join(PROJECT, 'config/demo.yaml') },
    port: { type: 'string', default: '8080' },
    'screens-port': { type: 'string', default: '5173' },
  },
});
const config = resolve(options.config);
const daemonUrl = `http://127.0.0.1:${options.port}`;

let demo;
let stopping = false;
let change;
let turn = Promise.resolve();

function startDemo() {
  const words = ['demo', '--config', config, '--port', options.port];
  const node = ['--enable-source-maps', '--import', join(PROJECT, 'scripts/lib/typescript-hook.mjs')];
  const child = spawn(process.execPath, [...node, join(PROJECT, 'src/cli/gatepost.ts'), ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  demo = child;
  child.once('close', (code, signal) => {
    if (demo !== child) return;
    demo = undefined;
    if (!stopping)
      console.log(`dev: the demo ended (${signal ?? code}); it starts again at the next change.`);
  });
}

async function stopDemo() {
  const child = demo;
  if (child === undefined) return;
  demo = undefined;
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  const limit = new AbortController();
  void pause(STOP_LIMIT_MS, undefined, { signal: limit.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  limit.abort();
}

/** One change after the other, so that no two demos ever run. */
function restartSoon(what) {
  clearTimeout(change);
  change = setTimeout(() => {
    turn = turn.then(async () => {
      if (stopping) return;
      console.log(`dev: ${what} changed, the demo starts again.`);
      await stopDemo();
      if (!stopping) startDemo();
    });
  }, SETTLED_MS);
}

function watchFolder(folder, concerns) {
  return watch(join(PROJECT, folder), { recursive: true }, (_event, name) => {
    const path = join(folder, name ?? '');
    if (/\.(ts|json|yaml)$/.test(path) && concerns(path)) restartSoon(path);
  });
}

const screens = await createServer({
  configFile: join(PROJECT, 'vite.config.ts'),
  clearScreen: false,
  server: {
    host: '127.0.0.1',
    port: Number(options['screens-port']),
    strictPort: true,
    ...behind(daemonUrl),
  },
});
await screens.listen();

/** The daemon answers its own pages alone, so what Vite passes on comes from one. */
function behind(target) {
  const ownOrigin = (request) => {
    if (request.getHeader('origin') !== undefined) request.setHeader('origin', target);
  };
  const configure = (proxy) => {
    proxy.on('proxyReq', ownOrigin);
    proxy.on('proxyReqWs', ownOrigin);
  };
  return {
    fs: { allow: [PROJECT] },
    proxy: {
      '/api': { target, changeOrigin: true, configure },
      '/ws': { target, changeOrigin: true, ws: true, configure },
    },
  };
}

const watchers = [
  watchFolder('src', (path) => !path.startsWith(join('src', 'screens'))),
  watchFolder('hardware', () => true),
  watchFolder(
    'config',
    (path) => path.startsWith(join('config', 'locales')) || join(PROJECT, path) === config,
  ),
];
if (!config.startsWith(join(PROJECT, 'config'))) watchers.push(watch(config, () => restartSoon(config)));

async function stop() {
  if (stopping) return;
  stopping = true;
  clearTimeout(change);
  for (const watcher of watchers) watcher.close();
  await turn;
  await Promise.all([stopDemo(), screens.close()]);
}
// Vite would end the process when its own server is closed, and leave the demo behind.
process.removeAllListeners('SIGTERM');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());

startDemo();
console.log(`dev: screens that follow their sources: http://127.0.0.1:${options['screens-port']}/demo/`);
