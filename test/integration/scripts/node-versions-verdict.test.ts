import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/version.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

/** Said on errors before the runs end with the line's number as their code. */
const RUN = `#!/usr/bin/env bash
echo 'cannot be had here: npm does not give it' >&2
exit "$1"
`;

/** What is said of runs that end with these codes, and how it ends. */
function verdicts(...codes: number[]): { readonly said: readonly string[]; readonly status: number | null } {
  const folder = temporaryFolder();
  cpSync(join(packageRoot(), 'test/node-versions/when-time-allows'), join(folder, 'when-time-allows'));
  writeFileSync(join(folder, 'run'), RUN, { mode: 0o755 });
  const { stdout, status } = spawnSync(join(folder, 'when-time-allows'), {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, GATEPOST_NODE_LINES: codes.join(' '), GATEPOST_NODE_MINUTES: '20' },
  });
  return { said: stdout.trimEnd().split('\n').slice(-codes.length), status };
}

it('fails for a version of Node.js on which something failed, and for none that cannot be had', () => {
  expect(verdicts(0, 3, 124, 137)).toEqual({
    said: [
      'Node.js 0: passed',
      'Node.js 3: not run: cannot be had here: npm does not give it',
      'Node.js 124: not run: 20 minutes were not enough',
      'Node.js 137: not run: 20 minutes were not enough',
    ],
    status: 0,
  });
  expect(verdicts(0, 1)).toEqual({ said: ['Node.js 0: passed', 'Node.js 1: failed'], status: 1 });
  expect(verdicts(134)).toMatchObject({ status: 1 });
});
