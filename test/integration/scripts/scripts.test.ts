import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { packageRoot } from '../../../src/version.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

/** What a script prints for somebody who stands in `folder`. */
function runFrom(folder: string, script: string, ...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    const path = join(packageRoot(), 'scripts', script);
    execFile(path, words, { cwd: folder }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** An address that answers every request with an empty demo, and says that the gate opens. */
async function anyDemo(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json').end('{"samples":[]}');
  });
  const screens = new WebSocketServer({ server });
  screens.on('connection', (socket) => {
    const say = (feedback: string) => socket.send(JSON.stringify([{ topic: 'prompt', value: { feedback } }]));
    say('Idle');
    server.once('request', () => say('AccessGranted'));
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => {
    screens.close();
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the scripts, called from another folder', () => {
  it('run takes the config there', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'own.yaml'), 'version: 2\n');
    expect(await runFrom(folder, 'run', '--config', 'own.yaml')).toContain('own.yaml:1:10: `version`');
  });

  it('present takes the picture there', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'own.png'), 'any bytes');
    const said = await runFrom(folder, 'present', '--picture', 'own.png', '--url', await anyDemo());
    expect(said).toContain('Granted: the gate opens.');
  });
});
