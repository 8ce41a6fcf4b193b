import type { TimeQuality } from '../core/access/vocabulary.ts';

export interface OperatorRecord {
  readonly name: string;
  /** PHC string of the password hash, e.g. `$scrypt$ln=15,r=8,p=1$…`. */
  readonly passwordHash: string;
}

/** What happened to an account outside of the daemon; it becomes an event when the daemon sees it. */
export interface OperatorChange {
  readonly id: number;
  readonly operator: string;
  readonly change: 'created' | 'password' | 'removed';
  /** When, Unix milliseconds. */
  readonly atMs: number;
  readonly quality: TimeQuality;
}

/** Accounts of the people who may act at the guard's screen. */
export interface OperatorStore {
  find(name: string): OperatorRecord | undefined;
  count(): number;
  /** All names in order. */
  names(): readonly string[];
  put(record: OperatorRecord): void;
  /** Changes that are no event yet, oldest first. */
  changes(): readonly OperatorChange[];
}

/** Browsers somebody has signed in with. `browser` is a digest: the secret itself is in the browser alone. */
export interface KnownBrowsers {
  /** @param operator whose sign-ins count; anybody's when left out */
  knows(browser: string, operator?: string): boolean;
  /** Remembers a sign-in. The browser that was unused for longest is forgotten beyond 64 for one name. */
  remember(browser: string, operator: string): void;
}

/** A signed-in guard, as kept on disk. Ages are in milliseconds at the moment of keeping. */
export interface KeptSession {
  /** Digest of the session's id; the id itself is in the browser alone. */
  readonly digest: string;
  readonly operator: string;
  /** What it was opened with, see OperatorDesk.credentialOf. */
  readonly credential: string;
  /** Since the sign-in. */
  readonly ageMs: number;
  /** Since the page was last there. */
  readonly idleMs: number;
  /** Since a person was last seen at it. */
  readonly leftMs: number;
}

/** Sessions outlive the daemon. */
export interface SessionStore {
  /**
   * All that are kept, with the time since the keeping added to their ages. Those of which nobody can say how long
   * that was, because the clock is not to be trusted, are left out and stay kept.
   */
  load(): readonly KeptSession[];
  /** One of them. */
  find(digest: string): KeptSession | undefined;
  /** Adds or replaces. */
  keep(sessions: readonly KeptSession[]): void;
  remove(digest: string): void;
}

/** Turns passwords into hashes that can be kept, off the event loop. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Constant-time; false for a hash of unknown form. */
  verify(password: string, passwordHash: string): Promise<boolean>;
}
