import { messageOf } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** How often the delay of the event loop is measured. */
const LOOK_EVERY_MS = 250;

/** A loop whose timers are later than this is slow, which is logged. */
const SLOW_MS = 1_000;

/**
 * A loop whose timers are later than this, not counting the time of writing, counts as failed: a restart can mend that.
 */
const LATEST_MS = 10_000;

/**
 * A part whose failure only a restart can mend, such as the owner of an output. A missing device is not such a failure.
 */
interface WatchedPart {
  readonly name: string;
  /** Whether the part does its work. A throw counts as no. */
  isWell(): boolean;
}

interface WatchdogDeps {
  readonly clock: Clock;
  readonly notifier: Notifier;
  readonly log: EventLog;
  readonly parts: readonly WatchedPart[];
  readonly logger: Logger;
}

/**
 * Sends signs of life to the service manager, but only while the log can be written and read, every part is well and
 * the event loop runs. Without them the service manager restarts the daemon. Slowness is only logged, because a restart
 * does not make a slow card faster.
 */
export class Watchdog implements Lifecycle {
  readonly #deps: WatchdogDeps;
  #cancel: Cancel | undefined;
  #latenessMs = 0;
  /** Total time of writing when the last sign was due, in milliseconds. */
  #spentMs = 0;
  #complaint: string | undefined;
  #slowness: string | undefined;

  constructor(deps: WatchdogDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const intervalMs = this.#deps.notifier.watchdogIntervalMs;
    if (intervalMs === undefined || this.#cancel !== undefined) return;
    this.#latenessMs = 0;
    this.#spentMs = this.#deps.log.writeTimes().spentMs;
    this.#look(intervalMs, this.#now() + intervalMs);
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(intervalMs: number, signDueMs: number): void {
    const dueMs = Math.min(this.#now() + LOOK_EVERY_MS, signDueMs);
    this.#cancel = this.#deps.clock.schedule(dueMs - this.#now(), () => {
      const now = this.#now();
      this.#latenessMs = Math.max(this.#latenessMs, now - dueMs);
      if (now < signDueMs) {
        this.#look(intervalMs, signDueMs);
        return;
      }
      this.#sign();
      this.#look(intervalMs, now + intervalMs);
    });
  }

  #sign(): void {
    const { notifier, logger } = this.#deps;
    const complaint = this.#examine();
    if (complaint === undefined) void notifier.watchdog();
    this.#saySlowness(complaint === undefined ? this.#slownessNow() : undefined);
    this.#latenessMs = 0;
    this.#spentMs = this.#deps.log.writeTimes().spentMs;
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    if (complaint === undefined) {
      logger.info({}, 'The watchdog is fed again.');
      return;
    }
    logger.error({ complaint }, `The watchdog is not fed: ${complaint}`);
    void notifier.status(`not well: ${complaint}`);
  }

  /** What is wrong, as a plain sentence; undefined when nothing is. */
  #examine(): string | undefined {
    if (this.#latenessMs - this.#writingMs() > LATEST_MS)
      return 'The program is too slow to do its work on time.';
    for (const part of [...this.#deps.parts, this.#logPart()]) {
      try {
        if (!part.isWell()) return `${part.name} does not do its work.`;
      } catch (error) {
        return `${part.name} does not do its work: ${messageOf(error)}`;
      }
    }
    return undefined;
  }

  /** What was late since the last sign, as a plain sentence; undefined when nothing was. */
  #slownessNow(): string | undefined {
    if (this.#latenessMs <= SLOW_MS) return undefined;
    return this.#writingMs() >= this.#latenessMs / 2
      ? 'Writing to the log takes long: the card is slow or failing. Replace it.'
      : 'The program is late with its work: the computer is too busy.';
  }

  #saySlowness(slowness: string | undefined): void {
    if (slowness === this.#slowness) return;
    const { notifier, logger } = this.#deps;
    this.#slowness = slowness;
    if (slowness === undefined) {
      logger.info({}, 'The program is on time again.');
      return;
    }
    logger.warn({ lateMs: Math.round(this.#latenessMs) }, slowness);
    void notifier.status(`slow: ${slowness}`);
  }

  /** Milliseconds of writing since the last sign was due. */
  #writingMs(): number {
    return this.#deps.log.writeTimes().spentMs - this.#spentMs;
  }

  #logPart(): WatchedPart {
    const { log } = this.#deps;
    const isWell = (): boolean => {
      log.probe();
      return true;
    };
    return { name: 'The log', isWell };
  }

  #now(): number {
    return this.#deps.clock.read().monotonicMs;
  }
}
