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
 * Unreadable codes in a row at one access point. A lock-out alarms the guard and slows the answers to such codes down;
 * a genuine pass is decided as ever, or whoever shows five scraps of paper would shut the gate. It lives in memory: whoever can restart the kiosk gains a few
 * tries at a signature that no number of tries can guess; what the lock-out is for is the alarm.
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

  /** Called when a lock-out is over. */
  onOver(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Whether a text that is no genuine pass tries to be one; what does not is noise, and counted with it. */
  isTry(text: string): boolean {
    return beginsLikePass(text);
  }

  /**
   * Answers an unreadable code that is shown during a lock-out after a while, and one at a time. Returns false where
   * another one waits already, and this one is to be counted only.
   */
  answerLate(answer: () => void): boolean {
    if (this.#cancelLate !== undefined) return false;
    this.#cancelLate = this.#deps.clock.schedule(LATE_MS, () => {
      this.#cancelLate = undefined;
      answer();
    });
    return true;
  }

  /** A code that waits for its answer gets none: somebody with a genuine pass is here. Returns whether one waited. */
  dropLate(): boolean {
    const waited = this.#cancelLate !== undefined;
    this.#cancelLate?.();
    this.#cancelLate = undefined;
    return waited;
  }

  /** A code that is no pass was shown. */
  bad(): void {
    if (this.isLocked) return;
    const { clock, rule, onBegin } = this.#deps;
    const { attempts, minutes } = rule();
    this.#inARow += 1;
    if (attempts === 'off' || this.#inARow < attempts) return;
    this.#cancel = clock.schedule(minutes * MINUTE_MS, () => this.#end(true));
    onBegin(clock.read().wallMs + minutes * MINUTE_MS);
  }

  /** A genuine pass was shown. It does not end a lock-out and its alarm: the guard or time does. */
  good(): void {
    this.#inARow = 0;
  }

  /** Ends the lock-out. Returns false where there was none. */
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
