import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { EventLog } from '../../ports/event-log.ts';

/** After this many people in a row were let through without a movement of the door, its contact is not trusted. */
const MOST_UNMOVED = 3;
/** Rows that reach back far enough for a gate with several doors. */
const ROWS_LOOKED_AT = 500;
const ROWS = ['door.physical', 'door.fault', 'access.nottaken'] as const;

export const CONTACT_SILENT = {
  cause: 'contact_silent',
  detail:
    'Three people in a row were let through and the door contact saw none of them. Until it moves again everybody who is let through counts as gone through. Open and shut the door, then check the contact, its magnet and its cable.',
} as const;

/**
 * Whether a door's contact moves when people are let through. One that is stuck, by a magnet or by rust, would give
 * back every use of a pass. Restarting the kiosk does not end this state.
 */
export class ContactWatch {
  #unmoved = 0;

  get isSilent(): boolean {
    return this.#unmoved >= MOST_UNMOVED;
  }

  /**
   * A whole passage passed without a movement of the door. Returns whether this one makes the contact count as
   * silent.
   */
  unmoved(): boolean {
    this.#unmoved = Math.min(MOST_UNMOVED, this.#unmoved + 1);
    return this.isSilent;
  }

  /** The door was seen to open or to close. Returns whether the contact was silent until then. */
  moved(): boolean {
    const wasSilent = this.isSilent;
    this.#unmoved = 0;
    return wasSilent;
  }

  /** Restores the state from the log. @throws GatepostError `log.unavailable` */
  restore(log: EventLog, door: string): void {
    let last: DoorPhysicalState | undefined;
    for (const { name, body } of [...log.recent(ROWS, ROWS_LOOKED_AT)].reverse()) {
      const { data } = JSON.parse(new TextDecoder().decode(body)) as { data?: Record<string, unknown> };
      if (name === 'door.physical' && data?.door === door) {
        const moved = isSeen(last) && isSeen(data.state) && last !== data.state;
        if (moved) this.#unmoved = 0;
        last = data.state as DoorPhysicalState;
      } else if (name === 'access.nottaken' && data?.door === door && data.reason !== 'gp:LockFailed') {
        // Only the row of the fault itself says that the contact was found silent.
        this.#unmoved = Math.min(this.isSilent ? MOST_UNMOVED : MOST_UNMOVED - 1, this.#unmoved + 1);
      } else if (name === 'door.fault' && data?.device === `contact:${door}`) {
        if (data.cause === CONTACT_SILENT.cause) this.#unmoved = MOST_UNMOVED;
      }
    }
  }
}

function isSeen(state: unknown): boolean {
  return state === 'Open' || state === 'Closed';
}
