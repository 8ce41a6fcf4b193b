import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as passing } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StandstillWatch } from '../../../src/adapters/clock/standstill-watch.ts';
import { Inbox } from '../../support/inbox.ts';
import { typescriptArguments } from '../../support/typescript-child.ts';

/** A process whose clocks the test turns, and which has given its first sign of life or not. */
function played({ signed = true } = {}) {
  const now = { monotonicMs: 1_000, bootMs: 9_000, busyMs: 50 };
  const watch = new StandstillWatch({
    monotonicMs: () => now.monotonicMs,
    bootMs: () => now.bootMs,
    busyMs: () => now.busyMs,
  });
  let ends = 0;
  watch.onEnd(() => {
    ends += 1;
  });
  if (signed) watch.monotonicMs();
  return {
    watch,
    ends: () => ends,
    /** Time passes without a sign of life, of which the process worked or waited for a processor for `busyMs`. */
    pass: (ms: number, busyMs = 0, asleepMs = 0) => {
      now.monotonicMs += ms;
      now.bootMs += ms + asleepMs;
      now.busyMs += busyMs;
      return now.monotonicMs;
    },
  };
}

describe('StandstillWatch', () => {
  it.each([
    { ms: 30_000, stood: true },
    { ms: 5_001, stood: true },
    { ms: 5_000, stood: false },
    { ms: 200, stood: false },
  ])('takes $ms ms without a sign and without work for a standstill: $stood', ({ ms, stood }) => {
    const { watch, ends, pass } = played();
    const nowMs = pass(ms);
    expect(watch.lastEndMs()).toBe(stood ? nowMs : undefined);
    expect(ends()).toBe(stood ? 1 : 0);
  });

  it('knows a process that worked, or stood in the queue for a processor, from one that was stopped', () => {
    const { watch, pass } = played();
    pass(30_000, 26_000);
    expect(watch.lastEndMs()).toBeUndefined();
    const nowMs = pass(30_000, 200);
    expect(watch.lastEndMs()).toBe(nowMs);
  });

  it('knows commits on a slow card, each between two signs, from a standstill', () => {
    const { watch, pass } = played();
    for (let commit = 0; commit < 10; commit++) {
      pass(2_500);
      watch.monotonicMs();
    }
    expect(watch.lastEndMs()).toBeUndefined();
  });

  it('notices a stop right after its start, before the first tick', async () => {
    const { watch, pass } = played({ signed: false });
    await watch.start(new AbortController().signal);
    onTestFinished(() => watch.stop());
    const nowMs = pass(6_000);
    expect(watch.lastEndMs()).toBe(nowMs);
  });

  it('forgets work that was done before it was stopped', () => {
    const { watch, pass } = played();
    pass(9_000, 9_000);
    watch.monotonicMs();
    const nowMs = pass(6_000);
    expect(watch.lastEndMs()).toBe(nowMs);
  });

  it('notices that the machine slept', () => {
    const { watch, pass } = played();
    const nowMs = pass(300, 0, 3_600_000);
    expect(watch.lastEndMs()).toBe(nowMs);
  });

  it('tells the last one of several', () => {
    const { watch, pass, ends } = played();
    pass(6_000);
    watch.monotonicMs();
    const nowMs = pass(6_000);
    watch.monotonicMs();
    pass(100);
    expect(watch.lastEndMs()).toBe(nowMs);
    expect(ends()).toBe(2);
  });

  it('says from when on something may have come that is read right after a hold-up', () => {
    const { watch, pass } = played();
    const fromMs = watch.monotonicMs();
    pass(3_000);
    watch.monotonicMs();
    pass(10);
    watch.monotonicMs();
    // A second commit in the same turn of the event loop.
    pass(2_000);
    const toMs = watch.monotonicMs();
    expect(watch.earliestMs(toMs)).toBe(fromMs);
    expect(watch.earliestMs(toMs + 50)).toBe(fromMs);
    expect(watch.earliestMs(toMs + 51)).toBe(toMs + 51);
    expect(watch.earliestMs(fromMs - 1)).toBe(fromMs - 1);
  });

  it('takes the quiet between two ticks for no hold-up', () => {
    const { watch, pass } = played();
    pass(250);
    const nowMs = watch.monotonicMs();
    expect(watch.earliestMs(nowMs)).toBe(nowMs);
  });
});

describe('a real process', () => {
  async function start() {
    const child = spawn(process.execPath, typescriptArguments('integration/daemon/standstill.child.ts'), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const said = new Inbox<string>();
    createInterface({ input: child.stdout }).on('line', said.put);
    await said.until((lines) => lines.includes('ready'));
    return { child, said, answered: () => said.until((lines) => lines.includes('answered')) };
  }

  it('that was stopped says so before it does anything else; one that worked or got no processor does not', async () => {
    const [stopped, busy, starved] = await Promise.all([start(), start(), start()]);
    busy.child.stdin.write('busy 6000\n');
    stopped.child.kill('SIGSTOP');
    stopped.child.stdin.write('hello\n');
    for (let turn = 1; turn <= 15; turn++) {
      starved.child.kill('SIGSTOP');
      await passing(400);
      starved.child.kill('SIGCONT');
      // However busy this machine is: the process gives a sign between two stops.
      starved.child.stdin.write('hello\n');
      await starved.said.until((lines) => lines.filter((line) => line === 'answered').length === turn);
    }
    stopped.child.kill('SIGCONT');
    for (const one of [stopped, busy]) await one.answered();
    expect(stopped.said.items).toEqual(['ready', 'stood still', 'answered']);
    expect(busy.said.items).toEqual(['ready', 'answered']);
    expect(starved.said.items).not.toContain('stood still');
  });
});
