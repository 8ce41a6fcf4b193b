// A kiosk's log in a process of its own, for tests that kill it or fill its disk.
//   log-writer.child.ts FOLDER endless    commits until killed; prints each sequence that commit() returned
//   log-writer.child.ts FOLDER full       FOLDER is on a small disk: fills it, frees it, prints what happened
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const [, , folder = '', task = ''] = process.argv;
const clock: Clock = {
  read: () => ({ wallMs: Date.now(), monotonicMs: performance.now(), quality: 'synced' }),
  schedule: () => () => undefined,
};
const store = new Store({ folder, site: 'willow-court', gate: 'north', clock, logger: new SilentLogger() });
await store.start(new AbortController().signal);

function commit(passId: string): number | undefined {
  const step = Math.floor(Date.now() / 15_000);
  return store.log
    .commit({
      events: [accessGranted({ passId }), accessGranted({ passId })],
      effects: [{ kind: 'rememberStep', passId, step }],
    })
    .at(-1)?.sequence;
}

/** Commits until the log refuses; the code of the refusal. */
function fill(): string {
  for (let round = 0; round < 100_000; round++) {
    try {
      commit(String(round));
    } catch (error) {
      if (error instanceof GatepostError) return error.code;
      throw error;
    }
  }
  return 'never refused';
}

if (task === 'endless') {
  for (let round = 0; ; round++) {
    process.stdout.write(`${commit(`${process.pid}-${round}`)}\n`);
    // Pipes are written from the loop; give it a turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

const ballast = join(dirname(folder), 'ballast');
writeFileSync(ballast, Buffer.alloc(1024 * 1024));
const refusal = fill();
const before = store.outbox.position().lastSequence;
const writableWhenFull = store.log.isWritable();
rmSync(ballast);
await new Promise<void>((resolve) => setTimeout(resolve, 1_100));
const writableAfter = store.log.isWritable();
const after = commit('after');
await store.stop();
process.stdout.write(
  JSON.stringify({ refusal, writableWhenFull, writableAfter, grown: (after ?? 0) - before }),
);
