import { randomUUID } from 'node:crypto';
import { AutoDoorContact } from '../../hardware/gpio/auto-door-contact.ts';
import { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import type { DecisionBoard } from '../app/board/decision-board.ts';
import type { Door } from '../app/door/door.ts';
import { InputWatch } from '../app/door/input-watch.ts';
import { ExitButton } from '../app/passage/exit-button.ts';
import { OpenLevel } from '../app/passage/open-gate.ts';
import { PassageBoard } from '../app/passage/passage-board.ts';
import type { DoorSwitchConfig, ExitButtonConfig } from '../config/devices.ts';
import type { Config } from '../config/schema.ts';
import type { DoorPhysicalState } from '../core/access/vocabulary.ts';
import type { AccessPointFacts } from '../core/decision/decision.ts';
import { DOOR_SWITCHES, type InputKind } from '../core/door/door-mode.ts';
import type { ClockReading } from '../core/time/clock-reading.ts';
import type { DoorContact } from '../ports/door-devices.ts';
import type { HolderRegister } from '../ports/holder-register.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { DaemonContext } from './context.ts';
import type { AssembledRules } from './rules.ts';
import { passageTimes } from './settings.ts';

interface InputSurroundings {
  readonly doors: ReadonlyMap<string, { readonly door: Door }>;
  readonly board: DecisionBoard;
  readonly register: HolderRegister;
  readonly rules: AssembledRules;
}

/** Exit buttons, tamper switches and fire contacts of all doors. */
export function assembleInputs(parts: DaemonContext, around: InputSurroundings): readonly Lifecycle[] {
  return [...around.doors].flatMap(([id, { door }]) => {
    const { exitButton, ...switches } = parts.config.doors[id]?.inputs ?? {};
    const inputs: Lifecycle[] = [];
    for (const kind of DOOR_SWITCHES) {
      const config = switches[kind];
      if (config === undefined) continue;
      const contact = contactOf(id, kind, config, parts);
      const onState = (state: DoorPhysicalState) => {
        door.switchIs(kind, state);
        if (kind === 'tamper') parts.attention.lidIs(id, state, parts.clock.read().wallMs);
      };
      inputs.push(new InputWatch({ door: id, kind, contact, supervision: parts, onState }));
    }
    if (exitButton !== undefined) inputs.push(buttonOf(door, exitButton, parts, around));
    return inputs;
  });
}

function buttonOf(
  door: Door,
  config: ExitButtonConfig,
  parts: DaemonContext,
  { board, register, rules }: InputSurroundings,
): Lifecycle {
  const { attention, clock, logger, notes, standstills } = parts;
  const accessPoint = wayOut(parts.config, door.id);
  const policy = () => rules.rules.level;
  const today = (reading: ClockReading) => rules.holders.today(reading);
  const button = new ExitButton({
    accessPoint,
    release: config.release,
    times: passageTimes(parts.config, door.id),
    door,
    policy,
    today,
    way: new OpenLevel({ accessPoint, level: policy, door, notes, today, logger }),
    board: new PassageBoard({ clock, board, attention, holders: register }),
    onCounted: () => rules.levels.publish(),
    notes,
    clock,
    logger,
    newId: randomUUID,
    standstills,
  });
  const input = new InputWatch({
    door: door.id,
    kind: 'exitButton',
    contact: contactOf(door.id, 'exitButton', config, parts),
    supervision: parts,
    onState: (state) => button.take(state),
  });
  return {
    start: (signal) => input.start(signal),
    stop: async () => {
      await input.stop();
      button.stop();
    },
  };
}

/** The access point the rows name: the one way out of this door, else the door's own id. */
function wayOut({ accessPoints }: Config, door: string): AccessPointFacts {
  const out = Object.entries(accessPoints).filter(
    ([, entry]) => entry.door === door && entry.direction === 'out',
  );
  const id = out.length === 1 ? (out[0]?.[0] ?? door) : door;
  return { id, door, direction: 'out' };
}

function contactOf(
  door: string,
  kind: InputKind,
  config: DoorSwitchConfig,
  { clock, world }: DaemonContext,
): DoorContact {
  if (config.driver === 'auto')
    return new AutoDoorContact({ line: config.line, openLevel: config.activeLevel });
  const { stateFile } = config;
  const simulated = new SimulatedDoorContact(stateFile === undefined ? { clock } : { clock, stateFile });
  world.inputs.set(`${kind}:${door}`, simulated);
  return simulated;
}
