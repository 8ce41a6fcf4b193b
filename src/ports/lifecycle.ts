/** A part with a life: the constructor does nothing, both methods may be called again without harm. */
export interface Lifecycle {
  /** Begins work. `signal` aborts a start that is under way; a started part is ended by stop(). */
  start(signal: AbortSignal): Promise<void>;
  /** Ends work and frees what start() took. Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}
