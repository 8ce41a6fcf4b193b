import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { DOOR_SWITCHES } from '../../core/door/door-mode.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Door } from '../door/door.ts';
import { InputWatch } from '../door/input-watch.ts';
import type { AccessPoint } from '../passage/access-point.ts';
import { ExitButton } from '../passage/exit-button.ts';
import { OpenLevel } from '../passage/open-gate.ts';
import { PassageBoard } from '../passage/passage-board.ts';
import { known, passageTimes } from './gate-doors.ts';
import type { GatePorts, GateSettings } from './gate-ports.ts';
import type { GateRules } from './gate-rules.ts';

/** Exit buttons, buttons that call the guard, tamper switches and fire contacts of all doors. */
export function makeInputs(
  ports: GatePorts,
  settings: GateSettings,
  rules: GateRules,
  accessPoints: ReadonlyMap<string, Pick<AccessPoint, 'guardCall'>>,
): readonly Lifecycle[] {
  return [...rules.doors.values()].flatMap((door) => {
    const { inputs = {} } = known(ports.doors, door.id);
    const supervision = { ...ports, notes: rules.notes };
    const switches = DOOR_SWITCHES.flatMap((kind) => {
      const contact = inputs[kind];
      if (contact === undefined) return [];
      const onState = (state: DoorPhysicalState) => {
        door.switchIs(kind, state);
        if (kind === 'fire') rules.siteOrders.fireContact(door.id, state);
        if (kind === 'tamper') rules.attention.lidIs(door.id, state, ports.clock.read().wallMs);
      };
      return [new InputWatch({ door: door.id, kind, contact, supervision, onState })];
    });
    const callButton = makeCallButton(door.id, ports, settings, rules, accessPoints);
    return [...switches, ...makeButton(door, ports, settings, rules), ...callButton];
  });
}

function makeCallButton(
  door: string,
  ports: GatePorts,
  settings: GateSettings,
  { notes }: GateRules,
  accessPoints: ReadonlyMap<string, Pick<AccessPoint, 'guardCall'>>,
): readonly Lifecycle[] {
  const contact = known(ports.doors, door).inputs?.callButton;
  const place = known(settings.doors, door).callsFrom;
  if (contact === undefined || place === undefined) return [];
  const { guardCall } = known(accessPoints, place);
  let before: DoorPhysicalState = 'Unknown';
  const onState = (state: DoorPhysicalState) => {
    // A button that is found pressed at the start or after a fault is not a new press.
    if (state === 'Open' && before === 'Closed') guardCall.press('button', true);
    before = state;
  };
  return [new InputWatch({ door, kind: 'callButton', contact, supervision: { ...ports, notes }, onState })];
}

function makeButton(
  door: Door,
  ports: GatePorts,
  settings: GateSettings,
  rules: GateRules,
): readonly Lifecycle[] {
  const contact = known(ports.doors, door.id).inputs?.exitButton;
  if (contact === undefined) return [];
  const { notes, board, attention, register, inForce, levels, holders } = rules;
  const accessPoint = wayOut(settings.accessPoints, door.id);
  const policy = () => inForce.level;
  const common = { ...ports, accessPoint, door, notes, quarter: holders.quarter.bind(holders) };
  const button = new ExitButton({
    ...common,
    release: known(settings.doors, door.id).exitReleases ?? false,
    times: passageTimes(settings, door.id),
    policy,
    way: new OpenLevel({ ...common, level: policy }),
    board: new PassageBoard({ clock: ports.clock, board, attention, holders: register }),
    onCounted: () => levels.publish(),
  });
  const input = new InputWatch({
    door: door.id,
    kind: 'exitButton',
    contact,
    supervision: { ...ports, notes },
    onState: (state) => button.take(state),
  });
  return [
    {
      start: (signal) => input.start(signal),
      stop: async () => {
        await input.stop();
        button.stop();
      },
    },
  ];
}

/** The access point that the rows name: the way out of this door if there is exactly one, else the door's own id. */
function wayOut(accessPoints: readonly AccessPointFacts[], door: string): AccessPointFacts {
  const ways = accessPoints.filter((one) => one.door === door && one.direction === 'out');
  const [only] = ways;
  const id = ways.length === 1 && only !== undefined ? only.id : door;
  return { id, door, direction: 'out' };
}
