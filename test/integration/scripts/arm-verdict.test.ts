import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/version.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

/** The last line about a run that says these words on errors and ends with this code, and how it ends. */
function verdict(
  code: number,
  words: string,
): { readonly last: string | undefined; readonly status: number | null } {
  const folder = temporaryFolder();
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const script = (path: string, text: string) =>
    writeFileSync(path, `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
  cpSync(join(packageRoot(), 'test/arm/when-time-allows'), join(folder, 'when-time-allows'));
  script(join(folder, 'run'), `echo '${words}' >&2; exit ${code}`);
  // As if everything were installed.
  script(join(programs, 'dpkg-query'), "printf 'install ok installed'");
  script(join(programs, 'uname'), "echo 'Linux x86_64'");
  const { stdout, status } = spawnSync(join(folder, 'when-time-allows'), {
    encoding: 'utf8',
    env: { PATH: `${programs}:${process.env.PATH}`, GATEPOST_ARM_MINUTES: '12' },
  });
  return { last: stdout.trimEnd().split('\n').at(-1), status };
}

const ONCE_MORE = '== arm64: once more: what is installed';

it.each([
  { code: 0, words: '', last: 'arm64: passed', status: 0 },
  { code: 0, words: ONCE_MORE, last: 'arm64: passed', status: 0 },
  { code: 1, words: ONCE_MORE, last: 'arm64: failed', status: 1 },
  { code: 3, words: 'cannot be had', last: 'arm64: not run: cannot be had', status: 0 },
  { code: 124, words: '', last: 'arm64: not run: 12 minutes were not enough', status: 0 },
  {
    code: 124,
    words: ONCE_MORE,
    last: 'arm64: failed; time was up before the end of the second try',
    status: 1,
  },
  { code: 139, words: '', last: 'arm64: failed', status: 1 },
])('on arm64, a run that ends with $code after "$words"', ({ code, words, ...expected }) => {
  expect(verdict(code, words)).toEqual(expected);
});
