import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { DemoState } from '../../../src/ports/demo-panel.ts';
import { packageRoot } from '../../../src/version.ts';
import { freePort } from '../../support/free-port.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';

const root = mkdtempSync(join(tmpdir(), 'gatepost-demo-'));
const ENTRY = ['dist/src/cli/gatepost.js', 'demo', '--port', '0'];
const PATIENCE = { timeout: 200_000, interval: 50 };
let demo: DaemonProcess;
let url: string;

/** The demo of `scripts/run`, with its files and its broker out of the way of others. */
async function shippedConfig(): Promise<string> {
  const folder = join(root, 'config');
  cpSync(join(packageRoot(), 'config/demo.yaml'), join(folder, 'demo.yaml'), { recursive: true });
  const path = join(folder, 'demo.yaml');
  const text = readFileSync(path, 'utf8').replace('embeddedPort: 18830', `embeddedPort: ${await freePort()}`);
  writeFileSync(path, text);
  return path;
}

beforeAll(async () => {
  demo = DaemonProcess.spawn({ config: await shippedConfig(), entry: ENTRY });
  await demo.log.until((lines) => lines.some(({ msg }) => msg.includes('Ctrl-C stops it')));
  const [panel = ''] = demo.log.items.map(({ msg }) => msg).filter((msg) => msg.includes('Demo panel'));
  url = /http:\/\/[\w.:]+/.exec(panel)?.[0] ?? '';
});
afterAll(async () => {
  await demo?.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

const state = async () => (await (await fetch(new URL('/api/demo', url))).json()) as DemoState;

function post(path: string, body: object): Promise<Response> {
  return fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(body),
  });
}

/** What `gatepost present` prints. */
function present(...words: string[]): Promise<string> {
  const program = join(packageRoot(), 'dist/src/cli/gatepost.js');
  return new Promise((resolve) => {
    const args = [program, 'present', ...words, '--url', url];
    execFile(process.execPath, args, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

it('has a guard of its own, whose password is drawn for it and kept', async () => {
  const { guard } = await state();
  expect(guard?.password).toMatch(/^[\w-]{12}$/);
  const kept = join(root, 'state/demo/demo-guard');
  expect(readFileSync(kept, 'utf8').trim()).toBe(guard?.password);
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  await vi.waitFor(async () => expect((await post('/api/login', guard ?? {})).status).toBe(200), PATIENCE);
});

it.each([
  [['resident', '--forehead', '36.5'], 'Granted: the gate opens.'],
  [
    ['forged'],
    'Denied: the signature does not fit: forged, changed or copied wrongly (gp:SignatureInvalid).',
  ],
  [['--text', 'https://example.org/menu'], 'Denied: the text is damaged or not made by the rules of a pass'],
  [['neighbour', '--forehead', '38.2'], 'Denied'],
])('says what the gate decides about %j', async (words, verdict) => {
  expect(await present(...words)).toContain(verdict);
});

it('opens for the sweepers at four in the morning, by its own moved clock', async () => {
  expect(await present('sweeper', '--forehead', '36.5')).toContain(
    (await state()).samples.find(({ id }) => id === 'sweeper')?.expected === 'Granted' ? 'Granted' : 'Denied',
  );
  expect((await post('/api/demo/clock', { time: '04:00' })).status).toBe(200);
  expect((await state()).clock.moved).toBe(true);
  expect(await present('sweeper', '--access-point', 'main-out')).toContain('Granted');
  await post('/api/demo/clock', {});
  expect((await state()).clock.moved).toBe(false);
});

it('shows what was published, newest first', async () => {
  const { messages } = await state();
  expect(messages.some(({ topic }) => topic === 'gates/v1/willow-court/north/evt/access')).toBe(true);
  const numbers = messages.map(({ id }) => id);
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
});

it('plays a morning, and plugs in again what it had pulled when it is ended early', async () => {
  expect((await post('/api/demo/story', { running: true })).status).toBe(200);
  expect((await state()).story).toMatchObject({ step: 'resident', number: 1 });
  await vi.waitFor(async () => expect((await state()).story?.step).toBe('phone'), PATIENCE);
  await post('/api/demo/story', { running: false });
  expect((await state()).story).toBeUndefined();
  expect((await state()).devices.filter(({ unplugged }) => unplugged)).toEqual([]);
});
