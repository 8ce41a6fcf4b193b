import type { AccountChange, Role, TimeQuality } from '../core/access/vocabulary.ts';
import type { ClockReading } from '../core/time/clock-reading.ts';
import type { KeptCode } from './operator-codes.ts';
import type { KeptPasskey } from './operator-passkeys.ts';

export interface OperatorRecord {
  readonly name: string;
  /** PHC string of the password hash, e.g. `$scrypt$ln=15,r=8,p=1$…`. */
  readonly passwordHash: string;
  readonly role: Role;
}

/** An account as others may see it. */
export interface AccountView {
  readonly name: string;
  readonly role: Role;
  /** A one-time code is asked for at the sign-in. */
  readonly code?: true;
  /** How many devices have a passkey for it, if any. */
  readonly passkeys?: number;
}

/** A change of an account, kept beside it until it is an event. */
export interface OperatorChange {
  readonly id: number;
  readonly operator: string;
  readonly change: AccountChange;
  readonly role?: Role;
  /** Who did it at the guard's screen; absent for a command. */
  readonly by?: string;
  /** When, Unix milliseconds. */
  readonly atMs: number;
  readonly quality: TimeQuality;
}

/**
 * A change to make, and who makes it. `account`: as it is from now on; a removed one is not there. `code`: the one-time code
 * of `code-on`. `passkey`: that of `passkey-on`. `passkeyId`: the one of `passkey-off`, all where it is absent.
 */
export interface ToldChange {
  readonly operator: string;
  readonly change: AccountChange;
  readonly account?: OperatorRecord;
  readonly code?: KeptCode;
  readonly passkey?: KeptPasskey;
  readonly passkeyId?: string;
  readonly by?: string;
}

/** Accounts of the people who may use the guard's screen. */
export interface OperatorStore {
  find(name: string): OperatorRecord | undefined;
  count(): number;
  /** All accounts in the order of their names. */
  list(): readonly AccountView[];
  put(record: OperatorRecord): void;
  /** Puts an account, its one-time code or a passkey, or removes it, together with the change that tells of it. */
  change(told: ToldChange, at: ClockReading): void;
  /** Changes that are not events yet, oldest first. */
  changes(): readonly OperatorChange[];
}

/** Browsers that somebody has signed in with. `browser` is a digest: only the browser has the secret itself. */
export interface KnownBrowsers {
  /** @param operator whose sign-ins count; anybody's if absent */
  knows(browser: string, operator?: string): boolean;
  /** Remembers a sign-in. Beyond 64 browsers for one name, the one unused for longest is dropped. */
  remember(browser: string, operator: string): void;
}

/** The session of a signed-in guard, as stored. Ages are in milliseconds at the time of storing. */
export interface KeptSession {
  /** Digest of the session's id; only the browser has the id itself. */
  readonly digest: string;
  readonly operator: string;
  /** The credential it was opened with, see OperatorDesk.credentialOf. */
  readonly credential: string;
  /** Since the sign-in. */
  readonly ageMs: number;
  /** Since the page last responded. */
  readonly idleMs: number;
  /** Since a person last used it. */
  readonly leftMs: number;
}

/** Sessions outlive the daemon. */
export interface SessionStore {
  /**
   * All stored sessions, with the time since they were stored added to their ages. Sessions for which that time is
   * unknown, because the clock is not trusted, are left out and stay stored.
   */
  load(): readonly KeptSession[];
  /** One of them. */
  find(digest: string): KeptSession | undefined;
  /** Adds or replaces. */
  keep(sessions: readonly KeptSession[]): void;
  remove(digest: string): void;
}

/** Hashes passwords for storage, off the event loop. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Constant-time; false for a hash of unknown form. */
  verify(password: string, passwordHash: string): Promise<boolean>;
}
