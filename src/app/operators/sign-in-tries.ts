import type { Clock } from '../../ports/clock.ts';
import { LockOut } from './lock-out.ts';

/** Networks, and names that no account has, remembered each; the one that was quiet for longest goes beyond that. */
const MAX_STRANGERS = 1_000;
/** Sessions that were asked for the password anew; more than there can be at one time. */
const MAX_SESSIONS = 256;

/** Whose try it is. */
type SignInTry =
  /** With a browser the name has signed in with before: whatever others do, it has tries of its own. */
  | { readonly browser: string; readonly operator: string }
  /** From anywhere else. `isAccount`: whether the name is one. */
  | { readonly network: string; readonly operator: string; readonly isAccount: boolean };

interface Counter {
  readonly lockOut: LockOut;
  readonly key: string;
}

/**
 * Where wrong tries are counted. Networks and names each have a table of their own, so that many of the one do not
 * have the other forgotten; the name of an account is never forgotten for the sake of others. Names that do not exist
 * are counted all the same, or the difference would tell which ones do.
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

  /** Of the set-up code. */
  setUp(network: string): CountedTry {
    return new CountedTry([{ lockOut: this.#setUps, key: network }]);
  }

  /** Of the password, asked anew in a session. */
  confirm(session: string): CountedTry {
    return new CountedTry([{ lockOut: this.#sessions, key: session }]);
  }
}

/** One try before its password is checked. */
export class CountedTry {
  readonly #counters: readonly Counter[];

  constructor(counters: readonly Counter[]) {
    this.#counters = counters;
  }

  /** Counts the try and gives 0, or the milliseconds until there may be another. */
  begin(): number {
    const waitMs = Math.max(...this.#counters.map(({ lockOut, key }) => lockOut.waitMs(key)));
    if (waitMs === 0) for (const { lockOut, key } of this.#counters) lockOut.count(key);
    return waitMs;
  }

  /** The try was a right one. */
  succeed(): void {
    for (const { lockOut, key } of this.#counters) lockOut.clear(key);
  }
}
