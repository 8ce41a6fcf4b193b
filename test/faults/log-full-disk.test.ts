import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/store-folder.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

const run = promisify(execFile);
// A mount namespace of our own gives an ordinary user a small real disk, where the kernel allows it.
const namespace = ['--user', '--map-root-user', '--mount'];
const possible = spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
const title = 'a disk that is full';
const onSmallDisk = possible
  ? describe
  : (name: string, body: () => void) => describe.skip(`${name} [skipped: no user namespaces here]`, body);

onSmallDisk(title, () => {
  it('refuses commits, closes the gate’s log, and works again by itself when there is room', async () => {
    const disk = temporaryFolder();
    const child = typescriptArguments('faults/log-writer.child.ts', join(disk, 'store'), 'full');
    const script = `mount -t tmpfs -o size=4m none "${disk}" && exec "$@"`;
    const { stdout } = await run('unshare', [
      ...namespace,
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      ...child,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      refusal: 'log.unavailable',
      writableWhenFull: false,
      writableAfter: true,
      grown: 2,
    });
  });
});
