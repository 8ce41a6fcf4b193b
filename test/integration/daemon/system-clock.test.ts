import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ClockFloorKeeper } from '../../../src/adapters/clock/floor-keeper.ts';
import { askTimedated, inStepFrom, KernelWatch } from '../../../src/adapters/clock/kernel-watch.ts';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { GatepostError } from '../../../src/core/errors.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

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

  boot(options: { trusted?: boolean; latestMs?: number } = {}): SystemClock {
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
    expect(machine.boot({ trusted: true }).read().quality).toBe('synced');
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

describe('the answer of the kernel', () => {
  const pi = (): Machine => {
    const machine = new Machine();
    machine.write(MODEL, 'Raspberry Pi 4');
    return machine;
  };

  it('counts whichever time service gave it the time, and over the mark of one of them', () => {
    const machine = pi();
    const clock = machine.boot();
    expect(clock.read().quality).toBe('unsynced');
    clock.kernelSays(true, machine.monotonicMs);
    expect(clock.read().quality).toBe('synced');
    machine.write(SYNCHRONIZED);
    clock.kernelSays(false, machine.monotonicMs);
    expect(clock.read().quality).toBe('holdover');
    clock.kernelSays(undefined, machine.monotonicMs);
    expect(clock.read().quality).toBe('synced');
  });

  it.each([
    ['yes\n', true],
    ['no', false],
    ['NTPSynchronized=yes\nTimeUSec=…', true],
    ['', undefined],
    ['yesterday', undefined],
    [undefined, undefined],
  ])('%j is %s', (said, expected) => {
    expect(inStepFrom(said)).toBe(expected);
  });

  it.each<[string, string | undefined, boolean | undefined]>([
    ['yes', 'echo yes', true],
    ['no', 'echo no', false],
    ['nothing where there is no bus', 'echo "Failed to connect to bus" >&2; exit 1', undefined],
    ['nothing where the program is missing', undefined, undefined],
  ])('is %s', async (_said, script, expected) => {
    const folder = temporaryFolder();
    if (script !== undefined) {
      writeFileSync(
        join(folder, 'timedatectl'),
        `#!/bin/sh\n[ "$*" = "show --property=NTPSynchronized --value" ] || exit 2\n${script}\n`,
      );
      chmodSync(join(folder, 'timedatectl'), 0o755);
    }
    vi.stubEnv('PATH', folder);
    try {
      expect(await askTimedated()).toBe(expected);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('is asked at the start, and again soon only while the clock is not in step', async () => {
    vi.useFakeTimers();
    try {
      const machine = pi();
      let inStep = false;
      let asked = 0;
      const clock = machine.boot();
      const ask = async () => {
        asked += 1;
        return inStep;
      };
      const watch = new KernelWatch({ clock, ask });
      const later = async (seconds: number): Promise<void> => {
        for (let passed = 0; passed < seconds; passed += 5) {
          machine.pass(5_000);
          await vi.advanceTimersByTimeAsync(5_000);
        }
      };
      await watch.start(new AbortController().signal);
      expect([asked, clock.read().quality]).toEqual([1, 'unsynced']);
      inStep = true;
      await later(25);
      expect([asked, clock.read().quality]).toEqual([2, 'synced']);
      await later(20 * 60);
      const calm = asked;
      await later(9 * 60);
      expect(asked).toBeLessThanOrEqual(calm + 1);
      // A jump is asked about at once: what the kernel said before it means nothing.
      machine.systemMs += 3 * HOUR;
      expect(clock.read().quality).toBe('unsynced');
      const before = asked;
      await later(5);
      expect(asked).toBe(before + 1);
      expect(clock.read()).toMatchObject({ wallMs: machine.systemMs, quality: 'synced' });
      await watch.stop();
      await later(60);
      expect(asked).toBe(before + 1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is older than a jump does not confirm it', () => {
    const machine = pi();
    const clock = machine.boot();
    clock.kernelSays(true, machine.monotonicMs);
    machine.pass(1_000);
    const before = clock.read().wallMs;
    machine.systemMs += 3 * HOUR;
    clock.read();
    // The answer came after the jump to a question from before it.
    clock.kernelSays(true, machine.monotonicMs - 1);
    expect(clock.read()).toMatchObject({ wallMs: before, quality: 'unsynced' });
    clock.kernelSays(false, machine.monotonicMs);
    expect(clock.read()).toMatchObject({ wallMs: before, quality: 'unsynced' });
  });
});

describe('a wall clock that does not go back', () => {
  it('follows the system clock, but no jump that nothing confirms', () => {
    const machine = new Machine();
    const clock = machine.boot();
    expect(clock.read().wallMs).toBe(NOON);
    machine.systemMs += 90_000;
    expect(clock.read()).toMatchObject({ wallMs: NOON + 90_000, quality: 'holdover' });
    machine.systemMs += HOUR;
    machine.pass(1_000);
    expect(clock.read()).toMatchObject({ wallMs: NOON + 91_000, quality: 'unsynced' });
    machine.systemMs -= HOUR;
    expect(clock.read()).toMatchObject({ wallMs: NOON + 91_000, quality: 'holdover' });
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

  it('believes nothing beyond the last moment it was told', () => {
    const machine = new Machine();
    const clock = machine.boot({ trusted: true, latestMs: NOON + HOUR });
    expect(clock.read().quality).toBe('synced');
    machine.systemMs += 2 * HOUR;
    expect(clock.read()).toMatchObject({ wallMs: NOON, quality: 'unsynced' });
    expect(clock.doubt?.kind).toBe('beyond');
  });
});

/** One run of a gate's clock on a machine: started on a store, worked with, and stopped. */
async function run(
  machine: Machine,
  folder: string,
  work: (clock: SystemClock, store: Store) => void | Promise<void>,
): Promise<SilentLogger> {
  const clock = machine.boot();
  const logger = new SilentLogger();
  const store = await openStore(folder, { clock });
  const keeper = new ClockFloorKeeper({ clock, floor: store.clockFloor, logger });
  await keeper.start(new AbortController().signal);
  await work(clock, store);
  await keeper.stop();
  await store.stop();
  machine.monotonicMs = 5;
  return logger;
}

describe('the floor across restarts', () => {
  it('does not let a clock that was set back revive what has expired', async () => {
    const machine = new Machine();
    const folder = temporaryFolder();
    const quiet = await run(machine, folder, (clock) => {
      machine.pass(10_000);
      clock.read();
    });
    expect(quiet.lines).toEqual([]);
    machine.systemMs = NOON - 30 * 24 * HOUR;
    const warned = await run(machine, folder, (clock) => {
      machine.pass(2000);
      expect(clock.read()).toMatchObject({ wallMs: NOON + 12_000, quality: 'unsynced' });
    });
    expect(warned.lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('gatepost clock lower') },
    ]);
  });

  it('does not learn a date that was wrong for a while, whatever said it', async () => {
    for (const files of [[], [SYNCHRONIZED], [MODEL]]) {
      const machine = new Machine();
      const folder = temporaryFolder();
      for (const file of files) machine.write(file, 'Raspberry Pi 4');
      await run(machine, folder, (clock) => {
        clock.read();
        machine.systemMs += 16 * 365 * 24 * HOUR;
        for (const file of files) machine.write(file, 'Raspberry Pi 4');
        for (let second = 0; second < 70; second++) {
          machine.pass(1_000);
          expect(clock.read()).toMatchObject({ wallMs: NOON + (second + 1) * 1_000, quality: 'unsynced' });
        }
      });
      // Started in it, and right again.
      await run(machine, folder, (clock) => {
        machine.pass(1_000);
        expect(clock.read().quality).toBe('unsynced');
      });
      machine.systemMs -= 16 * 365 * 24 * HOUR;
      for (const file of files) machine.write(file, 'Raspberry Pi 4');
      await run(machine, folder, (clock) => {
        const quality = files[0] === SYNCHRONIZED ? 'synced' : files[0] === MODEL ? 'unsynced' : 'holdover';
        expect(clock.read()).toMatchObject({ wallMs: machine.systemMs, quality });
      });
    }
  });

  it('is lowered by a person while the gate runs, and stays so', async () => {
    const machine = new Machine();
    const folder = temporaryFolder();
    vi.useFakeTimers();
    try {
      machine.systemMs += 365 * 24 * HOUR;
      await run(machine, folder, () => undefined);
      machine.systemMs = NOON;
      await run(machine, folder, async (clock, store) => {
        expect(clock.read().quality).toBe('unsynced');
        store.clockFloor.set(NOON);
        machine.pass(5_000);
        await vi.advanceTimersByTimeAsync(5_000);
        expect(clock.read()).toMatchObject({ wallMs: NOON + 5_000, quality: 'holdover' });
      });
      await run(machine, folder, (clock) => {
        expect(clock.read()).toMatchObject({ wallMs: NOON + 5_000, quality: 'holdover' });
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is saved every minute and at the end, also after a failure', async () => {
    vi.useFakeTimers();
    try {
      const machine = new Machine();
      const clock = machine.boot();
      const saved: number[] = [];
      let full = false;
      const floor = {
        load: () => ({ floorMs: 0, vouchedMs: 0, timesSet: 0 }),
        save: ({ floorMs }: { floorMs: number }) => {
          if (full) throw new GatepostError('log.unavailable', 'disk full');
          saved.push(floorMs - NOON);
          return true;
        },
      };
      const logger = new SilentLogger();
      const keeper = new ClockFloorKeeper({ clock, floor, logger });
      const later = (seconds: number): void => {
        for (let passed = 0; passed < seconds; passed += 5) {
          machine.pass(5_000);
          vi.advanceTimersByTime(5_000);
        }
      };
      await keeper.start(new AbortController().signal);
      later(60);
      full = true;
      later(60);
      expect(logger.lines).toHaveLength(1);
      full = false;
      later(90);
      await keeper.stop();
      await keeper.stop();
      expect(saved).toEqual([0, 60_000, 180_000, 210_000]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
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
