import type { Clock } from '../../ports/clock.ts';
import { LockOut } from './lock-out.ts';

/**
 * Number of networks, and of names without an account, that are remembered; beyond it the one without an attempt for
 * the longest time is forgotten.
 */
const MAX_STRANGERS = 1_000;
/** Number of sessions remembered that were asked for the password again; more than there can be at one time. */
const MAX_SESSIONS = 256;

/** Whose attempt it is. */
type SignInTry =
  /** A browser with which this name has signed in before. It has its own attempts, independent of others. */
  | { readonly browser: string; readonly operator: string }
  /** From anywhere else. `isAccount`: whether the name is one. */
  | { readonly network: string; readonly operator: string; readonly isAccount: boolean };

interface Counter {
  readonly lockOut: LockOut;
  readonly key: string;
}

/**
 * Counts wrong attempts. Networks and names have separate tables, so that many of one kind do not displace the other;
 * the name of an account is never displaced. Names that do not exist are counted in the same way, because a difference
 * would show which names exist.
 */
export class SignInTries {
  readonly #accounts: LockOut;
  readonly #browsers: LockOut;
  readonly #strangers: LockOut;
  readonly #networks: LockOut;
  readonly #setUps: LockOut;
  readonly #sessions: LockOut;

  constructor(clock: Clock) {
    this.#accounts = new LockOut(clock);
    this.#browsers = new LockOut(clock);
    this.#strangers = new LockOut(clock, MAX_STRANGERS);
    this.#networks = new LockOut(clock, MAX_STRANGERS);
    this.#setUps = new LockOut(clock, MAX_STRANGERS);
    this.#sessions = new LockOut(clock, MAX_SESSIONS);
  }

  signIn(what: SignInTry): CountedTry {
    if ('browser' in what) {
      return new CountedTry([{ lockOut: this.#browsers, key: `${what.browser} ${what.operator}` }]);
    }
    const names = what.isAccount ? this.#accounts : this.#strangers;
    return new CountedTry([
      { lockOut: this.#networks, key: what.network },
      { lockOut: names, key: what.operator },
    ]);
  }

  /** An attempt at the set-up code. */
  setUp(network: string): CountedTry {
    return new CountedTry([{ lockOut: this.#setUps, key: network }]);
  }

  /** An attempt at the password that is asked for again in a session. */
  confirm(session: string): CountedTry {
    return new CountedTry([{ lockOut: this.#sessions, key: session }]);
  }
}

/** One attempt, before its password is checked. */
export class CountedTry {
  readonly #counters: readonly Counter[];

  constructor(counters: readonly Counter[]) {
    this.#counters = counters;
  }

  /** Counts the attempt and returns 0, or returns the milliseconds until the next one is allowed. */
  begin(): number {
    const waitMs = Math.max(...this.#counters.map(({ lockOut, key }) => lockOut.waitMs(key)));
    if (waitMs === 0) for (const { lockOut, key } of this.#counters) lockOut.count(key);
    return waitMs;
  }

  /** The password or code was right. */
  succeed(): void {
    for (const { lockOut, key } of this.#counters) lockOut.clear(key);
  }
}
