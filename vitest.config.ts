import { statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files start processes and browsers, and so take longest. */
const LONG = /\/test\/(faults|integration|contract)\//;
/** The longest of all, the longest first: each starts a daemon dozens of times, or waits at a person's pace. */
const LONGEST = `
  scripts/how-to screens/stories faults/store-check faults/daemon-store faults/daemon-kill faults/log-went-back
  faults/backup-faults cli/pass-sheets screens/speech faults/random-damage store/store-owner
  screens/scanner. screens/attendance contract/scanner-camera screens/talk watch/watch-postgres
  cli/backup watch/fleet screens/screens cli/conformance daemon/replug cli/demo-command
  cli/command-line cli/directory scripts/install scripts/scripts web/two-guards daemon/
`
  .trim()
  .split(/\s+/);

/** What needs no process of its own: it only calculates, or works on files in its own process. */
const PURE = [
  'test/{core,app,config}/**/*.test.ts',
  'test/faults/log-verify{,-attacks}.test.ts',
  'test/integration/cli/{holder,log-commands,log-verify}.test.ts',
  'test/integration/store/{ledger-purge,row-reducer}.test.ts',
];

/** What measures the memory or the open files of its own process, where what another file left would count. */
const ALONE = [
  'test/faults/day-of-traffic.test.ts',
  'test/contract/{codecs-fuzz,scanners-fuzz,hidraw-reader}.test.ts',
];

/** Free bytes that the tests may need at once. */
const ROOM = 3 * 2 ** 30;

/**
 * Where the tests keep their files: in memory where there is room, because their databases sync many thousand times and
 * nothing here pulls the plug of the machine itself.
 */
function folderInMemory(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > ROOM ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Longest first, by name, folder and size, so that no long file is left over for one worker at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((name) => moduleId.includes(`/${name}`));
      const rank = place < 0 ? (LONG.test(moduleId) ? 1 : 0) : 2 + LONGEST.length - place;
      return rank * 1e9 + statSync(moduleId).size;
    };
    return [...files].sort((one, other) => weight(other) - weight(one));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Two noisy cores: real processes, brokers and browsers need room. These limits end what hangs; they judge nothing, so
    // they are far beyond what a busy machine needs. No test asserts an absolute time.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 200_000 } },
    pool: 'forks',
    // More than cores: most of a test of browsers and devices is waiting.
    maxWorkers: 8,
    coverage: {
      provider: 'v8',
      include: ['src/{core,app}/**/*.ts'],
      reporter: process.env.CI ? ['text-summary'] : ['text-summary', 'html'],
      thresholds: { 'src/core/**/*.ts': { lines: 98 }, 'src/app/**/*.ts': { lines: 90 } },
    },
    env: { TMPDIR: folderInMemory() },
    projects: [
      // A worker that goes from file to file loads the modules once, instead of a second of processor time for each file.
      {
        extends: true,
        test: { name: 'pure', include: PURE, isolate: false },
      },
      {
        extends: true,
        test: { name: 'real', include: ['test/**/*.test.ts'], exclude: [...PURE, ...ALONE], isolate: false },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
