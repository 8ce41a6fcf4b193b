import { DOOR_MODES, type DoorMode } from '../../core/access/vocabulary.ts';
import { DOOR_AT_START, type DoorState } from '../../core/door/door-mode.ts';
import type { EventLog } from '../../ports/event-log.ts';

/** Orders are rare: this many reach back far enough for a gate with several doors. */
const ORDERS_LOOKED_AT = 500;

export interface RememberedDoor {
  readonly state: DoorState;
  /** The mode before the restart where it was not taken up again. */
  readonly dropped?: DoorMode;
}

/**
 * The mode a door had before the restart, from the log. A lockdown and a block hold on: a crash must not end what
 * only an order may end. A door that was held open or unlocked begins Locked: a program that has just started opens
 * nothing by itself.
 */
export function rememberDoor(log: EventLog, door: string): RememberedDoor {
  const last = lastMode(log, door);
  switch (last?.mode) {
    case 'LockedDown':
      return {
        state: {
          ...DOOR_AT_START,
          base: last.previous === 'Blocked' ? 'Blocked' : 'Locked',
          override: 'LockedDown',
        },
      };
    case 'Blocked':
      return { state: { ...DOOR_AT_START, base: 'Blocked' } };
    case 'LockedOpen':
    case 'Unlocked':
      return { state: DOOR_AT_START, dropped: last.mode };
    default:
      return { state: DOOR_AT_START };
  }
}

function lastMode(log: EventLog, door: string): { mode: DoorMode; previous: DoorMode } | undefined {
  for (const { body } of log.recent(['door.mode'], ORDERS_LOOKED_AT)) {
    const { data } = JSON.parse(new TextDecoder().decode(body)) as { data?: Record<string, unknown> };
    const mode = DOOR_MODES.find((known) => known === data?.mode);
    const previous = DOOR_MODES.find((known) => known === data?.previous);
    if (data?.door === door && mode !== undefined) return { mode, previous: previous ?? 'Unknown' };
  }
  return undefined;
}
