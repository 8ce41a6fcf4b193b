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
import type { Signals } from '../app/door/door-signals.ts';
import type { DoorDevices } from '../app/gate/gate-ports.ts';
import {
  type DoorContactConfig,
  type DoorLockConfig,
  type DoorSwitchConfig,
  ledOf,
} from '../config/devices.ts';
import type { Config } from '../config/schema.ts';
import { INPUT_KINDS, type InputKind } from '../core/door/door-mode.ts';
import type { DoorContact } from '../ports/door-devices.ts';
import type { DeviceContext } from './context.ts';

/** The devices of a door. Its lock can be put to rest also when this process has ended. */
export interface DeviceDoor extends DoorDevices {
  readonly actuator: TimedOutput;
}

/** Locks, contacts, inputs, lamps and buzzers of the config, by door. Nothing moves yet. */
export function assembleDoors(context: DeviceContext): ReadonlyMap<string, DeviceDoor> {
  return new Map(
    Object.entries(context.config.doors).map(([id, { lock, contact, inputs = {}, signals }]) => {
      const door = {
        ...(contact === undefined ? {} : { contact: contactOf(id, contact, context) }),
        actuator: actuatorOf(id, lock, context),
        inputs: inputsOf(id, inputs, context),
        ...(signals === undefined ? {} : { signals: signalsOf(id, signals, context) }),
      };
      return [id, door];
    }),
  );
}

type InputsConfig = NonNullable<Config['doors'][string]['inputs']>;
type SignalsConfig = NonNullable<Config['doors'][string]['signals']>;

function inputsOf(
  door: string,
  configs: InputsConfig,
  context: DeviceContext,
): NonNullable<DoorDevices['inputs']> {
  const kinds = INPUT_KINDS;
  const inputs = kinds.flatMap((kind) => {
    const config = configs[kind];
    return config === undefined ? [] : [[kind, inputOf(door, kind, config, context)] as const];
  });
  return Object.fromEntries(inputs);
}

function inputOf(
  door: string,
  kind: InputKind,
  config: DoorSwitchConfig,
  { clock, world }: DeviceContext,
): DoorContact {
  if (config.driver === 'auto')
    return new AutoDoorContact({ line: config.line, openLevel: config.activeLevel });
  const { stateFile } = config;
  const simulated = new SimulatedDoorContact(stateFile === undefined ? { clock } : { clock, stateFile });
  world.inputs.set(`${kind}:${door}`, simulated);
  return simulated;
}

function signalsOf(door: string, configs: SignalsConfig, { clock }: DeviceContext): Signals {
  const outputs = Object.entries(configs).map(([name, { line, activeLevel }]) => {
    const driver = new AutoOutput({ line, activeLevel, led: ledOf(door, name) });
    return [name, new TimedOutput({ name: `${name} of door ${door}`, driver, clock })];
  });
  return Object.fromEntries(outputs);
}

function actuatorOf(id: string, lock: DoorLockConfig, { clock, world }: DeviceContext): TimedOutput {
  const driver = outputOf(id, lock, (released) => world.contacts.get(id)?.lockMoved(released));
  const actuator = new TimedOutput({ name: `lock of door ${id}`, driver, clock });
  if (lock.driver === 'simulated') world.locks.set(id, actuator);
  return actuator;
}

/** @param onLevel called when a simulated lock is released or put to rest */
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

function contactOf(id: string, contact: DoorContactConfig, { clock, world }: DeviceContext): DoorContact {
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
