import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ClockFloorKeeper } from '../../src/adapters/clock/floor-keeper.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store-folder.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const NOON = Date.UTC(2020, 1, 24, 12);
const HOUR = 60 * 60 * 1000;
const SYNCHRONIZED = 'run/systemd/timesync/synchronized';
const RTC = 'sys/class/rtc/rtc0/since_epoch';
const MODEL = 'proc/device-tree/model';

/** A machine whose clocks and system files the test holds. */
class Machine {
  readonly root = temporaryFolder();
  systemMs = NOON;
  monotonicMs = 1000;

  boot(options: { assumeSynced?: boolean } = {}): SystemClock {
    return new SystemClock({
      ...options,
      root: this.root,
      systemMs: () => this.systemMs,
      monotonicMs: () => this.monotonicMs,
    });
  }

  write(file: string, text = '', timeMs = this.systemMs): void {
    const path = join(this.root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, timeMs / 1000, timeMs / 1000);
  }

  pass(ms: number): void {
    this.systemMs += ms;
    this.monotonicMs += ms;
  }
}

describe('how far the clock is believed', () => {
  const seconds = NOON / 1000;
  it.each<[string, [file: string, text?: string, timeMs?: number][], string]>([
    ['synchronized lately', [[SYNCHRONIZED]], 'synced'],
    ['synchronized two days ago', [[SYNCHRONIZED, '', NOON - 48 * HOUR]], 'holdover'],
    ['synchronized two days in the future', [[SYNCHRONIZED, '', NOON + 48 * HOUR]], 'holdover'],
    [
      'never synchronized, battery clock agrees',
      [['run/systemd/timesync/x'], [RTC, `${seconds}\n`]],
      'holdover',
    ],
    [
      'a Pi whose battery clock is empty',
      [
        [MODEL, 'Raspberry Pi 5 Model B\0'],
        [RTC, '1234\n'],
      ],
      'unsynced',
    ],
    ['a Pi without battery clock', [[MODEL, 'Raspberry Pi 4 Model B\0']], 'unsynced'],
    ['timesyncd runs and has not heard a server', [['run/systemd/timesync/x']], 'unsynced'],
    ['a laptop without timesyncd', [], 'holdover'],
  ])('%s', (_title, files, quality) => {
    const machine = new Machine();
    for (const [file, text, timeMs] of files) machine.write(file, text, timeMs);
    expect(machine.boot().read().quality).toBe(quality);
  });

  it('is synced where the site says so', () => {
    const machine = new Machine();
    machine.write(MODEL, 'Raspberry Pi 4');
    expect(machine.boot({ assumeSynced: true }).read().quality).toBe('synced');
  });

  it('is looked at again, but not at every reading', () => {
    const machine = new Machine();
    machine.write(MODEL, 'Raspberry Pi 4');
    const clock = machine.boot();
    expect(clock.read().quality).toBe('unsynced');
    machine.write(SYNCHRONIZED);
    machine.pass(4_999);
    expect(clock.read().quality).toBe('unsynced');
    machine.pass(1);
    expect(clock.read().quality).toBe('synced');
  });
});

