import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { runInTurns, sha256Steps } from '../../src/app/lists/run-in-turns.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';

/** Time goes by while work is done: one millisecond at every look at the clock. Counts the turns given away. */
class BusyClock implements Clock {
  readonly #clock = new VirtualClock();
  turns = 0;

  read() {
    this.#clock.advance(1);
    return this.#clock.read();
  }

  schedule(_delayMs: number, run: () => void) {
    this.turns += 1;
    setImmediate(run);
    return () => undefined;
  }
}

function* count(steps: number): Generator<void, string> {
  for (let step = 0; step < steps; step++) yield;
  return 'done';
}

it('lets others have their turn every few milliseconds of work, and not in between', async () => {
  const clock = new BusyClock();
  expect(await runInTurns(count(1000), clock)).toBe('done');
  expect(clock.turns).toBeGreaterThan(100);
  expect(clock.turns).toBeLessThan(500);
});

it('hands on what the work throws', async () => {
  const failing = (function* (): Generator<void, never> {
    yield;
    throw new Error('half way');
  })();
  await expect(runInTurns(failing, new BusyClock())).rejects.toThrow('half way');
});

it('digests in turns what it digests at once', async () => {
  for (const length of [0, 1, 262_144, 1_000_001]) {
    const bytes = new Uint8Array(length).fill(7);
    const whole = createHash('sha256').update(bytes).digest('hex');
    expect(await runInTurns(sha256Steps(bytes), new BusyClock())).toBe(whole);
  }
});
