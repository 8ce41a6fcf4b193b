import { AutoDoorActuator } from '../../hardware/gpio/auto-door-actuator.ts';
import { AutoDoorContact } from '../../hardware/gpio/auto-door-contact.ts';
import { GpiodDoorActuator } from '../../hardware/gpio/gpiod-door-actuator.ts';
import { GpiodDoorContact } from '../../hardware/gpio/gpiod-door-contact.ts';
import { LedsDoorActuator } from '../../hardware/gpio/leds-door-actuator.ts';
import { OnoffDoorActuator } from '../../hardware/gpio/onoff-door-actuator.ts';
import { OnoffDoorContact } from '../../hardware/gpio/onoff-door-contact.ts';
import { SimulatedDoorActuator } from '../../hardware/gpio/simulated-door-actuator.ts';
import { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import { Door } from '../app/door/door.ts';
import type { DoorContactConfig, DoorLockConfig } from '../config/devices.ts';
import { DOOR_SWITCHES } from '../core/door/door-mode.ts';
import type { DoorActuator, DoorContact } from '../ports/door-devices.ts';
import type { DaemonContext } from './context.ts';

/** A lock that can be put to rest by scripts/rest-outputs when this process is gone. */
interface Actuator extends DoorActuator {
  restLine(): string | undefined;
}

export interface AssembledDoor {
  readonly door: Door;
  readonly actuator: Actuator;
}

/** The doors of the config with their locks and contacts, by id. Nothing moves yet. */
export function assembleDoors(parts: DaemonContext): ReadonlyMap<string, AssembledDoor> {
  const { config, clock, feed, logger, store } = parts;
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
        feed,
        logger,
        settings: { releaseMs: door.releaseSeconds * 1000, heldOpenMs: door.heldOpenSeconds * 1000 },
      });
      return [id, { door: assembled, actuator }];
    }),
  );
}

function actuatorOf(id: string, lock: DoorLockConfig, { clock, world }: DaemonContext): Actuator {
  switch (lock.driver) {
    case 'simulated': {
      const actuator = new SimulatedDoorActuator({
        clock,
        ...(lock.levelFile === undefined ? {} : { levelFile: lock.levelFile }),
        onLevel: (released) => world.contacts.get(id)?.lockMoved(released),
      });
      world.locks.set(id, actuator);
      return actuator;
    }
    case 'leds':
      return new LedsDoorActuator({ led: lock.led ?? ledOf(id), clock });
    case 'onoff':
      return new OnoffDoorActuator({ line: lock.line, activeLevel: lock.activeLevel, clock });
    case 'gpiod':
      return new GpiodDoorActuator({ line: lock.line, activeLevel: lock.activeLevel, clock });
    case 'auto':
      return new AutoDoorActuator({
        line: lock.line,
        activeLevel: lock.activeLevel,
        led: ledOf(id),
        clock,
      });
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
