import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/version.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const PASSING = "it('passes', () => expect(1).toBe(1));";

const SCRIPT = join(packageRoot(), 'scripts/lib/test-summary.mjs');

/** The last lines of a test run over one file with such content, and how the run ends. */
function summaryOf(content: string): { readonly lines: string[]; readonly status: number | null } {
  const folder = temporaryFolder();
  const report = join(folder, 'report.json');
  const stray = join(folder, 'stray');
  writeFileSync(stray, '');
  symlinkSync(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'test'));
  const words = "import { afterAll, beforeAll, describe, expect, it } from 'vitest';\n";
  writeFileSync(join(folder, 'test/some.test.mjs'), words + content);
  const strayErrors = `--reporter=${join(packageRoot(), 'scripts/lib/stray-errors.mjs')}`;
  const reporters = ['--reporter=json', strayErrors, `--outputFile=${report}`];
  const run = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, STRAY_ERRORS: stray },
  });
  const told = spawnSync(process.execPath, [SCRIPT, stray, report, String(run.status)], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { lines: told.stdout.trimEnd().split('\n'), status: told.status };
}

it('ends well when all passed', () => {
  expect(summaryOf(PASSING)).toEqual({
    lines: ['Nothing was skipped.', '1 passed, 0 failed, 0 skipped'],
    status: 0,
  });
});

it.each([
  ['a test', `${PASSING}\nit('fails', () => expect(1).toBe(2));`, '1 passed, 1 failed, 0 skipped'],
  [
    'the clean-up of a file',
    `${PASSING}\nafterAll(() => { throw new Error('no'); });`,
    '1 passed, 1 failed, 0 skipped',
  ],
  [
    'the set-up of a suite',
    `${PASSING}\ndescribe('a', () => { beforeAll(() => { throw new Error('no'); }); ${PASSING} });`,
    '1 passed, 1 failed, 1 skipped',
  ],
  ['the loading of a file', `${PASSING}\nthrow new Error('no');`, '0 passed, 1 failed, 0 skipped'],
  [
    'something that nobody waits for',
    `it('passes', async () => { setTimeout(() => { throw new Error('no'); }); await new Promise((done) => setTimeout(done, 50)); });`,
    '1 passed, 1 failed, 0 skipped',
  ],
  [
    'the process of a test',
    `it('dies', () => process.kill(process.pid, 'SIGKILL'));`,
    '0 passed, 1 failed, 0 skipped',
  ],
])('counts it when %s fails', (_, content, sum) => {
  const { lines, status } = summaryOf(content);
  expect([lines.at(-1), status]).toEqual([sum, 1]);
});

it('names at the end what failed, and with which words', () => {
  const failing = "it('fails', () => expect(1).toBe(2));";
  expect(summaryOf(failing).lines.slice(-2)).toEqual([
    'Failed: test/some.test.mjs: fails',
    '0 passed, 1 failed, 0 skipped',
  ]);
  const stray =
    "it('waits', async () => { setTimeout(() => { throw new Error('no line'); }); await new Promise((done) => setTimeout(done, 50)); });";
  expect(summaryOf(stray).lines.at(-2)).toMatch(
    /^An error that nobody caught: Error: no line, at .*some\.test\.mjs.*waits ran$/,
  );
});

it('counts a run without a report as failed', () => {
  const told = spawnSync(process.execPath, [SCRIPT, '/dev/null', join(temporaryFolder(), 'none'), '1'], {
    encoding: 'utf8',
  });
  expect(told.stdout).toContain('0 passed, 1 failed, 0 skipped');
  expect(told.status).toBe(1);
});

it('adds up several runs, and fails when one did', () => {
  const folder = temporaryFolder();
  const runs = [2, 3].flatMap((numPassedTests) => {
    const report = join(folder, `${numPassedTests}.json`);
    const sums = { numPassedTests, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0 };
    writeFileSync(report, JSON.stringify({ ...sums, testResults: [] }));
    return [report, '0'];
  });
  const told = (words: string[]) =>
    spawnSync(process.execPath, [SCRIPT, '/dev/null', ...words], { encoding: 'utf8' });
  expect(told(runs)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('5 passed, 0 failed, 2 skipped'),
  });
  expect(told([...runs.slice(0, 3), '1'])).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('too few lines of src'),
  });
});
