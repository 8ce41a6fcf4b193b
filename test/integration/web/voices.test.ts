import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startKiosk } from '../../support/screens/web-kiosk.ts';

function ownVoices(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-voices-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'en'));
  writeFileSync(join(folder, 'en/scan.mp3'), 'a human voice');
  writeFileSync(join(folder, 'en/notes.txt'), 'no voice');
  writeFileSync(join(folder, 'secret.opus'), 'no voice of a language');
  writeFileSync(join(folder, 'en/huge.wav'), Buffer.alloc(3 * 1024 * 1024));
  return folder;
}

it('serves the voices of the site, and nothing else of their folder', async () => {
  const folder = ownVoices();
  const kiosk = await startKiosk({ voicesFolder: folder });
  const ask = (path: string, headers = {}) => fetch(`${kiosk.url}/api/voices${path}`, { headers });
  const { own } = (await (await ask('')).json()) as { own: string[] };
  expect(own.sort()).toEqual(['en/huge', 'en/scan']);

  const voice = await ask('/en/scan');
  expect([voice.status, voice.headers.get('content-type'), await voice.text()]).toEqual([
    200,
    'audio/mpeg',
    'a human voice',
  ]);
  const tag = voice.headers.get('etag') ?? '';
  expect((await ask('/en/scan', { 'if-none-match': tag })).status).toBe(304);
  for (const path of [
    '/en/huge',
    '/en/notes',
    '/en/lost',
    '/zh-CN/scan',
    '/en/..%2fsecret',
    '/..%2f/secret',
    '/en/scan.mp3',
  ])
    expect([path, (await ask(path)).status]).toEqual([path, 404]);

  // A new file needs no restart.
  writeFileSync(join(folder, 'en/lost.opus'), 'another');
  const added = await ask('/en/lost');
  expect([added.status, added.headers.get('content-type')]).toEqual([200, 'audio/ogg']);
});

it('is held up by nothing that stands in place of a voice', async () => {
  const folder = ownVoices();
  mkdirSync(join(folder, 'en/go-in.opus'));
  execFileSync('mkfifo', [join(folder, 'en/wait.opus')]);
  writeFileSync(join(folder, 'en/refused.opus'), '');
  const kiosk = await startKiosk({ voicesFolder: folder });
  const ask = (path: string) => fetch(`${kiosk.url}/api/voices${path}`).then(({ status }) => status);
  // More than there are threads for files.
  const asked = ['go-in', 'refused', 'wait', 'wait', 'wait', 'wait', 'wait', 'wait'];
  const answers = await Promise.all(asked.map((name) => ask(`/en/${name}`)));
  expect(answers).toEqual(asked.map(() => 404));
  expect(await ask('/en/scan')).toBe(200);
});

it('has no such address without a folder, and lets pages play what they hold', async () => {
  const kiosk = await startKiosk();
  const answer = await fetch(`${kiosk.url}/api/voices`);
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-security-policy')).toContain("media-src 'self' blob:");
});
