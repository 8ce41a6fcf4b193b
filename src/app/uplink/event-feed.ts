import type { GatepostError } from '../../core/errors.ts';
import type { StoredEvent } from '../../core/events/event.ts';
import type { PublishAnswer } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventOutbox } from '../../ports/event-log.ts';
import { type RetrySchedule, retryDelayMs } from '../devices/reconnector.ts';
import type { NamedTimers } from './named-timers.ts';
import { OutboxCursor } from './outbox-cursor.ts';
import type { PublishWindow } from './publish-window.ts';
import { eventRefused, eventsBusy, logFailed, type UplinkProblem } from './uplink-problem.ts';
import { REFUSED_PAUSE_MS } from './uplink-trials.ts';

/**
 * Largest number of events that the cursor may have passed without being saved, and how long each waits for it. Saving is
 * an fsync; one for each window of a backlog would take longer than the sending, and one for each passage would wear the
 * card out twice as fast: the next commit takes the cursor along. After a power cut at most these events are sent twice;
 * receivers recognise them by their id.
 */
const MOST_UNSAVED = 500;
const SAVE_AFTER_MS = 5_000;
/** Pause after the log could not be read or written. */
const LOG_PAUSE_MS = 5000;
const BUSY: RetrySchedule = { initialMs: 1000, factor: 2, maximumMs: 60_000, jitter: 0.5, healthyAfterMs: 0 };

interface EventFeedDeps {
  readonly outbox: EventOutbox;
  /** The broker has stored everything up to here. */
  readonly from: number;
  /** The problem of the connection before. */
  readonly problem: UplinkProblem | undefined;
  readonly window: PublishWindow;
  readonly timers: NamedTimers<'save' | 'resume'>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Why no events are sent; undefined when it is solved. */
  readonly onProblem: (problem: GatepostError | undefined) => void;
  /** Called when the broker has stored an event. */
  readonly onProgress: () => void;
  /** Called when a pause is over. */
  readonly onResumed: () => void;
}

/**
 * The live events of one session: gives them out in order, and moves the cursor past what the broker has stored. After
 * one that it does not take all wait, and then go on with it.
 */
export class EventFeed {
  readonly #deps: EventFeedDeps;
  readonly #walk: OutboxCursor;
  #held: 'no' | 'pausing' | 'due' = 'no';
  #busyAnswers = 0;
  #problem: UplinkProblem | undefined;

  constructor(deps: EventFeedDeps) {
    this.#deps = deps;
    this.#walk = new OutboxCursor(deps.outbox, deps.from);
    this.#problem = deps.problem;
  }

  get problem(): UplinkProblem | undefined {
    return this.#problem;
  }

  /** Whether none waits, for its turn or for an answer. To be asked when next() has given none. */
  get isIdle(): boolean {
    return this.#held === 'no' && this.#walk.open === 0;
  }

  /** Whether the pause is over, and answers to what was sent before it are missing. */
  get isDue(): boolean {
    return this.#held === 'due';
  }

  /** Waits for what is left of the pause that the connection before began. */
  start(): void {
    if (this.#problem !== undefined && this.#problem.untilMs > this.#nowMs())
      this.#pause(this.#problem.untilMs);
  }

  /** The next event to send; undefined while there is none, or none may be sent. */
  next(): StoredEvent | undefined {
    // Open events count, not only those in flight, so that a lost answer stops the walk until the silence is noticed.
    if (this.#held !== 'no' || this.#walk.open >= this.#deps.window.size) return undefined;
    try {
      return this.#walk.next();
    } catch (thrown) {
      this.#hold(logFailed(thrown), 0, LOG_PAUSE_MS);
      return undefined;
    }
  }

  answered(sequence: number, topic: string, answer: PublishAnswer): void {
    const { random, onProgress } = this.#deps;
    if (answer.status === 'stored') {
      this.#walk.stored(sequence);
      if (this.#held === 'no') this.#busyAnswers = 0;
      if (this.#walk.unsaved >= MOST_UNSAVED) this.save();
      else this.#saveLater();
      onProgress();
    } else if (answer.status === 'refused') {
      this.#hold(eventRefused(topic, sequence, answer), sequence, REFUSED_PAUSE_MS);
    } else if (this.#held === 'no') {
      this.#busyAnswers += 1;
      this.#hold(eventsBusy(answer), sequence, retryDelayMs(BUSY, this.#busyAnswers, random));
    }
  }

  /** Continues at the cursor when everything sent before has its answer. */
  resume(): void {
    if (!this.#deps.window.isEmpty) return;
    this.#held = 'no';
    this.#walk.rewind();
    this.save();
    this.#deps.onResumed();
  }

  /** Writes the cursor to disk. @param upTo the place that it had; by default the present one */
  save(upTo?: number): void {
    try {
      this.#walk.save(upTo);
    } catch (thrown) {
      this.#hold(logFailed(thrown), 0, LOG_PAUSE_MS);
    }
  }

  /** Looks whether the problem is solved: what it was about is stored. */
  solve(): void {
    if (this.#problem === undefined || this.#held !== 'no') return;
    if (this.#walk.storedUpTo < this.#problem.sequence) return;
    this.#problem = undefined;
    this.#deps.onProblem(undefined);
  }

  /** Writes down what the cursor is now, where no commit does until then. */
  #saveLater(): void {
    const { storedUpTo } = this.#walk;
    this.#deps.timers.set('save', SAVE_AFTER_MS, () => {
      this.save(storedUpTo);
      if (this.#walk.storedUpTo > storedUpTo) this.#saveLater();
    });
  }

  /** Pauses the sending of events. The first cause of a pause is the one that is shown. */
  #hold(error: GatepostError, sequence: number, pauseMs: number): void {
    if (this.#held !== 'no') return;
    this.#problem = { error, sequence, untilMs: this.#nowMs() + pauseMs };
    this.#pause(this.#problem.untilMs);
    this.#deps.onProblem(error);
  }

  #pause(untilMs: number): void {
    this.#held = 'pausing';
    this.#deps.timers.set('resume', untilMs - this.#nowMs(), () => {
      this.#held = 'due';
      this.resume();
    });
  }

  #nowMs(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
