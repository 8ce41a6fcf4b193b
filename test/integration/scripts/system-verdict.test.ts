import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/version.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const suite =
  process.getuid?.() === 0
    ? describe
    : (title: string, body: () => void) => describe.skip(`${title} [skipped: not root]`, body);

function script(path: string, text: string): void {
  writeFileSync(path, `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(path, 0o755);
}

/** What the system test says when its runs end with these codes, one after another. */
function verdict(...codes: number[]): { readonly last: string | undefined; readonly status: number | null } {
  const folder = temporaryFolder();
  const test = join(folder, 'system');
  const programs = join(folder, 'programs');
  mkdirSync(join(test, 'machine'), { recursive: true });
  mkdirSync(programs);
  cpSync(join(packageRoot(), 'test/system/when-time-allows'), join(test, 'when-time-allows'));
  writeFileSync(join(test, 'machine/any'), '');
  script(join(test, 'build'), 'touch "$1/disk.img"');
  codes.forEach((code, at) => {
    writeFileSync(join(folder, `code-${at + 1}`), String(code));
  });
  script(
    join(test, 'run'),
    `n=$(($(cat '${folder}/runs' 2>/dev/null || echo 0) + 1)); echo $n >'${folder}/runs'; exit "$(cat '${folder}/code-'$n)"`,
  );
  // As if everything the machine needs were installed, and could have its own mounts.
  script(join(programs, 'dpkg-query'), "printf 'install ok installed'");
  script(join(programs, 'unshare'), 'exit 0');
  script(join(programs, 'apt-get'), 'exit 0');
  script(join(programs, 'uname'), "echo 'Linux x86_64'");
  const { stdout, status } = spawnSync(join(test, 'when-time-allows'), {
    encoding: 'utf8',
    env: {
      PATH: `${programs}:${process.env.PATH}`,
      GATEPOST_SYSTEM_FOLDER: join(folder, 'kept'),
    },
  });
  return { last: stdout.trimEnd().split('\n').at(-1), status };
}

const UNABLE = 3;
const TIME_IS_UP = 124;

suite('the system test, by how its runs end', () => {
  it.each([
    { codes: [0], status: 0, last: /^system test: passed$/ },
    { codes: [1, 0], status: 0, last: /^system test: passed$/ },
    { codes: [1, 1], status: 1, last: /^system test: failed$/ },
    { codes: [1, UNABLE], status: 1, last: /^system test: failed; the machine/ },
    { codes: [1, TIME_IS_UP], status: 1, last: /^system test: failed; time was up/ },
    { codes: [1, 137], status: 1, last: /^system test: failed; time was up/ },
    { codes: [2], status: 1, last: /^system test: failed$/ },
    { codes: [UNABLE], status: 0, last: /^system test: not run/ },
    { codes: [TIME_IS_UP], status: 0, last: /^system test: not run: time was up/ },
  ])('$codes', ({ codes, ...expected }) => {
    const said = verdict(...codes);
    expect(said.last).toMatch(expected.last);
    expect(said.status).toBe(expected.status);
  });
});
