import { describe, expect, it } from 'vitest';
import { Attention } from '../../src/app/board/attention.ts';
import { LogWatch } from '../../src/app/board/log-watch.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import type { DeviceView } from '../../src/ports/gate-state.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

const MIB = 1024 * 1024;

/** A log on a disk of this size, watched; what the guard is shown of it. */
async function watched(sizeBytes: number, freeBytes: number) {
  const clock = new VirtualClock();
  const log = new RecordingLog();
  const room = { freeBytes, sizeBytes };
  const shown: DeviceView[] = [];
  const hurries: number[] = [];
  const logger = new SilentLogger();
  const state = new PresentState();
  state.devices.follow((view) => shown.push(view));
  const attention = new Attention({ state });
  const watch = new LogWatch({
    log,
    outbox: { position: () => ({ epoch: 'e', firstSequence: 1, lastSequence: 0, publishedSequence: 0 }) },
    health: {
      trouble: undefined,
      altered: [],
      sizes: () => undefined,
      room: () => ({ ...room }),
      keepReserve: () => undefined,
    },
    state,
    attention,
    clock,
    logger,
    gate: 'north',
    everyMs: 5_000,
    onNearlyFull: () => {
      hurries.push(clock.read().monotonicMs);
    },
  });
  await watch.start(new AbortController().signal);
  const causes = () => log.events.map(({ data }) => (data as { cause?: string }).cause);
  const calls = () => state.attention.values;
  return { clock, log, room, watch, causes, calls, hurries, seen: () => shown.at(-1) };
}

describe('a disk that fills up', () => {
  it.each([
    ['a card', 16_000 * MIB, 256 * MIB],
    ['a small partition', 1_000 * MIB, 100 * MIB],
  ])('is told to guard and log before it is full: %s', async (_title, sizeBytes, limitBytes) => {
    const { clock, room, watch, causes, calls, seen } = await watched(sizeBytes, limitBytes);
    expect(seen()).toMatchObject({ id: 'log', status: 'ok' });
    expect(causes()).toEqual([]);
    room.freeBytes = limitBytes - MIB;
    clock.advance(5_000);
    expect(seen()).toMatchObject({ status: 'degraded', cause: 'log.low' });
    expect(seen()?.detail).toContain(`${limitBytes / MIB - 1} MiB are free`);
    clock.advance(60_000);
    expect(causes()).toEqual(['log.low']);
    room.freeBytes = limitBytes;
    clock.advance(5_000);
    expect(seen()).toMatchObject({ status: 'ok' });
    expect(causes()).toEqual(['log.low', undefined]);
    expect(calls()).toEqual([]);
    await watch.stop();
  });

  it.each([
    ['a card', 16_000 * MIB, 64 * MIB],
    ['a small partition', 1_000 * MIB, 50 * MIB],
  ])(
    'has what is over erased at a second mark, now and then while it lasts: %s',
    async (_title, size, mark) => {
      const { clock, room, watch, hurries, seen } = await watched(size, mark);
      clock.advance(60_000);
      expect(hurries).toEqual([]);
      room.freeBytes = mark - MIB;
      clock.advance(5_000);
      expect(hurries).toEqual([65_000]);
      expect(seen()).toMatchObject({ cause: 'log.low' });
      clock.advance(600_000);
      expect(hurries).toEqual([65_000, 665_000]);
      room.freeBytes = mark;
      clock.advance(3_600_000);
      expect(hurries).toHaveLength(2);
      await watch.stop();
    },
  );

  it('is called full and no longer low once nothing can be written', async () => {
    const { clock, log, watch, seen } = await watched(1_000 * MIB, 50 * MIB);
    expect(seen()).toMatchObject({ status: 'degraded', cause: 'log.low' });
    log.broken = true;
    clock.advance(5_000);
    expect(seen()).toMatchObject({ status: 'degraded', cause: 'log.unavailable' });
    expect(seen()?.detail).toContain('by hand neither');
    log.broken = false;
    clock.advance(5_000);
    expect(seen()).toMatchObject({ status: 'degraded', cause: 'log.low' });
    await watch.stop();
  });
});
