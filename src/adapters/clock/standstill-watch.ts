import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Cancel, Standstills } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';

/** A process that did nothing for longer was not just waiting for a processor or a memory card. */
const STOOD_STILL_MS = 5_000;
const TICK_MS = 200;
/** A tick that comes this late means that the event loop was blocked. */
const HELD_UP_MS = 2 * TICK_MS;
/** Input that arrived while the loop was blocked is read in the turn after it. */
const CATCH_UP_MS = 50;

/** What the operating system reports about this process, in milliseconds. */
interface ProcessFigures {
  /** A clock that never jumps and stops while the machine sleeps. */
  monotonicMs(): number;
  /** Time since the machine started, including its sleep. */
  bootMs(): number;
  /** Time spent running or queued for a processor. A busy machine has less of the first and more of the second. */
  busyMs(): number;
}

interface Figures {
  readonly monotonicMs: number;
  readonly bootMs: number;
  readonly busyMs: number;
}

/**
 * Notices that the process was stopped, frozen, or asleep with its machine. Every reading of the monotonic clock
 * through this class is a sign of life; a timer adds five a second. Between two signs the process was running, queued
 * for a processor, waiting in one call (a commit has signs before and after it), or standing still; subtracting the
 * first two tells which. A single call longer than five seconds counts as standing still, because the input in the
 * devices is just as old then.
 */
export class StandstillWatch implements Standstills, Lifecycle {
  readonly #process: ProcessFigures;
  readonly #listeners = new Set<() => void>();
  #figures: Figures | undefined;
  #aliveMs: number | undefined;
  #heldUp: { readonly fromMs: number; readonly toMs: number } | undefined;
  #lastEndMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(figures: ProcessFigures = thisProcess) {
    this.#process = figures;
  }

  /** The monotonic clock; reading it is a sign of life. */
  readonly monotonicMs = (): number => {
    const nowMs = this.#process.monotonicMs();
    this.#sign(nowMs);
    return nowMs;
  };

  lastEndMs(): number | undefined {
    this.monotonicMs();
    return this.#lastEndMs;
  }

  earliestMs(atMs: number): number {
    const held = this.#heldUp;
    if (held === undefined || atMs < held.fromMs || atMs - held.toMs > CATCH_UP_MS) return atMs;
    return held.fromMs;
  }

  onEnd(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // The first sign, so that a stop before the first tick is noticed too.
    this.monotonicMs();
    this.#timer ??= setInterval(this.monotonicMs, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sign(nowMs: number): void {
    const aliveMs = this.#aliveMs ?? nowMs;
    this.#aliveMs = nowMs;
    if (nowMs - aliveMs > HELD_UP_MS) this.#noteHoldUp(aliveMs, nowMs);
    if (this.#figures !== undefined && nowMs - this.#figures.monotonicMs < TICK_MS) return;
    const before = this.#figures;
    this.#figures = {
      monotonicMs: nowMs,
      bootMs: this.#process.bootMs(),
      busyMs: this.#process.busyMs(),
    };
    if (before === undefined) return;
    const asleepMs = this.#figures.bootMs - before.bootMs - (nowMs - before.monotonicMs);
    const idleMs = nowMs - aliveMs - (this.#figures.busyMs - before.busyMs);
    if (Math.max(0, asleepMs) + Math.max(0, idleMs) <= STOOD_STILL_MS) return;
    this.#lastEndMs = nowMs;
    for (const listener of this.#listeners) listener();
  }

  /** Consecutive commits are one blocked period: no input was read between them. */
  #noteHoldUp(fromMs: number, toMs: number): void {
    const last = this.#heldUp;
    const goesOn = last !== undefined && fromMs - last.toMs <= CATCH_UP_MS;
    this.#heldUp = { fromMs: goesOn ? last.fromMs : fromMs, toMs };
  }
}

const thisProcess: ProcessFigures = {
  monotonicMs: () => performance.now(),
  bootMs: () => uptime() * 1000,
  busyMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000 + queuedMs();
  },
};

/** How long the main thread was queued for a processor; 0 if the kernel does not say. */
function queuedMs(): number {
  try {
    const [, queuedNs = '0'] = readFileSync('/proc/self/schedstat', 'utf8').split(' ');
    return Number(queuedNs) / 1e6;
  } catch {
    // Kernels without scheduler statistics, and systems other than Linux.
    return 0;
  }
}
