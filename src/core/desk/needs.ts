import { type AttentionKind, isCall } from '../access/attention.ts';
import type { DoorAlarm, DoorTamper, Feedback } from '../access/vocabulary.ts';

/** Something that waits for a guard now. */
export interface Need {
  /** That of the item of the attention list that it is or becomes: an alarm that is over, a person who has given up. */
  readonly id: string;
  /** A door is in alarm. */
  readonly isAlarm: boolean;
}

/** The parts of the gate's state that tell who or what waits for a guard. */
interface Picture {
  readonly attention: readonly { readonly id: string; readonly kind: AttentionKind; readonly over?: true }[];
  readonly doors: readonly {
    readonly door: string;
    readonly alarm: DoorAlarm;
    readonly tamper?: DoorTamper;
    readonly fire?: boolean;
  }[];
  readonly passages: readonly {
    readonly accessPoint: string;
    readonly feedback: Feedback;
    readonly passage?: string;
  }[];
}

const ALARM_ITEMS = { DoorForcedOpen: 'forced', DoorOpenTooLong: 'heldOpen' } as const;

/**
 * Everything that sounds until a guard has answered it: doors in alarm, people who wait for a guard, and items of the
 * attention list that are calls. A person under duress is not among them.
 */
export function needsOf({ attention, doors, passages }: Picture): readonly Need[] {
  const alarms = doors.flatMap(({ door, alarm, tamper, fire }) => [
    ...(fire === true ? [`fire:${door}`] : []),
    ...(tamper === 'TamperDetected' ? [`tamper:${door}`] : []),
    ...(alarm === 'Normal' ? [] : [`${ALARM_ITEMS[alarm]}:${door}`]),
  ]);
  const waiting = passages
    .filter(({ feedback }) => feedback === 'GuardCalled')
    .map(({ accessPoint, passage = accessPoint }) => `unanswered:${passage}`);
  const items = attention.filter(isCall).map(({ id }) => id);
  const known = new Set(alarms);
  return [
    ...alarms.map((id) => ({ id, isAlarm: true })),
    ...[...waiting, ...items].filter((id) => !known.has(id)).map((id) => ({ id, isAlarm: false })),
  ];
}
