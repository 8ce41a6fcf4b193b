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
