import { Store } from '../../../src/adapters/sqlite/store.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { makePurge } from '../../support/store/purge.ts';

const DAY_MS = 86_400_000;
/**
 * What a gate did before the fleet runs, oldest first; two rows a passage. By what a gate keeps for how long the first 640 rows
 * end wholly, the guard's between them stay, and of the younger ones goes what is personal, or the screening alone.
 */
const PAST = [
  // More than two blocks of 256 rows: the second one goes as a whole.
  { daysAgo: 100, passages: 280, withGuard: false },
  // More ranges that are gone than one answer to a replay names.
  { daysAgo: 99, passages: 40, withGuard: true },
  { daysAgo: 20, passages: 20, withGuard: true },
  { daysAgo: 5, passages: 10, withGuard: false },
] as const;
/** Rows of PAST that end wholly. */
export const ENDED_ROWS = 2 * (PAST[0].passages + PAST[1].passages);

interface GateStore {
  readonly folder: string;
  readonly site: string;
  readonly gate: string;
}

/** Fills the empty store of a gate that has run for months and has purged nothing yet. */
export async function writePast(place: GateStore): Promise<void> {
  const nowMs = Date.now();
  const clock = new VirtualClock(nowMs - PAST[0].daysAgo * DAY_MS);
  const store = new Store({ ...place, clock, logger: new SilentLogger() });
  await store.start(new AbortController().signal);
  for (const { daysAgo, passages, withGuard } of PAST) {
    clock.jumpTo(nowMs - daysAgo * DAY_MS);
    const { wallMs } = clock.read();
    const events = Array.from({ length: passages }, (_, number): readonly EventDraft[] => [
      accessGranted({ passage: `${daysAgo}-${number}` }, wallMs),
      doorOpened(wallMs),
      ...(withGuard ? [guardCame(wallMs)] : []),
    ]);
    store.log.commit({ events: events.flat() });
  }
  while (store.tree.grow() > 0);
  await store.stop();
}

function guardCame(timeMs: number): EventDraft {
  return {
    name: 'operator.login',
    subject: 'chen',
    data: { operator: 'chen' },
    timeMs,
    timeQuality: 'synced',
  };
}

/** The purge that the gate does once an hour where its clock was in step for long enough, in one go. */
export async function purgeNow(store: Store): Promise<void> {
  let due: (() => void) | undefined;
  let isOver = false;
  const retention = makePurge(store, {
    read: () => ({ wallMs: Date.now(), monotonicMs: performance.now(), quality: 'synced' }),
    schedule: (delayMs, run) => {
      due = run;
      // The first look comes after a minute, and the next one after all turns of this one.
      isOver = delayMs > 60_000;
      return () => undefined;
    },
  });
  await retention.start(new AbortController().signal);
  while (!isOver) due?.();
  await retention.stop();
}
