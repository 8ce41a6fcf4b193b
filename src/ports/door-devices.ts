import type { DoorPhysicalState } from '../core/access/vocabulary.ts';
import type { DeviceLink } from './device-link.ts';
import type { Lifecycle } from './lifecycle.ts';

/** An output that switches something for a while: a lock, a lamp, a buzzer. At rest unless something here says otherwise. */
export interface RelayOutput extends Lifecycle {
  readonly driver: string;
  /** Takes the line at its rest level, whatever level a dead process left. @throws `gpio.unavailable` with the fix. */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Switches on now (the level has changed when this returns) and rests again after `holdMs` milliseconds (1 to 60,000).
   * A pulse during a pulse begins the time anew. @throws `gpio.failed`
   */
  pulse(holdMs: number): void;
  /** Switches on until rest(). @throws `gpio.failed` */
  hold(): void;
  /** Back to rest at once; ends a pulse and a hold. @throws `gpio.failed` */
  rest(): void;
}

/** The output that releases one door. */
export interface DoorActuator extends RelayOutput {
  readonly simulated: boolean;
  /** Which driver was chosen and why, where there was a choice; undefined before start(). */
  readonly choice?: string | undefined;
  /** Whether the door is released, by the level that was last written. */
  isReleased(): boolean;
}

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

/** The switch that tells whether a door stands open. */
export interface DoorContact {
  readonly driver: string;
  readonly simulated: boolean;
  /** Reports the present state at once and then every change, undebounced. Rejects with a `device.*` or `gpio.*` error. */
  open(onState: (state: DoorPhysicalState) => void, signal: AbortSignal): Promise<DeviceLink>;
}
