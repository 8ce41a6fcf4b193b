import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FolderChange } from '../../../src/adapters/inbox/folder-change.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const LOOK_MS = 300;

it('is due after each change for a while, and seldom without one', () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock(1_000_000);
  const change = new FolderChange(folder, clock);
  /** Looks within so many milliseconds. */
  const looks = (ms: number): number => {
    let due = 0;
    for (let waitedMs = 0; waitedMs < ms; waitedMs += LOOK_MS) {
      if (change.isDue()) due += 1;
      clock.advance(LOOK_MS);
    }
    return due;
  };
  expect(looks(3_000)).toBeGreaterThan(5);
  expect(looks(60_000)).toBeLessThan(8);
  expect(looks(60_000)).toBeGreaterThan(4);
  const changes = [
    () => writeFileSync(join(folder, 'a.tmp'), 'a'),
    () => renameSync(join(folder, 'a.tmp'), join(folder, 'a.gpb')),
    () => rmSync(join(folder, 'a.gpb')),
    () => rmSync(folder, { recursive: true }),
  ];
  for (const make of changes) {
    make();
    expect(change.isDue()).toBe(true);
    expect(looks(2_000)).toBeGreaterThan(5);
  }
  // One that is not there, or cannot be read, is looked at as ever.
  expect(looks(60_000)).toBe(200);
});
