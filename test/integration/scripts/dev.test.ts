import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { packageRoot } from '../../../src/version.ts';
import { freePort } from '../../support/free-port.ts';
import { Inbox } from '../../support/inbox.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const COPIED = ['src', 'hardware', 'config', 'scripts', 'package.json', 'tsconfig.json', 'vite.config.ts'];

/** The project in a folder of its own, where a source may be changed. */
async function project(): Promise<string> {
  const folder = temporaryFolder();
  for (const name of COPIED) cpSync(join(packageRoot(), name), join(folder, name), { recursive: true });
  symlinkSync(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'));
  const config = join(folder, 'config/demo.yaml');
  const port = `embeddedPort: ${await freePort()}`;
  writeFileSync(config, readFileSync(config, 'utf8').replace('embeddedPort: 18830', port));
  return folder;
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

it('starts the demo again when a source changes, shows screens, and leaves nothing behind', async () => {
  const folder = await project();
  const [port, screens] = [await freePort(), await freePort()];
  const words = ['--port', String(port), '--screens-port', String(screens)];
  const dev = spawn(process.execPath, [join(folder, 'scripts/lib/dev.mjs'), ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(dev, 'close');
  onTestFinished(() => void dev.kill('SIGTERM'));
  const said = new Inbox<string>();
  createInterface({ input: dev.stdout }).on('line', (line) => said.put(line));
  const isReady = (line: string) => line.includes('Ctrl-C stops it');
  await said.until((lines) => lines.some(isReady));

  const origin = `http://127.0.0.1:${screens}`;
  expect(await (await fetch(`${origin}/guard/`)).text()).toContain('@vite/client');
  const out = await fetch(`${origin}/api/logout`, { method: 'POST', headers: { origin } });
  expect(out.status).toBe(200);
  const feed = new WebSocket(`ws://127.0.0.1:${screens}/ws/prompt?accessPoint=main-in`, { origin });
  const [first] = await once(feed, 'message');
  expect(String(first)).toContain('"prompt"');
  feed.terminate();

  appendFileSync(join(folder, 'src/version.ts'), '\n// A change.\n');
  await said.until((lines) => lines.filter(isReady).length === 2);
  expect(said.items).toContain('dev: src/version.ts changed, the demo starts again.');
  expect(await answers(`http://127.0.0.1:${port}/api/demo`)).toBe(true);

  dev.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await answers(`http://127.0.0.1:${port}/api/demo`)).toBe(false);
});
