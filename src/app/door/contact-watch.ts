import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import type { EventLog } from '../../ports/event-log.ts';

/** The contact is not trusted after this many passages in a row without a movement of the door. */
const MOST_UNMOVED = 3;
/** Rows read at the start: enough for a gate with several doors. */
const ROWS_LOOKED_AT = 500;
const ROWS = ['door.physical', 'door.fault', 'access.nottaken'] as const;

export const CONTACT_SILENT = {
  cause: 'contact_silent',
  detail:
    'Three people in a row were let through and the door contact saw none of them. Until it moves again everybody who is let through counts as gone through. Open and shut the door, then check the contact, its magnet and its cable.',
} as const;

/**
 * Watches whether a door's contact moves when people are let through. With a contact that is stuck, by a magnet or by
 * rust, every passage would count as unused and every use of a pass would be given back. Restarting the kiosk does not
 * end this state.
 */
export class ContactWatch {
  #unmoved = 0;

  get isSilent(): boolean {
    return this.#unmoved >= MOST_UNMOVED;
  }

  /** A whole passage ended without a movement of the door. Returns whether the contact counts as silent from now on. */
  unmoved(): boolean {
    this.#unmoved = Math.min(MOST_UNMOVED, this.#unmoved + 1);
    return this.isSilent;
  }

  /** The contact reported that the door opened or closed. Returns whether the contact counted as silent until now. */
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
        // The contact counts as silent only if the row of that fault is there.
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
