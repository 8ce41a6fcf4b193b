import type { TimeQuality } from '../../../src/core/access/vocabulary.ts';
import type { ClockReading } from '../../../src/core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../../src/ports/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that only the test moves. */
export class VirtualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #order = 0;
  readonly #timers: Timer[] = [];
  quality: TimeQuality = 'synced';
  /**
   * The floor of the clock and the time that a person confirmed, in Unix milliseconds; undefined: a clock without a
   * floor.
   */
  kept: { readonly floorMs: number; readonly vouchedMs: number } | undefined;
  /** How much time passes between two readings, because real code takes time. */
  readingTakesMs = 0;

  constructor(wallMs = Date.UTC(2020, 1, 24, 0, 0, 0)) {
    this.#wallMs = wallMs;
  }

  read(): ClockReading {
    const { quality, kept } = this;
    const reading = { wallMs: this.#wallMs, monotonicMs: this.#monotonicMs, quality, ...kept };
    this.#monotonicMs += this.readingTakesMs;
    return reading;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#timers.push(timer);
    return () => this.#take(timer);
  }

  /** Moves both clocks forward and runs the due timers in order. */
  advance(ms: number): void {
    const end = this.#monotonicMs + ms;
    for (;;) {
      const due = this.#firstUntil(end);
      if (due === undefined) break;
      this.#take(due);
      this.#move(Math.max(0, due.atMs - this.#monotonicMs));
      due.run();
    }
    this.#move(end - this.#monotonicMs);
  }

  /** Like advance(), and lets promises settle after every timer. */
  async advanceAsync(ms: number, stepMs = 10): Promise<void> {
    for (let done = 0; done < ms; done += stepMs) {
      this.advance(Math.min(stepMs, ms - done));
      await settle();
    }
  }

  /** Time passes without timers, as in a blocked program; due timers run late, at the next advance. */
  holdUp(ms: number): void {
    this.#move(ms);
  }

  /** Sets the wall clock without moving the monotonic one, like a time server or a person. */
  jumpTo(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  pendingTimers(): number {
    return this.#timers.length;
  }

  /** The timer that is due first, of those that are due by then. Plain loops for speed: sensors send ten times a second. */
  #firstUntil(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs > endMs) continue;
      if (
        first === undefined ||
        timer.atMs < first.atMs ||
        (timer.atMs === first.atMs && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  }

  #take(timer: Timer): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }

  #move(ms: number): void {
    this.#monotonicMs += ms;
    this.#wallMs += ms;
  }
}

/** Lets all promises run that are already resolved. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
