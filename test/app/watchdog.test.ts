import { describe, expect, it } from 'vitest';
import { Watchdog } from '../../src/app/site/watchdog.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Notifier } from '../../src/ports/notifier.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

const never = new AbortController().signal;

class CountingNotifier implements Notifier {
  watchdogIntervalMs: number | undefined = 10_000;
  signs = 0;
  readonly texts: string[] = [];
  ready = async (): Promise<void> => undefined;
  stopping = async (): Promise<void> => undefined;
  async status(text: string): Promise<void> {
    this.texts.push(text);
  }
  async watchdog(): Promise<void> {
    this.signs += 1;
  }
}

function make() {
  const time = new VirtualClock();
  const loop = { lateMs: 0 };
  const clock: Clock = {
    read: () => time.read(),
    schedule: (delayMs, run) => time.schedule(delayMs + loop.lateMs, run),
  };
  const notifier = new CountingNotifier();
  const log = new RecordingLog();
  const logger = new SilentLogger();
  const door = { name: 'The door main', well: true, isWell: () => door.well };
  const watchdog = new Watchdog({ clock, notifier, log, parts: [door], logger });
  return { time, loop, notifier, log, logger, door, watchdog };
}

describe('the watchdog', () => {
  it('is fed at its interval while all is well', async () => {
    const { time, notifier, watchdog } = make();
    await watchdog.start(never);
    await watchdog.start(never);
    time.advance(60_000);
    expect(notifier.signs).toBe(6);
  });

  it('is not fed while the log cannot be written, and says so once', async () => {
    const { time, notifier, log, logger, watchdog } = make();
    await watchdog.start(never);
    log.broken = true;
    time.advance(30_000);
    expect(notifier.signs).toBe(0);
    expect(notifier.texts).toEqual([expect.stringContaining('The log')]);
    expect(logger.lines).toHaveLength(1);
    log.broken = false;
    time.advance(10_000);
    expect(notifier.signs).toBe(1);
  });

  it('is not fed while a part does not do its work, or throws when asked', async () => {
    const { time, notifier, door, watchdog } = make();
    await watchdog.start(never);
    door.well = false;
    time.advance(10_000);
    door.isWell = () => {
      throw new Error('gone');
    };
    time.advance(10_000);
    expect(notifier.signs).toBe(0);
    expect(notifier.texts).toEqual([
      expect.stringContaining('The door main'),
      expect.stringContaining('gone'),
    ]);
  });

  it('is fed while the loop is late for a slow card or a busy computer, and says which, once', async () => {
    const { time, loop, notifier, log, logger, watchdog } = make();
    await watchdog.start(never);
    loop.lateMs = 2_500;
    for (const [spentMs, sentence] of [
      [2_400, /^slow: Writing to the log takes long/],
      [4_900, undefined],
      [4_900, /^slow: The program is late/],
    ] as const) {
      log.times = { spentMs, slow: 0 };
      notifier.texts.length = 0;
      const signs = notifier.signs;
      time.advance(13_000);
      expect(notifier.signs).toBe(signs + 1);
      expect(notifier.texts).toEqual(sentence === undefined ? [] : [expect.stringMatching(sentence)]);
    }
    loop.lateMs = 0;
    time.advance(30_000);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'info']);
  });

  it('is fed on a card that takes longer than ten seconds, as long as it writes', async () => {
    const { time, loop, notifier, log, watchdog } = make();
    await watchdog.start(never);
    loop.lateMs = 12_000;
    log.times = { spentMs: 12_000, slow: 1 };
    time.advance(30_000);
    expect(notifier.signs).toBeGreaterThan(0);
    const signs = notifier.signs;
    log.broken = true;
    time.advance(60_000);
    expect(notifier.signs).toBe(signs);
  });

  it('is not fed for an interval in which the loop stood for ten seconds with nothing to wait for', async () => {
    const { time, loop, notifier, watchdog } = make();
    await watchdog.start(never);
    time.advance(3_000);
    loop.lateMs = 10_500;
    time.advance(250);
    loop.lateMs = 0;
    time.advance(11_000);
    expect(notifier.signs).toBe(0);
    time.advance(10_000);
    expect(notifier.signs).toBe(1);
  });

  it('bears a loop that is a little late', async () => {
    const { time, loop, notifier, watchdog } = make();
    await watchdog.start(never);
    loop.lateMs = 200;
    time.advance(31_000);
    expect(notifier.signs).toBe(3);
  });

  it('leaves no timer behind, and none where no watchdog is wanted', async () => {
    const { time, notifier, watchdog } = make();
    await watchdog.start(never);
    await watchdog.stop();
    await watchdog.stop();
    expect(time.pendingTimers()).toBe(0);
    notifier.watchdogIntervalMs = undefined;
    await watchdog.start(never);
    expect(time.pendingTimers()).toBe(0);
  });
});
