import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE_SCHEDULE, DeviceSupervisor } from '../../src/app/devices/device-supervisor.ts';
import { retryDelayMs } from '../../src/app/devices/reconnector.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DeviceView } from '../../src/ports/gate-state.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

/** A port that is there or not, for whatever reason it may not be opened. */
function supervised() {
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const log = new RecordingLog();
  const views: DeviceView[] = [];
  const port: { failure: GatepostError | undefined; openedMs: number | undefined; pull: () => void } = {
    failure: undefined,
    openedMs: undefined,
    pull: () => undefined,
  };
  const state = new PresentState();
  state.devices.follow((view) => views.push(view));
  const supervisor = new DeviceSupervisor({
    device: {
      role: 'scanner',
      owner: 'main-in',
      driver: 'test',
      simulated: true,
      confirmedBy: 'link',
      eventName: 'device.scanner',
    },
    supervision: {
      clock,
      logger,
      // The longest pauses.
      random: () => 0,
      notes: new EventWriter({ log, clock, logger }),
      state,
    },
    open: async (): Promise<DeviceLink> => {
      if (port.failure !== undefined) throw port.failure;
      port.openedMs = clock.read().monotonicMs;
      let end: (error: GatepostError | undefined) => void = () => undefined;
      const closed = new Promise<GatepostError | undefined>((resolve) => {
        end = resolve;
      });
      port.pull = () => {
        port.failure = failure('device.missing');
        end(failure('device.lost'));
      };
      return { closed, close: async () => end(undefined) };
    },
  });
  return { clock, log, views, port, supervisor };
}

function failure(code: 'device.missing' | 'device.lost' | 'device.busy' | 'device.denied'): GatepostError {
  return new GatepostError(code, `It is ${code}. Do something.`);
}

describe('a device that comes back', () => {
  /** What is left of the two seconds opens the device and waits for its first word. */
  const LONGEST_PAUSE_MS = 1_000;

  it('is tried again at least once a second, however long it was away', () => {
    for (const attempt of [1, 2, 3, 4, 5, 10, 100, 100_000]) {
      for (const chance of [0, 0.5, 0.999]) {
        expect(retryDelayMs(DEVICE_SCHEDULE, attempt, () => chance)).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
      }
    }
  });

  it('is opened within a second, at whatever moment it was pulled and put back, how often ever', async () => {
    const moments = fc.array(
      fc.record({ usedMs: fc.integer({ min: 0, max: 12_000 }), awayMs: fc.integer({ min: 1, max: 20_000 }) }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(moments, async (pulls) => {
        const { clock, port, supervisor } = supervised();
        await supervisor.start(new AbortController().signal);
        await settle();
        for (const { usedMs, awayMs } of pulls) {
          clock.advance(usedMs);
          port.pull();
          await clock.advanceAsync(awayMs, 250);
          port.failure = undefined;
          port.openedMs = undefined;
          await clock.advanceAsync(LONGEST_PAUSE_MS, 250);
          expect(port.openedMs).toBeDefined();
          expect(supervisor.status).toBe('ok');
        }
        await supervisor.stop();
      }),
      { numRuns: 30 },
    );
  });

  it.each(['device.busy', 'device.denied'] as const)('with %s is opened when that is over', async (code) => {
    const { clock, log, port, supervisor } = supervised();
    port.failure = failure(code);
    await supervisor.start(new AbortController().signal);
    await clock.advanceAsync(6 * 60_000, 500);
    expect(supervisor).toMatchObject({ status: 'missing', cause: code });
    port.failure = undefined;
    await clock.advanceAsync(LONGEST_PAUSE_MS, 100);
    expect(supervisor.status).toBe('ok');
    expect(log.events.map(({ data }) => 'status' in data && data.status)).toEqual(['missing', 'ok']);
    await supervisor.stop();
  });

  it('was away since it went, whatever was tried meanwhile', async () => {
    const { clock, views, port, supervisor } = supervised();
    await supervisor.start(new AbortController().signal);
    await settle();
    clock.advance(7_000);
    const pulledMs = clock.read().wallMs;
    port.pull();
    await settle();
    await clock.advanceAsync(10 * 60_000, 500);
    expect(views.at(-1)).toMatchObject({ status: 'missing', cause: 'device.missing' });
    // Lost, then missing: each is told once.
    expect(views.map(({ status, cause }) => [status, cause])).toEqual([
      ['connecting', undefined],
      ['ok', undefined],
      ['missing', 'device.lost'],
      ['missing', 'device.missing'],
    ]);
    expect(views.slice(2).map(({ sinceMs }) => sinceMs)).toEqual([pulledMs, pulledMs]);
    await supervisor.stop();
  });
});
