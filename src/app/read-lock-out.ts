import type { LockOutRule } from '../core/policy/policy.ts';
import type { Cancel, Clock } from '../ports/clock.ts';

const MINUTE_MS = 60_000;

export interface ReadLockOutOptions {
  readonly clock: Clock;
  readonly rule: () => LockOutRule;
  /** Called when it begins, with the Unix milliseconds at which it ends by itself. */
  readonly onBegin: (untilMs: number) => void;
  readonly onEnd: (byItself: boolean) => void;
}

/**
 * Unreadable codes in a row at one access point. It lives in memory: whoever can restart the kiosk gains a few
 * tries at a signature that no number of tries can guess; what the lock-out is for is the alarm.
 */
export class ReadLockOut {
  readonly #options: ReadLockOutOptions;
  #inARow = 0;
  #cancel: Cancel | undefined;

  constructor(options: ReadLockOutOptions) {
    this.#options = options;
  }

  get isLocked(): boolean {
    return this.#cancel !== undefined;
  }

  /** A code that is no pass was shown. */
  bad(): void {
    if (this.isLocked) return;
    const { clock, rule, onBegin } = this.#options;
    const { attempts, minutes } = rule();
    this.#inARow += 1;
    if (this.#inARow < attempts) return;
    this.#cancel = clock.schedule(minutes * MINUTE_MS, () => this.#end(true));
    onBegin(clock.read().wallMs + minutes * MINUTE_MS);
  }

  /** A genuine pass was shown. It does not end a lock-out: the guard or time does. */
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
    this.#options.onEnd(byItself);
    return true;
  }
}
