import type { LockOutRule } from '../../core/policy/policy.ts';
import { beginsLikePass } from '../../core/scan/pass-form.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';

const MINUTE_MS = 60_000;
/** How long an unreadable code waits for its answer while there is a lock-out. */
const LATE_MS = 3_000;

interface ScanLockoutDeps {
  readonly clock: Clock;
  readonly rule: () => LockOutRule;
  /** Called when it begins, with the Unix milliseconds at which it ends by itself. */
  readonly onBegin: (untilMs: number) => void;
  readonly onEnd: (byItself: boolean) => void;
}

/**
 * Counts unreadable codes in a row at one access point. A lock-out raises an alarm for the guard and delays the answers
 * to such codes. A genuine pass is decided as usual, because otherwise five scraps of paper could close the gate. Only
 * in memory: a restart of the kiosk gives a few more tries, but a signature cannot be guessed by any number of tries.
 * The purpose of the lock-out is the alarm.
 */
export class ScanLockout {
  readonly #deps: ScanLockoutDeps;
  #inARow = 0;
  #cancel: Cancel | undefined;
  #cancelLate: Cancel | undefined;
  readonly #listeners: (() => void)[] = [];

  constructor(deps: ScanLockoutDeps) {
    this.#deps = deps;
  }

  get isLocked(): boolean {
    return this.#cancel !== undefined;
  }

  /** The listener is called when a lock-out is over. */
  onOver(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Whether a text that is not a genuine pass is an attempt at one. Other texts are counted as noise. */
  isTry(text: string): boolean {
    return beginsLikePass(text);
  }

  /**
   * Answers an unreadable code during a lock-out, with a delay and one at a time. Returns false if another one already
   * waits; then this one is only to be counted.
   */
  answerLate(answer: () => void): boolean {
    if (this.#cancelLate !== undefined) return false;
    this.#cancelLate = this.#deps.clock.schedule(LATE_MS, () => {
      this.#cancelLate = undefined;
      answer();
    });
    return true;
  }

  /**
   * Drops the code that waits for its answer, e.g. because a person with a genuine pass is here. Returns whether one
   * waited.
   */
  dropLate(): boolean {
    const waited = this.#cancelLate !== undefined;
    this.#cancelLate?.();
    this.#cancelLate = undefined;
    return waited;
  }

  /** A code that is not a pass was shown. */
  bad(): void {
    if (this.isLocked) return;
    const { clock, rule, onBegin } = this.#deps;
    const { attempts, minutes } = rule();
    this.#inARow += 1;
    if (attempts === 'off' || this.#inARow < attempts) return;
    this.#cancel = clock.schedule(minutes * MINUTE_MS, () => this.#end(true));
    onBegin(clock.read().wallMs + minutes * MINUTE_MS);
  }

  /** A genuine pass was shown. This does not end a lock-out or its alarm; the guard or time does. */
  good(): void {
    this.#inARow = 0;
  }

  /** Ends the lock-out. Returns false if there was none. */
  end(): boolean {
    return this.#end(false);
  }

  #end(byItself: boolean): boolean {
    this.#inARow = 0;
    if (this.#cancel === undefined) return false;
    this.#cancel();
    this.#cancel = undefined;
    this.#deps.onEnd(byItself);
    for (const listener of this.#listeners) listener();
    return true;
  }
}
