import { expect, it, onTestFinished } from 'vitest';
import { Attention } from '../../src/app/board/attention.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { DataRequests } from '../../src/app/rules/data-requests.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { DataRequestBook } from '../../src/ports/data-requests.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

it('completes an erasure that was killed, before it begins another, and again later where that fails', async () => {
  const clock = new VirtualClock();
  const store = await openStore(temporaryFolder(), { clock });
  const logger = new SilentLogger();
  const notes = new EventWriter({ log: store.log, clock, logger });
  const asked: (number | 'unfinished')[] = [];
  let [isUnfinished, fails] = [true, true];
  const book: DataRequestBook = {
    nextNumber: () => 1001,
    open: () => [],
    find: () => undefined,
    newestOf: () => undefined,
    hasEnded: () => false,
    hasUnfinished: () => isUnfinished,
    toErase: () => (asked.includes(1001) ? [] : [1001]),
  };
  const requests = new DataRequests({
    ...{ book, notes, clock, logger, gate: 'north', keptMs: 86_400_000, everyMs: 60_000 },
    attention: new Attention({ state: new PresentState() }),
    eraser: {
      erase: async (which) => {
        asked.push(which);
        if (fails) throw new GatepostError('log.unavailable', 'somebody reads');
        isUnfinished = false;
      },
    },
  });
  await requests.start(new AbortController().signal);
  onTestFinished(() => requests.stop());
  const settled = () => new Promise(setImmediate);
  await settled();
  expect(asked).toEqual(['unfinished']);
  fails = false;
  clock.advance(14 * 60_000);
  await settled();
  expect(asked).toEqual(['unfinished']);
  clock.advance(60_000);
  await settled();
  clock.advance(60_000);
  await settled();
  expect(asked).toEqual(['unfinished', 'unfinished', 1001]);
});
