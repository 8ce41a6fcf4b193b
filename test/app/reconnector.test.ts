import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConnectionState,
  Reconnector,
  type RetrySchedule,
  retryDelayMs,
} from '../../src/app/devices/reconnector.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const SCHEDULE: RetrySchedule = {
  initialMs: 1000,
  factor: 2,
  maximumMs: 8000,
  jitter: 0,
  healthyAfterMs: 30_000,
};
const NEVER = new AbortController().signal;

class FakeLink implements DeviceLink {
  closings = 0;
  readonly closed: Promise<GatepostError | undefined>;
  #end: (error: GatepostError | undefined) => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }
  async close(): Promise<void> {
    this.closings += 1;
    this.#end(undefined);
  }
  breakOff(error: GatepostError): void {
    this.#end(error);
  }
}

/** A device whose opens the test answers by hand. */
class FakeDevice {
  readonly clock = new VirtualClock();
  readonly logger = new SilentLogger();
  readonly states: ConnectionState[] = [];
  readonly links: FakeLink[] = [];
  opens = 0;
  pendingOpens = 0;
  mostPendingOpens = 0;
  /** What open() does; by default the device is missing. */
  answer: (signal: AbortSignal) => Promise<FakeLink> = () => Promise.reject(missing());

  reconnector(schedule: RetrySchedule = SCHEDULE): Reconnector<FakeLink> {
    return new Reconnector<FakeLink>({
      name: 'scanner:main-in',
      open: async (signal) => {
        this.opens += 1;
        this.pendingOpens += 1;
        this.mostPendingOpens = Math.max(this.mostPendingOpens, this.pendingOpens);
        try {
          return await this.answer(signal);
        } finally {
          this.pendingOpens -= 1;
        }
      },
      schedule,
      clock: this.clock,
      random: () => 0.5,
      logger: this.logger,
      onState: (state) => this.states.push(state),
    });
  }

  plugIn(): void {
    this.answer = async () => {
      const link = new FakeLink();
      this.links.push(link);
      return link;
    };
  }
  unplug(): void {
    this.answer = () => Promise.reject(missing());
  }
  said(level: string): number {
    return this.logger.lines.filter((line) => line.level === level).length;
  }
}

function missing(): GatepostError {
  return new GatepostError('device.missing', 'There is no scanner. Plug it in.');
}