describe('a wall clock that never goes back', () => {
  it('follows the system clock, also when it is set forward', () => {
    const machine = new Machine();
    const clock = machine.boot();
    expect(clock.read().wallMs).toBe(NOON);
    machine.systemMs += HOUR;
    expect(clock.read()).toMatchObject({ wallMs: NOON + HOUR, quality: 'holdover' });
  });

  it('stands still for a small correction and stays believed', () => {
    const machine = new Machine();
    machine.write(SYNCHRONIZED);
    const clock = machine.boot();
    clock.read();
    machine.systemMs -= 3000;
    expect(clock.read()).toMatchObject({ wallMs: NOON, quality: 'synced' });
    machine.pass(2000);
    expect(clock.read()).toMatchObject({ wallMs: NOON, quality: 'synced' });
    machine.pass(2000);
    expect(clock.read()).toMatchObject({ wallMs: NOON + 1000, quality: 'synced' });
  });

  it('goes on by itself, unsynced, when the system clock is set back, until that is ahead again', () => {
    const machine = new Machine();
    machine.write(SYNCHRONIZED);
    const clock = machine.boot();
    clock.read();
    machine.systemMs -= HOUR;
    machine.pass(60_000);
    expect(clock.read()).toMatchObject({ wallMs: NOON + 60_000, quality: 'unsynced' });
    machine.systemMs += HOUR + 1;
    expect(clock.read()).toMatchObject({ wallMs: NOON + 60_001, quality: 'synced' });
  });

  it('never goes back on any way the system clock takes', () => {
    const machine = new Machine();
    const clock = machine.boot();
    let latest = 0;
    for (const [jump, passed] of [
      [-5000, 10],
      [-20_000, 3000],
      [18_000, 500],
      [-90_000, 7],
      [HOUR, 0],
      [-1, 1],
    ]) {
      machine.systemMs += jump ?? 0;
      machine.pass(passed ?? 0);
      const { wallMs } = clock.read();
      expect(wallMs).toBeGreaterThanOrEqual(latest);
      latest = wallMs;
    }
  });
});

describe('the floor across restarts', () => {
  it('does not let a clock that was set back revive what has expired', async () => {
    const machine = new Machine();
    const folder = temporaryFolder();
    const signal = new AbortController().signal;
    const run = async (work: (clock: SystemClock) => void): Promise<SilentLogger> => {
      const clock = machine.boot();
      const logger = new SilentLogger();
      const store = await openStore(folder, { clock });
      const keeper = new ClockFloorKeeper({ clock, floor: store.clockFloor, logger });
      await keeper.start(signal);
      work(clock);
      await keeper.stop();
      await store.stop();
      return logger;
    };
    const quiet = await run((clock) => {
      machine.pass(10_000);
      clock.read();
    });
    expect(quiet.lines).toEqual([]);
    machine.systemMs = NOON - 30 * 24 * HOUR;
    machine.monotonicMs = 5;
    const warned = await run((clock) => {
      machine.pass(2000);
      expect(clock.read()).toMatchObject({ wallMs: NOON + 12_000, quality: 'unsynced' });
    });
    expect(warned.lines).toMatchObject([{ level: 'warn' }]);
  });

  it('is saved every minute and at the end, also after a failure', async () => {
    const clock = Object.assign(new VirtualClock(NOON), { raiseFloor: () => undefined });
    const saved: number[] = [];
    let full = false;
    const floor = {
      load: () => 0,
      save: (ms: number) => {
        if (full) throw new GatepostError('log.unavailable', 'disk full');
        saved.push(ms - NOON);
      },
    };
    const logger = new SilentLogger();
    const keeper = new ClockFloorKeeper({ clock, floor, logger });
    await keeper.start(new AbortController().signal);
    clock.advance(60_000);
    full = true;
    clock.advance(60_000);
    expect(logger.lines).toHaveLength(1);
    full = false;
    clock.advance(90_000);
    await keeper.stop();
    await keeper.stop();
    expect(saved).toEqual([0, 60_000, 180_000, 210_000]);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('timers', () => {
  it('run once, and not after they were cancelled', async () => {
    const clock = new SystemClock();
    const ran: string[] = [];
    const cancel = clock.schedule(1, () => ran.push('cancelled'));
    cancel();
    const before = clock.read().monotonicMs;
    await new Promise<void>((resolve) => clock.schedule(20, resolve));
    expect(clock.read().monotonicMs).toBeGreaterThan(before);
    expect(ran).toEqual([]);
    cancel();
  });

  it('wait for longer than setTimeout can', () => {
    vi.useFakeTimers();
    try {
      const clock = new SystemClock();
      const ran: string[] = [];
      clock.schedule(60 * 24 * HOUR, () => ran.push('due'));
      const cancel = clock.schedule(60 * 24 * HOUR, () => ran.push('cancelled'));
      vi.advanceTimersByTime(59 * 24 * HOUR);
      cancel();
      expect(ran).toEqual([]);
      vi.advanceTimersByTime(24 * HOUR);
      expect(ran).toEqual(['due']);
    } finally {
      vi.useRealTimers();
    }
  });
});
