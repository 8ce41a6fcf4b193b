import type { DoorMode } from '../../core/access/vocabulary.ts';
import { DOOR_AT_START, type DoorChange, type DoorState } from '../../core/door/door-mode.ts';
import { dataOf } from '../../core/events/envelope.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { UndatedEvent } from '../log/event-writer.ts';

/** Rows of orders read at the start. Orders are rare, so this is enough for a gate with several doors. */
const ORDERS_LOOKED_AT = 500;

/** Who a mode is by that an order for the whole site has brought or ended. */
export const BY_CENTRE = 'centre';

interface RememberedDoor {
  readonly state: DoorState;
  /** The mode that the log tells last. */
  readonly told: DoorMode;
}

/**
 * The mode that a door had before the restart, from the log. A lockdown and a block are restored, a block also where a
 * lockdown or a hold was above it: only an order may end them, not a crash. Held open and unlocked are not restored,
 * because a program that has just started must not open a door by itself. What the centre orders of the site is
 * remembered elsewhere.
 */
export function rememberDoor(log: EventLog, door: string): RememberedDoor {
  let told: DoorMode = 'Locked';
  let last: DoorMode = 'Locked';
  let isBlocked = false;
  for (const { mode, by } of modesOf(log, door)) {
    told = mode;
    if (by === BY_CENTRE) continue;
    last = mode;
    // A hold or lockdown does not end the block below it.
    if (mode === 'Blocked') isBlocked = true;
    else if (mode === 'Locked' || mode === 'Unlocked') isBlocked = false;
  }
  const base = isBlocked ? 'Blocked' : 'Locked';
  const state: DoorState = { ...DOOR_AT_START, base };
  return { state: last === 'LockedDown' ? { ...state, override: last } : state, told };
}

/** Oldest first. */
function modesOf(log: EventLog, door: string) {
  const rows = log.recent(['door.mode'], ORDERS_LOOKED_AT).map((row) => dataOf(row, 'door.mode'));
  return rows.filter((data) => data.door === door).reverse();
}

/** @param by operator, `auto`, `restart`, `lock` or `centre` */
export function modeEvent(door: string, mode: DoorMode, previous: DoorMode, by: string): UndatedEvent {
  return { name: 'door.mode', subject: door, data: { door, mode, previous, by } };
}

/** What the log says about changes of a door. A pre-alarm is for the screens only. */
export function eventsOf(door: string, changes: readonly DoorChange[], by: string): UndatedEvent[] {
  const events: UndatedEvent[] = [];
  for (const change of changes) {
    if (change.kind === 'mode') events.push(modeEvent(door, change.mode, change.previous, by));
    if (change.kind === 'physical') {
      events.push({ name: 'door.physical', subject: door, data: { door, state: change.state } });
    }
    if (change.kind === 'alarm') {
      events.push({ name: 'door.alarm', subject: door, data: { door, alarm: change.alarm } });
    }
    if (change.kind === 'tamper') {
      events.push({ name: 'door.tamper', subject: door, data: { door, tamper: change.tamper } });
    }
    if (change.kind === 'fire') events.push(fireEvent(door, change.fire));
  }
  return events;
}

function fireEvent(door: string, fire: boolean): UndatedEvent {
  const device = `fire:${door}`;
  const alarm = {
    device,
    status: 'degraded',
    cause: 'fire_alarm',
    detail: 'The fire alarm has unlocked this door. It stays unlocked until the alarm ends.',
  } as const;
  return { name: 'door.fault', subject: door, data: fire ? alarm : { device, status: 'ok' } };
}
