// A purge in a process of its own, for tests that kill it.
//   purging.child.ts FOLDER MOMENT STEP   purges as of MOMENT (Unix ms) until the STEPth thing it does, which kills it;
//                                         0: to the end, and prints how many steps that took
import { Store } from '../../src/adapters/sqlite/store.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { makePurge } from '../support/store/purge.ts';

const [, , folder = '', moment = '', wanted = '0'] = process.argv;
/** A step takes so long by the clock of the purge, so that a busy machine takes the same steps. */
const STEP_MS = 0.02;
let steps = 0;
/** Before and after each call and each row: in the middle of transactions too. */
function step(): void {
  steps += 1;
  if (steps === Number(wanted)) process.kill(process.pid, 'SIGKILL');
}

let due: (() => void) | undefined;
let isDone = false;
const clock: Clock = {
  read: () => {
    step();
    return { wallMs: Number(moment), monotonicMs: steps * STEP_MS, quality: 'synced' };
  },
  schedule: (delayMs, run) => {
    due = run;
    isDone = delayMs > 60_000;
    return () => undefined;
  },
};

/** The same object, with a step before and after each call of its methods. */
function stepped<T extends object>(real: T): T {
  return new Proxy(real, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        step();
        const result: unknown = Reflect.apply(member, target, args);
        step();
        return result;
      };
    },
  });
}

const store = new Store({ folder, site: 'willow-court', gate: 'north', clock, logger: new SilentLogger() });
await store.start(new AbortController().signal);
steps = 0;
const { log, rows, purges, recordPurge } = store;
const parts = {
  log: stepped(log),
  rows: stepped(rows),
  purges: stepped(purges),
  recordPurge: stepped(recordPurge),
};
const purge = makePurge(parts, clock);
await purge.start(new AbortController().signal);
while (!isDone) due?.();
await purge.stop();
await store.stop();
process.stdout.write(String(steps));
