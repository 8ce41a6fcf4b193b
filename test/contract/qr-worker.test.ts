import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { typescriptArguments } from '../support/typescript-child.ts';

/** Far longer than reading a picture takes on a small board. */
const PATIENCE_MS = 200_000;

it('lets a program end after it has read a picture', () => {
  const { stdout, signal } = spawnSync(process.execPath, typescriptArguments('contract/qr-worker.child.ts'), {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  expect({ stdout, signal }).toEqual({ stdout: 'GP1:PICTURE\n', signal: null });
});
