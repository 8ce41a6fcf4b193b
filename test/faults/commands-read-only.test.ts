import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NAMESPACE, needsMounts } from '../support/needs.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

const [unshare, ...namespace] = NAMESPACE;

// A mount namespace of our own gives an ordinary user a disk that can be made read-only.
needsMounts('/mnt')('a store on a read-only file system', () => {
  it('is looked at and refused in plain words, said once, whichever way a command takes to it', () => {
    const disk = temporaryFolder();
    mkdirSync(join(disk, 'store'));
    const child = (step: string) => [
      process.execPath,
      ...typescriptArguments('faults/read-only-store.child.ts', join(disk, 'store'), step),
    ];
    const script = `mount -t tmpfs -o size=30m none "${disk}" && mkdir "${disk}/store" && ${child('make').map(quoted).join(' ')} && mount -o remount,ro "${disk}" && exec "$@"`;
    const { status, stdout, stderr } = spawnSync(unshare, [
      ...namespace,
      'sh',
      '-c',
      script,
      'sh',
      ...child('use'),
    ]);
    expect([status, stderr.toString()]).toEqual([0, '']);
    const said = JSON.parse(stdout.toString()) as Record<string, { code: string; message: string }>;
    expect(said.inUse).toBe(false);
    for (const way of ['lock', 'open', 'damage', 'putAside']) {
      const { code = '', message = '' } = said[way] ?? {};
      expect([way, code]).toEqual([way, expect.stringMatching(/^log\.(readonly|unavailable)$/)]);
      expect(message.match(/Its file system is read-only/g)).toHaveLength(1);
      expect(message.match(/Cannot/g)).toHaveLength(1);
    }
  });
});

function quoted(word: string): string {
  return `'${word}'`;
}
