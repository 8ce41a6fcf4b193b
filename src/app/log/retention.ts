import { isGatepostError, messageOf } from '../../core/errors.ts';
import { vouchedMs } from '../../core/time/clock-reading.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RecordPurge } from '../../ports/retention.ts';

/** How long each kind of record is kept, in milliseconds. */
export interface RetentionSettings {
  /** Of the log: the outcome of a screening, and what rows say of persons and of operators. */
  readonly screeningMs: number;
  readonly accessMs: number;
  readonly operatorMs: number;
  /** How old a row is when what is left of it ends. */
  readonly reducedMs: number;
  /** After their end. */
  readonly visitMs: number;
  readonly vehicleMs: number;
  readonly deliveryMs: number;
  readonly orderMs: number;
}

/** First look after a start, which has other things to do. */
const FIRST_LOOK_MS = 60_000;
/**
 * How much longer than its time something stays at most, where nobody stands in the way. A little more than the hour in
 * which log.purged comes once, by a clock that may run slow.
 */
const LOOK_EVERY_MS = 61 * 60_000;
/** After a turn that failed. */
const AGAIN_MS = 60_000;
/** Between two turns, so that a code that is shown meanwhile waits for one turn at most. */
const PAUSE_MS = 100;
/** How long to wait for the end of a passage before looking again. */
const BUSY_MS = 500;
/** A turn may take so long. */
const TURN_MS = 10;
/** Rows of one turn: it begins with few, and learns from the time that a turn took. */
const ROWS = { least: 4, first: 32, most: 2048 } as const;

/**
 * One kind of work, in turns: each `yield` ends one. It asks for the number of rows before each, and returns whether it
 * has ended anything.
 */
export type EndingWork = (nowMs: number, rows: () => number) => Generator<void, boolean, void>;

interface RetentionDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: Pick<RecordPurge, 'unhurried' | 'flush' | 'settle'>;
  /** In the order in which they are done. */
  readonly works: readonly EndingWork[];
  /** Goes before them, also while no time is confirmed. */
  readonly timeless: (rows: () => number) => Generator<void, boolean, void>;
  /** Whether somebody is on the way through, or waits for an answer. */
  readonly isBusy: () => boolean;
}

/**
 * Ends what the kiosk may no longer keep (config/contract/README.md#privacy), in turns that aim at 10 ms, with pauses
 * between them, and never while a passage is under way. Ages are those of confirmed time: while there is none, nothing
 * ends. A turn that is lost in a power cut is done again.
 */
export class Retention implements Lifecycle {
  readonly #deps: RetentionDeps;
  #next: Cancel | undefined;
  #turns: Iterator<void, void, void> | undefined;
  #rows: number = ROWS.first;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#next === undefined) this.#after(FIRST_LOOK_MS);
  }

  async stop(): Promise<void> {
    this.#next?.();
    this.#next = undefined;
    this.#turns = undefined;
  }

  /** Looks now, e.g. because the disk is nearly full. What is kept for its time stays all the same. */
  hurry(): void {
    if (this.#next !== undefined && this.#turns === undefined) this.#after(0);
  }

  #after(ms: number): void {
    this.#next?.();
    this.#next = this.#deps.clock.schedule(ms, () => this.#turn());
  }

  #turn(): void {
    if (this.#deps.isBusy()) {
      this.#after(BUSY_MS);
      return;
    }
    try {
      this.#turns ??= this.#allWork();
      this.#after(this.#timed(this.#turns) ? LOOK_EVERY_MS : PAUSE_MS);
    } catch (error) {
      this.#turns = undefined;
      this.#after(AGAIN_MS);
      // What is over stays for now: it is looked at again as soon as the log can be written.
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#deps.logger.warn(
        { code: error.code, err: error },
        `What is over was not erased yet: ${messageOf(error)}`,
      );
    }
  }

  /** Does one turn and learns how much fits into the next. Returns whether that was the last one. */
  #timed(turns: Iterator<void, void, void>): boolean {
    const { clock, records } = this.#deps;
    const startMs = clock.read().monotonicMs;
    const done = records.unhurried(() => turns.next().done === true);
    records.flush();
    const tookMs = clock.read().monotonicMs - startMs;
    if (tookMs > TURN_MS * 0.8) this.#rows = Math.max(ROWS.least, Math.floor(this.#rows / 2));
    else if (tookMs < TURN_MS * 0.4) this.#rows = Math.min(ROWS.most, this.#rows * 2);
    if (done) this.#turns = undefined;
    return done;
  }

  *#allWork(): Generator<void, void, void> {
    let ended = yield* this.#deps.timeless(() => this.#rows);
    const nowMs = vouchedMs(this.#deps.clock.read());
    for (const work of nowMs > 0 ? this.#deps.works : []) {
      if (yield* work(nowMs, () => this.#rows)) ended = true;
    }
    if (ended) this.#deps.records.settle();
  }
}
