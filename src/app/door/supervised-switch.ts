import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { DeviceStatus } from '../../core/events/event.ts';
import type { DoorContact } from '../../ports/door-devices.ts';
import {
  DeviceSupervisor,
  type SupervisedDevice,
  type SupervisorDeps,
} from '../devices/device-supervisor.ts';
import { ContactDebounce } from './contact-debounce.ts';

interface SupervisedSwitchDeps {
  readonly role: SupervisedDevice['role'];
  readonly door: string;
  readonly contact: DoorContact;
  /** How long a state must last, in milliseconds. */
  readonly lastMs: number;
  readonly supervision: Omit<SupervisorDeps, 'random'>;
  readonly onState: (state: DoorPhysicalState) => void;
  /** The driver reports its first state before the link counts as open. */
  readonly onStatus: (status: DeviceStatus, cause: string | undefined) => void;
}

/**
 * Makes the two parts that every switch at a door has: a supervisor that keeps it open and a debounce for its state.
 */
export function superviseSwitch(deps: SupervisedSwitchDeps): {
  readonly debounce: ContactDebounce;
  readonly supervisor: DeviceSupervisor;
} {
  const { role, door, contact, lastMs, supervision, onState, onStatus } = deps;
  const debounce = new ContactDebounce({ clock: supervision.clock, lastMs, onState });
  const supervisor = new DeviceSupervisor({
    device: {
      role,
      owner: door,
      driver: contact.driver,
      simulated: contact.simulated,
      confirmedBy: 'link',
      eventName: 'door.fault',
    },
    // No random part in the delays: a switch is on this board, so there are no other devices that retry at the same
    // time.
    supervision: { ...supervision, random: () => 0 },
    open: (signal) => contact.open((state) => debounce.take(state), signal),
    onChange: onStatus,
  });
  return { debounce, supervisor };
}
