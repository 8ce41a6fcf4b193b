import type { DoorMode } from '../../core/access/vocabulary.ts';
import { DOOR_AT_START, type DoorChange, type DoorState } from '../../core/door/door-mode.ts';
import { dataOf } from '../../core/events/envelope.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { UndatedEvent } from '../log/event-writer.ts';

/** Rows of orders read at the start. Orders are rare, so this is enough for a gate with several doors. */
const ORDERS_LOOKED_AT = 500;

interface RememberedDoor {
  readonly state: DoorState;
  /** The mode before the restart, where it is not restored. */
  readonly dropped?: DoorMode;
}

/**
 * The mode that a door had before the restart, from the log. A lockdown and a block are restored, a block also where a
 * lockdown or a hold was above it: only an order may end them, not a crash. Held open and unlocked are not restored,
 * because a program that has just started must not open a door by itself.
 */
export function rememberDoor(log: EventLog, door: string): RememberedDoor {
  let last: DoorMode = 'Locked';
  let isBlocked = false;
  for (const mode of modesOf(log, door)) {
    last = mode;
    // A hold or lockdown does not end the block below it.
    if (mode === 'Blocked') isBlocked = true;
    else if (mode === 'Locked' || mode === 'Unlocked') isBlocked = false;
  }
  const base = isBlocked ? 'Blocked' : 'Locked';
  const state: DoorState = { ...DOOR_AT_START, base };
  if (last === 'LockedDown') return { state: { ...state, override: last } };
  return last === 'LockedOpen' || last === 'Unlocked' ? { state, dropped: last } : { state };
}

/** Oldest first. */
function modesOf(log: EventLog, door: string): readonly DoorMode[] {
  const rows = log.recent(['door.mode'], ORDERS_LOOKED_AT).map((row) => dataOf(row, 'door.mode'));
  return rows
    .filter((data) => data.door === door)
    .map(({ mode }) => mode)
    .reverse();
}

/** @param by operator, `auto`, `restart` or `lock` */
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
