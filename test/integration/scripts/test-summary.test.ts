import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/version.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const PASSING = "it('passes', () => expect(1).toBe(1));";

const SCRIPT = join(packageRoot(), 'scripts/lib/test-summary.mjs');

/** The last lines of a test run over such files, and how the run ends. */
function summaryOf(files: Readonly<Record<string, string>>): {
  readonly lines: string[];
  readonly status: number | null;
} {
  const folder = temporaryFolder();
  const report = join(folder, 'report.json');
  const stray = join(folder, 'stray');
  writeFileSync(stray, '');
  symlinkSync(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'test'));
  const words = "import { afterAll, beforeAll, describe, expect, it } from 'vitest';\n";
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, `test/${name}.test.mjs`), words + content);
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
  expect(summaryOf({ some: PASSING })).toEqual({
    lines: ['Nothing was skipped.', '1 passed, 0 failed, 0 skipped'],
    status: 0,
  });
});

/** Files in each of which one thing fails, and the line that names it. */
const FAILING: Readonly<Record<string, readonly [content: string, named: RegExp]>> = {
  test: [
    `${PASSING}\nit('fails', () => expect(1).toBe(2));`,
    /^Failed: test\/test\.test\.mjs: fails: .*expected 1 to be 2.* at .*test\.test\.mjs:\d+:\d+/,
  ],
  'clean-up': [
    `${PASSING}\nafterAll(() => { throw new Error('no clean-up'); });`,
    /^Failed outside of its tests: test\/clean-up\.test\.mjs: /,
  ],
  'set-up': [
    `${PASSING}\ndescribe('a', () => { beforeAll(() => { throw new Error('no'); }); ${PASSING} });`,
    /^Failed outside of its tests: test\/set-up\.test\.mjs: /,
  ],
  loading: [
    `${PASSING}\nthrow new Error('no loading');`,
    /^Could not be loaded: test\/loading\.test\.mjs: no loading$/,
  ],
  'nobody-waits': [
    "it('waits', async () => { setTimeout(() => { throw new Error('no line'); }); await new Promise((done) => setTimeout(done, 50)); });",
    /^An error that nobody caught: Error: no line, at .*nobody-waits\.test\.mjs.*waits ran$/,
  ],
};

it('counts and names each test that fails, and whatever else fails around the tests', () => {
  const contents = Object.entries(FAILING).map(([name, [content]]) => [name, content]);
  const { lines, status } = summaryOf(Object.fromEntries(contents));
  for (const [, named] of Object.values(FAILING))
    expect(lines.filter((line) => line.match(named))).toHaveLength(1);
  // Named right above the sum, and nothing else beside them.
  expect([lines.length, lines.at(-1), status]).toEqual([7, '4 passed, 5 failed, 1 skipped', 1]);
});

it('counts it when the process of a test dies', () => {
  const { lines, status } = summaryOf({ some: "it('dies', () => process.kill(process.pid, 'SIGKILL'));" });
  expect([lines.at(-1), status]).toEqual(['0 passed, 1 failed, 0 skipped', 1]);
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
