/**
 * A part that is started and stopped. The constructor does nothing; both methods may be called again without harm.
 */
export interface Lifecycle {
  /** Starts work. `signal` aborts a start that is under way; a started part is ended by stop(). */
  start(signal: AbortSignal): Promise<void>;
  /** Ends work and frees what start() took. Resolves when none of it is running any more. */
  stop(): Promise<void>;
}
