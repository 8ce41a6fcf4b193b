import type { DoorPhysicalState } from '../core/access/vocabulary.ts';
import type { DeviceLink } from './device-link.ts';
import type { Lifecycle } from './lifecycle.ts';

/** An output that switches something for a while: a lock, a lamp, a buzzer. At rest unless stated otherwise. */
export interface RelayOutput extends Lifecycle {
  /** What hangs on it, for messages: `lamp of door main`. */
  readonly name: string;
  readonly driver: string;
  /**
   * Takes the line at its rest level, whatever level a process left that died. @throws `gpio.unavailable` with the
   * remedy
   */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Switches on now (the level has changed when this returns), and back to rest after `holdMs` milliseconds (1 to
   * 60,000). A pulse during a pulse restarts the time. @throws `gpio.failed`
   */
  pulse(holdMs: number): void;
  /** Switches on until rest(). @throws `gpio.failed` */
  hold(): void;
  /** Returns to rest at once; ends a pulse and a hold. @throws `gpio.failed` */
  rest(): void;
}

/** The output that releases one door. */
export interface DoorActuator extends RelayOutput {
  readonly simulated: boolean;
  /** The chosen driver and why it was chosen, if there was a choice; undefined before start(). */
  readonly choice?: string | undefined;
  /** Whether the door is released, by the level that was last written. */
  isReleased(): boolean;
}

/** The part of a lock that is needed to put it to rest. */
export interface Restable {
  /** Driver of the lock, as in the config. */
  readonly driver: string;
  /** Why this driver was chosen, if the config left it open; known from start() on. */
  readonly choice?: string | undefined;
  /** Takes the lock and puts it at its rest level. @throws GatepostError `gpio.unavailable` */
  start(signal: AbortSignal): Promise<void>;
  /** Puts it to rest and gives the line back. */
  stop(): Promise<void>;
  /** A line from which another program can put the lock to rest after this one died; undefined if none is needed. */
  restLine(): string | undefined;
}

/** The switch that reports whether a door is open. */
export interface DoorContact {
  readonly driver: string;
  readonly simulated: boolean;
  /** Reports the present state at once and then every change, undebounced. Rejects with a `device.*` or `gpio.*` error. */
  open(onState: (state: DoorPhysicalState) => void, signal: AbortSignal): Promise<DeviceLink>;
}
