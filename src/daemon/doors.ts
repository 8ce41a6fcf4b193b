import { AutoDoorContact } from '../../hardware/gpio/auto-door-contact.ts';
import { AutoOutput } from '../../hardware/gpio/auto-output.ts';
import { GpiodDoorContact } from '../../hardware/gpio/gpiod-door-contact.ts';
import { GpiodOutput } from '../../hardware/gpio/gpiod-output.ts';
import { LedsOutput } from '../../hardware/gpio/leds-output.ts';
import { OnoffDoorContact } from '../../hardware/gpio/onoff-door-contact.ts';
import { OnoffOutput } from '../../hardware/gpio/onoff-output.ts';
import { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import { SimulatedOutput } from '../../hardware/gpio/simulated-output.ts';
import { type OutputDriver, TimedOutput } from '../../hardware/gpio/timed-output.ts';
import { Door } from '../app/door/door.ts';
import type { DoorContactConfig, DoorLockConfig } from '../config/devices.ts';
import { DOOR_SWITCHES } from '../core/door/door-mode.ts';
import type { DoorContact } from '../ports/door-devices.ts';
import type { DaemonContext } from './context.ts';

export interface AssembledDoor {
  readonly door: Door;
  readonly actuator: TimedOutput;
}

/** The doors of the config with their locks and contacts, by id. Nothing moves yet. */
export function assembleDoors(parts: DaemonContext): ReadonlyMap<string, AssembledDoor> {
  const { config, clock, state, logger, store } = parts;
  return new Map(
    Object.entries(config.doors).map(([id, door]) => {
      const contact = door.contact === undefined ? undefined : contactOf(id, door.contact, parts);
      const actuator = actuatorOf(id, door.lock, parts);
      const assembled = new Door({
        id,
        name: door.name,
        actuator,
        ...(contact === undefined ? {} : { contact }),
        switches: DOOR_SWITCHES.filter((name) => door.inputs?.[name] !== undefined),
        clock,
        log: store.log,
        state,
        logger,
        settings: { releaseMs: door.releaseSeconds * 1000, heldOpenMs: door.heldOpenSeconds * 1000 },
      });
      return [id, { door: assembled, actuator }];
    }),
  );
}

function actuatorOf(id: string, lock: DoorLockConfig, { clock, world }: DaemonContext): TimedOutput {
  const driver = outputOf(id, lock, (released) => world.contacts.get(id)?.lockMoved(released));
  const actuator = new TimedOutput({ name: `lock of door ${id}`, driver, clock });
  if (lock.driver === 'simulated') world.locks.set(id, actuator);
  return actuator;
}

/** @param onLevel told what a simulated lock does */
function outputOf(id: string, lock: DoorLockConfig, onLevel: (released: boolean) => void): OutputDriver {
  switch (lock.driver) {
    case 'simulated':
      return new SimulatedOutput({
        ...(lock.levelFile === undefined ? {} : { levelFile: lock.levelFile }),
        onLevel,
      });
    case 'leds':
      return new LedsOutput({ led: lock.led ?? ledOf(id) });
    case 'onoff':
      return new OnoffOutput({ line: lock.line, activeLevel: lock.activeLevel });
    case 'gpiod':
      return new GpiodOutput({ line: lock.line, activeLevel: lock.activeLevel });
    case 'auto':
      return new AutoOutput({ line: lock.line, activeLevel: lock.activeLevel, led: ledOf(id) });
  }
}

/** The label a gpio-led overlay has by default. */
function ledOf(door: string): string {
  return `gatepost:${door}`;
}

function contactOf(id: string, contact: DoorContactConfig, { clock, world }: DaemonContext): DoorContact {
  switch (contact.driver) {
    case 'simulated': {
      const { walkThrough, stateFile } = contact;
      const simulated = new SimulatedDoorContact({
        clock,
        walkThrough,
        ...(stateFile === undefined ? {} : { stateFile }),
      });
      world.contacts.set(id, simulated);
      return simulated;
    }
    case 'onoff':
      return new OnoffDoorContact({ line: contact.line, openLevel: contact.openLevel });
    case 'gpiod':
      return new GpiodDoorContact({ line: contact.line, openLevel: contact.openLevel });
    case 'auto':
      return new AutoDoorContact({ line: contact.line, openLevel: contact.openLevel });
  }
}
