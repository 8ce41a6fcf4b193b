import type { DoorMode } from '../../core/access/vocabulary.ts';
import type { DoorChange } from '../../core/door/door-mode.ts';
import type { UndatedEvent } from '../log/event-writer.ts';

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
