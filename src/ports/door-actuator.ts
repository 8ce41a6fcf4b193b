import type { Lifecycle } from './lifecycle.ts';

/** The output that releases one door. It is at rest unless something here says otherwise. */
export interface DoorActuator extends Lifecycle {
  readonly driver: string;
  readonly simulated: boolean;
  /** Which driver was chosen and why, where there was a choice; undefined before start(). */
  readonly choice?: string | undefined;
  /** Takes the line at its rest level, whatever level a dead process left. @throws `gpio.unavailable` with the fix. */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Releases now (the level has changed when this returns) and rests again after `holdMs` milliseconds (1 to 60,000).
   * A pulse during a pulse begins the time anew. @throws `gpio.failed`
   */
  pulse(holdMs: number): void;
  /** Releases until rest(). @throws `gpio.failed` */
  hold(): void;
  /** Back to rest at once; ends a pulse and a hold. @throws `gpio.failed` */
  rest(): void;
  /** The level that was last written. */
  isReleased(): boolean;
}
