import type { DeskAnswer, DoorModeVerb, GuardDesk } from '../ports/guard-desk.ts';
import type { AccessPoint } from './access-point.ts';
import type { Door } from './door.ts';

const NOTE_MAX = 200;

/** Carries a signed-in guard's orders to the access point or door they are for. */
export class GuardOrders implements GuardDesk {
  readonly #accessPoint: (id: string) => AccessPoint | undefined;
  readonly #door: (id: string) => Door | undefined;

  constructor(options: {
    accessPoint: (id: string) => AccessPoint | undefined;
    door: (id: string) => Door | undefined;
  }) {
    this.#accessPoint = options.accessPoint;
    this.#door = options.door;
  }

  open(order: { accessPoint: string; operator: string; note: string }): DeskAnswer {
    return this.#atAccessPoint(order, (accessPoint, note) => accessPoint.openByGuard(order.operator, note));
  }

  refuse(order: { accessPoint: string; operator: string; note: string }): DeskAnswer {
    return this.#atAccessPoint(order, (accessPoint, note) => accessPoint.refuseByGuard(order.operator, note));
  }

  setDoorMode(order: { door: string; verb: DoorModeVerb; operator: string; note: string }): DeskAnswer {
    const door = this.#door(order.door);
    if (door === undefined) return refused(`There is no door "${order.door}" here.`);
    const note = checkedNote(order.note);
    return note === undefined
      ? noteMissing()
      : door.order({ verb: order.verb, operator: order.operator, note });
  }

  #atAccessPoint(
    order: { accessPoint: string; note: string },
    act: (accessPoint: AccessPoint, note: string) => string | undefined,
  ): DeskAnswer {
    const accessPoint = this.#accessPoint(order.accessPoint);
    if (accessPoint === undefined) return refused(`There is no access point "${order.accessPoint}" here.`);
    const note = checkedNote(order.note);
    if (note === undefined) return noteMissing();
    const failure = act(accessPoint, note);
    return failure === undefined ? { status: 'done' } : refused(failure);
  }
}

function checkedNote(note: string): string | undefined {
  const trimmed = note.trim();
  return trimmed.length >= 1 && trimmed.length <= NOTE_MAX ? trimmed : undefined;
}

function noteMissing(): DeskAnswer {
  return refused(`Say why, in 1 to ${NOTE_MAX} characters: the reason goes into the log.`);
}

function refused(detail: string): DeskAnswer {
  return { status: 'refused', detail };
}
