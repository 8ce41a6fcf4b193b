import type { Given } from '../../core/desk/guard-order.ts';
import type { DoorSwitch } from '../../core/door/door-mode.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DoorActuator, DoorContact } from '../../ports/door-devices.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Logger } from '../../ports/logger.ts';

/** Durations in milliseconds. */
interface DoorSettings {
  /** How long a momentary access releases the lock, 1 to 60,000. */
  readonly releaseMs: number;
  /** How long the door may stand open before the alarm. */
  readonly heldOpenMs: number;
}

export interface DoorDeps {
  readonly id: string;
  readonly name: string;
  readonly actuator: DoorActuator;
  readonly contact?: DoorContact;
  /** The further switches of the door. Only these are reported. */
  readonly switches?: readonly DoorSwitch[];
  readonly clock: Clock;
  readonly log: EventLog;
  readonly state: Pick<GateState, 'doors' | 'devices'>;
  readonly logger: Logger;
  readonly settings: DoorSettings;
}

/** An order of a guard, or of the level (`byLevel`), for a door. */
export type DoorOrder = Pick<Given<'door'>, 'verb' | 'operator' | 'note'> & { readonly byLevel?: boolean };