describe('retry schedule', () => {
  it('grows by the factor up to the cap', () => {
    const delays = [1, 2, 3, 4, 5, 400].map((attempt) => retryDelayMs(SCHEDULE, attempt, () => 0.9));
    expect(delays).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('keeps the jitter inside its part and never passes the cap', () => {
    fc.assert(
      fc.property(
        fc.record({
          initialMs: fc.integer({ min: 1, max: 10_000 }),
          factor: fc.double({ min: 1, max: 4, noNaN: true }),
          maximumMs: fc.integer({ min: 1, max: 600_000 }),
          jitter: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (schedule, attempt, chance) => {
          const full = retryDelayMs({ ...schedule, healthyAfterMs: 1, jitter: 0 }, attempt, () => chance);
          const delay = retryDelayMs({ ...schedule, healthyAfterMs: 1 }, attempt, () => chance);
          expect(delay).toBeLessThanOrEqual(schedule.maximumMs);
          expect(delay).toBeLessThanOrEqual(full);
          expect(delay).toBeGreaterThanOrEqual(full * (1 - schedule.jitter) - 1e-9);
        },
      ),
    );
  });
});

describe('reconnector', () => {
  it('tries again with growing pauses, one timer at a time, and stays named missing', async () => {
    const device = new FakeDevice();
    const reconnector = device.reconnector();
    await reconnector.start(NEVER);
    await settle();
    expect(device.opens).toBe(1);
    for (const [pauseMs, opens] of [
      [999, 1],
      [1, 2],
      [1999, 2],
      [1, 3],
      [4000, 4],
      [8000, 5],
      [8000, 6],
    ] as const) {
      device.clock.advance(pauseMs);
      await settle();
      expect(device.opens).toBe(opens);
      expect(device.clock.pendingTimers()).toBe(1);
    }
    expect(device.states.map((state) => state.status)).toEqual(['connecting', ...Array(6).fill('missing')]);
    expect(device.states.at(-1)).toMatchObject({ attempt: 6, error: { code: 'device.missing' } });
    await reconnector.stop();
    expect(device.clock.pendingTimers()).toBe(0);
  });

  it('says the same error once and then every ten minutes, and says the recovery', async () => {
    const device = new FakeDevice();
    const reconnector = device.reconnector();
    await reconnector.start(NEVER);
    await device.clock.advanceAsync(9 * 60_000, 500);
    expect(device.said('warn')).toBe(1);
    await device.clock.advanceAsync(2 * 60_000, 500);
    expect(device.said('warn')).toBe(2);
    device.plugIn();
    await device.clock.advanceAsync(10_000, 500);
    expect(device.said('info')).toBe(1);
    expect(device.states.at(-1)).toMatchObject({ status: 'ok' });
    await reconnector.stop();
  });

  it('does not flood the log when a cable flickers', async () => {
    const device = new FakeDevice();
    device.plugIn();
    const reconnector = device.reconnector();
    await reconnector.start(NEVER);
    for (let flicker = 0; flicker < 20; flicker++) {
      await settle();
      device.links.at(-1)?.breakOff(new GatepostError('device.lost', 'The scanner went away.'));
      await device.clock.advanceAsync(8000, 1000);
    }
    expect(device.links.length).toBeGreaterThan(10);
    expect(device.said('warn')).toBe(1);
    await reconnector.stop();
  });

  it('begins anew with the first pause only after a healthy connection', async () => {
    const device = new FakeDevice();
    const reconnector = device.reconnector();
    await reconnector.start(NEVER);
    await settle();
    await device.clock.advanceAsync(3000, 500);
    device.plugIn();
    await device.clock.advanceAsync(4000, 500);
    const short = device.links[0];
    device.clock.advance(SCHEDULE.healthyAfterMs - 1);
    short?.breakOff(new GatepostError('device.lost', 'gone'));
    await settle();
    device.clock.advance(7999);
    await settle();
    expect(device.links).toHaveLength(1);
    device.clock.advance(1);
    await settle();
    expect(device.links).toHaveLength(2);
    device.clock.advance(SCHEDULE.healthyAfterMs);
    device.links[1]?.breakOff(new GatepostError('device.lost', 'gone'));
    await settle();
    device.clock.advance(1000);
    await settle();
    expect(device.links).toHaveLength(3);
    expect(device.states.at(-1)).toMatchObject({ status: 'ok', attempt: 1 });
    await reconnector.stop();
  });

  it('closes the old link before it opens a new one', async () => {
    const device = new FakeDevice();
    device.plugIn();
    const reconnector = device.reconnector();
    await reconnector.start(NEVER);
    await settle();
    let closingsAtOpen = -1;
    const open = device.answer;
    device.answer = (signal) => {
      closingsAtOpen = device.links[0]?.closings ?? -1;
      return open(signal);
    };
    reconnector.reopen(new GatepostError('device.lost', 'The thermometer fell silent.'));
    reconnector.reopen(new GatepostError('device.lost', 'The thermometer fell silent.'));
    await settle();
    expect(device.states.at(-1)).toMatchObject({
      status: 'degraded',
      error: { message: 'The thermometer fell silent.' },
    });
    device.clock.advance(1000);
    await settle();
    expect(closingsAtOpen).toBe(1);
    expect(device.opens).toBe(2);
    expect(device.mostPendingOpens).toBe(1);
    expect(reconnector.link).toBe(device.links[1]);
    await reconnector.stop();
    expect(device.links.map((link) => link.closings)).toEqual([1, 1]);
  });

  it('leaks nothing when it is stopped during an open that succeeds late', async () => {
    const device = new FakeDevice();
    let finishOpen: (link: FakeLink) => void = () => undefined;
    device.answer = () =>
      new Promise((resolve) => {
        finishOpen = resolve;
      });
    const reconnector = device.reconnector();
    await reconnector.start(NEVER);
    const stopped = reconnector.stop();
    const late = new FakeLink();
    finishOpen(late);
    await stopped;
    expect(late.closings).toBe(1);
    expect(device.states.map((state) => state.status)).toEqual(['connecting']);
    expect(device.clock.pendingTimers()).toBe(0);
  });

  it('aborts an open in progress when it is stopped, without an error state', async () => {
    const device = new FakeDevice();
    device.answer = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const reconnector = device.reconnector();
    await reconnector.start(NEVER);
    await reconnector.stop();
    await reconnector.stop();
    expect(device.states.map((state) => state.status)).toEqual(['connecting']);
    expect(device.said('warn')).toBe(0);
  });

  it('opens once however often it is started, and again after a stop', async () => {
    const device = new FakeDevice();
    device.plugIn();
    const reconnector = device.reconnector();
    await Promise.all([reconnector.start(NEVER), reconnector.start(NEVER)]);
    await settle();
    expect(device.opens).toBe(1);
    await reconnector.stop();
    await reconnector.start(NEVER);
    await settle();
    expect(device.opens).toBe(2);
    await reconnector.stop();
  });

  it('does not start under an aborted signal', async () => {
    const device = new FakeDevice();
    await expect(device.reconnector().start(AbortSignal.abort())).rejects.toThrow();
    expect(device.opens).toBe(0);
  });
});
