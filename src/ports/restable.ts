/** A lock of a door, as far as putting it to rest is concerned. */
export interface Restable {
  /** What drives the lock, as the config names it. */
  readonly driver: string;
  /** Why this driver was chosen, where the config left it open; known from start() on. */
  readonly choice?: string | undefined;
  /** Takes the lock and puts it at its rest level. @throws GatepostError `gpio.unavailable` */
  start(signal: AbortSignal): Promise<void>;
  /** Puts it at rest and gives it back. */
  stop(): Promise<void>;
  /** A line from which another program can put the lock at rest when this one died; undefined where none is needed. */
  restLine(): string | undefined;
}
