import { DOOR_SWITCHES } from '../../core/door/door-mode.ts';
import { GatepostError } from '../../core/errors.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { Door } from '../door/door.ts';
import { DoorSignals } from '../door/door-signals.ts';
import type { PassageTimes } from '../passage/passage-runner.ts';
import type { GatePorts, GateSettings } from './gate-ports.ts';

/** Time to wait for a forehead, in milliseconds. */
const MEASURE_MS = 20_000;
const GUARD_MS = 60_000;
/**
 * How long a refusal is shown: long enough to read one line. A message that asks for something has two lines and is
 * shown for 12 s, for old people.
 */
const REFUSAL_MS = 6_000;

/** How long each part of a passage through this door may take. */
export function passageTimes({ doors, screening }: GateSettings, door: string): PassageTimes {
  const { releaseMs, passageMs } = known(doors, door);
  return {
    measureMs: MEASURE_MS,
    repeatAfterMs: screening.repeatAfterMs,
    guardMs: GUARD_MS,
    refusalMs: REFUSAL_MS,
    passageMs,
    releaseMs,
  };
}

/** The entry of a door or an access point, which must exist. @throws GatepostError `internal` */
export function known<T>(all: ReadonlyMap<string, T>, id: string): T {
  const found = all.get(id);
  if (found === undefined) throw new GatepostError('internal', `Nothing is known of ${id}.`);
  return found;
}

/** The doors with their locks and contacts, by id. Nothing moves yet. */
export function makeDoors(
  ports: GatePorts,
  settings: GateSettings,
  log: EventLog,
): ReadonlyMap<string, Door> {
  const { clock, logger, state } = ports;
  return new Map(
    [...settings.doors].map(([id, { name, releaseMs, heldOpenMs }]) => {
      const { actuator, contact, inputs = {} } = known(ports.doors, id);
      const door = new Door({
        id,
        name,
        actuator,
        ...(contact === undefined ? {} : { contact }),
        switches: DOOR_SWITCHES.filter((kind) => inputs[kind] !== undefined),
        clock,
        log,
        state,
        logger,
        settings: { releaseMs, heldOpenMs },
      });
      return [id, door];
    }),
  );
}

/** Lamps and buzzers of all doors. */
export function makeSignals({ clock, logger, state, doors }: GatePorts): DoorSignals {
  const signals = new Map([...doors].flatMap(([id, door]) => (door.signals ? [[id, door.signals]] : [])));
  return new DoorSignals({ state, clock, logger, signals });
}
